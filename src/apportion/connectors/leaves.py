"""Opens files whose rows hold structs: each field of a struct is a column of its own, named by its path."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, cast

import duckdb

from apportion.connectors.beginning import look
from apportion.connectors.contract import Rows, SourceFile
from apportion.connectors.csv_rows import open_csv
from apportion.connectors.dialect import Dialect, folded
from apportion.connectors.json_rows import open_json
from apportion.connectors.parquet_rows import ParquetRows, open_parquet
from apportion.engine import quote_ident

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

ENDINGS = (
    ".csv",
    ".csv.gz",
    ".parquet",
    ".json",
    ".json.gz",
    ".jsonl",
    ".jsonl.gz",
    ".ndjson",
    ".ndjson.gz",
)
_LISTS = ({"list"}, {"bag"})


def open_leaves(file: SourceFile, con: duckdb.DuckDBPyConnection, dialects: Sequence[Dialect]) -> Rows:
    """The rows of a CSV, Parquet or newline-delimited JSON file; BadInput where it is none of them.

    What `dialects` keep as it comes (nested, maps, JSON) is not taken apart.
    """
    columns = [given for dialect in dialects for given in dialect.columns.values()]
    whole = [name for g in columns if g.stored in ("nested", "map", "json") for name in (g.name, *g.aliases)]
    kind, head = look(file, json=True)
    if kind == "parquet":
        return _flattened(open_parquet(file, con), con, {folded(name) for name in whole})
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        rows = open_json(file, head, packed=kind == "gzip", whole=whole)
        return rows.knowing(_optional(likest(dialects, rows)))
    return open_csv(file, head, packed=kind == "gzip")


def likest(dialects: Sequence[Dialect], rows: Rows) -> Dialect:
    """The dialect that has most of the columns of `rows`."""
    headers = [name for name, _ in rows.columns]
    return max(dialects, key=lambda dialect: dialect.likeness(headers))


def _optional(dialect: Dialect) -> Iterator[str]:
    """Columns that the first lines may lack and later ones have: exports leave out fields without a value."""
    for given in dialect.columns.values():
        if not given.required and given.stored != "keys":
            yield next((alias for alias in given.aliases if "." in alias), given.name)


def _flattened(rows: ParquetRows, con: duckdb.DuckDBPyConnection, whole: Collection[str]) -> ParquetRows:
    typed = con.sql(f"FROM {rows.source} LIMIT 0")
    leaves = [
        leaf
        for (name, _), kind in zip(rows.columns, typed.types, strict=False)  # the last is the row's number
        for leaf in _leaves(name, quote_ident(name), kind, whole)
    ]
    return ParquetRows(
        rows.file, [(name, kind) for name, kind, _ in leaves], tuple(source for *_, source in leaves)
    )


def _leaves(
    name: str, source: str, kind: "DuckDBPyType", whole: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """Name, type and SQL of each field that is no struct itself."""
    if kind.id != "struct":
        yield name, str(kind), source
        return
    fields = _inside(kind)
    if {f.lower() for f in fields} in _LISTS:
        # A list as older exporters write it: a struct around the list, one around each item.
        yield from _listed(name, source, next(iter(fields.items())))
    elif folded(name) in whole:
        yield name, str(kind), source
    else:
        for field, inner in fields.items():
            yield from _leaves(f"{name}.{field}", f"{source}.{quote_ident(field)}", inner, whole)


def _listed(name: str, source: str, field: tuple[str, "DuckDBPyType"]) -> Iterator[tuple[str, str, str]]:
    inner, kind = field
    listed = f"{source}.{quote_ident(inner)}"
    items = _inside(kind)["child"] if kind.id == "list" else kind
    around = _inside(items) if items.id == "struct" else {}
    if len(around) == 1:
        only, item = next(iter(around.items()))
        yield name, f"{item}[]", f"[x.{quote_ident(only)} FOR x IN {listed}]"
    else:
        yield name, str(kind), listed


def _inside(kind: "DuckDBPyType") -> dict[str, "DuckDBPyType"]:
    """The types that a struct or a list is made of, by name."""
    return cast("dict[str, DuckDBPyType]", dict(kind.children))
