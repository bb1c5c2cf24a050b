"""Amounts and counts as they stand in a headline."""

from decimal import ROUND_HALF_UP, Decimal

from apportion.core.periods import Window

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_MINUS = "\u2212"


def money(amount: Decimal, currency: str, *, cents: bool = False) -> str:
    """`amount` for reading: whole from 100 up, cents below, small amounts with two significant digits.

    With `cents`, amounts from 100 up have them, too.
    """
    size = abs(amount)
    places = 2 if cents or 1 <= size < 100 else 0
    if 0 < size < 1:
        places = max(2, 1 - size.adjusted())
    rounded = size.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    symbol = _SYMBOLS.get(currency, f"{currency} ")
    return f"{_MINUS if amount < 0 and rounded else ''}{symbol}{rounded:,f}"


def share(percent: Decimal) -> str:
    """A percentage for reading, with one decimal place."""
    return f"{_MINUS if percent < 0 else ''}{abs(percent):.1f} %"


def possessive(name: str) -> str:
    """Whose: routing's, integrations'."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def count(number: int, singular: str, plural: str = "") -> str:
    """A number with its noun: 1 customer, 3 customers."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def direction(change_pct: Decimal | None, before: Window | None) -> str:
    """How a cost moved, as the end of a sentence; empty where nothing is known."""
    if change_pct is None or before is None:
        return ""
    label = f"the {before.label}" if before.label[:1].isdigit() else before.label
    if change_pct == 0:
        return f", as in {label}"
    more = "more" if change_pct > 0 else "less"
    return f", {share(abs(change_pct))} {more} than in {label}"
