"""The bills look like bills: FOCUS columns, text ids, commitments, corrections, many spellings of tags."""

import csv
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fernway import Company

from apportion.focus import columns_of


def test_aws_has_every_column_of_focus_1_2_in_order_to_be_read_as_such(three_weeks: Company) -> None:
    schema = pq.read_schema(next(three_weeks.directory.glob("bills/aws/*.parquet")))
    assert {c.name for c in columns_of("1.2")} <= set(schema.names)
    assert all(name.startswith("x_") for name in set(schema.names) - {c.name for c in columns_of("1.2")})
    assert pa.types.is_string(schema.field("SubAccountId").type)
    assert pa.types.is_decimal(schema.field("EffectiveCost").type)


@pytest.mark.parametrize("cloud", ["gcp", "azure", "openai", "anthropic"])
def test_the_other_bills_have_every_column_of_focus_1_0(three_weeks: Company, cloud: str) -> None:
    path = next((three_weeks.directory / "bills" / cloud).glob("*.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    assert {c.name for c in columns_of("1.0")} <= set(header)


def test_account_numbers_keep_their_leading_zero(three_weeks: Company) -> None:
    accounts = three_weeks.bills.execute(
        "SELECT DISTINCT SubAccountId FROM charges WHERE cloud = 'aws'"
    ).fetchall()
    ids = [account for (account,) in accounts]
    assert all(len(i) == 12 and i.isdigit() for i in ids)
    assert any(i.startswith("0") for i in ids)


@pytest.mark.slow
def test_a_commitments_use_and_waste_add_up_to_what_it_was_bought_for(quarter: Company) -> None:
    rows = quarter.bills.execute(
        "SELECT CommitmentDiscountId, SUM(EffectiveCost) FILTER (ChargeCategory = 'Usage'),"
        " SUM(BilledCost) FILTER (ChargeCategory = 'Purchase') FROM charges"
        " WHERE CommitmentDiscountId IS NOT NULL GROUP BY 1"
    ).fetchall()
    assert len(rows) == 2
    for commitment, effective, billed in rows:
        assert effective == billed > 0, commitment
    covered = "CommitmentDiscountStatus IS NOT NULL"
    assert quarter.amount(f"SELECT SUM(abs(BilledCost)) FROM charges WHERE {covered}") == 0
    purchases = "ChargeCategory = 'Purchase' AND CommitmentDiscountId IS NOT NULL"
    assert quarter.amount(f"SELECT SUM(abs(EffectiveCost)) FROM charges WHERE {purchases}") == 0


def test_compute_is_billed_by_the_hour_and_fees_by_the_month(three_weeks: Company) -> None:
    compute = (
        "SELECT SUM(EffectiveCost) FROM charges WHERE ServiceName = 'Amazon Elastic Compute Cloud'"
        " AND ResourceName LIKE 'production-%' AND ends - starts {} INTERVAL 1 HOUR"
    )
    assert three_weeks.amount(compute.format("=")) > 10 * three_weeks.amount(compute.format(">"))
    assert three_weeks.amount("SELECT COUNT(*) FROM charges WHERE ends - starts > INTERVAL 10 DAY") >= 4


@pytest.mark.slow
def test_charges_stay_within_the_days_of_the_company(quarter: Company) -> None:
    inside = quarter.bills.execute("SELECT MIN(starts), MAX(ends) FROM charges").fetchone()
    assert inside is not None
    assert [str(t) for t in inside] == ["2026-08-03 00:00:00", "2026-11-01 00:00:00"]


def test_list_prices_are_the_highest_and_no_cost_is_missing(three_weeks: Company) -> None:
    usage = "ChargeCategory = 'Usage' AND CommitmentDiscountStatus IS NULL AND ChargeClass IS NULL"
    right = "ListCost >= ContractedCost AND ContractedCost > 0"
    wrong = f"SELECT COUNT(*) FROM charges WHERE {usage} AND NOT ({right})"
    assert three_weeks.amount(wrong) == 0
    missing = (
        "SELECT COUNT(*) FROM charges WHERE ListCost IS NULL OR BilledCost IS NULL OR EffectiveCost IS NULL"
    )
    assert three_weeks.amount(missing) == 0


def test_the_same_answer_is_tagged_in_many_spellings(three_weeks: Company) -> None:
    keys = {
        k
        for (k,) in three_weeks.bills.execute(
            "SELECT DISTINCT unnest(map_keys(Tags)) FROM charges"
        ).fetchall()
    }
    assert {"Team", "team", "owner", "TEAM", "environment", "env", "Env", "customer", "tenant"} <= keys
    values = three_weeks.bills.execute(
        "SELECT DISTINCT lower(coalesce(answers['environment'], answers['env'])) FROM charges"
    ).fetchall()
    assert {"production", "prod", "prd", "staging", "stg", "development", "dev"} <= {v for (v,) in values}


@pytest.mark.slow
def test_september_takes_back_what_august_charged_too_much(quarter: Company) -> None:
    rows = quarter.bills.execute(
        "SELECT BilledCost, month(billed_in), month(starts) FROM charges WHERE ChargeClass = 'Correction'"
    ).fetchall()
    refund = quarter.truth["planted"]["refund"]
    assert rows == [(Decimal(refund["BilledCost"]), 9, 8)]
    assert refund["billing_period"] == "2026-09"
