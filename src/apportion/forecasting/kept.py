"""Forecasts as they were given: kept on the day, shown beside what became of them."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import select

from apportion.analytics.models import Facts
from apportion.analytics.query import Query
from apportion.core.money import plain
from apportion.database import State, forecasts
from apportion.forecasting.models import MonthEnd


class Given(NamedTuple):
    """A forecast of a month's total as it was made, on a day of that month or the last before it."""

    currency: str
    month: str
    made_on: date
    total: Decimal
    low: Decimal
    high: Decimal


def keep_forecasts(state: State, facts: Facts, query: Query, rows: Iterable[MonthEnd]) -> int:
    """Keep month-ends of `query` under the day they were made on, and say how many are new.

    What is kept for a group, a month and a day stays as it was first given, so a job may do this any number
    of times. Sums of other groups are not kept: which these are changes. Raises Transient where the database
    does not answer.
    """
    asked, at = _asked(query, facts), int(datetime.now(UTC).timestamp() * 1_000_000)
    found = [
        {**asked, **_row(row), "run": facts.run_id, "kept": at}
        for row in rows
        if row.forecast is not None and not row.others
    ]
    of_these = (*(forecasts.c[name] == value for name, value in asked.items()),)
    months = {row["month"] for row in found}
    with state.write() as con:
        named = [forecasts.c[name] for name in ("key", "currency", "month", "made_on")]
        kept = con.execute(select(*named).where(*of_these, forecasts.c.month.in_(months)))
        known = {tuple(row) for row in kept}
        new = [row for row in found if tuple(row[column.name] for column in named) not in known]
        if new:
            con.execute(forecasts.insert(), new)
    return len(new)


def given_forecasts(state: State, facts: Facts, query: Query, most: int = 100) -> list[Given]:
    """The newest forecasts kept of the total of `query`, in each currency."""
    kept = forecasts.c
    asked = _asked(query, facts)
    wanted = select(kept.currency, kept.month, kept.made_on, kept.total, kept.low, kept.high).where(
        *(kept[name] == value for name, value in asked.items()), kept.key == "{}"
    )
    with state.read() as con:
        rows = con.execute(wanted.order_by(kept.made_on.desc(), kept.currency).limit(most)).all()
    return [
        Given(currency, month, date.fromisoformat(made_on), *(Decimal(amount) for amount in amounts))
        for currency, month, made_on, *amounts in rows
    ]


def _asked(query: Query, facts: Facts) -> dict[str, str]:
    """What was asked, as the table names it; how it was grouped does not matter."""
    return {
        "metric": query.metric or facts.metric,
        "perspective": query.perspective or "",
        "filter": _json(query.filter or {}),
    }


def _row(row: MonthEnd) -> dict[str, str]:
    amounts = {"total": row.forecast, "low": row.low, "high": row.high}
    return {
        "key": _json(row.keys),
        "currency": row.currency,
        "month": row.month,
        "made_on": row.origin.isoformat(),
        "method": row.method,
        **{name: plain(amount or Decimal(0)) for name, amount in amounts.items()},
    }


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
