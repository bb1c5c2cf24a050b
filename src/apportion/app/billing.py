"""The bills that stand: their sources, their loads, and the way from the console to the report."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import duckdb

from apportion import economics, ingestion
from apportion.analytics.doubts import DoubtsReport, doubts
from apportion.analytics.sources import (
    Declared,
    SourceReport,
    SourcesReport,
    newest_charges,
    source_report,
    sources_report,
)
from apportion.app.base import Base
from apportion.ingestion import LoadRecord

Answer = TypeVar("Answer")
BillFiles = Mapping[tuple[str, str], list[str]]


class Billing(Base):
    """What has been loaded."""

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
        with self.facts_alone() as con:
            newest = newest_charges(con, self._last_files(standing))
        return sources_report(self._declared(), list(standing.values()), newest, datetime.now(UTC).date())

    def source(self, name: str) -> SourceReport:
        """One source with its periods, control sums, invoices and loads. Raises NotFound."""
        loads = ingestion.loads(self.ledger)
        mine = [load for load in loads if load.source == name and load.status != "replaced"]
        standing = {(load.source, load.billing_period): load for load in mine}
        files = self.ledger.table("charges").files({"x_Source": name}) if standing else []
        with self.facts_alone() as con:
            newest = newest_charges(con, self._last_files(standing)).get(name)
            today = datetime.now(UTC).date()
            return source_report(con, name, self._declared(), loads, files, newest, today)

    def _declared(self) -> list[Declared]:
        return [Declared(n, s.connector, s.location) for n, s in self.workspace.sources.items()]

    def _last_files(self, standing: Mapping[tuple[str, str], ingestion.LoadRecord]) -> dict[str, list[str]]:
        """The charges of each source's last billing period."""
        table, last = self.ledger.table("charges"), dict(sorted(standing))
        return {s: table.files({"x_Source": s, "x_BillingPeriod": p}) for s, p in last.items()}

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
            with self.facts_alone() as con:
                answer = read(con, loads, files)
            if self.run_key() == key:  # else another load came between records and files
                return answer

    def usage_doubts(self, window: str = "30d", measure: str | None = None) -> DoubtsReport:
        """What is doubtful about the newest usage. Raises NotFound where there is none."""
        with self.facts_alone() as con:
            self.ledger.snapshot().register(con)
            return doubts(con, self.workspace.identity_dimension, window, measure)
