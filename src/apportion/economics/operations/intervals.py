"""How sure a rate or a mean is: intervals that hold the true one in 95 of 100 cases."""

from decimal import Context, Decimal
from typing import NamedTuple

_EXACT = Context(prec=50)
Z = Decimal("1.959963984540054")
"""Two-sided 95 % of the normal distribution."""
T_OF_ONE = Decimal("12.706204736432")
"""Student's t, two-sided 95 %, for one degree of freedom."""


class Interval(NamedTuple):
    """From `low` to `high`, both included."""

    low: Decimal
    high: Decimal

    def overlaps(self, other: "Interval") -> bool:
        return self.low <= other.high and other.low <= self.high


def wilson(successes: int, trials: int) -> Interval | None:
    """Wilson's score interval of a success rate, as shares from 0 to 1; None without trials.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    if trials == 0:
        return None
    n, rate = Decimal(trials), _EXACT.divide(Decimal(successes), Decimal(trials))
    z2 = Z * Z
    middle = _EXACT.divide(rate + z2 / (2 * n), 1 + z2 / n)
    spread = rate * (1 - rate) / n + z2 / (4 * n * n)
    half = _EXACT.divide(Z * _EXACT.sqrt(spread), 1 + z2 / n)
    return Interval(max(Decimal(0), middle - half), min(Decimal(1), middle + half))


def mean(number: int, total: int | None, squares: int | None) -> Interval | None:
    """The interval of a mean by Student's t, from the sums of whole values and of their squares.

    None for fewer than two values.
    """
    if number < 2 or total is None or squares is None:
        return None
    middle = _EXACT.divide(Decimal(total), Decimal(number))
    # n · Σx² − (Σx)² is a whole number and never negative
    variance = _EXACT.divide(Decimal(number * squares - total * total), Decimal(number * (number - 1)))
    half = student(number - 1) * _EXACT.sqrt(_EXACT.divide(variance, Decimal(number)))
    return Interval(middle - half, middle + half)


def student(freedom: int) -> Decimal:
    """Student's t, two-sided 95 %, to about 1 %.

    Source: the expansion 26.7.5 in Abramowitz and Stegun, Handbook of Mathematical Functions.
    """
    if freedom == 1:
        return T_OF_ONE
    z, n = Z, Decimal(freedom)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum((term / n**power for power, term in enumerate(terms, 1)), Decimal(0))
