"""Allocating through a graph of services: all of it, one day again, planned, and explained."""

import shutil
import statistics
import time
from pathlib import Path

from apportion.allocation import Inputs, Rules, allocate, compute
from apportion.analytics.explain import ExplainRequest, explain
from apportion.analytics.facts import facts_of
from apportion.analytics.scope import Scope
from apportion.engine import connect, quote_text
from apportion.ledger import Ledger, Slice
from apportion.ledger.schemas import USAGE, delta_schema
from benchmarks.allocate import GROUPED, TAG_KEYS
from benchmarks.graph_data import MEASURES, REQUESTS, RULES, graph_ledger
from benchmarks.measure import Ratio, alternate

JOINED = """
WITH pools AS (
    SELECT day, source, billing_period, currency, team, service, environment, customer, cost_center,
        sum(BilledCost)::DOUBLE AS billed, sum(EffectiveCost)::DOUBLE AS effective
    FROM grouped GROUP BY ALL
)
SELECT p.*, target, billed * share AS BilledCost, effective * share AS EffectiveCost
FROM pools AS p JOIN final USING (day, service) WHERE customer IS NULL
UNION ALL
SELECT *, customer, billed, effective FROM pools WHERE customer IS NOT NULL
"""
FINAL = """
WITH pools AS (
    SELECT day, service, sum(EffectiveCost) AS effective FROM allocations
    WHERE customer = '(none)' AND evidence <> 'direct' GROUP BY ALL
)
SELECT day, service, target, (sum(EffectiveCost) / any_value(effective))::DOUBLE AS share
FROM allocations JOIN pools USING (day, service)
WHERE customer = '(none)' AND evidence <> 'direct' GROUP BY ALL
"""


def inputs(box: Path) -> Inputs:
    """What a run follows."""
    return Inputs(Rules.model_validate(RULES), MEASURES, box)


def baseline(ledger: Ledger, box: Path) -> None:
    """One GROUP BY and one join in DOUBLE with the final shares, which somebody gave us; each written."""
    con = connect(memory_limit="4GB", temp=box / "spill")
    ledger.snapshot().register(con)
    con.execute(f"CREATE VIEW final AS FROM read_parquet({quote_text(str(box / 'final.parquet'))})")
    for name, select in (("grouped", GROUPED), ("joined", JOINED)):
        path = quote_text(str(box / f"{name}.parquet"))
        con.execute(f"COPY ({select}) TO {path} (FORMAT parquet, COMPRESSION zstd)")
        con.execute(f"CREATE VIEW {name} AS FROM read_parquet({path})")
    con.close()


def ours(ledger: Ledger, box: Path, *, keep: bool) -> None:
    """By our rules: exact, reconciled, committed; with `keep`, only the days that something changed for."""
    con = connect(memory_limit="4GB", temp=box / "spill")
    allocate(ledger, con, inputs(box), TAG_KEYS, keep=keep)
    con.close()


def planned(ledger: Ledger, box: Path) -> None:
    """The plan's work: all of it computed, and compared by target with what stands; nothing written."""
    con = connect(memory_limit="4GB", temp=box / "spill")
    compute(ledger, con, inputs(box), TAG_KEYS)
    stands = ", ".join(quote_text(f) for f in ledger.table("allocations").files())
    con.execute(f"""
        SELECT perspective, target, sum(n.effective) - sum(units(s.effective)) FROM
        (SELECT perspective, target, sum(effective) AS effective FROM result_sums GROUP BY ALL) AS n
        FULL JOIN (SELECT perspective, target, sum(EffectiveCost) AS effective
            FROM read_parquet([{stands}]) GROUP BY ALL) AS s USING (perspective, target)
        GROUP BY ALL""").fetchall()
    con.close()


def late_usage(ledger: Ledger, day: int, factor: int) -> None:
    """One day of requests comes again, other than it was."""
    part = {"measure": "requests", "period": "2026-10"}
    con, table = connect(memory_limit="4GB"), ledger.table("usage")
    path = table.partition_directory(part) / f"month-{day}-{factor}.parquet"
    changed = f"CASE WHEN day = DATE '2026-10-{day:02}' AND quantity % 7 = 0 THEN {factor} ELSE 1 END"
    known = {d[0] for d in con.execute(f"SELECT * FROM ({REQUESTS}) LIMIT 0").description or []}
    listed = ", ".join(
        f"CAST({'quantity * ' + changed if c == 'quantity' else c if c in known else 'NULL'} AS {t}) AS {c}"
        for c, t in USAGE.items()
    )
    con.execute(f"COPY (SELECT {listed} FROM ({REQUESTS})) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    table.replace([Slice(part, [path])], schema=delta_schema(USAGE), record={"rows": 0})
    con.close()


def explained(ledger: Ledger) -> Ratio:
    """One level of a customer's cost, first 50 parts, against the bare query of it: p95 of each in turns."""
    con, run = connect(), ledger.run()
    if run is None:
        raise RuntimeError
    ledger.snapshot(as_of_run=True).register(con)
    scope = Scope.of(facts_of(run, [], "USD"), "2026-10")
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for i in range(60):
        target = f"customer-{i * 13 % 1000:04}"
        request = ExplainRequest(scope, "customer", target, {"rule": "platform"})
        begun = time.perf_counter()
        explain(con, request)
        middle = time.perf_counter()
        con.execute(
            "SELECT service, node, sum(EffectiveCost) AS amount FROM allocations WHERE perspective = 'customer' "
            "AND target = ? AND rule = 'platform' AND day BETWEEN DATE '2026-10-01' AND DATE '2026-10-31' "
            "GROUP BY ALL ORDER BY amount DESC LIMIT 50",
            [target],
        ).fetchall()
        times["ours"].append(middle - begun)
        times["bare"].append(time.perf_counter() - middle)
    p95 = {name: statistics.quantiles(found, n=20)[-1] for name, found in times.items()}
    return Ratio("explain one level, first 50, p95", 5.0, [p95["ours"]], [p95["bare"]])


def run(box: Path, rows: int = 10_000_000, rounds: int = 3) -> list[Ratio]:
    """Measure in a folder of its own below `box`."""
    root = box / f"graph-{rows}"
    shutil.rmtree(root, ignore_errors=True)
    ledger = graph_ledger(root, rows)
    ours(ledger, root, keep=False)
    con = connect(memory_limit="4GB")
    ledger.snapshot().register(con)
    con.execute(f"COPY ({FINAL}) TO {quote_text(str(root / 'final.parquet'))} (FORMAT parquet)")
    con.close()
    work = {
        "baseline": lambda: baseline(ledger, root),
        "ours": lambda: ours(ledger, root, keep=False),
        "plan": lambda: planned(ledger, root),
    }
    times = alternate(work, rounds)
    again = []
    for n in range(rounds):
        late_usage(ledger, 10 + n, 2)
        begun = time.perf_counter()
        ours(ledger, root, keep=True)
        again.append(time.perf_counter() - begun)
    return [
        Ratio(f"allocate {rows:,} charges through a graph", 5.0, times["ours"], times["baseline"]),
        Ratio("one changed day against all", 0.2, again, times["ours"]),
        Ratio("plan against allocate", 1.3, times["plan"], times["ours"]),
        explained(ledger),
    ]
