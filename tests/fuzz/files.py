"""Strategies: a bill broken as a table, written in some form, then perhaps broken as bytes."""

import csv
import gzip
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from fuzz.bills import BILLS, Bill, Table
from fuzz.values import HEADERS, JSONS, NUMBERS, TEXTS, TIMES

_ANY = st.one_of(*map(st.sampled_from, (NUMBERS, TIMES, JSONS, TEXTS)), st.text(max_size=20))
_ENCODINGS = [*["utf-8"] * 12, "utf-8-sig", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le"]
_LINE_ENDS = [*["\n"] * 5, *["\r\n"] * 3, "\r"]
_DELIMITERS = [",", ",", ",", ";", "\t", "|"]


@dataclass(frozen=True)
class File:
    """A file to be read. `table` is what it says, where its bytes are whole; `lenient` allows broken rows."""

    bill: Bill = field(repr=False)
    name: str
    content: bytes = field(repr=False)
    table: Table | None = field(repr=False)
    lenient: bool


@st.composite
def files(draw: st.DrawFn, connector: str) -> File:
    """A file of a connector's bill, broken in up to four ways."""
    bill = BILLS[connector]()
    table = bill.table
    for _ in range(draw(st.integers(0, 3))):
        table = draw(_broken(table))
    form = draw(st.sampled_from([*["csv"] * 5, "csv.gz", *["parquet"] * 3, "json", *bill.forms]))
    name, content, said = f"bill.{form}", b"", None
    if form.startswith("csv"):
        content, whole = draw(_csv(table))
        said = table if whole else None
        content = draw(_packed(content)) if form == "csv.gz" else content
    elif form == "json":
        content = draw(_json(table))
    else:
        content = draw(_parquet(table))
    if draw(st.integers(0, 5)) == 5:
        content, said = draw(damaged(content)), None
    return File(bill, name, content, said, draw(st.booleans()))


@st.composite
def _broken(draw: st.DrawFn, table: Table) -> Table:
    kind = draw(st.sampled_from(["cell"] * 9 + ["column", "headers", "order", "drop", "add", "rows"]))
    width = len(table.header)
    if not width or not table.rows:
        return table
    column = draw(st.integers(0, width - 1))
    if kind == "cell":
        return table.put(draw(st.integers(0, len(table.rows) - 1)), column, draw(_ANY))
    if kind == "column":
        values = draw(st.lists(_ANY, min_size=1, max_size=2))
        rows = [table.put(i, column, values[i % len(values)]).rows[i] for i in range(len(table.rows))]
        return replace(table, rows=tuple(rows))
    if kind == "headers":
        name = draw(st.one_of(st.sampled_from(HEADERS), st.sampled_from(table.header), st.text(max_size=9)))
        return replace(table, header=(*table.header[:column], name, *table.header[column + 1 :]))
    if kind == "rows":
        return replace(table, rows=table.rows[: draw(st.integers(0, 2))] * draw(st.integers(0, 3)))
    order = {
        "order": draw(st.permutations(range(width))) if kind == "order" else [],
        "drop": [i for i in range(width) if i != column],
        "add": [*range(width), column],
    }[kind]
    made = Table(
        tuple(table.header[i] for i in order), tuple(tuple(row[i] for i in order) for row in table.rows)
    )
    new = draw(st.one_of(st.sampled_from(HEADERS), st.just(table.header[column])))
    return replace(made, header=(*made.header[:-1], new)) if kind == "add" else made


@st.composite
def _csv(draw: st.DrawFn, table: Table) -> tuple[bytes, bool]:
    """The bytes of a CSV, and whether they say just what the table does."""
    text = io.StringIO(newline="")
    end, mixed = draw(st.sampled_from(_LINE_ENDS)), draw(st.integers(0, 11)) == 11
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer = csv.writer(
        text, delimiter=draw(st.sampled_from(_DELIMITERS)), lineterminator=end, quoting=quoting
    )
    writer.writerow(table.header)
    whole = not mixed and end != "\r"
    odd, at = (
        draw(st.sampled_from(["", "", "", "", "\n", "Total,1\n", '"', "a,b\n" * 3])),
        draw(st.integers(0, 5)),
    )
    for i, row in enumerate(table.rows):
        if odd and i == at:
            whole = False
            text.write(odd)
        writer.writerow(row)
    encoding = draw(st.sampled_from(_ENCODINGS))
    written = text.getvalue()
    if mixed:
        written = written.replace(end, "\r\n", 2)
    return written.encode(encoding, errors="replace"), whole and encoding.startswith("utf-8")


@st.composite
def _packed(draw: st.DrawFn, content: bytes) -> bytes:
    """A gzip file of one member, or of two, perhaps with something behind it."""
    at = draw(st.integers(0, len(content)))
    tail = draw(st.sampled_from([b"", b"", b"", b"\0" * 7, b"tail"]))
    return gzip.compress(content[:at], 1, mtime=0) + gzip.compress(content[at:], 1, mtime=0) + tail


@st.composite
def _json(draw: st.DrawFn, table: Table) -> bytes:
    """JSON lines, dotted names as they are or as objects inside each other; or one array."""
    deep = draw(st.booleans())
    lines = [_object(table.header, row, deep=deep) for row in table.rows]
    if draw(st.integers(0, 9)) == 0:
        return json.dumps(lines).encode()
    bad = draw(st.sampled_from(["", "", "", "{", "[1]", "null", "\x01", '{"a": ']))
    return "\n".join([*(json.dumps(line) for line in lines), bad]).encode("utf-8", errors="replace")


def _object(header: Sequence[str], row: Sequence[str], *, deep: bool) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, text in zip(header, row, strict=True):
        value: Any = text
        if text[:1] in "[{-0123456789":
            try:
                value = json.loads(text)
            except (ValueError, RecursionError):
                value = text
        inner, parts = made, name.split(".") if deep else [name]
        for part in parts[:-1]:
            inner = inner.setdefault(part, {}) if isinstance(inner.setdefault(part, {}), dict) else {}
        inner[parts[-1]] = value
    return made


_TYPES = [
    pa.string(), pa.string(), pa.string(), pa.large_string(), pa.int64(), pa.float64(), pa.float32(), pa.decimal128(38, 18),
    pa.decimal128(9, 2), pa.timestamp("us", "UTC"), pa.timestamp("ns"), pa.date32(), pa.bool_(), pa.null(), pa.binary(),
    pa.time64("us"), pa.dictionary(pa.int32(), pa.string()), pa.list_(pa.string()), pa.map_(pa.string(), pa.string()),
    pa.struct([("key", pa.string()), ("value", pa.float64())]),
    pa.list_(pa.struct([("name", pa.string()), ("amount", pa.float64())])),
]  # fmt: skip


@st.composite
def _parquet(draw: st.DrawFn, table: Table) -> bytes:
    """A Parquet file whose columns are text, or whatever type their values can be given."""
    retyped = draw(st.dictionaries(st.integers(0, 60), st.sampled_from(_TYPES), max_size=4))
    columns = [
        _column([row[i] or None for row in table.rows], retyped.get(i, pa.string()))
        for i in range(len(table.header))
    ]
    sink = io.BytesIO()
    made = pa.Table.from_arrays(columns, names=[h.replace("\0", "") for h in table.header])
    pq.write_table(made, sink, compression=draw(st.sampled_from(["snappy", "zstd", "none"])))
    return sink.getvalue()


def _column(values: Sequence[str | None], kind: pa.DataType) -> pa.Array:
    """The values in a type where they fit it; else something that does."""
    texts = pa.array([v.encode("utf-8", "replace").decode() if v else None for v in values], pa.string())
    try:
        return texts.cast(kind)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        made = {
            "bool": True, "float": float("nan"), "double": float("inf"), "int64": -(1 << 63),
            "decimal128(38, 18)": Decimal("1e-18"), "decimal128(9, 2)": Decimal("1.25"),
        }  # fmt: skip
        inside = {
            "list<element: string>": ["a", None],
            "map<string, string>": [("a", "b"), ("c", None)],
            "struct<key: string, value: double>": {"key": "a", "value": float("nan")},
            "list<element: struct<name: string, amount: double>>": [{"name": "a", "amount": 1e300}],
        }
        value = {**made, **inside}.get(str(kind).replace("item", "element"))
        try:
            return pa.array([value] * len(values), kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            return pa.nulls(len(values), kind)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """Cut, flipped, with bytes put in, taken out or repeated."""
    made = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        if not made:
            break
        at = draw(st.integers(0, len(made) - 1))
        kind = draw(st.sampled_from(["flip", "flip", "cut", "put", "take", "again", "zero"]))
        length = draw(st.integers(1, 64))
        if kind == "flip":
            made[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "cut":
            del made[at:]
        elif kind == "put":
            made[at:at] = draw(st.binary(min_size=1, max_size=8))
        elif kind == "take":
            del made[at : at + length]
        elif kind == "again":
            made[at:at] = made[at : at + length]
        else:
            made[at : at + length] = bytes(len(made[at : at + length]))
    return bytes(made)
