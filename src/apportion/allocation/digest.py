"""A fingerprint of a run's digits: two runs with the same one attribute the same cost alike."""

from collections.abc import Sequence

import duckdb

from apportion.engine import quote_text, statement

PACKAGE = "apportion.allocation"
SUMMED_BY = (
    "perspective", "source", "billing_period", "currency", "target_kind", "target", "rule", "evidence",
)  # fmt: skip


def sum_results(con: duckdb.DuckDBPyConnection, *, kept: bool = False) -> None:
    """Create `result_sums` from `results`: units by perspective, source, billing period, currency, target,
    rule and evidence. `kept`: with the rows of `kept_allocations`.
    """
    rows, keys = "results", ", ".join(SUMMED_BY)
    if kept:  # summed before they become units, which takes a division of 128 bits
        kept_sums = "units(sum(BilledCost)) AS billed, units(sum(EffectiveCost)) AS effective"
        rows = (
            f"(SELECT {keys}, sum(billed) AS billed, sum(effective) AS effective FROM results GROUP BY ALL "
            f"UNION ALL SELECT {keys}, {kept_sums} FROM kept_allocations GROUP BY ALL)"
        )
    con.execute(
        statement(
            PACKAGE, "result_sums", keys=keys, rows=rows, billed="sum(billed)", effective="sum(effective)"
        )
    )


def sum_files(con: duckdb.DuckDBPyConnection, files: Sequence[str]) -> None:
    """Create the same `result_sums` of a finished run, from the files of its `allocations`."""
    con.execute(statement(PACKAGE, "prelude"))
    made = statement(
        PACKAGE,
        "result_sums",
        keys=", ".join(SUMMED_BY),
        rows=f"read_parquet([{', '.join(map(quote_text, files))}], hive_partitioning = false)",
        billed="units(sum(BilledCost))",
        effective="units(sum(EffectiveCost))",
    )
    con.execute(made)


def digest(con: duckdb.DuckDBPyConnection) -> str:
    """SHA-256 over all of `result_sums`, in both metrics and to the last digit."""
    row = con.execute(statement(PACKAGE, "digest")).fetchone()
    return str(row[0]) if row else ""
