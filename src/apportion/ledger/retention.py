"""Deletes data files that nothing kept needs, safely at any moment, and says which runs that ends."""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from deltalake.exceptions import DeltaError

from apportion.core.errors import Refused, Transient
from apportion.ledger.ledger import Ledger
from apportion.ledger.runs import RunRecord
from apportion.ledger.schemas import PARTITIONS
from apportion.ledger.table import Table

STAGED_FOR = timedelta(days=1)
"""Files younger than this may belong to a load or a run at work."""


@dataclass(frozen=True)
class TableSweep:
    """What of one table no kept version needs."""

    table: str
    versions_kept: int
    files: int
    bytes: int


@dataclass(frozen=True)
class Sweep:
    """What cleaning deletes. `runs` are those that can be neither repeated nor compared afterwards."""

    tables: tuple[TableSweep, ...]
    runs: tuple[str, ...]
    doomed: tuple[Path, ...]

    @property
    def files(self) -> int:
        return len(self.doomed)

    @property
    def bytes(self) -> int:
        return sum(t.bytes for t in self.tables)


def plan_sweep(ledger: Ledger, days: int, now: datetime) -> Sweep:
    """What `sweep` would delete at `now`.

    Kept are, of each table, the versions that were the newest at some time of the last `days`, and those that
    name a run of that time or a pinned one.
    """
    cutoff = now - timedelta(days=days)
    runs = ledger.runs()
    recent = {name: _current_since(ledger.table(name), cutoff) for name in PARTITIONS}
    pinned = ledger.pins.all()
    kept = [r for r in runs if r.run_id in pinned or r.versions["allocations"] in recent["allocations"]]
    tables, doomed = [], []
    for name in PARTITIONS:
        table = ledger.table(name)
        versions = recent[name] | {r.versions.get(name, -1) for r in kept}
        needed = _needed(table, sorted(versions - {-1}))
        found = [(path, size) for path, size in _old_files(table, now) if str(path) not in needed]
        doomed += [path for path, _ in found]
        tables.append(TableSweep(name, len(versions - {-1}), len(found), sum(size for _, size in found)))
    ended = {run_id for note in _notes(ledger) for run_id in note["runs"]}
    ending = [r for r in runs if r not in kept and r.run_id not in ended]
    lost = _ending(ledger, ending, {str(p) for p in doomed})
    return Sweep(tuple(tables), lost, tuple(doomed))


def sweep(ledger: Ledger, days: int, now: datetime) -> Sweep:
    """Delete what `plan_sweep` names. Stopped half way, the rest goes the next time.

    What it is about to end is written down first. Raises Transient while a run is being repeated or pinned.
    """
    with _alone(ledger, fcntl.LOCK_EX):
        planned = plan_sweep(ledger, days, now)
        if planned.runs:
            _note(ledger, {"at": now.isoformat(), "days": days, "runs": list(planned.runs)})
        for path in planned.doomed:
            path.unlink(missing_ok=True)
        ledger.pins.touch()
    return planned


@contextmanager
def undisturbed(ledger: Ledger) -> Iterator[None]:
    """While this holds, nothing is cleaned. Raises Transient where something is."""
    with _alone(ledger, fcntl.LOCK_SH):
        yield


def gone(ledger: Ledger, run: RunRecord, tables: Sequence[str]) -> str:
    """Which of `tables` the run's files are gone of, and since when, in words; '' where all are there."""
    lost = [name for name in tables if not _there(ledger.table(name), run.versions.get(name, -1))]
    if not lost:
        return ""
    since = next((n["at"][:10] for n in _notes(ledger) if run.run_id in n["runs"]), "")
    when = f"were removed by 'apportion clean' on {since}" if since else "are gone"
    named = ", ".join(f"{name} (version {run.versions[name]})" for name in lost)
    return f"files of {named} {when}"


def need(ledger: Ledger, run: RunRecord, tables: Sequence[str], what: str) -> None:
    """Raises Refused where files of `tables` at the run's versions are gone; `what` cannot be done then."""
    if lost := gone(ledger, run, tables):
        raise Refused(
            f"It cannot be {what}: {lost}.",
            where=f"run {run.run_id}",
            hint="Its record is still there: 'apportion runs show'. To keep the files of a run, pin it: "
            "'apportion runs pin RUN'.",
        )


