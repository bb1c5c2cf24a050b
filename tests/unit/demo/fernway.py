"""A generated demo company as tests see it: its files, read without the generator's help, and its truth."""

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from apportion.demo import DemoSummary

COSTS = ("BilledCost", "EffectiveCost")

_CHARGES = """
CREATE TABLE charges AS
WITH text AS (
    SELECT * FROM read_csv(?, union_by_name = true, all_varchar = true)
), bills AS (
    SELECT 'aws' AS cloud, BilledCost, EffectiveCost, ListCost, ContractedCost, SubAccountId, ServiceName,
        ResourceName, ChargeCategory, ChargeClass, ChargeFrequency, CommitmentDiscountId,
        CommitmentDiscountStatus, CAST(BillingPeriodStart AS TIMESTAMP) AS billed_in,
        CAST(ChargePeriodStart AS TIMESTAMP) AS starts, CAST(ChargePeriodEnd AS TIMESTAMP) AS ends, Tags
    FROM read_parquet(?)
    UNION ALL
    SELECT 'other', BilledCost::DECIMAL(28, 12), EffectiveCost::DECIMAL(28, 12), ListCost::DECIMAL(28, 12),
        ContractedCost::DECIMAL(28, 12), SubAccountId, ServiceName, ResourceName, ChargeCategory, ChargeClass,
        ChargeFrequency, CommitmentDiscountId, CommitmentDiscountStatus,
        strptime(BillingPeriodStart, '%Y-%m-%dT%H:%M:%SZ'), strptime(ChargePeriodStart, '%Y-%m-%dT%H:%M:%SZ'),
        strptime(ChargePeriodEnd, '%Y-%m-%dT%H:%M:%SZ'), CAST(CAST(Tags AS JSON) AS MAP(VARCHAR, VARCHAR))
    FROM text
)
SELECT *, map_from_entries(list_transform(map_entries(Tags), t -> (lower(t.key), lower(t.value)))) AS answers
FROM bills
"""


@dataclass
class Company:
    """A workspace of the demo company."""

    directory: Path
    summary: DemoSummary
    truth: dict[str, Any] = field(init=False)
    bills: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self.truth = json.loads((self.directory / "truth.json").read_text(encoding="utf-8"))
        self.bills = duckdb.connect()
        self.bills.execute("SET TimeZone = 'UTC'")
        places = [str(self.directory / "bills" / "*" / "*.csv"), str(self.directory / "bills/aws/*.parquet")]
        self.bills.execute(_CHARGES, places)

    def amount(self, query: str) -> Decimal:
        """The one number that `query` gives."""
        row = self.bills.execute(query).fetchone()
        assert row is not None
        return Decimal(row[0])

    def window(self, name: str = "all") -> dict[str, Any]:
        found: dict[str, Any] = self.truth["windows"][name]
        return found


def even_part(company: Company, service: str) -> dict[str, Fraction]:
    """What each customer active on the day bears of a service's staging and development, day by day."""
    costs = company.bills.execute(
        "SELECT CAST(starts AS DATE), SUM(EffectiveCost) FROM charges"
        " WHERE coalesce(answers['service'], answers['app']) = ? AND answers['customer'] IS NULL"
        " AND left(coalesce(answers['environment'], answers['env']), 2) IN ('st', 'de') GROUP BY 1",
        [service],
    ).fetchall()
    with (company.directory / "customers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    result: dict[str, Fraction] = defaultdict(Fraction)
    for day, cost in costs:
        active = [
            r["customer_id"]
            for r in rows
            if r["start_date"] <= str(day) and (not r["end_date"] or str(day) < r["end_date"])
        ]
        for customer in active:
            result[customer] += Fraction(cost) / len(active)
    return result
