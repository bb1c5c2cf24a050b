"""All tables of one workspace, and the snapshots readers see."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apportion import focus
from apportion.ledger import schemas
from apportion.ledger.pins import Pins
from apportion.ledger.runs import RunRecord
from apportion.ledger.schemas import PARTITIONS, Columns
from apportion.ledger.snapshot import Snapshot
from apportion.ledger.table import Table

FACTS = ("charges", "usage", "customers", "revenue", "identities")
RESULTS = ("daily_costs", "daily_revenue", "steps", "reconciliation", "allocations")


class Ledger:
    """The Delta tables below `root`.

    A run commits its results table by table, `allocations` last, and that commit carries the run record
    with the version of each: so the newest commit of `allocations` decides, at once, which results are seen.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pins = Pins(root / "pins")
        self._tables = {name: Table(root / name, by) for name, by in PARTITIONS.items()}

    def table(self, name: str) -> Table:
        return self._tables[name]

    def key(self) -> str:
        """Changes whenever a reader would see something else; cheap enough to ask at every request."""
        return f"{self.table('usage').version()}-{self.results_key()}"

    def results_key(self) -> str:
        """Like `key` without what comes in at any moment: enough for a reader of the last run's results."""
        versions = (self._tables[n].version() for n in (*FACTS, "allocations") if n != "usage")
        return "-".join([*map(str, versions), self.pins.stamp()])

    def run(self) -> RunRecord | None:
        """The run whose results stand, or None before the first."""
        table = self.table("allocations")
        records = table.records(1) or table.records()
        return _run(records[0]) if records else None

    def runs(self) -> list[RunRecord]:
        """All finished runs, newest first."""
        return [_run(record) for record in self.table("allocations").records()]

    def snapshot(self, *, as_of_run: bool = False) -> Snapshot:
        """The newest facts with the results of the last run; `as_of_run`: the facts it was made from."""
        run = self.run()
        versions = dict(run.versions) if run else {}
        pinned = {n: versions.get(n, -1) for n in FACTS} if as_of_run and run else {}
        files = {n: self._files(n, pinned.get(n)) for n in FACTS}
        if run:
            files |= {n: self._files(n, versions.get(n, -1)) for n in RESULTS}
        known = columns(run.dimensions if run else [])
        at = {**{n: versions.get(n, -1) for n in RESULTS}, **pinned}
        older = frozenset(n for n in files if files[n] and self._lacks(n, known[n], at.get(n)))
        return Snapshot(run, files, known, older)

    def facts_at(self, versions: Mapping[str, int]) -> Snapshot:
        """The facts at these versions; a table without one is empty, as before its first commit."""
        known = {n: c for n, c in columns([]).items() if n in FACTS}
        files = {n: self._files(n, versions.get(n, -1)) for n in FACTS}
        older = frozenset(n for n in FACTS if files[n] and self._lacks(n, known[n], versions[n]))
        return Snapshot(None, files, known, older)

    def _lacks(self, name: str, wanted: Columns, version: int | None) -> bool:
        schema = self.table(name).schema(version)
        return schema is not None and not set(wanted) <= {field.name for field in schema.fields}

    def _files(self, name: str, version: int | None) -> list[str]:
        return [] if version == -1 else self.table(name).files(version=version)


def _run(record: dict[str, Any]) -> RunRecord:
    """A run record knows its own commit's version only once that is made."""
    record["versions"] = {**record["versions"], "allocations": record["version"]}
    return RunRecord.from_dict(record)


def columns(dimensions: list[str]) -> dict[str, Columns]:
    """Columns of every table, by its name."""
    return {
        "charges": focus.charge_columns(),
        "usage": schemas.USAGE,
        "customers": schemas.CUSTOMERS,
        "revenue": schemas.REVENUE,
        "identities": schemas.IDENTITIES,
        "daily_revenue": schemas.DAILY_REVENUE,
        "daily_costs": schemas.daily_costs(dimensions),
        "reconciliation": schemas.RECONCILIATION,
        "steps": schemas.STEPS,
        "allocations": schemas.allocations(dimensions),
    }
