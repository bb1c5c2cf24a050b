"""A team near its budget, a customer over its credits, and a budget that holds: as planted."""

from decimal import Decimal
from pathlib import Path

import pytest
from fernway import Company

from apportion.app import App
from apportion.cli.demo import limits
from apportion.demo.limits import BUDGET, CREDITS, INCLUDED, NEAR, STOPS, STOPS_AT
from apportion.workspace import parse

pytestmark = pytest.mark.slow


@pytest.fixture
def app(allocated: Path) -> App:
    made = App(allocated)
    made.keep_budgets()
    return made


def test_one_team_is_at_92_percent_of_its_budget_and_no_other_is_near(app: App, quarter: Company) -> None:
    planted = quarter.truth["planted"]["team_near_budget"]
    [row] = [row for row in app.list_budgets().budgets if row.state != "within"]
    assert (row.budget, row.entity, row.limit) == ("cloud", {"team": planted["team"]}, BUDGET)
    assert row.spent == Decimal(planted["EffectiveCost"]).quantize(Decimal("1e-9"))
    assert f"{row.percent}" == planted["percent"]
    assert planted["percent"].startswith("92.")
    assert [mark.threshold for mark in row.crossings] == [90]


def test_one_customer_is_over_its_credits(app: App, quarter: Company) -> None:
    [planted] = quarter.truth["planted"]["over_credits"]
    [row] = [row for row in app.credits().credits if row.state == "over"]
    assert (row.customer, row.used, row.included) == (
        planted["customer_id"],
        planted["used"],
        planted["included"],
    )
    assert row.over is not None
    assert row.over.cost == (planted["used"] - planted["included"]) * Decimal("0.5")


def test_budgets_of_features_counted_every_operation_when_it_happened(app: App) -> None:
    with app.operations_reader() as con:
        asked = "SELECT feature, sum(cost) FROM operations WHERE time >= '2026-10-01' GROUP BY 1"
        truth = dict(con.execute(asked).fetchall())
    spent = {r.entity["feature"]: r.spent for r in app.list_budgets().budgets if r.budget == "ai_features"}
    cent = Decimal("0.01")
    assert {name: amount.quantize(cent) for name, amount in spent.items()} == {
        name: amount.quantize(cent) for name, amount in truth.items()
    }
    assert app.budget("ai_features", "assistant", "2026-09-30").spent > 0


def test_what_stands_out_names_both(app: App) -> None:
    titles = [title for title, _ in limits(app)]
    assert titles == [
        "insights has used 92.0 % of its budget",
        "Fenwick Flowers has used 107.6 % of its credits",
    ]


def test_the_file_says_what_was_planted(app: App) -> None:
    given = parse(app.text)
    assert given.budgets["cloud"].limit([NEAR]) == BUDGET
    stops = given.budgets["ticket_triage"]
    assert (stops.for_, stops.amount, stops.enforced) == ({"feature": STOPS}, STOPS_AT, True)
    assert {n: p.included for n, p in given.plans.offered.items() if p.included} == INCLUDED
    by_unit = {rule.unit: rule.credits for rule in given.plans.usage}
    assert {unit: by_unit.get(unit, by_unit[None]) for unit in CREDITS} == CREDITS
