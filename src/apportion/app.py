"""The one place where rooms are wired together: a workspace folder as something that can be used."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import duckdb

from apportion import __version__, allocation, conformance, economics, ingestion, suggestions, workspace
from apportion.analytics.changes import Asked, Changes, Planner
from apportion.analytics.doubts import DoubtsReport, doubts
from apportion.analytics.facts import facts_of
from apportion.analytics.models import Facts
from apportion.analytics.runs import Runs
from apportion.analytics.sources import (
    Declared,
    SourceReport,
    SourcesReport,
    newest_charges,
    source_report,
    sources_report,
)
from apportion.connectors import BillConnector, Place, bill_connector
from apportion.connectors.sql.lists import fetch_rows
from apportion.connectors.usage import AnyMeasure, AnyRows, Files, PushMeasure, usage_connector
from apportion.core.errors import ApportionError, BadInput, NotFound
from apportion.engine import connect
from apportion.ingestion import Finding, LoadRecord
from apportion.ingestion.push import Expected, Inbox, Receipt
from apportion.ledger import Ledger, RunRecord, retention, run_select
from apportion.ledger.ledger import FACTS
from apportion.workspace import Source, Workspace

Said = Callable[[str], None]
Answer = TypeVar("Answer")
BillFiles = Mapping[tuple[str, str], list[str]]


def silent(_: str) -> None:
    """Progress that nobody reads."""


@dataclass(frozen=True)
class Ingested:
    """Records of the loads of what was brought in, and the errors of what could not be."""

    records: list[dict[str, Any]]
    problems: list[ApportionError] = field(default_factory=list)


@dataclass(frozen=True)
class _View:
    """One run's results, registered in a database of their own."""

    key: str
    con: duckdb.DuckDBPyConnection
    facts: Facts | None


