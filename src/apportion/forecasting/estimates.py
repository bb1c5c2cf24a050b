"""From estimates to amounts that are shown."""

import math
from decimal import ROUND_HALF_UP, Decimal

CENT, SMALL = Decimal("0.01"), Decimal("0.000001")


def amount(estimate: float) -> Decimal | None:
    """An estimate to the cent, or to six digits where it is less than one; None where there is none."""
    if not math.isfinite(estimate):
        return None
    exact = Decimal(repr(float(estimate)))
    return exact.quantize(CENT if abs(exact) >= 1 else SMALL, rounding=ROUND_HALF_UP)


def added(known: Decimal, estimate: float) -> Decimal | None:
    """What is known and what is expected beside it, rounded like an estimate."""
    found = amount(estimate)
    if found is None:
        return None
    total = known + found
    return total.quantize(CENT if abs(total) >= 1 else SMALL, rounding=ROUND_HALF_UP)
