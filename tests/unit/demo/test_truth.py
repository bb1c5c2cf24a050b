"""The truth adds up, and agrees with what the files say to someone who reads them afresh."""

import csv
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest
from fernway import COSTS, Company, even_part

from apportion.demo.company import OPENAI_DATA_SCIENCE

CENT = Decimal("0.01")
METERED = (
    "ServiceName IN ('OpenAI API', 'Claude API', 'Gemini API')"
    f" AND SubAccountId <> '{OPENAI_DATA_SCIENCE.id}'"
)


@pytest.mark.parametrize("metric", COSTS)
def test_customers_idle_and_unallocated_are_all_charges(three_weeks: Company, metric: str) -> None:
    statement = three_weeks.window()["statement"]
    parts = [Decimal(statement[name][metric]) for name in ("customers", "idle", "unallocated")]
    assert sum(parts) == three_weeks.amount(f"SELECT SUM({metric}) FROM charges")
    assert sum(parts) == Decimal(statement["charged"][metric])


@pytest.mark.parametrize("metric", COSTS)
def test_a_customers_services_add_up_to_the_customer(three_weeks: Company, metric: str) -> None:
    customers = three_weeks.window()["customers"]
    for customer in customers.values():
        parts = [Decimal(kinds[k][metric]) for kinds in customer["services"].values() for k in kinds]
        assert sum(parts) == Decimal(customer["cost"][metric])
    total = sum(Decimal(customer["cost"][metric]) for customer in customers.values())
    assert total == Decimal(three_weeks.window()["statement"]["customers"][metric])


def test_idle_is_the_unused_commitment_and_what_nobody_used_of_the_cluster(three_weeks: Company) -> None:
    unused = three_weeks.amount(
        "SELECT SUM(EffectiveCost) FROM charges WHERE CommitmentDiscountStatus = 'Unused'"
    )
    window = three_weeks.window()
    assert Decimal(window["features"]["(idle)"]["EffectiveCost"]) == unused > 0
    cluster = Decimal(three_weeks.truth["planted"]["cluster_idle"]["all"]["EffectiveCost"])
    fees = Decimal(window["statement"]["idle"]["EffectiveCost"]) - unused - cluster
    assert 0 < fees < cluster / 50  # support is paid for what is idle, too


def test_direct_cost_is_what_carries_the_customers_tag(three_weeks: Company) -> None:
    tagged = three_weeks.bills.execute(
        "SELECT coalesce(answers['customer'], answers['tenant']) AS customer, SUM(EffectiveCost)"
        " FROM charges GROUP BY 1 HAVING customer IS NOT NULL"
    ).fetchall()
    assert len(tagged) == 3
    for customer, cost in tagged:
        services = three_weeks.window()["customers"][customer]["services"].values()
        assert sum(Decimal(s["direct"]["EffectiveCost"]) for s in services) == cost


@pytest.mark.parametrize("service", ["shared-db", "cdn", "live-tracking"])
def test_shared_production_cost_follows_the_requests_of_each_day(three_weeks: Company, service: str) -> None:
    shares = shares_of(three_weeks, service)
    costs = three_weeks.bills.execute(
        "SELECT CAST(starts AS DATE), SUM(EffectiveCost) FROM charges"
        " WHERE coalesce(answers['service'], answers['app']) = ?"
        " AND coalesce(answers['environment'], answers['env']) LIKE 'pr%'"
        " AND answers['customer'] IS NULL AND answers['tenant'] IS NULL GROUP BY 1",
        [service],
    ).fetchall()
    expected: dict[str, Fraction] = defaultdict(Fraction)
    for day, cost in costs:
        for customer, share in shares[str(day)].items():
            expected[customer] += Fraction(cost) * share
    even = even_part(three_weeks, service)
    for customer, truth in three_weeks.window()["customers"].items():
        shared = truth["services"].get(service, {"shared": {"EffectiveCost": "0"}})["shared"]
        assert abs(Fraction(shared["EffectiveCost"]) - expected[customer] - even[customer]) < CENT / 1000


def shares_of(company: Company, service: str) -> dict[str, dict[str, Fraction]]:
    """Each customer's share of a service's requests by day."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for path in sorted((company.directory / "usage").glob("requests-*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["service"] == service:
                    counts[row["day"]][row["customer_id"]] = int(row["requests"])
    return {day: {c: Fraction(n, sum(of.values())) for c, n in of.items()} for day, of in counts.items()}


def test_teams_cost_what_their_tags_say_and_what_they_ask_of_models(three_weeks: Company) -> None:
    said = dict(
        three_weeks.bills.execute(
            "SELECT coalesce(answers['team'], answers['owner']) AS team, SUM(EffectiveCost) FROM charges"
            f" WHERE NOT ({METERED}) GROUP BY 1"
        ).fetchall()
    )
    truth = {team: Decimal(cost["EffectiveCost"]) for team, cost in three_weeks.window()["teams"].items()}
    fees = truth.pop("platform") - said.pop("platform")  # of the management account, which has no tags
    assert fees + truth.pop("(none)") == said.pop(None)
    asked = {team: cost - said[team] for team, cost in truth.items()}
    assert {team for team, cost in asked.items() if cost} == {"insights", "dispatch", "routing"}
    assert sum(asked.values()) == three_weeks.amount(
        f"SELECT SUM(EffectiveCost) FROM charges WHERE {METERED}"
    )


@pytest.mark.parametrize("metric", COSTS)
def test_features_idle_and_unallocated_are_all_charges_too(three_weeks: Company, metric: str) -> None:
    features = three_weeks.window()["features"]
    whole = three_weeks.amount(f"SELECT SUM({metric}) FROM charges")
    assert sum(Decimal(cost[metric]) for cost in features.values()) == whole
    assert len(features.keys() - {"(idle)", "(unallocated)"}) == 10


@pytest.mark.slow
def test_a_customer_who_left_costs_nothing_afterwards(quarter: Company) -> None:
    left = quarter.window("last_30_days")["customers"]["hobby-lane"]
    assert Decimal(left["cost"]["EffectiveCost"]) == 0 == Decimal(left["revenue"])
    assert Decimal(quarter.window("all")["customers"]["hobby-lane"]["revenue"]) > 0
