"""The same digits again: a run is repeated from the versions, rules and answers that its record names."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import duckdb

from apportion.allocation.digest import digest, sum_files
from apportion.allocation.results import write_results
from apportion.allocation.run import Inputs, compute
from apportion.core.errors import Refused
from apportion.ledger import Ledger, RunRecord
from apportion.ledger.retention import need


def repeat(
    ledger: Ledger,
    con: duckdb.DuckDBPyConnection,
    run: RunRecord,
    inputs: Inputs,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    said: Callable[[str], None] = lambda _: None,
) -> RunRecord:
    """Compute `run` again and let its results stand, if they have the same digits.

    `inputs` are what `run` recorded. Raises Refused where a digit differs: the run before stays.
    """
    expect = ledger.table("allocations").version()
    known = run.digest or _stored(ledger, con, run)
    record = compute(ledger, con, replace(inputs, repeats=run), [], now=now, said=said)
    if record.digest != known:
        raise Refused(
            f"the digits differ: {record.digest[:12]} instead of {known[:12]}",
            where=f"run {run.run_id}",
            hint=f"The run before stays. This is Apportion {record.software}; that run was computed by "
            f"{run.software or 'a version of before it was recorded'}: install that one to repeat it.",
        )
    said("commit")
    return write_results(ledger, con, replace(record, as_of=run.run_id), expect)


def _stored(ledger: Ledger, con: duckdb.DuckDBPyConnection, run: RunRecord) -> str:
    """The digest of a run of before runs had one. Raises Refused where its results are gone."""
    need(ledger, run, ["allocations"], "held against its results")
    sum_files(con, ledger.table("allocations").files(version=run.versions["allocations"]))
    return digest(con)
