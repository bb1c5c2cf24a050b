"""One run of the allocation: facts in, results and their statement out, committed only if it adds up."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import duckdb

from apportion.allocation.dimensions import Answers, Compiler
from apportion.allocation.models import Rules
from apportion.allocation.perspective import Allocator
from apportion.allocation.results import write_results
from apportion.allocation.shares import PACKAGE
from apportion.core.errors import BadInput, Refused
from apportion.engine import quote_ident, statement
from apportion.ledger import Ledger, RunRecord
from apportion.ledger.schemas import FOCUS_KEPT

KEPT_FOR_LINES = (
    "x_Source", "x_BillingPeriod", "BillingCurrency", "CommitmentDiscountStatus", "CapacityReservationStatus",
    *FOCUS_KEPT,
)  # fmt: skip

LINE_COLUMNS = """
    x_Source AS source, x_BillingPeriod AS billing_period, BillingCurrency AS currency,
    coalesce(CommitmentDiscountStatus = 'Unused' OR CapacityReservationStatus = 'Unused', false) AS idle,
    ChargeDescription, ResourceId, SkuId, ChargePeriodStart, ChargePeriodEnd,
    x_SourceFile, x_SourceLine, x_LoadId,
    BilledCost AS BilledCostOnBill, EffectiveCost AS EffectiveCostOnBill"""

Rejected = Mapping[tuple[str, str, str, str], tuple[Decimal, int]]


@dataclass(frozen=True)
class Inputs:
    """What a run follows beside the ledger.

    `text` is the workspace file as read, kept for replay; `rejected` is what the standing loads left out, by
    source, billing period, currency and metric: the cost that could be read in those rows, and their number.
    """

    rules: Rules
    measures: Mapping[str, Sequence[str]]
    directory: Path
    metric: str = "EffectiveCost"
    time_zone: str = "UTC"
    text: str = ""
    rejected: Rejected = field(default_factory=dict)


def allocate(
    ledger: Ledger,
    con: duckdb.DuckDBPyConnection,
    inputs: Inputs,
    tag_keys: Iterable[str],
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    said: Callable[[str], None] = lambda _: None,
) -> RunRecord:
    """Allocate every charge of the ledger by `inputs`, check the statement, commit the results.

    `con` is a connection of its own for this run. Raises BadInput for rules that cannot be followed, Refused
    where a unit would be lost (the run before stays), Transient where another run finished first.
    """
    started = now()
    expect = ledger.table("allocations").version()
    snapshot = ledger.snapshot()
    if not snapshot.files["charges"]:
        raise BadInput(
            "there are no charges to allocate",
            hint="Bring in a bill: apportion ingest focus PATH --source NAME",
        )
    versions = {name: ledger.table(name).version() for name in ("charges", "usage", "customers", "revenue")}
    snapshot.register(con)
    compiler = Compiler(snapshot.columns["charges"], tag_keys, inputs.directory)
    answers = compiler.compile(inputs.rules)
    dimensions = list(answers.dimensions)
    said("daily costs")
    register_charge_days(con, answers.select_list(), dimensions)
    _daily_costs(con, dimensions)
    first_day, last_day = _days(con)
    _spread_revenue(con, first_day, last_day)
    allocator = Allocator(con, dimensions, inputs.measures, customer_table=bool(snapshot.files["customers"]))
    for name, perspective in inputs.rules.perspectives.items():
        allocator.run(name, perspective, said)
    said("reconciliation")
    _reconcile(con, inputs)
    run_id = f"{started:%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"
    record = RunRecord(
        run_id=run_id,
        started_at=started.isoformat(),
        finished_at=now().isoformat(),
        versions=versions,
        rules_hash=_hash(inputs, answers),
        rules=inputs.text,
        answers=answers.select_list(),
        dimensions=dimensions,
        perspectives={
            n: p.model_dump(mode="json", exclude_none=True) for n, p in inputs.rules.perspectives.items()
        },
        measures=list(inputs.measures),
        currencies=[
            str(r[0]) for r in con.execute("SELECT DISTINCT currency FROM daily_costs ORDER BY 1").fetchall()
        ],
        metric=inputs.metric,
        time_zone=inputs.time_zone,
        first_day=first_day.isoformat(),
        last_day=last_day.isoformat(),
        charges=_one(con, "SELECT count(*) FROM charges"),
        results=_one(con, "SELECT count(*) FROM results"),
    )
    said("commit")
    return write_results(ledger, con, record, expect)


def register_charge_days(
    con: duckdb.DuckDBPyConnection, answers: str, dimensions: Sequence[str], *, lines: bool = False
) -> None:
    """Create the view `charge_days`: each charge on each day it covers, with its answers.

    `answers` is the select list of a run. `lines` adds what identifies the line item on the bill.
    """
    columns = ", ".join(quote_ident(c) for c in [*dimensions, "cost_class", *KEPT_FOR_LINES])
    if lines:
        columns = f"{columns}, {LINE_COLUMNS}"
    con.execute(statement(PACKAGE, "prelude"))
    body = statement(PACKAGE, "charge_days", answers=answers, charges="charges", columns=columns)
    con.execute(f"CREATE OR REPLACE VIEW charge_days AS {body}")


def _daily_costs(con: duckdb.DuckDBPyConnection, dimensions: Sequence[str]) -> None:
    listed = "".join(f"{quote_ident(d)}, " for d in dimensions)
    kept = ", ".join(quote_ident(c) for c in FOCUS_KEPT)
    con.execute(statement(PACKAGE, "daily_costs", dimensions=listed, kept=kept))
    con.execute(statement(PACKAGE, "pools", dimensions=listed))


def _days(con: duckdb.DuckDBPyConnection) -> tuple[date, date]:
    """The first day of the data, and its last complete one: some usage was charged up to its end."""
    row = con.execute(statement(PACKAGE, "days")).fetchone()
    if row is None or row[0] is None:
        raise BadInput("the charges have no charge periods", hint="Load the bill again.")
    return row[0], row[1]


def _spread_revenue(con: duckdb.DuckDBPyConnection, first_day: date, last_day: date) -> None:
    body = statement(PACKAGE, "daily_revenue")
    days = {"first": first_day, "horizon": last_day + timedelta(days=1)}
    con.execute(f"CREATE OR REPLACE TEMP TABLE daily_revenue AS {body}", days)


def _reconcile(con: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
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


def _hash(inputs: Inputs, answers: Answers) -> str:
    rules = json.dumps(inputs.rules.model_dump(mode="json"), sort_keys=True) + answers.select_list()
    return hashlib.sha256(rules.encode()).hexdigest()


def _one(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0
