"""One Delta table whose partitions are replaced whole, or added to, by a single commit each time."""

import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Schema, Transaction
from deltalake.exceptions import CommitFailedError, TableNotFoundError
from deltalake.schema import Field
from deltalake.transaction import AddAction, RemoveAction

from apportion.core.errors import BadInput, Terminal, Transient

RECORD = "apportion"
_HOOKS = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)


@dataclass(frozen=True)
class Slice:
    """Files of one partition: its whole content from the next version on, or what joins or leaves it."""

    partition: Mapping[str, str]
    files: Sequence[Path]


class Table:
    """A Delta table below `directory`, partitioned by `partition_by`.

    Parquet files are written below the directory first and are invisible until `replace` or `append` commits
    them.
    Partition columns are written inside the files too, so that a list of files is all a reader needs.
    """

    def __init__(self, directory: Path, partition_by: Sequence[str] = ()) -> None:
        self.directory = directory
        self.partition_by = list(partition_by)
        self._log = str(directory / "_delta_log") + os.sep
        self._known = -1

    def version(self) -> int:
        """The newest committed version, or -1 before the first commit. Costs two file look-ups."""
        # os.path, not pathlib: a server asks at every request, and pathlib takes five times as long.
        if self._known < 0 or not os.path.exists(self._entry(self._known)):  # noqa: PTH110
            found = sorted((self.directory / "_delta_log").glob("[0-9]*.json"))
            self._known = int(found[-1].stem) if found else -1
        while os.path.exists(self._entry(self._known + 1)):  # noqa: PTH110
            self._known += 1
        return self._known

    def _entry(self, version: int) -> str:
        return f"{self._log}{version:020d}.json"

    def partition_directory(self, partition: Mapping[str, str]) -> Path:
        """Where files of this partition are staged (made if missing)."""
        path = self.directory.joinpath(*(f"{k}={_safe(partition[k])}" for k in self.partition_by))
        path.mkdir(parents=True, exist_ok=True)
        return path

    def open(self, version: int | None = None) -> DeltaTable | None:
        """The Delta table at a version (default the newest), or None before its first commit."""
        try:
            return DeltaTable(str(self.directory), version=version)
        except TableNotFoundError:
            return None

    def files(self, partition: Mapping[str, str] | None = None, version: int | None = None) -> list[str]:
        """Paths of the Parquet files of a version, of one partition or of all, in a fixed order."""
        delta = self.open(version)
        return sorted(files_of(delta, partition or {})) if delta else []

    def parts(self, version: int | None = None) -> dict[tuple[str, ...], list[str]]:
        """The files of a version by the values of their partition; `-1` is before the first commit."""
        found: dict[tuple[str, ...], list[str]] = {}
        for path in self.files(version=version) if version != -1 else []:
            folders = Path(path).relative_to(self.directory.resolve()).parts[:-1]
            found.setdefault(tuple(f.partition("=")[2] for f in folders), []).append(path)
        return found

    def schema(self, version: int | None = None) -> Schema | None:
        """The schema of a version (default the newest), or None before the first commit."""
        delta = self.open(version)
        return delta.schema() if delta else None

    def records(self, limit: int | None = None) -> list[dict[str, Any]]:
        """What each commit said about itself, newest first, each with its `version`."""
        delta = self.open()
        entries = delta.history(limit) if delta else []
        return [{**json.loads(e[RECORD]), "version": e["version"]} for e in entries if RECORD in e]

    def replace(
        self,
        slices: Sequence[Slice],
        *,
        schema: Schema,
        record: Mapping[str, Any],
        whole: bool = False,
        expect: int | None = None,
    ) -> int:
        """Make the given files the content of the given partitions, in one commit; return its version.

        A file that its partition has already stays as it is.
        `whole` replaces every partition of the table, and its schema with it; `expect` is the version that
        must still be the newest. Raises Transient where another writer was there first.
        """
        if expect is not None and self.version() != expect:
            raise Transient(
                "Another run finished while this one was working; its results stand.",
                where=self.directory.name,
                hint="Run the command again.",
            )
        delta = self.open() or self._create(schema)
        added = [] if whole else self._added(delta, schema)
        actions = [
            a for s in slices for a in self._exchange(s, [] if whole else files_of(delta, s.partition))
        ]
        fences = [self._fence(delta, s.partition) for s in slices] or [self._fence(delta, {})]
        mode = "overwrite" if whole else "append"
        alone = whole or expect is not None
        self._commit(delta, actions, mode, delta.schema() if added else schema, record, fences, alone=alone)
        if added:  # columns of a newer version; rows of before have nothing in them
            DeltaTable(str(self.directory)).alter.add_columns(added)
        return self.version()

    def append(
        self,
        seen: DeltaTable,
        slices: Sequence[Slice],
        *,
        schema: Schema,
        record: Mapping[str, Any],
        fence: str,
        instead_of: Sequence[Slice] = (),
    ) -> int:
        """Add files to what their partitions have, in one commit; return its version.

        `instead_of` are files whose rows, and no others, the new ones hold: they leave in the same commit.
        `seen` is the table as the caller looked at it. Raises Transient where another commit since then came
        under the same `fence`, or replaced one of the partitions.
        """
        added = self._added(seen, schema)
        fresh = not instead_of
        now = int(time.time() * 1000)
        actions: list[AddAction | RemoveAction] = [
            self._add(s.partition, f, changes=fresh) for s in slices for f in s.files
        ]
        actions += [self._remove(s.partition, f, now, changes=False) for s in instead_of for f in s.files]
        fences = [self._named(seen, f"{self.directory.name}/{fence}")]
        fences += [self._fence(seen, s.partition) for s in slices]
        self._commit(seen, actions, "append", seen.schema() if added else schema, record, fences)
        if added:
            DeltaTable(str(self.directory)).alter.add_columns(added)
        return self.version()

    def create(self, schema: Schema) -> DeltaTable:
        """The table at its newest version, made without rows where it is not there yet."""
        return self.open() or self._create(schema)

    def _added(self, delta: DeltaTable, schema: Schema) -> list[Field]:
        """Columns that the table lacks. Raises Terminal where it has others."""
        added = _added(delta.schema(), schema)
        if not added and _fields(delta.schema()) != _fields(schema):
            raise Terminal(
                "The table's columns differ from those about to be written.",
                where=self.directory.name,
                hint="The ledger was written by another version of Apportion; run 'apportion doctor'.",
            )
        return added

    def _commit(
        self,
        delta: DeltaTable,
        actions: list[AddAction | RemoveAction],
        mode: str,
        schema: Schema,
        record: Mapping[str, Any],
        fences: list[Transaction],
        *,
        alone: bool = False,
    ) -> None:
        """`alone`: no commit of another writer may come in between, whatever it changes."""
        properties = CommitProperties(
            custom_metadata={RECORD: json.dumps(record, default=str)},
            app_transactions=fences,
            max_commit_retries=0 if alone else 15,
        )
        try:
            delta.create_write_transaction(
                actions=actions,
                mode=mode,
                schema=schema,
                partition_by=self.partition_by or None,
                commit_properties=properties,
                post_commithook_properties=_HOOKS,
            )
        except CommitFailedError as why:
            raise Transient(
                f"Another writer changed the table at the same moment ({why}).",
                where=self.directory.name,
                hint="Nothing was changed by this attempt; run the command again.",
            ) from why

    def _create(self, schema: Schema) -> DeltaTable:
        self.directory.mkdir(parents=True, exist_ok=True)
        return DeltaTable.create(
            str(self.directory), schema, mode="ignore", partition_by=self.partition_by or None
        )

    def _add(self, partition: Mapping[str, str], file: Path, *, changes: bool = True) -> AddAction:
        stat = file.stat()
        return AddAction(
            path=file.relative_to(self.directory).as_posix(),
            size=stat.st_size,
            partition_values={k: partition[k] for k in self.partition_by},
            modification_time=int(stat.st_mtime * 1000),
            data_change=changes,
            stats=json.dumps({"numRecords": pq.read_metadata(file).num_rows}),
        )

    def _exchange(self, new: Slice, old: Sequence[str]) -> list[AddAction | RemoveAction]:
        now, held = int(time.time() * 1000), {Path(path).resolve() for path in old}
        files = {path.resolve() for path in new.files}
        added = [self._add(new.partition, path) for path in new.files if path.resolve() not in held]
        return [*added, *(self._remove(new.partition, path, now) for path in sorted(held - files))]

    def _remove(
        self, partition: Mapping[str, str], file: Path, now: int, *, changes: bool = True
    ) -> RemoveAction:
        relative = file.resolve().relative_to(self.directory.resolve()).as_posix()
        values: dict[str, str | None] = {k: partition[k] for k in self.partition_by}
        return RemoveAction(relative, changes, now, size=file.stat().st_size, partition_values=values)

    def _fence(self, delta: DeltaTable, partition: Mapping[str, str]) -> Transaction:
        return self._named(
            delta, "/".join([self.directory.name, *(partition.get(k, "*") for k in self.partition_by)])
        )

    def _named(self, delta: DeltaTable, name: str) -> Transaction:
        return Transaction(name, (delta.transaction_version(name) or 0) + 1)


def _fields(schema: Schema) -> dict[str, Any]:
    return {field["name"]: field for field in json.loads(schema.to_json())["fields"]}


def _added(old: Schema, new: Schema) -> list[Field]:
    """Columns of `new` that a table with the columns of `old` lacks, if it has all the others just so."""
    known, wanted = _fields(old), _fields(new)
    if any(wanted.get(name) != field for name, field in known.items()):
        return []
    return [field for field in new.fields if field.name not in known]


def _safe(value: str) -> str:
    """Partition values become folder names, and readers differ in how they escape them."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", value):
        raise BadInput(
            f"'{value}' cannot name a part of the ledger.",
            hint="Use letters, digits, '.', '_' and '-', beginning with a letter or digit.",
        )
    return value


def files_of(delta: DeltaTable, partition: Mapping[str, str]) -> list[str]:
    """Paths of the files of an open table: of one partition, or of all where it is empty."""
    filters = [(k, "=", v) for k, v in partition.items()]
    uris = delta.file_uris(file_pruning_predicate=filters or None)
    return [u.removeprefix("file://") for u in uris]
