"""Decides whether what was read is good enough to be a load."""

from collections.abc import Sequence
from decimal import Decimal

import duckdb

from apportion.core.errors import BadInput, Refused
from apportion.ingestion.contents import Contents
from apportion.ingestion.limits import Limits
from apportion.ingestion.rejects import rejects
from apportion.ingestion.staged import Staged


def refuse_broken(
    con: duckdb.DuckDBPyConnection, loads: Sequence[Contents], staged: Sequence[Staged], limits: Limits
) -> None:
    """Raise where nothing was read, or where more is broken than `limits` allow; names the first faults."""
    names = ", ".join(dict.fromkeys(part.reading.rows.file.name for part in staged))
    if not any(load.rows or load.rejected_rows for load in loads):
        raise BadInput("The bill has no rows.", where=names, hint="Export it again.")
    for load in loads:
        share = Decimal(load.rejected_rows) / Decimal(load.rows + load.rejected_rows)
        if share > limits.broken_rows or not load.rows:
            raise _refused(
                con, staged, names, f"{load.rejected_rows:,} rows cannot be read", share, limits.broken_rows
            )
        for metric, currency, part in load.broken_cost_shares():
            if part > limits.broken_cost:
                what = f"Rows that cannot be read hold too much {metric} ({currency})"
                raise _refused(con, staged, names, what, part, limits.broken_cost)


def _refused(
    con: duckdb.DuckDBPyConnection,
    staged: Sequence[Staged],
    names: str,
    what: str,
    share: Decimal,
    limit: Decimal,
) -> Refused:
    faults = "; ".join(
        f"{r.file} line {r.line}: {r.column + ' ' if r.column else ''}"
        f"{repr(r.value) + ' is ' if r.column and r.value else ''}{r.reason}"
        for r in rejects(con, staged, 3)
    )
    return Refused(
        f"{what}: {100 * share:.1f} %, more than {100 * limit:.1f} %. First: {faults}.",
        where=names,
        hint="Correct the file and load it again; the load before it still stands.",
    )
