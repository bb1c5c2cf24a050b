"""One run of the allocation: facts in, results and their statement out, committed only if it adds up."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import duckdb

from apportion import __version__
from apportion.allocation.daily import daily_costs, days_of, register_charge_days, spread_revenue
from apportion.allocation.digest import digest, sum_results
from apportion.allocation.dimensions import Compiler
from apportion.allocation.models import Rules
from apportion.allocation.nodes import Kinds
from apportion.allocation.passing import Facts
from apportion.allocation.perspective import Allocator
from apportion.allocation.reachable import check_reachable
from apportion.allocation.results import write_results
from apportion.allocation.shares import PACKAGE
from apportion.allocation.since import Standing, keep_results, kept_days, standing
from apportion.core.errors import BadInput, Refused
from apportion.engine import statement
from apportion.ledger import Ledger, RunRecord
from apportion.ledger.ledger import FACTS

_ALL_RESULTS = "(SELECT 1 FROM results UNION ALL SELECT 1 FROM kept_allocations)"
Rejected = Mapping[tuple[str, str, str, str], tuple[Decimal, int]]


@dataclass(frozen=True)
class Inputs:
    """What a run follows beside the ledger.

    `text` is the workspace file as read, kept for replay; `rejected` is what the standing loads left out, by
    source, billing period, currency and metric: the cost that could be read in those rows, and their number.
    `currency` is what the amounts in rules are given in. A run that it `repeats` gives the versions of the
    facts and the SQL of the answers. `identified` is the dimension that the identity map is for, '' without
    one.
    """

    rules: Rules
    measures: Mapping[str, Sequence[str]]
    directory: Path
    metric: str = "EffectiveCost"
    time_zone: str = "UTC"
    currency: str = "USD"
    text: str = ""
    rejected: Rejected = field(default_factory=dict)
    repeats: RunRecord | None = None
    identified: str = ""


def allocate(
    ledger: Ledger,
    con: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    tag_keys: Iterable[str],
    *,
    keep: bool = True,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    said: Callable[[str], None] = lambda _: None,
) -> RunRecord:
    """Allocate every charge of the ledger by `inputs`, check the statement, commit the results.

    With `keep`, days on which nothing changed since the standing run keep its results.
    `con` is a connection of its own for this run. Raises BadInput for rules that cannot be followed, Refused
    where a unit would be lost (the run before stays), Transient where another run finished first.
    """
    expect = ledger.table("allocations").version()
    record = compute(ledger, con, inputs, tag_keys, keep=keep, now=now, said=said)
    said("commit")
    return write_results(ledger, con, record, expect)


def compute(
    ledger: Ledger,
    con: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    tag_keys: Iterable[str],
    *,
    keep: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    said: Callable[[str], None] = lambda _: None,
) -> RunRecord:
    """Like `allocate`, without the commit: the results are temporary tables of `con`.

    They are `daily_costs`, `daily_revenue`, `steps`, `reconciliation` and `results`, which has the columns of
    `allocations`, but `billed` and `effective` in whole units. With `keep`, `results` and `steps` may hold
    only the days in `run_days`; the view `kept_allocations` has the results of the others.
    """
    started = now()
    versions = {name: _version(ledger, inputs.repeats, name) for name in FACTS}
    snapshot = ledger.facts_at(versions)
    if not snapshot.files["charges"]:
        raise BadInput(
            "there are no charges to allocate",
            hint="Bring in a bill: apportion ingest focus PATH --source NAME",
        )
    for name, perspective in inputs.rules.perspectives.items():
        check_reachable(name, perspective.rules)
    snapshot.register(con)
    kinds = snapshot.columns["charges"]
    answers = _answers(inputs, kinds, tag_keys)
    dimensions = answers.dimensions
    said("daily costs")
    register_charge_days(con, answers.sql, [*dimensions, *answers.tests], identity=answers.identity)
    before = _before(ledger, inputs, answers, versions) if keep else None
    if before is None or not kept_days(con, before, dimensions, answers.tests, inputs.rules.perspectives):
        before = None
        daily_costs(con, dimensions, answers.tests)
    first_day, last_day = days_of(con)
    spread_revenue(con, first_day, last_day)
    currencies = [
        str(r[0]) for r in con.execute("SELECT DISTINCT currency FROM daily_costs ORDER BY 1").fetchall()
    ]
    facts = Facts(inputs.measures, bool(snapshot.files["customers"]), inputs.currency)
    allocator = Allocator(con, dimensions, kinds, facts, currencies=len(currencies))
    for name, perspective in inputs.rules.perspectives.items():
        allocator.run(name, perspective, said)
    said("reconciliation")
    if before:
        keep_results(con, before)
    _reconcile(con, inputs, kept=before is not None)
    return RunRecord(
        run_id=f"{started:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}",
        started_at=started.isoformat(),
        finished_at=now().isoformat(),
        versions=versions,
        rules_hash=_hash(inputs, answers),
        rules=inputs.text,
        answers=answers.sql,
        dimensions=dimensions,
        perspectives={
            n: p.model_dump(mode="json", exclude_none=True) for n, p in inputs.rules.perspectives.items()
        },
        measures=list(inputs.measures),
        currencies=currencies,
        metric=inputs.metric,
        time_zone=inputs.time_zone,
        first_day=first_day.isoformat(),
        last_day=last_day.isoformat(),
        charges=_one(con, "SELECT count(*) FROM charges"),
        results=_one(con, f"SELECT count(*) FROM {_ALL_RESULTS if before else 'results'}"),
        kept_from=before.run.run_id if before else "",
        days_run=_one(con, "SELECT count(*) FROM run_days"),
        tests=answers.tests,
        identity=answers.identity,
        digest=digest(con),
        software=__version__,
    )


def rules_hash(ledger: Ledger, inputs: Inputs, tag_keys: Iterable[str]) -> str:
    """What a run by `inputs` would record as its `rules_hash`, with the lookup files as they are now."""
    return _hash(inputs, _answers(inputs, ledger.facts_at({}).columns["charges"], tag_keys))


@dataclass(frozen=True)
class _Asked:
    """What is asked of every charge: the names of dimensions and tests, and the SQL of all answers."""

    dimensions: list[str]
    tests: list[str]
    sql: str
    identity: str


def _answers(inputs: Inputs, columns: Kinds, tag_keys: Iterable[str]) -> _Asked:
    """Those recorded where a run is repeated: lookup files may have changed since."""
    if inputs.repeats:
        run = inputs.repeats
        return _Asked(run.dimensions, run.tests, run.answers, run.identity)
    found = Compiler(columns, tag_keys, inputs.directory, inputs.identified).compile(inputs.rules)
    return _Asked(list(found.dimensions), list(found.tests), found.select_list(), found.identity)


def _version(ledger: Ledger, repeats: RunRecord | None, table: str) -> int:
    """A table that is younger than the run that is repeated had no version then."""
    return repeats.versions.get(table, -1) if repeats else ledger.table(table).version()


def _before(ledger: Ledger, inputs: Inputs, answers: _Asked, versions: Mapping[str, int]) -> Standing | None:
    if inputs.repeats:
        return None
    same = {
        "dimensions": answers.dimensions,
        "tests": answers.tests,
        "measures": list(inputs.measures),
        "metric": inputs.metric,
        "time_zone": inputs.time_zone,
    }
    return standing(ledger, versions, _hash(inputs, answers), __version__, same)


def _reconcile(con: duckdb.DuckDBPyConnection, inputs: Inputs, *, kept: bool) -> None:
    sum_results(con, kept=kept)
    body = statement(PACKAGE, "reconciliation")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rejected (source VARCHAR, billing_period VARCHAR, currency VARCHAR, "
        "metric VARCHAR, amount DECIMAL(38, 12), line_items BIGINT)"
    )
    if inputs.rejected:
        rows = [(*key, *value) for key, value in inputs.rejected.items()]
        con.executemany("INSERT INTO rejected VALUES (?, ?, ?, ?, ?, ?)", rows)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE reconciliation AS {body}",
        {"perspectives": list(inputs.rules.perspectives)},
    )
    row = con.execute(
        "SELECT perspective, source, billing_period, currency, metric, difference FROM reconciliation "
        "WHERE difference <> 0 ORDER BY ALL LIMIT 1"
    ).fetchone()
    if row:
        raise Refused(
            f"the allocation does not add up: {row[5]} {row[3]} of {row[4]} is missing",
            where=f"perspective {row[0]}, source {row[1]}, {row[2]}",
            hint="The run before stays. This is a fault of Apportion: please report it with the run's rules.",
        )


def _hash(inputs: Inputs, answers: _Asked) -> str:
    measures = json.dumps({name: list(inputs.measures[name]) for name in sorted(inputs.measures)})
    rules = json.dumps(inputs.rules.model_dump(mode="json"), sort_keys=True) + answers.sql + answers.identity
    return hashlib.sha256((rules + measures + inputs.currency).encode()).hexdigest()


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
