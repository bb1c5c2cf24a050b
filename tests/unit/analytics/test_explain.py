import dataclasses
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.analytics.explain import ExplainRequest, explain
from apportion.analytics.filters import parse_filter
from apportion.analytics.scope import Scope
from apportion.core.errors import BadInput, NotFound
from unit.analytics.small_company import FACTS, small_company

MONTH = Scope.of(FACTS, "30d")
POOL = {
    "rule": "shared by requests",
    "team": "payments",
    "service": "checkout",
    "environment": "production",
    "customer": "(none)",
    "cost_class": "cost_of_revenue",
    "source": "aws",
    "node": "",
}


def of(target: str = "acme", pins: dict[str, str] | None = None, **more: Any) -> Any:
    return ExplainRequest(MONTH, "customer", target, pins or {}, **more)


def everything_below(con: duckdb.DuckDBPyConnection, request: ExplainRequest) -> Any:
    """Walk to every line item; each level must add up to the node above it."""
    told = explain(con, request)
    assert told.parts_total == told.node.amount == sum(part.amount for part in told.parts)
    assert told.more == 0
    for part in told.parts:
        if part.pins is None:
            yield told, part
            continue
        below = dataclasses.replace(request, pins=part.pins)
        assert explain(con, below).node.amount == part.amount
        yield from everything_below(con, below)


@pytest.mark.parametrize("target", ["acme", "ghost", "(idle)", "(unallocated)"])
def test_every_level_adds_up_down_to_the_line_items(con: duckdb.DuckDBPyConnection, target: str) -> None:
    scope = Scope.of(FACTS, "2026-09-13..2026-09-15")
    lines = [part for _, part in everything_below(con, ExplainRequest(scope, "customer", target, limit=500))]
    assert (
        sum(part.amount for part in lines)
        == explain(con, ExplainRequest(scope, "customer", target)).node.amount
    )
    assert all(part.line_item.x_SourceFile == "aws-2026-09.csv" for part in lines)


def test_the_first_level_says_which_rules(con: duckdb.DuckDBPyConnection) -> None:
    told = explain(con, of())
    assert told.level == "rules"
    assert told.node.title == "Acme Corp"
    assert [(part.label, part.amount) for part in told.parts] == [
        ("shared by requests", 3750),
        ("dedicated", 600),
        ("search", 400),
    ]
    assert told.sentence == "Acme Corp's $4,750 in the last 30 days came by 3 rules."


def test_the_last_level_says_how_much_of_what_was_used(con: duckdb.DuckDBPyConnection) -> None:
    told = explain(con, of(pins={**POOL, "day": "2026-09-14"}))
    assert told.level == "line_items"
    assert told.basis.sentence == "500 of 1,000 requests to checkout on 2026-09-14 (50.00 %)."
    assert [row.quantity for row in told.basis.usage_rows] == [300, 200]
    assert [(part.label, part.amount) for part in told.parts] == [
        ("production fleet", 30),
        ("production fleet", 20),
        ("goodwill", -1),
    ]
    assert told.parts[0].line_item.amount_on_bill == 60


def test_use_of_the_node_that_cost_passed_is_the_basis_of_a_chain(con: duckdb.DuckDBPyConnection) -> None:
    cdn = {**POOL, "service": "cdn", "team": "platform", "node": "service:checkout", "day": "2026-09-14"}
    told = explain(con, of(pins=cdn))
    assert told.node.amount == 6
    assert told.basis.sentence == "500 of 1,000 requests to checkout on 2026-09-14 (50.00 %)."


def test_what_was_assumed_says_so(con: duckdb.DuckDBPyConnection) -> None:
    search = {**POOL, "rule": "search", "service": "search", "team": "growth", "day": "2026-09-13"}
    assert explain(con, of("ghost", search)).basis.sentence == "One of 4 equal shares (25.00 %)."
    mine = {**POOL, "rule": "dedicated", "customer": "acme", "day": "2026-09-13"}
    assert (
        explain(con, of("acme", mine)).basis.sentence == "All of it: these charges carry the customer acme."
    )


def test_use_that_was_carried_forward_names_its_day() -> None:
    con = small_company()
    con.execute("DELETE FROM usage WHERE day IN (DATE '2026-09-13', DATE '2026-09-14')")
    rule = dataclasses.replace(FACTS.rules[1], carry_forward=7)
    facts = dataclasses.replace(FACTS, rules=(rule,))
    request = ExplainRequest(Scope.of(facts), "customer", "birch", {**POOL, "day": "2026-09-14"})
    told = explain(con, request)
    assert "300 of 1,000 requests to checkout on 2026-09-12" in told.basis.sentence
    assert "before 2026-09-14" in told.basis.sentence


