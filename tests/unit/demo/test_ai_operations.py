"""The demo's AI operations, metered the way in that any service takes: their cost, and what was planted."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from fernway import Company

from apportion.app import App
from apportion.cli.demo import meter
from apportion.pricing import RateCard

Cost = dict[tuple[str, date, str], Decimal]
BY_CUSTOMER_DAY_AND_MODEL = """
SELECT customer, CAST(time AS DATE), model, sum(cost) FROM operations WHERE price_state = 'priced' GROUP BY ALL
"""
BY_MODEL = """
SELECT model, count(*), count(success), count_if(success), sum(cost) / count(success)
FROM operations WHERE feature = ? GROUP BY model
"""
BY_VARIANT = """
SELECT variant, count(*), count_if(success), sum(cost) / count(*), avg(value)
FROM operations WHERE prompt = ? GROUP BY variant
"""


@pytest.fixture(scope="module")
def metered(allocated: Path) -> App:
    """The demo with its operations, archived."""
    return App(allocated)


def asked(app: App, query: str, *values: str) -> list[tuple[Any, ...]]:
    with app.operations_reader() as con:
        return con.execute(query, values).fetchall()


def posted(company: Company) -> Iterator[dict[str, Any]]:
    """The operations as the files have them."""
    for path in sorted((company.directory / "operations").iterdir()):
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def planted(company: Company, name: str) -> dict[str, Any]:
    found: dict[str, Any] = company.truth["planted"][name]
    return found


def cost(operation: dict[str, Any], prices: dict[str, Decimal]) -> Decimal:
    """Input that is in no cache, what was read from one and written to one, and output, each at its price."""
    read, cached = operation["input_tokens"], operation.get("cache_read_tokens", 0)
    kept, hour = operation.get("cache_write_tokens", 0), operation.get("cache_write_1h_tokens", 0)
    parts = {
        "input": read - cached - kept,
        "cache_read": cached,
        "cache_write": kept - hour,
        "cache_write_1h": hour,
        "output": operation["output_tokens"],
    }
    return sum((n * prices[kind] for kind, n in parts.items() if n), Decimal(0)) / 1_000_000


def test_cost_by_customer_day_and_model_is_that_of_the_price_list_to_the_last_digit(
    quarter: Company, metered: App
) -> None:
    card, expected = RateCard.seeded(), Cost()
    for operation in posted(quarter):
        day = datetime.fromisoformat(operation["time"]).date()
        rates = card.find(operation["provider"], operation["model"], day).rates
        if rates:
            prices = {r.kind: r.price for r in reversed(rates) if not r.above}
            key = (operation["customer"], day, operation["model"])
            expected[key] = expected.get(key, Decimal(0)) + cost(operation, prices)
    assert {(c, d, m): units for c, d, m, units in asked(metered, BY_CUSTOMER_DAY_AND_MODEL)} == expected


def test_every_operation_of_the_files_is_there_once_also_when_metered_again(
    quarter: Company, metered: App
) -> None:
    query = "SELECT * EXCLUDE (changed) FROM operations ORDER BY operation_id"
    before = asked(metered, query)
    again = App(metered.directory)
    meter(again)
    assert asked(again, query) == before
    assert [row[0] for row in before] == sorted(o["id"] for o in posted(quarter))


def test_a_feature_does_as_well_on_a_model_that_costs_a_fraction(quarter: Company, metered: App) -> None:
    fact = planted(quarter, "cheap_model_would_do")
    rows = {model: row for model, *row in asked(metered, BY_MODEL, fact["feature"])}
    dear, cheap = rows[fact["dear"]["model"]], rows[fact["cheap"]["model"]]
    assert set(rows) == {fact["dear"]["model"], fact["cheap"]["model"]}
    for row, told in ((dear, fact["dear"]), (cheap, fact["cheap"])):
        assert row[:3] == [told["operations"], told["units"], told["successes"]]
    assert dear[0] > 5 * cheap[0]
    assert abs(dear[2] / dear[1] - cheap[2] / cheap[1]) < 0.002
    assert dear[3] > 10 * cheap[3]


def test_a_variant_costs_twice_as_much_for_two_points_of_quality(quarter: Company, metered: App) -> None:
    fact = planted(quarter, "dear_variant")
    rows = {variant: row for variant, *row in asked(metered, BY_VARIANT, fact["prompt"])}
    cheap, dear = rows[fact["cheap"]["variant"]], rows[fact["dear"]["variant"]]
    for row, told in ((dear, fact["dear"]), (cheap, fact["cheap"])):
        assert row[:2] == [told["units"], told["successes"]]
    assert dear[1] / dear[0] - cheap[1] / cheap[0] == pytest.approx(0.02, abs=0.001)
    assert float(dear[3]) - float(cheap[3]) == pytest.approx(0.02, abs=0.003)
    assert dear[2] / cheap[2] == pytest.approx(2, rel=0.03)


def test_a_model_that_no_price_list_knows_is_unpriced_and_named(quarter: Company, metered: App) -> None:
    fact = planted(quarter, "without_a_price")
    query = "SELECT price_state, provider, model, count(*), count(cost) FROM operations GROUP BY ALL"
    others = [row for row in asked(metered, query) if row[0] != "priced"]
    assert others == [("unpriced", fact["provider"], fact["model"], fact["operations"], 0)]
    assert 10 <= fact["operations"] <= 100


def test_they_lie_within_the_days_of_the_bills_and_belong_to_customers_of_the_day(
    quarter: Company, metered: App
) -> None:
    days = [
        date.fromisoformat(day)
        for (day,) in asked(metered, "SELECT DISTINCT time::DATE::TEXT FROM operations")
    ]
    assert (min(days), max(days)) == (quarter.summary.first_day, quarter.summary.last_day)
    assert len(days) == 90
    usage = str(quarter.directory / "usage" / "requests-*.csv")
    strangers = """
        SELECT DISTINCT customer, CAST(time AS DATE) AS day FROM operations
        ANTI JOIN (SELECT customer_id AS customer, day FROM read_csv(?)) AS active
        ON active.customer = operations.customer AND active.day = CAST(operations.time AS DATE)
    """
    assert asked(metered, strangers, usage) == []


def test_there_is_less_to_do_on_a_weekend(metered: App) -> None:
    query = "SELECT isodow(time), count(*) / count(DISTINCT time::DATE) FROM operations GROUP BY ALL"
    usual = dict(asked(metered, query))
    assert max(usual[6], usual[7]) < 0.75 * min(usual[day] for day in range(1, 6))


def test_workflows_have_two_to_four_calls_of_one_customer_and_one_outcome(quarter: Company) -> None:
    calls: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for operation in posted(quarter):
        calls[operation["workflow"]].append(operation)
    assert set(Counter(map(len, calls.values()))) == {2, 3, 4}
    assert all(len({(o["customer"], o["user"], o["plan"]) for o in of}) == 1 for of in calls.values())
    assert all(["success" in o for o in of] == [False] * (len(of) - 1) + [True] for of in calls.values())


def test_there_are_about_thirty_thousand(quarter: Company) -> None:
    assert 28_000 < quarter.summary.operations < 33_000
