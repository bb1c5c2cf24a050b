"""Money of budgets: whole units of 10⁻⁹ of a currency."""

from decimal import ROUND_CEILING, ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

SCALE = 9
MOST = 2**63 - 1
"""What the state database keeps in a whole number: nine thousand million of a currency."""
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
_UP = Context(prec=60, rounding=ROUND_CEILING)
_FINER = 10**3
_CENT = 10**7


def spent(amount: Decimal) -> int:
    """Units of what was spent: more digits are rounded half away from zero."""
    return int(_WIDE.to_integral_value(_WIDE.scaleb(amount, SCALE)))


def held(amount: Decimal) -> int:
    """Units of what is held for a call: more digits are rounded up."""
    return int(_UP.to_integral_value(_UP.scaleb(amount, SCALE)))


def held_of(picos: int) -> int:
    """Units of what is held, from units of 10⁻¹² in which operations are priced; rounded up."""
    return -(-picos // _FINER)


@lru_cache(4_096)  # each answer has a dozen, most of them limits and zeros
def amount(units: int) -> Decimal:
    """The amount of so many units, without trailing zeros beyond cents."""
    cents, finer = divmod(units, _CENT)
    if not finer:
        return Decimal(cents).scaleb(-2)
    found = Decimal(units).scaleb(-SCALE, _WIDE)
    short = found.normalize(_WIDE)
    return short.quantize(Decimal("0.01")) if _places(short) < 2 else short


def whole(number: int, places: int) -> Decimal:
    """A whole number of 10^-places, without zeros at its end."""
    found = Decimal(number).scaleb(-places).normalize()
    return found.quantize(Decimal(1)) if _places(found) < 0 else found


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
