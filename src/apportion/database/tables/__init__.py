"""The tables of the state database, one file for each part of the work.

Money is whole units of 10⁻¹² of a currency where a table says nothing else, time microseconds of UTC.
"""

from apportion.database.tables import access, budgets, credits, operations, watching  # noqa: A004 - of customers
from apportion.database.tables.columns import metadata

__all__ = ["access", "budgets", "credits", "metadata", "operations", "watching"]
