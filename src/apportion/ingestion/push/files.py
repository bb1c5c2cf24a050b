"""The Parquet files of pushed usage: how they are named, and what their footers say of the batches."""

import json
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from apportion.ingestion.push.batch import Part
from apportion.ingestion.push.receipt import Receipt
from apportion.ledger import Table

NOTE = "apportion"
_FRESH = re.compile(r"push-(?P<key>[0-9a-f]{32})-(?P<body>[0-9a-f]{16})-[0-9a-f]{8}\.parquet")
_MERGED = re.compile(r"pushed-(?P<level>\d+)-[0-9a-f]{16}\.parquet")
_SCHEMA = pa.schema(
    [
        ("measure", pa.string()),
        ("period", pa.string()),
        ("time", pa.timestamp("us", "UTC")),
        ("day", pa.date32()),
        ("quantity", pa.decimal128(38, 12)),
        ("dimensions", pa.map_(pa.string(), pa.string())),
        ("x_LoadId", pa.string()),
        ("x_SourceFile", pa.string()),
        ("x_SourceLine", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Noted:
    """One batch in a file: the mark of its body, and what its sender was told."""

    body: str
    receipt: Receipt


@dataclass(frozen=True)
class Note:
    """What a file's footer says: batches and rejected rows in all, and batches whose key is known."""

    pushes: int
    rejected: int
    first_at: str
    last_at: str
    keys: Mapping[str, Noted] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def load_id(measure: str, period: str) -> str:
    """What `apportion loads` calls all pushed usage of a measure and month."""
    return f"push-{measure}-{period}"


def fresh_name(key: str, body: str) -> str:
    """The name of a batch's file, by the marks of its key and body."""
    return f"push-{key}-{body}-{secrets.token_hex(4)}.parquet"


def merged_name(level: int) -> str:
    """The name of a file that takes the place of several; level 1 is made of batches, 2 of level 1."""
    return f"pushed-{level}-{secrets.token_hex(8)}.parquet"


def marks_of(path: str) -> tuple[str, str] | None:
    """The marks of key and body in the name of a batch's file; None for other files."""
    found = _FRESH.fullmatch(path.rpartition("/")[2])
    return (found["key"], found["body"]) if found else None


def level_of(path: str) -> int | None:
    """0 for a batch's own file, more for a merged one; None for files that no push made."""
    name = path.rpartition("/")[2]
    if _FRESH.fullmatch(name):
        return 0
    found = _MERGED.fullmatch(name)
    return int(found["level"]) if found else None


def note_of(path: str | Path) -> Note:
    """What the footer of a file says."""
    given: dict[str, Any] = json.loads(pq.read_metadata(path).metadata[NOTE.encode()])
    keys = {k: Noted(v["body"], Receipt.from_dict(v["receipt"])) for k, v in given["keys"].items()}
    return Note(**{**given, "keys": keys})


def write_part(path: Path, measure: str, period: str, part: Part, sent_as: str, note: Note) -> None:
    """Write the rows of one month to `path`, down to the disk; `sent_as` names the batch beside each row."""
    count = len(part.lines)
    columns: Sequence[Any] = [
        [measure] * count,
        [period] * count,
        part.times,
        [time.date() for time in part.times],
        part.quantities,
        part.dimensions,
        [load_id(measure, period)] * count,
        [sent_as] * count,
        part.lines,
    ]
    arrays = [pa.array(values, field.type) for values, field in zip(columns, _SCHEMA, strict=True)]
    table = pa.Table.from_arrays(arrays, schema=_SCHEMA.with_metadata({NOTE: note.to_json()}))
    pq.write_table(table, path)
    sync(path)


def discard(table: Table, paths: Sequence[Path]) -> None:
    """Remove files that were written in vain; those that a commit took after all stay."""
    committed = set(table.files())
    for path in paths:
        if str(path.resolve()) not in committed:
            path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """See that a file or a folder's list of names is on the disk, and not only in memory."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
