"""The month's cost as it is forecast, against an amount."""

import json
from collections.abc import Iterable
from urllib.parse import urlencode

from apportion.alerts.rules.cost_jump import scope_filter
from apportion.alerts.rules.results import Results
from apportion.alerts.rules.settings import ForecastRule
from apportion.alerts.signals import Signal
from apportion.analytics.query import Query
from apportion.analytics.sentences import money
from apportion.forecasting import MonthEnd, month_end


def signals(rule: ForecastRule, name: str, asked: Results) -> Iterable[Signal]:
    """One where the month, or the lower end of its range, comes out above the amount."""
    con, facts = asked.run
    if facts.last_day.day < rule.from_day:
        return
    tests = scope_filter(rule.where, rule.perspective or None, facts)
    query = Query.model_validate(
        {"perspective": rule.perspective or None, "filter": {"and": tests} if tests else None}
    )
    for total in month_end(con, facts, query):
        value = total.forecast if rule.bound == "expected" else total.low
        if total.keys or total.currency != facts.main_currency or value is None or value <= rule.above:
            continue
        yield Signal(
            rule=name,
            key=f"month={total.month}",
            severity=rule.severity,
            title=f"{_whose(rule)} will cost {money(value, total.currency)} in {total.month}",
            text=_text(total, rule),
            at=asked.now,
            dimensions={k: v for k, v in rule.where.items() if isinstance(v, str)},
            value=value,
            limit=rule.above,
            unit=total.currency,
            link=_days(total, query),
        )


def _days(total: MonthEnd, query: Query) -> str:
    """The page of the month's days, filtered alike, with what is expected of the rest."""
    said = {"window": total.month, "grain": "day", "group": "-", "perspective": query.perspective or ""}
    where = json.dumps(query.filter) if query.filter else ""
    return f"/explorer?{urlencode({k: v for k, v in {**said, 'filter': where}.items() if v})}"


def _whose(rule: ForecastRule) -> str:
    named = [v if isinstance(v, str) else ", ".join(v) for v in rule.where.values()]
    return " and ".join(named) or "Everything"


def _text(total: MonthEnd, rule: ForecastRule) -> str:
    so_far, limit = (money(amount, total.currency) for amount in (total.so_far, rule.above))
    said = f"{so_far} up to {total.origin}; the limit is {limit}."
    if total.low is None or total.high is None:
        return said
    low, high = (money(amount, total.currency) for amount in (total.low, total.high))
    return f"{said} In four of five cases the month ends between {low} and {high}."
