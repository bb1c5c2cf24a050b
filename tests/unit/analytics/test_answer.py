import dataclasses
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.analytics.answer import QueryAnswer, answer
from apportion.analytics.models import Facts
from apportion.analytics.query import Query
from apportion.core.errors import BadInput
from unit.analytics.small_company import FACTS, small_company

SMALL = small_company()
FIELDS = [
    "team",
    "service",
    "environment",
    "customer",
    "cost_class",
    "ServiceName",
    "ChargeCategory",
    "source",
]


def ask(con: duckdb.DuckDBPyConnection, facts: Facts = FACTS, **query: Any) -> Any:
    return answer(con, facts, Query.model_validate(query))


def amounts(answered: QueryAnswer, field: str) -> Any:
    return {row.keys[field]: row.amount for row in answered.rows}


def test_cost_by_team(con: duckdb.DuckDBPyConnection) -> None:
    answered = ask(con, group_by=["team"])
    assert amounts(answered, "team") == {"payments": 3840, "growth": 3700, "platform": 2310, "(none)": 240}
    assert answered.total == 10090


def test_attributed_cost_by_target_keeps_idle_and_unallocated(con: duckdb.DuckDBPyConnection) -> None:
    answered = ask(con, perspective="customer", group_by=["target"])
    assert amounts(answered, "target") == {
        "acme": 4750,
        "birch": 2650,
        "cedar": 1900,
        "ghost": 400,
        "(unallocated)": 240,
        "(idle)": 150,
    }
    assert answered.total == 10090


def test_what_is_beyond_the_limit_is_summed_not_dropped(con: duckdb.DuckDBPyConnection) -> None:
    answered = ask(con, group_by=["team"], limit=2, compare="previous_period")
    last = answered.rows[-1]
    assert last.others
    assert (last.keys["team"], last.amount, answered.others) == ("(others)", 2550, 2)
    assert sum(row.amount for row in answered.rows) == answered.total == 10090
    assert last.explain is None


def test_credits_and_rows_that_cost_nothing_are_kept(con: duckdb.DuckDBPyConnection) -> None:
    by_category = amounts(ask(con, group_by=["ChargeCategory"]), "ChargeCategory")
    assert by_category == {"Usage": 9910, "Tax": 240, "Credit": -60}
    assert amounts(ask(con, group_by=["service"]), "service")["free-tier"] == 0


def test_months_have_their_own_length(con: duckdb.DuckDBPyConnection) -> None:
    rows = ask(con, grain="month", window="2026-07-01..2026-10-01").rows
    assert [(row.period, row.amount) for row in rows] == [
        ("2026-07-01", 31 * 303),
        ("2026-08-01", 31 * 303),
        ("2026-09-01", 30 * 323 + 400),
    ]


def test_compared_with_the_days_before(con: duckdb.DuckDBPyConnection) -> None:
    row = ask(con, compare="previous_period").rows[0]
    assert (row.amount, row.previous, row.change, row.change_pct) == (10090, 9090, 1000, Decimal("11.00"))


def test_days_are_compared_with_the_day_as_far_into_the_window_before(con: duckdb.DuckDBPyConnection) -> None:
    rows = ask(con, window="2026-09-13..2026-09-16", compare="previous_period", grain="day").rows
    assert [(row.period, row.amount, row.previous) for row in rows] == [
        ("2026-09-13", 323, 323),
        ("2026-09-14", 723, 323),
        ("2026-09-15", 323, 323),
    ]


def test_without_data_before_nothing_is_compared(con: duckdb.DuckDBPyConnection) -> None:
    row = ask(con, window="92d", compare="previous_period").rows[0]
    assert (row.previous, row.change_pct) == (None, None)
    assert ask(con, compare="previous_year").rows[0].previous is None


def test_the_last_day_by_hour_from_line_items(con: duckdb.DuckDBPyConnection) -> None:
    rows = ask(con, window="1d", grain="hour", group_by=["ResourceId"]).rows
    assert {row.period[:10] for row in rows} == {"2026-09-30"}
    assert [row.amount for row in rows if row.keys["ResourceId"] == "web-1"] == [Decimal("2.5")] * 24
    assert sum(row.amount for row in rows if row.keys["ResourceId"] == "db-1") == 65
    assert sum(row.amount for row in rows) == 323


