"""One load of usage, customers or revenue: whether it is known already, its record, and its commit."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

import duckdb

from apportion.engine import quote_text
from apportion.ingestion.fingerprint import digest, fingerprint
from apportion.ingestion.history import standing
from apportion.ingestion.limits import Limits
from apportion.ingestion.records import FileRecord, LoadRecord
from apportion.ingestion.sources import Sources
from apportion.ingestion.tabling import StagedTable
from apportion.ingestion.workbench import Workbench
from apportion.ledger import Ledger, Slice, Table
from apportion.ledger.schemas import Columns, delta_schema


@dataclass(frozen=True)
class TableLoad:
    """A load of table `name` under way. `measure` is '' but for usage; `settings` say how the files are read,
    so that other settings read the same files again. `connector` made the files, for what was on `offer`,
    and says `notes` of them.
    """

    ledger: Ledger
    name: str
    measure: str
    settings: str
    sources: Sources
    limits: Limits
    started: datetime
    mark: str = field(default_factory=lambda: secrets.token_hex(2))
    connector: str = "files"
    offer: str = ""
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        return self.ledger.table(self.name)

    @property
    def names(self) -> str:
        return ", ".join(file.name for file in self.sources.files)

    @property
    def load_id(self) -> str:
        return f"{self.started:%Y%m%d-%H%M%S}-{self.mark}"

    @property
    def source(self) -> str:
        return f"{self.name} {self.measure}".strip()

    @cached_property
    def digests(self) -> list[str]:
        return [file.content or digest(file.path) for file in self.sources.files]

    @cached_property
    def before(self) -> dict[str, LoadRecord]:
        """The standing loads of the same source, by period."""
        known = standing(self.ledger, self.name)
        return {period: r for (source, period), r in known.items() if source == self.source}

    def id_of(self, period: str, periods: Mapping[str, int]) -> str:
        return self.load_id if len(periods) == 1 else f"{self.load_id}-{period}"

    def unchanged(self) -> list[LoadRecord]:
        """The standing loads, where they were made from the same files in the same way."""
        mark = fingerprint(self.settings, self.digests)
        same = [r for r in self.before.values() if r.fingerprint == mark]
        complete = bool(same) and {r.billing_period for r in same} == set(same[0].periods)
        return [replace(r, status="unchanged") for r in same] if complete else []

    def commit(
        self,
        con: duckdb.DuckDBPyConnection,
        bench: Workbench,
        staged: StagedTable,
        rows: Mapping[str, int],
        selects: Mapping[str, str],
        columns: Columns,
    ) -> list[LoadRecord]:
        """Write each period's SELECT and replace them all in one commit; one record a period."""
        self.sources.check_unchanged()
        records = [self._record(period, staged, rows) for period in selects]
        slices = [self._slice(con, bench, r, selects[r.billing_period]) for r in records]
        self.table.replace(
            slices,
            schema=delta_schema(columns),
            record={"kind": self.name, "loads": [r.to_dict() for r in records]},
        )
        return records

    def _slice(
        self, con: duckdb.DuckDBPyConnection, bench: Workbench, record: LoadRecord, select: str
    ) -> Slice:
        partition = {"measure": self.measure, "period": record.billing_period} if self.measure else {}
        made = bench.folder / f"{record.load_id}.parquet"
        con.execute(f"COPY ({select}) TO {quote_text(str(made))} (FORMAT parquet)")
        target = self.table.partition_directory(partition) / made.name
        return Slice(partition, bench.move([made], [target]))

    def _record(self, period: str, staged: StagedTable, rows: Mapping[str, int]) -> LoadRecord:
        files = tuple(
            FileRecord(f.name, f.size, sha, staged.by_file[f.name])
            for f, sha in zip(self.sources.files, self.digests, strict=True)
        )
        return LoadRecord(
            load_id=self.id_of(period, rows),
            source=self.source,
            connector=self.connector,
            offer=self.offer,
            billing_period=period,
            loaded_at=f"{self.started.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            status="restated" if period in self.before else "loaded",
            focus_version="",
            fingerprint=fingerprint(self.settings, self.digests),
            periods=tuple(rows),
            sources=files,
            rows=rows[period],
            rejected_rows=staged.rejected_rows if period == max(rows, key=lambda p: rows[p]) else 0,
            rejects=staged.rejects,
            notes=(*self.notes, *self.sources.notes),
        )
