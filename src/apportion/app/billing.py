"""The bills that stand: their sources, their loads, and the way from the console to the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from apportion import ingestion
from apportion.app.base import Base

if TYPE_CHECKING:  # reports, which most commands do without
    import duckdb

    from apportion import economics
    from apportion.analytics.doubts import DoubtsReport
    from apportion.analytics.sources import Declared, SourceReport, SourcesReport
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
        from apportion.analytics.sources import newest_charges, sources_report  # noqa: PLC0415

        standing = ingestion.standing(self.ledger)
        with self.facts_alone() as con:
            newest = newest_charges(con, self._last_files(standing))
        return sources_report(self._declared(), list(standing.values()), newest, datetime.now(UTC).date())

    def source(self, name: str) -> SourceReport:
        """One source with its periods, control sums, invoices and loads. Raises NotFound."""
        from apportion.analytics.sources import newest_charges, source_report  # noqa: PLC0415

        loads = ingestion.loads(self.ledger)
        mine = [load for load in loads if load.source == name and load.status != "replaced"]
        standing = {(load.source, load.billing_period): load for load in mine}
        files = self.ledger.table("charges").files({"x_Source": name}) if standing else []
        with self.facts_alone() as con:
            newest = newest_charges(con, self._last_files(standing)).get(name)
            today = datetime.now(UTC).date()
            return source_report(con, name, self._declared(), loads, files, newest, today)

    def _declared(self) -> list[Declared]:
        from apportion.analytics.sources import Declared  # noqa: PLC0415

        return [Declared(n, s.connector, s.location) for n, s in self.workspace.sources.items()]

    def _last_files(self, standing: Mapping[tuple[str, str], ingestion.LoadRecord]) -> dict[str, list[str]]:
        """The charges of each source's last billing period."""
        table, last = self.ledger.table("charges"), dict(sorted(standing))
        return {s: table.files({"x_Source": s, "x_BillingPeriod": p}) for s, p in last.items()}

    def bridge(self, request: economics.BridgeRequest) -> economics.BridgeReport:
        """From the provider's console to the invoice and to the report, over the standing bills."""
        from apportion.economics import bridge  # noqa: PLC0415

        def read(
            con: duckdb.DuckDBPyConnection, loads: Sequence[LoadRecord], files: BillFiles
        ) -> economics.BridgeReport:
            return bridge(con, loads, files, request)

        return self._over_bills(request, read)

    def bridge_charges(
        self, request: economics.BridgeRequest, asked: economics.BehindRequest
    ) -> economics.BehindReport:
        """The charges of a step of the first bill that `request` means."""
        from apportion.economics import behind, bridge  # noqa: PLC0415

        def read(
            con: duckdb.DuckDBPyConnection, loads: Sequence[LoadRecord], files: BillFiles
        ) -> economics.BehindReport:
            first = (loads[0].source, loads[0].billing_period)
            of_first = {first: files[first]}
            report = bridge(con, loads[:1], of_first, request)
            return behind(con, report, loads[:1], of_first, asked)

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
        from apportion.analytics.doubts import doubts  # noqa: PLC0415

        with self.facts_alone() as con:
            self.ledger.snapshot().register(con)
            return doubts(con, self.workspace.identity_dimension, window, measure)
