"""One load from files to commit: read, count, judge, compare, replace."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from apportion import focus
from apportion.connectors import BillConnector, Offer, Origin, Reading, SourceFile
from apportion.core.errors import Refused
from apportion.engine import connect, quote_text
from apportion.engine.statements import statement
from apportion.ingestion.contents import Contents, contents
from apportion.ingestion.controls import Own, controlled, state, totals_of_bill
from apportion.ingestion.fingerprint import digest, fingerprint
from apportion.ingestion.finishing import finish
from apportion.ingestion.history import standing
from apportion.ingestion.judgement import refuse_broken
from apportion.ingestion.limits import Limits
from apportion.ingestion.records import FileRecord, LoadRecord
from apportion.ingestion.rejects import rejects
from apportion.ingestion.repairs import Survey, repairs, rounding, survey
from apportion.ingestion.restatement import refuse_shrinking, restatement
from apportion.ingestion.sources import Sources, find_sources
from apportion.ingestion.staged import Staged, parquet
from apportion.ingestion.staging import refuse_full, stage, unreadable
from apportion.ingestion.workbench import Workbench, workbench
from apportion.ledger import Ledger, Slice, Table
from apportion.ledger.schemas import delta_schema

Progress = Callable[[str], None]
_MEMORY = "2GB"
_STREAMS = 4


class OtherPeriods(Refused):
    """Files that were taken for one billing period hold rows of others."""


@dataclass(frozen=True)
class Load:
    """One load under way."""

    ledger: Ledger
    source: str
    connector: BillConnector
    limits: Limits
    progress: Progress
    load_id: str
    loaded_at: str
    offer: Offer

    @property
    def table(self) -> Table:
        return self.ledger.table("charges")

    def run(self, given: Sequence[str | Path | SourceFile], *, replace: bool) -> list[LoadRecord]:
        """See `ingest_bill`."""
        sources = find_sources(given)
        before = {p: r for (s, p), r in standing(self.ledger).items() if s == self.source}
        if self._seems_known(sources, before) and (same := self._unchanged(self._digests(sources), before)):
            return same
        with (
            workbench(self.table, self.load_id) as bench,
            _connection(bench.folder) as con,
            _explained(sources),
        ):
            readings = self.connector.read(sources.files, con)
            with ThreadPoolExecutor(1) as beside:
                digests = beside.submit(self._digests, sources)
                staged = self._stage(con, readings, bench)
            sources.check_unchanged()
            self.progress("Counting")
            own, staged = totals_of_bill(con, staged)
            loads = contents(con, staged)
            self._refuse_others(loads, staged)
            refuse_broken(con, loads, staged, self.limits)
            if not replace:
                for load in loads:
                    if load.period in before:
                        refuse_shrinking(before[load.period], load, self.limits)
            records, files = self._records(con, loads, staged, own, digests.result(), before, bench, sources)
            return self._commit(records, files, bench)

    def _refuse_others(self, loads: Sequence[Contents], staged: Sequence[Staged]) -> None:
        others = [load.period for load in loads if load.period not in ("", self.offer.period)]
        if self.offer.period and others:
            raise OtherPeriods(
                f"It was taken for the bill of {self.offer.period} and has rows of {', '.join(others)}.",
                where=", ".join(dict.fromkeys(s.reading.rows.file.name for s in staged)),
                hint="Give all files of these months together.",
            )

    def _seems_known(self, sources: Sources, before: dict[str, LoadRecord]) -> bool:
        """Whether a standing load was made from files of these sizes, so that it pays to compare first."""
        return any(sorted(f.bytes for f in r.sources) == sources.sizes for r in before.values())

    def _unchanged(self, digests: Sequence[str], before: dict[str, LoadRecord]) -> list[LoadRecord]:
        mark = fingerprint(self.connector.signature, digests)
        same = [r for r in before.values() if r.fingerprint == mark]
        complete = bool(same) and {r.billing_period for r in same} == set(same[0].periods)
        offer = self.offer.fingerprint
        return [replace(r, status="unchanged", offer=offer) for r in same] if complete else []

    def _digests(self, sources: Sources) -> list[str]:
        return [digest(file.path) for file in sources.files]

    def _stage(
        self, con: duckdb.DuckDBPyConnection, readings: Sequence[Reading], bench: Workbench
    ) -> list[Staged]:
        staged: list[Staged] = []
        for i, reading in enumerate(readings):
            self.progress(f"Reading {reading.rows.file.name}")
            origin = Origin(self.source, self.load_id, reading.period)
            parts = min(_STREAMS, os.cpu_count() or 1)
            staged += stage(con, reading, origin, bench.folder / f"file-{i}", parts)
        return staged

    def _records(
        self,
        con: duckdb.DuckDBPyConnection,
        loads: Sequence[Contents],
        staged: Sequence[Staged],
        own: Sequence[Own],
        digests: Sequence[str],
        before: dict[str, LoadRecord],
        bench: Workbench,
        sources: Sources,
    ) -> tuple[list[LoadRecord], list[list[Path]]]:
        origin = Origin(self.source, self.load_id, loads[0].period)
        found = survey(con, staged, loads, origin)
        files_read = _file_records(sources, digests, staged)
        mark = fingerprint(self.connector.signature, digests)
        periods = tuple(load.period for load in loads)
        records, files = [], []
        readings = list({id(part.reading): part.reading for part in staged}.values())
        for load in loads:
            load_id = self.load_id if len(loads) == 1 else f"{self.load_id}-{load.period}"
            made = finish(con, load, staged, load_id, bench.folder)
            made = self._settled(con, made, bench.folder / f"{load.period}-settled.parquet")
            kinds, left_out = controlled(con, own, load.period, made, readings)
            record = LoadRecord(
                load_id=load_id,
                source=self.source,
                connector=self.connector.name,
                billing_period=load.period,
                loaded_at=self.loaded_at,
                status="restated" if load.period in before else "loaded",
                focus_version=max(s.reading.version for s in staged),
                fingerprint=mark,
                periods=periods,
                sources=files_read,
                rows=load.rows,
                notes=(*self.offer.notes, *sources.notes, *_notes(readings)),
                offer=self.offer.fingerprint,
                state=state(con, made, self.offer, self.loaded_at),
                controls=kinds,
                left_out=left_out,
            )
            record = _with_findings(con, record, load, found, made, staged, self.limits)
            if old := before.get(load.period):
                old_files = self.table.files(self._partition(load.period))
                record = replace(record, restatement=restatement(con, old, old_files, made, self.limits))
            records.append(record)
            files.append(made)
        return records, files

    def _settled(self, con: duckdb.DuckDBPyConnection, made: list[Path], target: Path) -> list[Path]:
        """The files of a period after its connector saw all of it."""
        listed = ", ".join(quote_text(str(path)) for path in made)
        select = self.connector.settle(con, f"read_parquet([{listed}])")
        if select is None:
            return made
        con.execute(f"COPY ({select}) TO {quote_text(str(target))} ({parquet()})")
        return [target]

    def _partition(self, period: str) -> dict[str, str]:
        return {"x_Source": self.source, "x_BillingPeriod": period}

    def _commit(
        self, records: Sequence[LoadRecord], files: Sequence[Sequence[Path]], bench: Workbench
    ) -> list[LoadRecord]:
        self.progress("Committing")
        slices = []
        for record, made in zip(records, files, strict=True):
            partition = self._partition(record.billing_period)
            folder = self.table.partition_directory(partition)
            targets = [folder / f"{record.load_id}-{n}.parquet" for n in range(len(made))]
            slices.append(Slice(partition, bench.move(made, targets)))
        self.table.replace(
            slices,
            schema=delta_schema(focus.charge_columns()),
            record={"kind": "bill", "loads": [r.to_dict() for r in records]},
        )
        return list(records)


def _with_findings(
    con: duckdb.DuckDBPyConnection,
    record: LoadRecord,
    load: Contents,
    found: Survey,
    made: Sequence[Path],
    staged: Sequence[Staged],
    limits: Limits,
) -> LoadRecord:
    listed = [str(path) for path in made]
    keys = con.execute(statement("apportion.ingestion", "tag_keys"), [listed]).fetchall()
    return replace(
        record,
        rejected_rows=load.rejected_rows,
        rejected=load.rejected(),
        totals=load.totals(),
        repairs=repairs(con, load, found, made),
        rounding=rounding(load, found),
        rejects=tuple(rejects(con, staged, limits.samples)) if load.rejected_rows else (),
        tag_keys=tuple(keys),
    )


def _file_records(
    sources: Sources, digests: Sequence[str], staged: Sequence[Staged]
) -> tuple[FileRecord, ...]:
    rows: dict[str, int] = {}
    for part in staged:
        name = part.reading.rows.file.name
        rows[name] = rows.get(name, 0) + part.rows + len(part.damaged)
    return tuple(
        FileRecord(file.name, file.size, sha, rows.get(file.name, 0))
        for file, sha in zip(sources.files, digests, strict=True)
    )


def _notes(readings: Sequence[Reading]) -> list[str]:
    others = dict.fromkeys(name for reading in readings for name in reading.others)
    kept = [f"Columns that FOCUS does not have are kept in x_Columns: {', '.join(others)}."] if others else []
    return [*dict.fromkeys(note for reading in readings for note in reading.notes), *kept]


@contextmanager
def _explained(sources: Sources) -> Iterator[None]:
    """Damage that only a further look at the files meets, such as that at how they write numbers."""
    try:
        yield
    except duckdb.Error as why:
        refuse_full(why)
        raise unreadable(why, ", ".join(file.name for file in sources.files)) from why


@contextmanager
def _connection(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = connect(memory_limit=_MEMORY, temp=folder / "spill")
    try:
        yield con
    finally:
        con.close()
