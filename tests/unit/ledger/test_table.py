"""Partitions are replaced whole, by one commit, and a second writer is refused."""

from pathlib import Path

import duckdb
import pytest
from deltalake import Schema
from deltalake.schema import Field, PrimitiveType

from apportion.core.errors import BadInput, Terminal, Transient
from apportion.engine import connect
from apportion.ledger import Slice, Table
from apportion.ledger.schemas import delta_schema

COLUMNS = {"source": "VARCHAR", "cost": "DECIMAL(28,12)", "tags": "MAP(VARCHAR, VARCHAR)"}
SCHEMA = delta_schema(COLUMNS)


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path / "charges", ["source"])


def staged(table: Table, source: str, cost: int, name: str) -> Slice:
    path = table.partition_directory({"source": source}) / f"{name}.parquet"
    connect().execute(
        f"COPY (SELECT '{source}' AS source, {cost}::DECIMAL(28,12) AS cost, MAP {{'a': 'b'}} AS tags) TO '{path}'"
    )
    return Slice({"source": source}, [path])


def costs(table: Table, version: int | None = None) -> list[int]:
    files = table.files(version=version)
    if not files:
        return []
    return [
        int(r[0])
        for r in connect().execute("SELECT cost FROM read_parquet(?) ORDER BY 1", [files]).fetchall()
    ]


def test_staged_files_are_invisible_until_committed(table: Table) -> None:
    assert (table.version(), table.files()) == (-1, [])
    aws = staged(table, "aws", 1, "a")
    assert costs(table) == []
    table.replace([aws], schema=SCHEMA, record={})
    assert costs(table) == [1]


def test_a_partition_is_replaced_and_the_others_stay(table: Table) -> None:
    table.replace([staged(table, "aws", 1, "a"), staged(table, "gcp", 5, "b")], schema=SCHEMA, record={})
    table.replace([staged(table, "aws", 2, "c")], schema=SCHEMA, record={})
    assert costs(table) == [2, 5]
    assert len(table.files({"source": "aws"})) == 1


def test_versions_before_can_be_read_again(table: Table) -> None:
    first = table.replace([staged(table, "aws", 1, "a")], schema=SCHEMA, record={})
    table.replace([staged(table, "aws", 2, "b")], schema=SCHEMA, record={})
    assert (costs(table, first), costs(table)) == ([1], [2])


def test_each_commit_carries_its_record(table: Table) -> None:
    table.replace([staged(table, "aws", 1, "a")], schema=SCHEMA, record={"rows": 1})
    table.replace([staged(table, "aws", 2, "b")], schema=SCHEMA, record={"rows": 2})
    assert [r["rows"] for r in table.records()] == [2, 1]


def test_of_two_writers_of_a_new_partition_one_is_refused(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.replace([staged(table, "gcp", 1, "a")], schema=SCHEMA, record={})
    stale, other = table.open(), Table(table.directory, ["source"])
    table.replace([staged(table, "aws", 2, "b")], schema=SCHEMA, record={})
    monkeypatch.setattr(other, "open", lambda: stale)
    with pytest.raises(Transient, match="Another writer"):
        other.replace([staged(other, "aws", 3, "c")], schema=SCHEMA, record={})
    assert costs(table) == [1, 2]


def test_whoever_expects_an_older_version_is_refused(table: Table) -> None:
    table.replace([staged(table, "aws", 1, "a")], schema=SCHEMA, record={})
    seen = table.version()
    table.replace([staged(table, "aws", 2, "b")], schema=SCHEMA, record={})
    with pytest.raises(Transient, match="Another run"):
        table.replace([staged(table, "aws", 3, "c")], schema=SCHEMA, record={}, whole=True, expect=seen)
    assert costs(table) == [2]


def test_other_columns_are_refused_unless_the_whole_table_is_replaced(table: Table) -> None:
    table.replace([staged(table, "aws", 1, "a")], schema=SCHEMA, record={})
    other = delta_schema({"source": "VARCHAR", "cost": "BIGINT", "tags": "MAP(VARCHAR, VARCHAR)"})
    with pytest.raises(Terminal, match="columns differ"):
        table.replace([staged(table, "aws", 2, "b")], schema=other, record={})
    table.replace([staged(table, "aws", 3, "c")], schema=other, record={}, whole=True)
    assert costs(table) == [3]


@pytest.mark.parametrize("name", ["", "..", "a/b", "a b", "ä", "-x"])
def test_names_that_folders_cannot_carry_are_refused(table: Table, name: str) -> None:
    with pytest.raises(BadInput, match="cannot name a part"):
        table.partition_directory({"source": name})


def test_columns_of_a_newer_version_are_added_and_older_rows_have_nothing_in_them(tmp_path: Path) -> None:
    table = Table(tmp_path / "charges", ["source"])
    folder = table.partition_directory({"source": "aws"})
    duckdb.sql(f"COPY (SELECT 'aws' AS source, 1 AS n) TO '{folder / 'old.parquet'}'")
    old = Schema([Field("source", PrimitiveType("string")), Field("n", PrimitiveType("integer"))])
    table.replace([Slice({"source": "aws"}, [folder / "old.parquet"])], schema=old, record={})
    folder = table.partition_directory({"source": "gcp"})
    duckdb.sql(f"COPY (SELECT 'gcp' AS source, 2 AS n, 'x' AS kind) TO '{folder / 'new.parquet'}'")
    new = Schema([*old.fields, Field("kind", PrimitiveType("string"))])
    table.replace([Slice({"source": "gcp"}, [folder / "new.parquet"])], schema=new, record={})
    assert [f.name for f in table.open().schema().fields] == ["source", "n", "kind"]  # type: ignore[union-attr]
    listed = f"read_parquet({table.files()}, union_by_name = true, hive_partitioning = false)"
    rows = duckdb.sql(f"SELECT source, kind FROM {listed} ORDER BY source").fetchall()
    assert rows == [("aws", None), ("gcp", "x")]


def test_appended_files_join_what_the_partition_has(table: Table) -> None:
    table.replace([staged(table, "aws", 1, "a")], schema=SCHEMA, record={})
    seen = table.create(SCHEMA)
    table.append(seen, [staged(table, "aws", 2, "b")], schema=SCHEMA, record={"rows": 1}, fence="push")
    assert (costs(table), costs(table, 1)) == ([1, 2], [1])
    assert table.records()[0]["rows"] == 1


def test_who_appends_after_another_did_under_the_same_fence_is_refused(table: Table) -> None:
    seen = table.create(SCHEMA)
    table.append(seen, [staged(table, "aws", 1, "a")], schema=SCHEMA, record={}, fence="push")
    with pytest.raises(Transient, match="Another writer"):
        table.append(seen, [staged(table, "gcp", 2, "b")], schema=SCHEMA, record={}, fence="push")
    assert costs(table) == [1]


def test_files_can_take_the_place_of_others_with_the_same_rows(table: Table) -> None:
    small = [staged(table, "aws", n, f"small-{n}") for n in (1, 2)]
    for part in small:
        table.append(table.create(SCHEMA), [part], schema=SCHEMA, record={}, fence="push")
    one = table.partition_directory({"source": "aws"}) / "one.parquet"
    connect().execute(f"COPY (FROM read_parquet({table.files()})) TO '{one}'")
    merged = Slice({"source": "aws"}, [one])
    table.append(table.create(SCHEMA), [merged], schema=SCHEMA, record={}, fence="push", instead_of=small)
    assert (costs(table), table.files()) == ([1, 2], [str(one)])
