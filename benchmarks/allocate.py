"""Allocating a month to a thousand customers, against the same work without exactness."""

import shutil
from pathlib import Path

from apportion.allocation import Inputs, Rules, allocate
from apportion.engine import connect, quote_text
from apportion.ledger import Ledger
from apportion.ledger.schemas import FOCUS_KEPT
from benchmarks.ledgers import RULES, fill
from benchmarks.measure import Ratio, alternate

TAG_KEYS = ["Team", "service", "Environment", "customer", "CostCenter"]
KEPT = ", ".join(FOCUS_KEPT)
GROUPED = f"""
SELECT CAST(ChargePeriodStart AS DATE) AS day, x_Source AS source, x_BillingPeriod AS billing_period,
    BillingCurrency AS currency, Tags['Team'] AS team, Tags['service'] AS service,
    Tags['Environment'] AS environment, Tags['customer'] AS customer, Tags['CostCenter'] AS cost_center,
    {KEPT}, count(*) AS line_items, sum(BilledCost) AS BilledCost, sum(EffectiveCost) AS EffectiveCost,
    sum(ContractedCost) AS ContractedCost, sum(ListCost) AS ListCost
FROM charges GROUP BY ALL
"""
JOINED = """
WITH pools AS (
    SELECT day, source, billing_period, currency, team, service, environment, customer, cost_center,
        sum(BilledCost)::DOUBLE AS billed, sum(EffectiveCost)::DOUBLE AS effective
    FROM grouped GROUP BY ALL
),
uses AS (
    SELECT day, dimensions['service'] AS service, dimensions['customer'] AS target, sum(quantity)::DOUBLE AS used
    FROM usage GROUP BY ALL
),
shares AS (SELECT *, used / sum(used) OVER (PARTITION BY day, service) AS share FROM uses)
SELECT p.*, target, billed * share AS BilledCost, effective * share AS EffectiveCost
FROM pools AS p JOIN shares USING (day, service) WHERE customer IS NULL
UNION ALL
SELECT *, customer, billed, effective FROM pools WHERE customer IS NOT NULL
"""


def baseline(ledger: Ledger, box: Path) -> None:
    """One GROUP BY and one join in DOUBLE, each written to Parquet."""
    con = connect(memory_limit="4GB", temp=box / "spill")
    ledger.snapshot().register(con)
    for name, select in (("grouped", GROUPED), ("joined", JOINED)):
        path = quote_text(str(box / f"{name}.parquet"))
        con.execute(f"COPY ({select}) TO {path} (FORMAT parquet, COMPRESSION zstd)")
        con.execute(f"CREATE VIEW {name} AS FROM read_parquet({path})")
    con.close()


def ours(ledger: Ledger, box: Path) -> None:
    """The same month by our rules: exact, reconciled, committed."""
    con = connect(memory_limit="4GB", temp=box / "spill")
    allocate(
        ledger, con, Inputs(Rules.model_validate(RULES), {"requests": ["service", "customer"]}, box), TAG_KEYS
    )
    con.close()


def run(box: Path, rows: int = 10_000_000, rounds: int = 3) -> list[Ratio]:
    """Measure in a folder of its own below `box`."""
    root = box / f"allocate-{rows}"
    shutil.rmtree(root, ignore_errors=True)
    ledger = fill(root, rows)
    times = alternate(
        {"baseline": lambda: baseline(ledger, root), "ours": lambda: ours(ledger, root)}, rounds
    )
    return [Ratio(f"allocate {rows:,} charges", 4.0, times["ours"], times["baseline"])]
