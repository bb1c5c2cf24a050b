"""Operational state, in SQLite or PostgreSQL."""

from apportion.database.state import State
from apportion.database.tables import operations, outcomes, rate_cards, spans

__all__ = ["State", "operations", "outcomes", "rate_cards", "spans"]
