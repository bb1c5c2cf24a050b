"""Thresholds that budgets reached, and budgets that will not last: each told once in a period."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from apportion.alerts.rules.results import Results
from apportion.alerts.rules.settings import BudgetRule
from apportion.alerts.signals import Severity, Signal
from apportion.analytics.sentences import money
from apportion.budgets.watched import Expected, Reached, Watched
from apportion.core.money import percent

WHOLE = Decimal(100)


def signals(rule: BudgetRule, name: str, asked: Results) -> Iterable[Signal]:
    """One for each threshold that was reached, and one for each budget that its period will exceed.

    Each stands until its period ends, so that it is told once; where the sum has fallen below it since, or
    the limit was raised, it says so. Of what is used up already nobody needs a forecast.
    """
    for one in asked.reached(asked.now):
        yield _reached(rule, name, one)
    if rule.forecast == "off":
        return
    for ahead in asked.expected(asked.now):
        value = ahead.expected if rule.forecast == "expected" else ahead.low
        if value is not None and ahead.passed >= rule.from_share and value > ahead.limit > ahead.spent:
            yield _forecast(name, ahead, value, asked.now)


def _reached(rule: BudgetRule, name: str, one: Reached) -> Signal:
    severity: Severity = "critical" if one.threshold >= rule.critical else "warning"
    mark, still = f"{_plain(one.threshold)} %", one.spent * WHOLE >= one.limit * one.threshold
    when = _day(one.at, one.zone)
    return Signal(
        rule=name,
        key=f"{_about(one)} {mark}",
        severity=severity if still else "warning",
        title=f"{whose(one)}: {mark} of the budget {'is' if still else 'was'} used",
        text=f"{_so_far(one)} {mark} was reached on {when}{'' if still else ', and is not any more'}.",
        at=one.at,
        value=percent(one.spent, one.limit),
        limit=one.threshold,
        **_of(one),
    )


def _forecast(name: str, one: Expected, value: Decimal, now: datetime) -> Signal:
    more = money(value - one.limit, one.currency)
    return Signal(
        rule=name,
        key=f"{_about(one)} forecast",
        severity="warning",
        title=f"{whose(one)}: the budget will be exceeded by {more}",
        text=f"{_so_far(one)} {_ahead(one)}",
        at=now,
        value=percent(value, one.limit),
        limit=WHOLE,
        **_of(one),
    )


def _ahead(one: Expected) -> str:
    said = f"{money(one.expected, one.currency)} is expected by {_last(one)}"
    if one.low is None or one.high is None:
        return f"{said}, if it goes on like this."
    low, high = (money(amount, one.currency) for amount in (one.low, one.high))
    return f"{said}; in four of five cases it is between {low} and {high}."


def whose(one: Watched) -> str:
    """The budget's title, and whom of those that have one each it is about."""
    return ", ".join([one.title, " / ".join(one.entity.values())] if one.entity else [one.title])


def _of(one: Watched) -> dict[str, Any]:
    """What all signals of one budget have in common."""
    return {
        "dimensions": {**one.entity, "budget": one.budget},
        "unit": "percent",
        "link": _page(one),
        "final": True,
        "until": one.until,
    }


def _page(one: Watched) -> str:
    entity = json.dumps(dict(one.entity), sort_keys=True, separators=(",", ":"))
    return f"/budgets/{quote(one.budget)}" + (f"?entity={quote(entity)}" if one.entity else "")


def _about(one: Watched) -> str:
    entity = " ".join(f"{field}={value}" for field, value in sorted(one.entity.items()))
    return " ".join(part for part in (f"budget={one.budget}", entity, f"{one.start:%Y-%m-%dT%H%MZ}") if part)


def _so_far(one: Watched) -> str:
    spent, limit = (money(amount, one.currency) for amount in (one.spent, one.limit))
    return f"{spent} of {limit} from {_day(one.start, one.zone)} to {_last(one)}."


def _last(one: Watched) -> str:
    return _day(one.until - timedelta(microseconds=1), one.zone)


def _day(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%-d %b %Y}"


def _plain(threshold: Decimal) -> str:
    return f"{threshold.normalize():f}"
