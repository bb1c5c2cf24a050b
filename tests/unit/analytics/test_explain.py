import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apportion.analytics.explain import ExplainRequest, explain
from apportion.analytics.explain.use import Use, usage_page
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
    "node": "service=checkout, environment=production",
}


def at(service: str, team: str, **pins: str) -> dict[str, str]:
    """The pins of a service's pool in production."""
    node = f"service={service}, environment=production"
    return {**POOL, "service": service, "team": team, "node": node, **pins}


CDN = at("cdn", "platform", rule="cdn")


def with_passes(*rows: tuple[Any, ...], method: str = "proportional") -> duckdb.DuckDBPyConnection:
    """The small company where search passes its cost on by these steps, and acme carries a quarter of it."""
    con = small_company()
    con.execute("DELETE FROM steps WHERE node LIKE '%search%'")
    for node, kind, target, measure, quantity, total, weight, whole in rows:
        con.execute(
            "INSERT INTO steps SELECT 'customer', '2026-09', DATE '2026-09-13', $node, 'search', $method, 'customer', "
            "$kind, $target, 'measured', $measure, MAP {}, $quantity, $total, DATE '2026-09-13', DATE '2026-09-13', "
            "$weight, $whole",
            {"node": node, "kind": kind, "target": target, "measure": measure, "quantity": quantity,
             "total": total, "weight": weight, "whole": whole, "method": method},
        )  # fmt: skip
    return con


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
        ("shared by requests", 3570),
        ("dedicated", 600),
        ("search", 400),
        ("cdn", 180),
    ]
    assert told.sentence == "Acme Corp's $4,750 in the last 30 days came by 4 rules."


def test_the_last_level_says_how_much_of_what_was_used(con: duckdb.DuckDBPyConnection) -> None:
    told = explain(con, of(pins={**POOL, "day": "2026-09-14"}))
    assert told.level == "line_items"
    assert told.sentence == "500 of 1,000 requests to checkout on 2026-09-14 (50.00 %)."
    (step,) = told.basis.steps
    assert (step.rule, step.rule_version, told.basis.rules_version) == ("shared by requests", "r1", "v1")
    assert (step.weight, step.whole, told.basis.share) == ("1", "2", Decimal("50.000000000000"))
    assert [row.quantity for row in step.drivers[0].usage_rows] == [300, 200]
    assert told.basis.pool_amount == 98
    assert [(part.label, part.amount) for part in told.parts] == [
        ("production fleet", 30),
        ("production fleet", 20),
        ("goodwill", -1),
    ]
    assert told.parts[0].line_item.amount_on_bill == 60


def test_cost_that_came_by_other_nodes_is_shown_path_by_path(con: duckdb.DuckDBPyConnection) -> None:
    told = explain(con, of(pins={**CDN, "day": "2026-09-14"}))
    assert (told.level, told.node.amount, told.parts_count) == ("paths", 6, 2)
    assert [(part.label, part.detail, part.amount) for part in told.parts] == [
        ("cdn → checkout → acme", "by cost, then by requests", Decimal("4.5")),
        ("cdn → shared-db → acme", "by cost, then by requests", Decimal("1.5")),
    ]
    assert [step.target_name for step in told.parts[0].steps] == ["checkout", "acme"]
    assert (told.basis.share_pct, told.basis.evidence, told.basis.steps) == (50, "measured", [])


def test_a_path_is_told_in_one_sentence_and_ends_at_line_items(con: duckdb.DuckDBPyConnection) -> None:
    path = {**CDN, "day": "2026-09-14", "path": "service=shared-db, environment=production"}
    told = explain(con, of(pins=path))
    assert told.sentence == (
        "cdn passed 25.00 % of it to shared-db (by cost), which passed 50.00 % to acme (by requests)."
    )
    by_cost, by_requests = told.basis.steps
    assert by_cost.sentence == "$60.00 of $240 of cost on 2026-09-14 (25.00 %)."
    assert by_requests.sentence == "500 of 1,000 requests to shared-db on 2026-09-14 (50.00 %)."
    assert (by_cost.drivers[0].usage, by_cost.drivers[0].usage_rows) == (None, [])
    assert by_requests.drivers[0].usage_rows_count == 2
    assert told.basis.share_pct == Decimal("12.50")
    assert [(part.label, part.amount) for part in told.parts] == [("traffic", Decimal("1.5"))]


def test_what_was_assumed_says_so(con: duckdb.DuckDBPyConnection) -> None:
    search = at("search", "growth", rule="search", day="2026-09-13")
    assert explain(con, of("ghost", search)).sentence == "One of 4 equal shares (25.00 %)."
    mine = {**POOL, "rule": "dedicated", "customer": "acme", "node": "", "day": "2026-09-13"}
    assert explain(con, of("acme", mine)).sentence == "All of it: these charges carry the customer acme."


