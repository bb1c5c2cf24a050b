"""How much may be wrong with a load before it is refused."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Limits:
    """Shares from 0 to 1.

    A load is refused when more than `broken_rows` of its rows, or rows with more than `broken_cost` of its
    absolute cost, cannot be read; and, unless it is told to replace, when it leaves less than `kept_rows` of
    the rows or `kept_cost` of the cost that the load before it had.
    """

    broken_rows: Decimal = Decimal("0.01")
    broken_cost: Decimal = Decimal("0.01")
    kept_rows: Decimal = Decimal("0.5")
    kept_cost: Decimal = Decimal("0.1")
    samples: int = 100
    changes: int = 50