class App:
    """A workspace: its file, its ledger, and everything people do with them. Safe to use from threads."""

    version = __version__

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ledger = Ledger(directory / "ledger")
        self._lock = threading.Lock()
        self._view: _View | None = None
        self._planner = Planner(self.ledger, directory / "ledger" / ".spill")
        self._suggesting = threading.Lock()
        self._suggested: tuple[tuple[str, str], suggestions.Found] | None = None

    @cached_property
    def text(self) -> str:
        return workspace.read_text(self.directory)

    @cached_property
    def workspace(self) -> Workspace:
        return workspace.parse(self.text)

    # -- bringing in ------------------------------------------------------------------------------------

    def ingest_bill(
        self,
        source: str,
        paths: list[str],
        *,
        connector: str = "focus",
        replace: bool = False,
        said: Said = silent,
    ) -> Ingested:
        """Load one source from a place, or from several files that are one load; a record for each period."""
        declared = self.workspace.sources.get(source)
        settings = declared.settings if declared and declared.connector == connector else {}
        reader = bill_connector(connector, settings)
        if len(paths) == 1:
            access = declared.access if declared else {}
            place = Place(paths[0], access, Path() if "://" not in paths[0] else self.directory)
            return self._bring_in(source, reader, place, replace=replace, said=said)
        records = ingestion.ingest_bill(
            self.ledger, source, reader, paths, replace=replace, limits=self._limits(), progress=said
        )
        return Ingested([r.to_dict() for r in records])

    def ingest_source(self, name: str, *, replace: bool = False, said: Said = silent) -> Ingested:
        """Load what is new or changed of one source that apportion.yaml names. Raises NotFound."""
        source = self._source(name)
        reader = bill_connector(source.connector, source.settings)
        place = Place(source.location, source.access, self.directory)
        return self._bring_in(name, reader, place, replace=replace, said=said)

    def examine_source(self, name: str) -> Iterator[Finding]:
        """Access, freshness and columns of a source that apportion.yaml names. Raises NotFound."""
        source = self._source(name)
        reader = bill_connector(source.connector, source.settings)
        place = Place(source.location, source.access, self.directory)
        return ingestion.examine(self.ledger, name, reader, place)

    def examine_measure(self, name: str) -> Iterator[Finding]:
        """Access and days of a measure that apportion.yaml names. NotFound; BadInput for `push`."""
        if name not in self.workspace.measures:
            known = ", ".join(self.workspace.measures) or "none"
            raise NotFound(f"apportion.yaml names no measure '{name}'.", hint=f"It names: {known}.")
        connector = usage_connector(self.workspace.measures[name], self.directory)
        return ingestion.examine_usage(self.ledger, name, connector, datetime.now(UTC))

    def _source(self, name: str) -> Source:
        if name not in self.workspace.sources:
            known = ", ".join(self.workspace.sources) or "none"
            raise NotFound(f"apportion.yaml names no source '{name}'.", hint=f"It names: {known}.")
        return self.workspace.sources[name]

    def _bring_in(
        self, source: str, reader: BillConnector, place: Place, *, replace: bool, said: Said
    ) -> Ingested:
        brought = ingestion.Bringing(
            self.ledger,
            source,
            reader,
            place,
            self.directory / "ledger" / ".fetched" / source,
            self._limits(),
            said,
            replace,
        ).run()
        return Ingested([r.to_dict() for r in brought.records], brought.problems)

    def ingest_declared(self, *, replace: bool = False, said: Said = silent) -> Ingested:
        """Load everything apportion.yaml names: bills, usage, customers, revenue.

        A source that cannot be loaded leaves the others alone; its error is among the problems.
        """
        found: list[dict[str, Any]] = []
        problems: list[ApportionError] = []
        for name in self.workspace.sources:
            said(f"bill {name}")
            try:
                ingested = self.ingest_source(name, replace=replace, said=said)
                found += ingested.records
                problems += ingested.problems
            except ApportionError as why:
                problems.append(why)
        for what, load in self._tables(said).items():
            said(what)
            try:
                found += [record.to_dict() for record in load()]
            except ApportionError as why:
                problems.append(why)
        return Ingested(found, problems)

    def names_anything(self) -> bool:
        """Whether apportion.yaml names something to bring in."""
        return bool(self.workspace.sources or self._tables(silent))

    def _tables(self, said: Said) -> dict[str, Callable[[], Sequence[LoadRecord]]]:
        """What apportion.yaml names besides bills, and how each is loaded."""
        made: dict[str, Callable[[], Sequence[LoadRecord]]] = {}
        for name, measure in self.workspace.measures.items():
            if measure.connector == "push":  # its rows come by themselves
                continue
            made[f"usage {name}"] = partial(self._usage, name, measure, said)
        for kind, files, ingest in (
            ("customers", self.workspace.customers, ingestion.ingest_customers),
            ("revenue", self.workspace.revenue, ingestion.ingest_revenue),
            ("identities", self.workspace.identities, self._ingest_identities),
        ):
            if files is not None:
                made[kind] = partial(self._files, files, ingest)
        return made

    def _usage(self, name: str, measure: AnyMeasure, said: Said) -> Sequence[LoadRecord]:
        connector = usage_connector(measure, self.directory)
        return ingestion.ingest_measure(self.ledger, name, connector, limits=self._limits(), said=said)

    def _files(self, rows: AnyRows, ingest: Callable[..., LoadRecord]) -> Sequence[LoadRecord]:
        if isinstance(rows, Files):
            return [ingest(self.ledger, [self._located(rows.location)], rows.columns)]
        with TemporaryDirectory(prefix="apportion-") as folder:
            file = fetch_rows(rows, self.directory, Path(folder), "sql")
            return [ingest(self.ledger, [file], rows.columns, connector=rows.connector)]

    def _ingest_identities(self, *given: Any, **settings: Any) -> LoadRecord:
        dimension = self.workspace.identity_dimension
        return ingestion.ingest_identities(*given, dimension=dimension, **settings)

    @cached_property
    def _inbox(self) -> Inbox:
        return Inbox(self.ledger, self._pushed)

    def _pushed(self, name: str) -> Expected:
        """What rows of a pushed measure must have. Raises NotFound, or BadInput for other measures."""
        measure = self.workspace.measures.get(name)
        pushed = [n for n, m in self.workspace.measures.items() if isinstance(m, PushMeasure)]
        hint = f"Measures that can be pushed: {', '.join(pushed) or 'none'}. Declare it with connector: push."
        if measure is None:
            raise NotFound(f"apportion.yaml has no measure '{name[:100]}'.", where="measure", hint=hint)
        if not isinstance(measure, PushMeasure):
            what = f"The measure '{name}' has connector: {measure.connector}, so its rows are not pushed."
            raise BadInput(what, where="measure", hint=hint)
        return Expected(name, measure.dimensions, measure.unit)

    def push_usage(self, key: str, body: bytes) -> tuple[Receipt, bool]:
        """Keep a batch of usage for good; what became of it, and whether its key was known before."""
        return self._inbox.receive(key, body)

    def tidy_usage(self) -> int:
        """Merge the small files of many batches; how many merges were made."""
        return self._inbox.tidy()

    def _limits(self) -> ingestion.Limits:
        given = self.workspace.limits
        return ingestion.Limits(given.rejected_rows / 100, given.rejected_cost / 100)

    def _located(self, location: str) -> str:
        return location if "://" in location else str(self.directory / location)

    # -- allocating -------------------------------------------------------------------------------------

    def allocate(self, said: Said = silent, *, as_of: str = "") -> RunRecord:
        """Run the allocation over the whole ledger; the results before stay where it fails.

        With `as_of`, repeat that run: its facts, its rules, its digits, or Refused.
        """
        con = connect(memory_limit="4GB", temp=self.directory / "ledger" / ".spill")
        try:
            if as_of:
                return self._repeat(self._runs.find(as_of), con, said)
            inputs = self._inputs(self.workspace, self.text)
            return allocation.allocate(self.ledger, con, inputs, self._tag_keys(), said=said)
        finally:
            con.close()

    def _repeat(self, run: RunRecord, con: duckdb.DuckDBPyConnection, said: Said) -> RunRecord:
        inputs = self._inputs(workspace.parse(run.rules), run.rules, run.versions["charges"])
        with retention.undisturbed(self.ledger):
            retention.need(self.ledger, run, FACTS, "repeated")
            return allocation.repeat(self.ledger, con, run, inputs, said=said)

    def plan(self, window: str = "", metric: str = "", said: Said = silent) -> Changes:
        """What an allocation by apportion.yaml as it is now would change; nothing is written."""
        text = workspace.read_text(self.directory)
        inputs = self._inputs(workspace.parse(text), text)
        return self._planner.plan(inputs, self._tag_keys(), Asked(window, metric), said)

    def _inputs(self, followed: Workspace, text: str, charges: int | None = None) -> allocation.Inputs:
        return followed.inputs(self.directory, text, rejected=ingestion.rejected(self.ledger, charges))

    def suggest(self, said: Said = silent) -> suggestions.Found:
        """Proposals for apportion.yaml from the bills and the usage. Raises BadInput where there are none."""
        key = (self.run_key(), self.text)
        with self._suggesting:
            if self._suggested is None or self._suggested[0] != key:
                self._suggested = key, self._suggest(said)
            return self._suggested[1]

    def _suggest(self, said: Said) -> suggestions.Found:
        with self._facts_alone() as con:
            snapshot = self.ledger.snapshot()
            snapshot.register(con)
            facts = suggestions.Facts(
                text=suggestions.read(self.directory),
                con=con,
                columns=snapshot.columns["charges"],
                tag_keys=self._tag_keys(),
                measures={n: list(m.dimensions) for n, m in self.workspace.measures.items()},
                directory=self.directory,
                currency=self.workspace.reporting.currency,
                locations={n: str(getattr(m, "location", "")) for n, m in self.workspace.measures.items()},
            )
            return suggestions.suggest(facts, workspace.parse, said)

    def accept(self, found: suggestions.Found, numbers: Sequence[int]) -> None:
        """Write these proposals into apportion.yaml. Raises Refused where that was changed since."""
        after = found.accepted(numbers)
        workspace.parse(after)
        suggestions.replace(self.directory, found.text, after)

    def _tag_keys(self) -> list[str]:
        return sorted({key for load in ingestion.standing(self.ledger).values() for key, _ in load.tag_keys})

    # -- reading ----------------------------------------------------------------------------------------

    def run_key(self) -> str:
        """Changes whenever a reader would see something else."""
        return self.ledger.key()

    @contextmanager
    def reader(self) -> Iterator[tuple[duckdb.DuckDBPyConnection, Facts]]:
        """A cursor over the last run and the facts it was made from. Raises NotFound before the first run."""
        view = self._current()
        if view.facts is None:
            raise NotFound(
                "Nothing has been allocated yet.",
                hint="Run 'apportion ingest focus PATH --source NAME', then 'apportion allocate'.",
            )
        cursor = view.con.cursor()
        try:
            yield cursor, view.facts
        finally:
            cursor.close()

    def _current(self) -> _View:
        key = self.ledger.results_key()  # usage is pushed every minute, and the view is that of the run
        with self._lock:
            if self._view is None or self._view.key != key:
                self._view = self._open(key)
            return self._view

    def _open(self, key: str) -> _View:
        snapshot = self.ledger.snapshot(as_of_run=True)
        con = connect()
        con.execute("SET parquet_metadata_cache = true")
        snapshot.register(con)
        if snapshot.run is None:
            return _View(key, con, None)
        run = snapshot.run
        named = [*run.dimensions, *run.tests]
        allocation.register_charge_days(con, run.answers, named, lines=True, identity=run.identity)
        return _View(key, con, self._facts(run))

    def _facts(self, run: RunRecord) -> Facts:
        standing = ingestion.standing(self.ledger, version=run.versions["charges"]).values()
        return facts_of(run, list(standing), self.workspace.reporting.currency)

    def sql(self, query: str, params: list[str], limit: int = 0) -> list[dict[str, Any]]:
        """Rows of one SELECT over the newest facts and the last run's results. Raises BadInput for others."""
        return run_select(self.ledger, query, params, limit)

    # -- handing on -------------------------------------------------------------------------------------

    def export_focus(self, to: Path, order: conformance.Order, said: Said = silent) -> list[dict[str, Any]]:
        """Write the ledger as FOCUS files below `to`; one record for each file."""
        return [e.to_dict() for e in conformance.export_focus(self.ledger, to, order, said)]

    # -- what happened ----------------------------------------------------------------------------------

    def loads(self, kind: str = "bill") -> list[dict[str, Any]]:
        """Loads of a kind (bill, usage, customers, revenue; '' for all), newest first."""
        return [{"kind": name, **r.to_dict()} for name, r in ingestion.all_loads(self.ledger, kind)]

    def load(self, load_id: str) -> dict[str, Any]:
        """One load by its id or the beginning of it. Raises NotFound."""
        kind, record = ingestion.load(self.ledger, load_id)
        return {"kind": kind, **record.to_dict()}

    def sources(self) -> SourcesReport:
        """Every source with how far its bills reach."""
        standing = ingestion.standing(self.ledger)
        with self._facts_alone() as con:
            newest = newest_charges(con, self._last_files(standing))
        return sources_report(self._declared(), list(standing.values()), newest, datetime.now(UTC).date())

    def source(self, name: str) -> SourceReport:
        """One source with its periods, control sums, invoices and loads. Raises NotFound."""
        loads = ingestion.loads(self.ledger)
        mine = [load for load in loads if load.source == name and load.status != "replaced"]
        standing = {(load.source, load.billing_period): load for load in mine}
        files = self.ledger.table("charges").files({"x_Source": name}) if standing else []
        with self._facts_alone() as con:
            newest = newest_charges(con, self._last_files(standing)).get(name)
            today = datetime.now(UTC).date()
            return source_report(con, name, self._declared(), loads, files, newest, today)

    def _declared(self) -> list[Declared]:
        return [Declared(n, s.connector, s.location) for n, s in self.workspace.sources.items()]

    def _last_files(self, standing: Mapping[tuple[str, str], ingestion.LoadRecord]) -> dict[str, list[str]]:
        """The charges of each source's last billing period."""
        table, last = self.ledger.table("charges"), dict(sorted(standing))
        return {s: table.files({"x_Source": s, "x_BillingPeriod": p}) for s, p in last.items()}

    @contextmanager
    def _facts_alone(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A database for the newest facts, which needs no run."""
        con = connect(temp=self.directory / "ledger" / ".spill")
        try:
            yield con
        finally:
            con.close()

    def bridge(self, request: economics.BridgeRequest) -> economics.BridgeReport:
        """From the provider's console to the invoice and to the report, over the standing bills."""

        def read(
            con: duckdb.DuckDBPyConnection, loads: Sequence[LoadRecord], files: BillFiles
        ) -> economics.BridgeReport:
            return economics.bridge(con, loads, files, request)

        return self._over_bills(request, read)

    def bridge_charges(
        self, request: economics.BridgeRequest, asked: economics.BehindRequest
    ) -> economics.BehindReport:
        """The charges of a step of the first bill that `request` means."""

        def read(
            con: duckdb.DuckDBPyConnection, loads: Sequence[LoadRecord], files: BillFiles
        ) -> economics.BehindReport:
            first = (loads[0].source, loads[0].billing_period)
            of_first = {first: files[first]}
            report = economics.bridge(con, loads[:1], of_first, request)
            return economics.behind(con, report, loads[:1], of_first, asked)

        return self._over_bills(request, read)

    def _over_bills(
        self,
        request: economics.BridgeRequest,
        read: Callable[[duckdb.DuckDBPyConnection, Sequence[LoadRecord], BillFiles], Answer],
    ) -> Answer:
        """What `read` makes of the standing loads that are meant and the files of their charges."""
        while True:
            key = self.run_key()
            loads = request.choose(ingestion.standing(self.ledger))
            bills = [(load.source, load.billing_period) for load in loads]
            table = self.ledger.table("charges")
            files = {(s, p): table.files({"x_Source": s, "x_BillingPeriod": p}) for s, p in bills}
            with self._facts_alone() as con:
                answer = read(con, loads, files)
            if self.run_key() == key:  # else another load came between records and files
                return answer

    def usage_doubts(self, window: str = "30d", measure: str | None = None) -> DoubtsReport:
        """What is doubtful about the newest usage. Raises NotFound where there is none."""
        with self._facts_alone() as con:
            self.ledger.snapshot().register(con)
            return doubts(con, self.workspace.identity_dimension, window, measure)

    def runs(self) -> list[dict[str, Any]]:
        """All runs, newest first."""
        return self._runs.listed()

    def run(self, run_id: str) -> dict[str, Any]:
        """One run by its id or the beginning of it. Raises NotFound."""
        return self._runs.shown(run_id)

    def run_diff(self, before: str, after: str = "", window: str = "", metric: str = "") -> Changes:
        """What differs from a run to another, or to the one that stands."""
        return self._runs.diff(before, after, Asked(window, metric))

    def pin_run(self, run_id: str, *, pinned: bool = True) -> RunRecord:
        """Keep the files of a run, or let them go when their time is over."""
        return self._runs.pin(run_id) if pinned else self._runs.unpin(run_id)

    def clean(self, *, dry_run: bool = False) -> retention.Sweep:
        """Delete what no version within the retention and no pinned run needs, or say what that is."""
        return self._runs.clean(self.workspace.retention.days, dry_run=dry_run)

    @property
    def _runs(self) -> Runs:
        return Runs(self.ledger, self.directory / "ledger" / ".spill")

    def health(self) -> dict[str, Any]:
        """Whether the workspace can be read, and how far its data goes."""
        run = self.ledger.run()
        tables = {name: self.ledger.table(name).version() for name in ("charges", "usage", "allocations")}
        return {
            "status": "ok" if run else "empty",
            "version": self.version,
            "workspace": self.workspace.company or self.directory.resolve().name,
            "run": {"run_id": run.run_id, "finished_at": run.finished_at, "last_day": run.last_day}
            if run
            else None,
            "tables": tables,
        }
