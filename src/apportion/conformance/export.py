"""Writes the ledger's charges, or what a perspective attributed, as files that keep the rules of FOCUS."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import duckdb

from apportion.conformance.allocated import OWN, allocated_charges, customer_names, perspective_of
from apportion.conformance.export_columns import KEPT, Layout, fill_counts, used_columns
from apportion.conformance.models import Report
from apportion.conformance.validation import PACKAGE, Said, define_macros, validate
from apportion.core.errors import BadInput, NotFound
from apportion.core.periods import month_of
from apportion.engine import connect, quote_text, statement
from apportion.ledger import Ledger

VERSIONS = ("1.2", "1.3", "1.4")
ENDINGS: Mapping[str, str] = {"csv": "FORMAT csv, HEADER", "parquet": "FORMAT parquet, COMPRESSION zstd"}
MEMORY = "1GB"


@dataclass(frozen=True)
class Order:
    """What to export: a FOCUS `version`, as `form`; one `source` and one `period` ('2026-09'), or all ('').

    `perspective` is None for the charges as billed, else the one whose attribution is meant, '' for the
    obvious one. `plain` leaves the x_ columns out, but for the one that names what was filled.
    """

    version: str
    form: Literal["csv", "parquet"] = "parquet"
    source: str = ""
    period: str = ""
    perspective: str | None = None
    plain: bool = False


@dataclass(frozen=True)
class Exported:
    """One file: its rows, in how many of them each column was filled, and how it keeps the rules."""

    source: str
    period: str
    path: Path
    rows: int
    filled: Mapping[str, int]
    report: Report = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "source": self.source,
            "billing_period": self.period,
            "path": str(self.path),
            "rows": self.rows,
            "filled": dict(self.filled),
            "must_broken": len(self.report.failures),
            "should_broken": len(self.report.warnings),
            "broken": [f.to_dict() for f in self.report.failures],
        }


def export_focus(ledger: Ledger, to: Path, order: Order, said: Said = lambda _: None) -> list[Exported]:
    """One file for each source and billing period below `to`; each appears whole or not at all.

    Raises BadInput for an order that cannot be met, NotFound where the ledger has nothing that was asked for.
    """
    _check(order)
    con = connect(memory_limit=MEMORY, temp=to / ".spill")
    try:
        to.mkdir(parents=True, exist_ok=True)
        return list(_export(ledger, to, order, con, said))
    except OSError as why:
        raise BadInput(
            f"It cannot be written: {why.strerror}.", where=str(to), hint="Check the folder."
        ) from why
    finally:
        con.close()
        _remove_empty(to / ".spill")


def _check(order: Order) -> None:
    if order.version not in VERSIONS:
        raise BadInput(
            f"FOCUS {order.version} is not written.", hint=f"--focus-version takes {', '.join(VERSIONS)}."
        )
    if order.perspective is not None and order.version == "1.2":
        raise BadInput(
            "FOCUS 1.2 has no columns for what was allocated.", hint="Take --focus-version 1.3 or 1.4."
        )
    if order.period:
        month_of(order.period)


def _export(
    ledger: Ledger, to: Path, order: Order, con: duckdb.DuckDBPyConnection, said: Said
) -> Iterator[Exported]:
    snapshot = ledger.snapshot(as_of_run=order.perspective is not None)
    snapshot.register(con)
    define_macros(con)
    con.execute(statement(PACKAGE, "export_macros"))
    found = con.execute(
        "SELECT DISTINCT x_Source, x_BillingPeriod FROM charges "
        "WHERE ($source = '' OR x_Source = $source) AND ($period = '' OR x_BillingPeriod = $period) "
        "ORDER BY ALL",
        {"source": order.source, "period": order.period},
    ).fetchall()
    if not found:
        raise NotFound("The ledger has no such charges.", hint="'apportion loads' lists what it has.")
    make = _charges
    perspective = ""
    if order.perspective is not None:
        perspective = perspective_of(snapshot.run, order.perspective)
        run, names = snapshot.run, customer_names(con)
        assert run is not None  # noqa: S101  # perspective_of refuses a ledger without a run

        def make(source: str) -> str:
            return allocated_charges(run, perspective, source, names)

    for source in dict.fromkeys(source for source, _ in found):
        charges = make(source)
        own = OWN if perspective else () if order.plain else KEPT
        layout = Layout(order.version, used_columns(con, charges), own)
        for period in [p for s, p in found if s == source]:
            path = to / source / f"{'-'.join(filter(None, (source, period, perspective)))}.{order.form}"
            said(path.name)
            rows = f"SELECT * FROM ({charges}) WHERE x_BillingPeriod = {quote_text(period)}"
            yield _write(con, layout, rows, path, order, (source, period))


def _charges(source: str) -> str:
    return f"SELECT * FROM charges WHERE x_Source = {quote_text(source)}"


def _write(
    con: duckdb.DuckDBPyConnection, layout: Layout, rows: str, path: Path, order: Order, what: tuple[str, str]
) -> Exported:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        query = layout.select(rows, text=order.form == "csv")
        written = con.execute(f"COPY ({query}) TO {quote_text(str(part))} ({ENDINGS[order.form]})").fetchone()
        report = validate([part], order.version)
        filled = fill_counts(con, layout.fills(rows))
        _sync(part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return Exported(*what, path, int(written[0]) if written else 0, filled, report)


def _sync(path: Path) -> None:
    """The name must not appear before the content is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
