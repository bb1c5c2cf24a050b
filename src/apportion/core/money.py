"""Exact money: whole units of 10⁻¹² of a currency, and ways to divide them without losing one."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

SCALE = 12
UNIT = 10**SCALE
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


def to_units(amount: Decimal) -> int:
    """Whole units of 10⁻¹² in `amount`; more digits are rounded half away from zero."""
    return int(_WIDE.to_integral_value(_WIDE.multiply(amount, Decimal(UNIT))))


def from_units(units: int) -> Decimal:
    """The amount of `units` units of 10⁻¹², with twelve decimal places."""
    return _WIDE.scaleb(Decimal(units), -SCALE)


def plain(amount: Decimal) -> str:
    """`amount` with all its digits and no exponent, trailing zeros kept."""
    return format(amount, "f")


def percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """100 · part / whole rounded half away from zero to two places; None where `whole` is 0."""
    if whole == 0:
        return None
    return _WIDE.quantize(_WIDE.divide(100 * part, whole), Decimal("0.01"))


def per_unit(amount: Decimal, quantity: Decimal) -> Decimal | None:
    """`amount` for one of `quantity`, rounded half away from zero to twelve places; None for none."""
    if quantity == 0:
        return None
    return _WIDE.quantize(_WIDE.divide(amount, quantity), Decimal(1).scaleb(-SCALE))


def cut(dividend: int, divisor: int) -> int:
    """The quotient without its fraction, towards zero, as SQL's integer division has it."""
    size = abs(dividend) // abs(divisor)
    return size if (dividend < 0) == (divisor < 0) else -size


def split_running(total: int, weights: Sequence[int]) -> list[int]:
    """Divide `total` units in proportion to `weights` (their sum must not be 0), keeping the order.

    Each part is the difference of two running totals cut off towards zero, so the parts add up to `total`
    exactly, each differs from its exact share by less than one unit, and a page of parts can be made from
    the running sum before it. Weights may be negative (credits among charges).
    """
    whole = sum(weights)
    parts, seen, given = [], 0, 0
    for weight in weights:
        seen += weight
        reached = cut(total * seen, whole)
        parts.append(reached - given)
        given = reached
    return parts


def largest_remainder(total: int, weights: Sequence[int], names: Sequence[str]) -> list[int]:
    """Divide `total` units by `weights` (not negative, not all 0): floors, leftovers by largest remainder.

    Ties go by name, so the result does not depend on the order given. A negative total is divided like
    its opposite.
    """
    sign, size, whole = (-1 if total < 0 else 1), abs(total), sum(weights)
    floors = [size * w // whole for w in weights]
    remainders = [size * w % whole for w in weights]
    left = size - sum(floors)
    order = sorted(range(len(weights)), key=lambda i: (-remainders[i], names[i]))
    for i in order[:left]:
        floors[i] += 1
    return [sign * f for f in floors]