def test_a_charge_of_an_hour_and_a_half_falls_on_two_hours() -> None:
    con = small_company()
    con.execute(
        "UPDATE charge_days SET ChargePeriodStart = TIMESTAMPTZ '2026-09-30 09:30:00+00', "
        "ChargePeriodEnd = TIMESTAMPTZ '2026-09-30 11:00:00+00' WHERE service = 'cdn'"
    )
    rows = ask(con, window="1d", grain="hour", filter={"service": ["cdn"]}).rows
    assert [(row.period, row.amount) for row in rows] == [
        ("2026-09-30T09:00:00Z", 4),
        ("2026-09-30T10:00:00Z", 8),
    ]


def test_columns_that_results_lack_come_from_line_items_within_bounds(con: duckdb.DuckDBPyConnection) -> None:
    assert amounts(ask(con, group_by=["ResourceId"], window="30d"), "ResourceId")["fn-1"] == 1600
    with pytest.raises(BadInput, match="line items"):
        ask(con, group_by=["ResourceId"], window="200d")
    with pytest.raises(BadInput, match="line items"):
        ask(con, grain="hour", window="60d")


def test_wildcards_and_not(con: duckdb.DuckDBPyConnection) -> None:
    answered = ask(con, filter={"and": [{"service": ["s*"]}, {"not": {"environment": ["staging"]}}]})
    assert answered.total == 30 * 105 + 400


@pytest.mark.parametrize(
    "query",
    [
        {"group_by": ["nonsense"]},
        {"group_by": ['team" --']},
        {"group_by": ["target"]},
        {"filter": {"rule": ["x"]}},
        {"perspective": "nobody"},
        {"perspective": "customer", "group_by": ["ServiceName"]},
        {"perspective": "customer", "grain": "hour"},
        {"perspective": "customer", "metric": "ListCost"},
        {"window": "30d", "from": "2026-09-01", "to": "2026-09-02"},
        {"from": "2026-09-01"},
        {"from": "0001-01-01", "to": "0001-01-02", "compare": "previous_year"},
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(
    con: duckdb.DuckDBPyConnection, query: dict[str, Any]
) -> None:
    with pytest.raises(BadInput):
        ask(con, **query)


def test_currencies_are_never_added() -> None:
    con = small_company()
    con.execute(
        "INSERT INTO daily_costs BY NAME SELECT * REPLACE ('EUR' AS currency) FROM daily_costs WHERE team = 'growth'"
    )
    answered = ask(con, dataclasses.replace(FACTS, currencies=("EUR", "USD")), group_by=["team"])
    assert answered.total is None
    assert answered.meta.currency is None
    assert {(t.currency, t.amount) for t in answered.totals} == {("USD", 10090), ("EUR", 3700)}
    assert {row.currency for row in answered.rows if row.keys["team"] == "growth"} == {"EUR", "USD"}


@settings(deadline=None, max_examples=60)
@given(
    group_by=st.lists(st.sampled_from(FIELDS), max_size=3, unique=True),
    grain=st.sampled_from(["total", "month", "week", "day"]),
    limit=st.integers(1, 5),
    compare=st.sampled_from(["none", "previous_period"]),
    only=st.none() | st.sampled_from([{"team": ["p*"]}, {"not": {"service": ["search"]}}]),
)
def test_however_it_is_asked_the_rows_add_up_to_the_same(
    group_by: list[str], grain: str, limit: int, compare: str, only: object
) -> None:
    answered = ask(SMALL, group_by=group_by, grain=grain, limit=limit, compare=compare, filter=only)
    plain = ask(SMALL, filter=only)
    assert sum(row.amount for row in answered.rows) == answered.total == plain.total
    if compare != "none":
        assert sum(row.previous for row in answered.rows) == answered.total_previous
