"""Answers a query: runs its one statement and says what the rows mean."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import duckdb
from pydantic import Field

from apportion.analytics.compile import compile_question
from apportion.analytics.fields import relation_for
from apportion.analytics.filters import as_json
from apportion.analytics.models import Amount, Facts, Part, Percent, Row
from apportion.analytics.query import Compare, Grain, Query, Question, resolve
from apportion.analytics.scope import Meta, Scope, trend_pct
from apportion.core.periods import next_month

OTHERS = "(others)"
EXPLAIN = "/api/v1/explain"


class QueryRow(Part):
    """The amount of one group in one period."""

    keys: dict[str, str] = Field(examples=[{"team": "payments"}])
    currency: str
    period: str | None = Field(description="First day of the period, or hour in UTC; null for grain total.")
    amount: Amount
    previous: Amount | None
    change: Amount | None
    change_pct: Percent | None
    others: bool = Field(description="True where the row is the sum of the groups beyond the limit.")
    explain: str | None = Field(description="Where this amount is explained.")


class QueryTotal(Part):
    """The sum of all rows in one currency."""

    currency: str
    amount: Amount
    previous: Amount | None


class QueryAnswer(Part):
    """Rows that add up to the totals, in each currency."""

    meta: Meta
    group_by: list[str]
    grain: Grain
    compare: Compare
    rows: list[QueryRow]
    total: Amount | None = Field(description="Null where there are several currencies; see totals.")
    total_previous: Amount | None
    totals: list[QueryTotal]
    others: int = Field(description="How many groups are summed as others.")


def answer(con: duckdb.DuckDBPyConnection, facts: Facts, query: Query) -> QueryAnswer:
    """Answer `query` from the run behind `con`; raises BadInput where it names what is not there."""
    question = resolve(query, facts)
    relation = relation_for(
        con,
        facts,
        perspective=question.perspective,
        named=question.fields,
        metric=question.metric,
        days=(question.window.end - question.read_from).days,
        hourly=question.grain == "hour",
    )
    sql, params = compile_question(question, relation)
    result = con.execute(sql, params)
    columns = [column[0] for column in result.description or []]
    found = [dict(zip(columns, values, strict=True)) for values in result.fetchall()]
    totals = _totals(question, found, facts)
    single = totals[0] if len(totals) == 1 else None
    scope = Scope(facts, question.window, question.metric, facts.main_currency)
    return QueryAnswer(
        meta=_meta(scope, question, [total.currency for total in totals]),
        group_by=list(question.group_by),
        grain=question.grain,
        compare=question.compare,
        rows=[_row(question, row) for row in found],
        total=single.amount if single else None,
        total_previous=single.previous if single else None,
        totals=totals,
        others=max((row["groups"] for row in found if row["others"]), default=0),
    )


def _meta(scope: Scope, question: Question, found: list[str]) -> Meta:
    before = question.before
    return scope.meta(question.perspective).model_copy(
        update={
            "currency": found[0] if len(found) == 1 else (scope.currency if not found else None),
            "previous_from": before.start if before else None,
            "previous_to": before.end if before else None,
        }
    )


def _totals(question: Question, found: list[Row], facts: Facts) -> list[QueryTotal]:
    sums: dict[str, list[Decimal]] = {} if found else {facts.main_currency: [Decimal(0), Decimal(0)]}
    for row in found:
        pair = sums.setdefault(row["currency"], [Decimal(0), Decimal(0)])
        pair[0] += row["amount"]
        pair[1] += row["previous"]
    return [
        QueryTotal(currency=name, amount=now, previous=before if question.before else None)
        for name, (now, before) in sums.items()
    ]


def _row(question: Question, row: Row) -> QueryRow:
    keys = {name: OTHERS if row["others"] else row[f"k{i}"] for i, name in enumerate(question.group_by)}
    amount, before = row["amount"], row["previous"] if question.before else None
    return QueryRow(
        keys=keys,
        currency=row["currency"],
        period=_written(question.grain, row["period"]),
        amount=amount,
        previous=before,
        change=None if before is None else amount - before,
        change_pct=trend_pct(amount, before),
        others=row["others"],
        explain=None if row["others"] or question.grain == "hour" else _explain(question, keys, row),
    )


def _written(grain: Grain, moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if grain == "hour" else f"{moment:%Y-%m-%d}"


def _explain(question: Question, keys: dict[str, str], row: Row) -> str:
    start, end = _period_days(question, row["period"])
    asked = {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "metric": question.metric,
        "currency": row["currency"],
    }
    if question.perspective:
        asked["perspective"] = question.perspective
    if question.where:
        asked["filter"] = json.dumps(as_json(question.where), separators=(",", ":"))
    return f"{EXPLAIN}?{urlencode({**asked, **keys})}"


def _period_days(question: Question, moment: datetime | None) -> tuple[date, date]:
    window = question.window
    if moment is None:
        return window.start, window.end
    first = moment.date()
    after = {
        "month": next_month(first),
        "week": first + timedelta(days=7),
    }.get(question.grain, first + timedelta(days=1))
    return max(first, window.start), min(after, window.end)
