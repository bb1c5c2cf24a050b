"""What was planted lies in the bills for an analysis to find, in the size the truth says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from fernway import Company

pytestmark = pytest.mark.slow
MARGIN_FLOOR = Decimal("0.15")
TAGS = "cardinality(Tags)"


def near(amount: Decimal, about: int, within: str = "0.10") -> bool:
    return abs(amount - about) <= about * Decimal(within)


def test_about_120_000_dollars_a_month_most_of_it_on_aws(quarter: Company) -> None:
    total = quarter.amount("SELECT SUM(EffectiveCost) FROM charges")
    assert near(total / 3, 120_000, "0.05")
    assert quarter.amount("SELECT SUM(EffectiveCost) FROM charges WHERE cloud = 'aws'") > total * Decimal(
        "0.7"
    )
    assert quarter.summary.cost == total


def test_six_teams_twenty_five_services_forty_customers(quarter: Company) -> None:
    window = quarter.window()
    assert len(window["teams"].keys() - {"(none)"}) == 6
    assert len(window["services"].keys() - {"(none)"}) == 25
    assert len(window["customers"]) == quarter.summary.customers == 40


def test_exactly_three_customers_cost_more_than_they_pay(quarter: Company) -> None:
    planted = {row["customer_id"] for row in quarter.truth["planted"]["losing_customers"]}
    assert len(planted) == 3
    for name in ("all", "last_30_days"):
        for customer, row in quarter.window(name)["customers"].items():
            revenue, margin = Decimal(row["revenue"]), Decimal(row["gross_margin"]["EffectiveCost"])
            assert margin == revenue - Decimal(row["cost_of_revenue"]["EffectiveCost"])
            if customer in planted:
                assert margin < 0, (name, customer)
            else:
                assert margin >= revenue * MARGIN_FLOOR, (name, customer)


def test_one_of_them_costs_8_000_a_month_and_pays_2_000(quarter: Company) -> None:
    by_loss = sorted(
        quarter.truth["planted"]["losing_customers"], key=lambda row: Decimal(row["all"]["gross_margin"])
    )
    worst = by_loss[0]
    assert worst["monthly_revenue"] == "2000.00"
    assert near(Decimal(worst["last_30_days"]["cost"]), 8000)
    assert near(Decimal(worst["all"]["cost"]) / 3, 8000)


def test_one_teams_staging_costs_more_than_anothers_production(quarter: Company) -> None:
    for name in ("all", "last_30_days"):
        pairs = quarter.truth["planted"]["staging_above_production"][name]
        assert [(p["team"], p["other_team"]) for p in pairs] == [("routing", "integrations")]
        assert Decimal(pairs[0]["staging"]) > Decimal(pairs[0]["production"]) * Decimal("1.2")


def test_staging_runs_at_nights_and_weekends_for_18_000_a_month(quarter: Company) -> None:
    out_of_hours = quarter.amount(
        "SELECT SUM(EffectiveCost) FROM charges"
        " WHERE coalesce(answers['environment'], answers['env']) IN ('staging', 'stg')"
        " AND ends - starts = INTERVAL 1 HOUR"
        " AND (isodow(starts) > 5 OR hour(starts) < 8 OR hour(starts) >= 18)"
    )
    assert Decimal(quarter.truth["planted"]["staging_out_of_hours"]["EffectiveCost"]["all"]) == out_of_hours
    assert near(out_of_hours / 3, 18_000, "0.05")


def test_one_function_costs_4_000_more_on_one_day(three_weeks: Company) -> None:
    incident = three_weeks.truth["planted"]["incident"]
    days = dict(
        three_weeks.bills.execute(
            "SELECT CAST(starts AS DATE), SUM(EffectiveCost) FROM charges"
            " WHERE ServiceName = ? AND ResourceName = ? GROUP BY 1",
            [incident["ServiceName"], incident["ResourceName"]],
        ).fetchall()
    )
    day = date.fromisoformat(incident["day"])
    usual = max(cost for at, cost in days.items() if at != day)
    assert incident["extra"] == "4000.00"
    assert near(days[day] - days[day + timedelta(days=7)], 4000, "0.01")
    assert usual < 100


def test_tags_are_missing_on_six_percent_of_cost(quarter: Company) -> None:
    total = quarter.amount("SELECT SUM(EffectiveCost) FROM charges")
    bare = quarter.amount(
        f"SELECT SUM(EffectiveCost) FROM charges WHERE {TAGS} = 0"
        " AND CommitmentDiscountStatus IS DISTINCT FROM 'Unused'"
    )
    assert Decimal("0.055") < bare / total < Decimal("0.065")
    unallocated = Decimal(quarter.window()["statement"]["unallocated"]["EffectiveCost"])
    assert Decimal("0.055") < unallocated / total < Decimal("0.065")
    nameless = bare - quarter.amount(
        f"SELECT SUM(EffectiveCost) FROM charges WHERE {TAGS} = 0 AND SubAccountId = '041877203316'"
        " AND CommitmentDiscountStatus IS DISTINCT FROM 'Unused'"
    )
    assert Decimal(quarter.truth["planted"]["untagged"]["all"]["EffectiveCost"]) == nameless


def test_deployments_move_the_level_for_good(quarter: Company) -> None:
    for shift in quarter.truth["planted"]["deployments"]:
        before, after = (
            quarter.amount(
                "SELECT SUM(EffectiveCost) / COUNT(DISTINCT CAST(starts AS DATE))::INT FROM charges"
                f" WHERE coalesce(answers['service'], answers['app']) = '{shift['service']}'"
                " AND coalesce(answers['environment'], answers['env']) LIKE 'pr%'"
                " AND answers['customer'] IS NULL AND answers['tenant'] IS NULL"
                f" AND CAST(starts AS DATE) >= DATE '{shift['day']}' + {first}"
                f" AND CAST(starts AS DATE) < DATE '{shift['day']}' + {first + 14}"
            )
            for first in (-14, 0)
        )
        assert near(before, round(Decimal(shift["daily_before"])), "0.03"), shift
        assert near(after, round(Decimal(shift["daily_after"])), "0.03"), shift
        assert not near(after, round(before)), shift


def test_each_month_starts_with_a_charge_for_all_of_it(quarter: Company) -> None:
    leases = quarter.bills.execute(
        "SELECT CAST(starts AS DATE), EffectiveCost FROM charges WHERE ServiceName = 'AWS End User Messaging'"
        " AND ends - starts = INTERVAL 1 DAY ORDER BY 1"
    ).fetchall()
    planted = quarter.truth["planted"]["month_starts"]
    assert [(str(day), cost) for day, cost in leases] == [
        (start["day"], Decimal(start["EffectiveCost"])) for start in planted
    ]
    assert [day.day for day, _ in leases] == [1, 1]


def test_the_licence_is_bought_once_although_its_period_is_longer(quarter: Company) -> None:
    row = quarter.bills.execute(
        "SELECT CAST(starts AS DATE), ends - starts > INTERVAL 1 DAY, BilledCost FROM charges"
        " WHERE ChargeCategory = 'Purchase' AND ChargeFrequency = 'One-Time'"
    ).fetchall()
    planted = quarter.truth["planted"]["one_time_purchase"]
    assert row == [(date.fromisoformat(planted["day"]), True, Decimal(planted["BilledCost"]))]


def test_a_fifth_to_a_third_of_the_cluster_is_idle(quarter: Company) -> None:
    idle = Decimal(quarter.truth["planted"]["cluster_idle"]["all"]["EffectiveCost"])
    cluster = quarter.amount(
        "SELECT SUM(EffectiveCost) FROM charges"
        " WHERE coalesce(answers['service'], answers['app']) = 'shared-cluster'"
        " AND coalesce(answers['environment'], answers['env']) LIKE 'pr%'"
    )
    assert Decimal("0.20") < idle / cluster < Decimal("0.33")
