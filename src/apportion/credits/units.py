"""Credits as whole units of 10⁻⁹ of one, and moments as microseconds."""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema

from apportion.core.errors import BadInput
from apportion.core.money import plain

PLACES = 9
Amount = Annotated[
    Decimal,
    PlainSerializer(plain, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "examples": ["1250.500000000"]}),
]
"""Credits or money as answers have them: decimal text with all its digits."""
ONE = 10**PLACES
MOST = 10**9 * ONE
"""What one grant or one operation can amount to."""
LARGEST = 2**63 - 1
"""What a column can hold."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HALF_UP = Context(prec=60, rounding=ROUND_HALF_UP)


def to_credits(amount: Decimal) -> int:
    """Whole units; more digits are rounded half away from zero. Raises BadInput for what is no number."""
    if not amount.is_finite():
        raise BadInput("This is no number.", where="credits", hint="Give it in digits, like 1250.5.")
    return int(_HALF_UP.to_integral_value(_HALF_UP.scaleb(amount, PLACES)))


def credits_of(units: int) -> Decimal:
    """The amount, with nine decimal places."""
    return _HALF_UP.scaleb(Decimal(units), -PLACES)


def short(amount: Decimal) -> str:
    """Without the zeros behind it, as people read it."""
    return f"{amount.normalize():,f}"


def digits(amount: Decimal) -> str:
    """The same with nothing but digits, as files and logs have it."""
    return f"{amount.normalize():f}"


def share(amount: int, part: int, whole: int) -> int:
    """`amount` for `part` of `whole` days, rounded up: in favour of who gets it."""
    return -(-amount * part // whole)


def cost_of(units: int, price: Decimal) -> Decimal:
    """What so many units of credits cost at a price for one credit, rounded half away to twelve places."""
    return _HALF_UP.quantize(_HALF_UP.multiply(credits_of(units), price), Decimal(1).scaleb(-12))


def moment(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - EPOCH) // _MICROSECOND


def time_of(microseconds: int) -> datetime:
    """The time, UTC."""
    return EPOCH + timedelta(microseconds=microseconds)