def files_of(table: Table, version: int) -> list[str] | None:
    """The files of a version; None where the log no longer has it."""
    try:
        return table.files(version=version) if version >= 0 else []
    except DeltaError:
        return None


def _there(table: Table, version: int) -> bool:
    files = files_of(table, version)
    return files is not None and all(os.path.exists(f) for f in files)  # noqa: PTH110  thousands of files


def _current_since(table: Table, cutoff: datetime) -> set[int]:
    """Versions that were the newest at some time since."""
    delta = table.open()
    if delta is None:
        return set()
    commits = sorted((e["version"], e["timestamp"]) for e in delta.history())
    border = cutoff.timestamp() * 1000
    before = [version for version, at in commits if at < border]
    return {table.version(), *(v for v, at in commits if at >= border), *before[-1:]}


def _needed(table: Table, versions: Sequence[int]) -> set[str]:
    """The files of all these versions. Of versions in a row, the log says what each adds to the last."""
    needed: set[str] = set()
    before = -1
    for version in versions:
        added = _added(table, version) if version == before + 1 else None
        needed.update((files_of(table, version) or ()) if added is None else added)
        before = version
    last = files_of(table, versions[-1]) if versions else []
    if not needed.issuperset(last or ()):  # the log writes paths in another way than it is read here
        return {file for version in versions for file in files_of(table, version) or ()}
    return needed


def _added(table: Table, version: int) -> list[str] | None:
    """What one commit added; None where the log has no entry of its own for it any more."""
    root = table.directory.resolve()
    try:
        entry = (root / "_delta_log" / f"{version:020d}.json").read_text(encoding="utf-8")
        actions = [json.loads(line) for line in entry.splitlines() if line]
    except (OSError, ValueError):
        return None
    return [str(root / unquote(action["add"]["path"])) for action in actions if "add" in action]


def _old_files(table: Table, now: datetime) -> Iterator[tuple[Path, int]]:
    """Data files of a table that are older than what may still be at work, with their sizes."""
    root = table.directory.resolve()
    border = (now - STAGED_FOR).timestamp()
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if f[0] not in "_.")  # the log, and what loads work on
        for name in sorted(f for f in files if f.endswith(".parquet")):
            path = Path(folder, name)
            with suppress(FileNotFoundError):
                stat = path.stat()
                if stat.st_mtime < border:
                    yield path, stat.st_size


def _ending(ledger: Ledger, runs: Sequence[RunRecord], doomed: set[str]) -> tuple[str, ...]:
    """Which of `runs` read or wrote a file that goes."""
    known: dict[tuple[str, int], bool] = {}

    def loses(name: str, version: int) -> bool:
        key = (name, version)
        if key not in known:
            known[key] = not doomed.isdisjoint(files_of(ledger.table(name), version) or ())
        return known[key]

    tables = sorted(PARTITIONS)  # allocations first: each run has files of its own there
    return tuple(r.run_id for r in runs if any(loses(n, r.versions.get(n, -1)) for n in tables))


@contextmanager
def _alone(ledger: Ledger, how: int) -> Iterator[None]:
    ledger.root.mkdir(parents=True, exist_ok=True)
    with (ledger.root / ".clean.lock").open("w") as lock:
        try:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
        except OSError:
            raise Transient(
                "The ledger is being cleaned, or a run of it repeated, by another process.",
                where=str(ledger.root),
                hint="Run the command again when that is done.",
            ) from None
        yield


def _notes(ledger: Ledger) -> list[dict[str, Any]]:
    """What earlier sweeps were about to end, newest first."""
    try:
        found: list[dict[str, Any]] = json.loads((ledger.root / ".cleaned.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return found


def _note(ledger: Ledger, entry: dict[str, Any]) -> None:
    path = ledger.root / ".cleaned.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps([entry, *_notes(ledger)]), encoding="utf-8")
    fresh.replace(path)
