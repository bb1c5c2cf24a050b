"""The sentence above a forecast."""

from collections.abc import Sequence
from datetime import date

from apportion.analytics.sentences import money, share
from apportion.forecasting.models import MonthEnd


def headline(totals: Sequence[MonthEnd]) -> str:
    """What the month will come to, in each currency, or why nobody can say."""
    if not totals:
        return "There is no cost to forecast."
    return " ".join(_sentence(total) for total in totals)


def _sentence(total: MonthEnd) -> str:
    month = f"{date.fromisoformat(total.month + '-01'):%B %Y}"
    if total.forecast is None or total.low is None or total.high is None:
        return f"Nothing can be said of {month} yet. {total.reason}"
    low, high, middle = (money(part, total.currency) for part in (total.low, total.high, total.forecast))
    said = f"{month} will cost about {middle}, with 80 % certainty {low} to {high}"
    if total.change_pct is None or total.last_month is None:
        return f"{said}."
    if total.change_pct == 0:
        return f"{said}: as much as the month before."
    more = "more" if total.change_pct > 0 else "less"
    return f"{said}: {share(abs(total.change_pct))} {more} than the month before."