def test_use_that_was_carried_forward_names_its_day() -> None:
    con = small_company()
    con.execute(
        "UPDATE steps SET basis_from = DATE '2026-09-12', basis_to = DATE '2026-09-12', evidence = 'assumed' "
        "WHERE day = DATE '2026-09-14' AND measure = 'requests'"
    )
    told = explain(con, of("birch", {**POOL, "day": "2026-09-14"}))
    assert told.sentence == (
        "300 of 1,000 requests to checkout on 2026-09-12, the nearest day with use before 2026-09-14 (30.00 %)."
    )
    (driver,) = told.basis.steps[0].drivers
    assert (driver.carried_forward, driver.to) == (True, date(2026, 9, 12))
    assert [row.time.day for row in driver.usage_rows] == [12]


def test_a_mixture_says_what_each_measure_gave() -> None:
    con = with_passes(
        ("service=search, environment=production", "allocated", "acme", "requests", 500, 1000, 35, 80),
        ("service=search, environment=production", "allocated", "acme", "storage", 3, 10, 9, 80),
        ("service=search, environment=production", "allocated", "birch", "requests", 500, 1000, 36, 80),
    )
    told = explain(con, of("acme", at("search", "growth", rule="search", day="2026-09-13")))
    assert told.sentence == (
        "500 of 1,000 requests on 2026-09-13, and 3 of 10 storage on 2026-09-13 (55.00 %, together)."
    )
    assert [driver.share_pct for driver in told.basis.steps[0].drivers] == [
        Decimal("43.75"),
        Decimal("11.25"),
    ]


def test_a_fixed_share_and_what_it_leaves() -> None:
    node = "service=search, environment=production"
    con = with_passes(
        (node, "allocated", "acme", "", None, None, 40, 100),
        (node, "node", f"{node}, after=search", "", None, None, 60, 100),
        (f"{node}, after=search", "allocated", "acme", "requests", 1, 3, 1, 3),
        (f"{node}, after=search", "allocated", "birch", "requests", 2, 3, 2, 3),
        method="fixed",
    )
    told = explain(con, of("acme", at("search", "growth", rule="search", day="2026-09-13")))
    assert [part.label for part in told.parts] == ["search → acme", "search → the rules that follow → acme"]
    assert told.parts_total == sum(part.amount for part in told.parts) == 10
    fixed = explain(con, of("acme", told.parts[0].pins))
    assert fixed.sentence == "40.00 %, as rule 'search' fixes it."
    left = explain(con, of("acme", told.parts[1].pins)).basis.steps[0]
    assert left.sentence == "60.00 % is left to the rules that follow by rule 'search'."


def test_behind_a_cycle_the_rounds_are_told_until_they_no_longer_matter() -> None:
    database, search = "service=shared-db", "service=search, environment=production"
    con = with_passes(
        (search, "node", database, "", None, None, 1, 2),
        (search, "allocated", "acme", "", None, None, 1, 2),
        (database, "node", search, "", None, None, 1, 2),
        (database, "allocated", "acme", "", None, None, 1, 4),
        (database, "allocated", "birch", "", None, None, 1, 4),
    )
    request = of("acme", at("search", "growth", rule="search", day="2026-09-13"))
    told = explain(con, request)
    assert [part.label for part in told.parts[:3]] == [
        "search → acme",
        "search → shared-db → acme",
        "search → shared-db → search → acme",
    ]
    assert [part.label for part in told.parts][-1] == "other paths"
    assert told.basis.share == Decimal("83.333333333333")
    assert told.parts_total == sum(part.amount for part in told.parts) == 10
    assert told.parts[-1].share_pct < Decimal("0.05")
    assert all(explain(con, of("acme", part.pins)).node.amount == part.amount for part in told.parts)
    assert explain(con, of("acme", told.parts[-1].pins)).sentence.startswith("All paths that are not shown")


def test_a_path_needs_its_pool_and_day(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(BadInput, match="one pool on one day"):
        explain(con, of(pins={"path": ""}))
    with pytest.raises(BadInput, match="No cost came by the path"):
        explain(con, of(pins={**CDN, "day": "2026-09-14", "path": "service=nowhere"}))


def test_all_use_behind_a_quantity_is_there_page_by_page(con: duckdb.DuckDBPyConnection) -> None:
    (step,) = explain(con, of(pins={**POOL, "day": "2026-09-14"})).basis.steps
    assert step.drivers[0].usage == (
        "/api/v1/explain/usage?measure=requests&from=2026-09-14&to=2026-09-14&dimension=customer&value=acme"
        "&key=service%3Dcheckout"
    )
    day = date(2026, 9, 14)
    use = Use("requests", day, day, "customer", "acme", {"service": ("checkout",)})
    first = usage_page(con, use, 0, 1)
    assert (first.quantity, first.rows_count, first.more, first.next_cursor) == (500, 2, 1, "1")
    assert [row.quantity for row in (*first.rows, *usage_page(con, use, 1, 1).rows)] == [300, 200]


def test_idle_cost_is_not_mixed_with_the_cost_of_the_same_service(con: duckdb.DuckDBPyConnection) -> None:
    told = explain(con, of("(idle)", at("shared-db", "platform", rule="", node="", day="2026-09-14")))
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
