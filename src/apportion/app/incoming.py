"""Bringing in: bills, usage, customers, revenue, and who is who."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from apportion import ingestion
from apportion.app.base import Said, silent
from apportion.app.operating import Operating
from apportion.connectors import BillConnector, Place, bill_connector
from apportion.connectors.sql.lists import fetch_rows
from apportion.connectors.usage import (
    AnyMeasure,
    AnyRows,
    Files,
    OperationsMeasure,
    PushMeasure,
    UsageConnector,
    usage_connector,
)
from apportion.core.errors import ApportionError, BadInput, NotFound
from apportion.ingestion import Finding, LoadRecord
from apportion.ingestion.push import Expected, Inbox, Receipt
from apportion.workspace import Source


@dataclass(frozen=True)
class Ingested:
    """Records of the loads of what was brought in, and the errors of what could not be."""

    records: list[dict[str, Any]]
    problems: list[ApportionError] = field(default_factory=list)


class Incoming(Operating):
    """What comes into a workspace's ledger, and what is known of how it came."""

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
        connector = self._connector(self.workspace.measures[name])
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

    def ingest_customers(self) -> None:
        """Load the list of customers alone, where there is one: plans of operations are known then."""
        if load := self._tables(silent).get("customers"):
            load()

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
        connector = self._connector(measure)
        return ingestion.ingest_measure(self.ledger, name, connector, limits=self._limits(), said=said)

    def _connector(self, measure: AnyMeasure) -> UsageConnector:
        if isinstance(measure, OperationsMeasure):
            return ingestion.OperationsUsage(measure, self.operations_reader)
        return usage_connector(measure, self.directory)

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