def test_idle_cost_is_not_mixed_with_the_cost_of_the_same_service(con: duckdb.DuckDBPyConnection) -> None:
    database = {**POOL, "rule": "", "service": "shared-db", "team": "platform", "day": "2026-09-14"}
    told = explain(con, of("(idle)", database))
    assert [(part.label, part.amount) for part in told.parts] == [("unused reservation", 5)]
    assert told.basis is None


def test_cost_as_charged_by_any_filter(con: duckdb.DuckDBPyConnection) -> None:
    request = ExplainRequest(
        MONTH, pins={"team": "payments"}, where=parse_filter({"environment": ["staging"]})
    )
    told = explain(con, request)
    assert (told.level, told.node.amount) == ("services", 300)
    lines = [part for _, part in everything_below(con, dataclasses.replace(request, limit=500))]
    assert {part.line_item.ResourceId for part in lines} == {"stage-1"}


def test_a_column_only_line_items_have_can_be_pinned(con: duckdb.DuckDBPyConnection) -> None:
    request = ExplainRequest(MONTH, pins={"ResourceId": "fn-1"}, limit=500)
    assert explain(con, request).node.amount == 1600
    assert sum(part.amount for _, part in everything_below(con, request)) == 1600


@pytest.mark.parametrize(
    ("pins", "why"),
    [({"nonsense": "x"}, "nonsense"), ({"day": "tomorrow"}, "tomorrow"), ({"day": "2026-01-01"}, "window")],
)
def test_pins_that_cannot_be_are_refused(
    con: duckdb.DuckDBPyConnection, pins: dict[str, str] | None, why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        explain(con, of(pins=pins))


def test_an_unknown_target_is_not_a_zero(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(NotFound):
        explain(con, of("nobody"))
    assert explain(con, of("dune")).sentence == "Dune Media has no cost here in the last 30 days."


@settings(deadline=None, max_examples=40)
@given(
    cents=st.lists(st.integers(-1000, 100_000), min_size=1, max_size=12),
    total=st.integers(0, 10**15),
    page=st.integers(1, 5),
)
def test_pages_of_line_items_add_up_whatever_the_amounts(cents: list[int], total: int, page: int) -> None:
    if sum(cents) == 0:
        cents = [*cents, 1]
    con = small_company_of(cents, total)
    request = of(pins={**POOL, "day": "2026-09-14"}, limit=page)
    told = explain(con, request)
    parts = list(told.parts)
    while told.next_cursor:
        told = explain(con, dataclasses.replace(request, cursor=int(told.next_cursor)))
        parts += told.parts
    assert len(parts) == len(cents)
    assert sum(part.amount for part in parts) == told.node.amount == Decimal(total).scaleb(-12)
    whole = sum(cents)
    for part in parts:
        exact = Decimal(total).scaleb(-12) * part.line_item.amount_of_day * 100 / whole
        assert abs(part.amount - exact) < Decimal(2).scaleb(-12)


def small_company_of(cents: list[int], total: int) -> Any:
    """The small company where checkout's day is these line items, of which acme carries `total` units."""
    con = SMALL
    con.execute("BEGIN")
    con.execute(
        "CREATE OR REPLACE TABLE charge_days AS SELECT pool.* REPLACE ("
        "cost AS EffectiveCost, cost AS EffectiveCostOnBill, line AS x_SourceLine) FROM "
        "(SELECT * FROM charge_days WHERE day = DATE '2026-09-14' AND service = 'checkout' "
        "AND environment = 'production' AND customer = '(none)' LIMIT 1) AS pool, "
        "(SELECT UNNEST($cents::INTEGER[]) * 0.01::DECIMAL(28, 12) AS cost, UNNEST(RANGE(LEN($cents))) AS line)",
        {"cents": cents},
    )
    con.execute(
        "UPDATE allocations SET EffectiveCost = $total WHERE perspective = 'customer' AND target = 'acme' "
        "AND day = DATE '2026-09-14' AND service = 'checkout' AND rule = 'shared by requests' "
        "AND environment = 'production'",
        {"total": Decimal(total).scaleb(-12)},
    )
    con.execute("COMMIT")
    return con


SMALL = small_company()
