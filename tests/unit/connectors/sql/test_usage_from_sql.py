"""Usage from SQL databases: what is asked, how values come through, and what refusals say."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.parquet as pq
import pytest

from apportion.connectors.sql.rows import plain_text
from apportion.connectors.sql.usage import SqlUsage
from apportion.connectors.usage import SqlMeasure, UsageConnector
from apportion.connectors.usage.spans import months, whole_months
from apportion.core.errors import ApportionError, BadInput, NotFound, Transient
from apportion.core.periods import Window
from apportion.engine import connect
from apportion.ingestion import Limits, LoadRecord, ingest_measure
from apportion.ledger import Ledger

QUERY = "SELECT day, tenant, used FROM usage WHERE day >= :from AND day < :to"
NOW = datetime(2026, 9, 20, 10, tzinfo=UTC)


def measure(query: str = QUERY, **more: Any) -> SqlMeasure:
    given = {
        "connector": "sql", "url": {"env": "USAGE_DATABASE"}, "query": query, "time": "day", "quantity": "used",
        "dimensions": {"customer": "tenant"}, "since": "2026-06-01",
    }  # fmt: skip
    return SqlMeasure.model_validate({**given, **more})


class Database:
    """A database with usage, and a ledger to bring it into."""

    def __init__(self, folder: Path, execute: Callable[[str], None]) -> None:
        self.folder, self.execute = folder, execute
        self.ledger = Ledger(folder / "ledger")

    def connector(self, query: str = QUERY, **more: Any) -> UsageConnector:
        return SqlUsage(measure(query, **more), self.folder)

    def load(self, query: str = QUERY, now: datetime = NOW, **more: Any) -> list[LoadRecord]:
        return ingest_measure(
            self.ledger, "requests", self.connector(query, **more), limits=Limits(Decimal(1)), now=lambda: now
        )

    def rows(self, columns: str = "CAST(day AS VARCHAR), dimensions['customer'], quantity") -> list[Any]:
        con = connect()
        self.ledger.snapshot().register(con)
        return con.execute(f"SELECT {columns} FROM usage ORDER BY ALL").fetchall()

    def refusal(self, query: str = QUERY, **more: Any) -> str:
        with pytest.raises(ApportionError) as caught:
            self.load(query, **more)
        return str(caught.value)


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    def execute(sql: str) -> None:
        with closing(sqlite3.connect(tmp_path / "usage.db")) as con, con:
            con.executescript(sql)

    monkeypatch.setenv("USAGE_DATABASE", "sqlite:///usage.db")
    execute("CREATE TABLE usage (day TEXT, tenant TEXT, used TEXT)")
    return Database(tmp_path, execute)


@pytest.fixture
def postgresql(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    def execute(sql: str) -> None:
        with psycopg.connect(postgres) as con:
            con.execute(sql)

    monkeypatch.setenv("USAGE_DATABASE", postgres)
    execute("CREATE TABLE usage (day date, tenant text, used numeric)")
    return Database(tmp_path, execute)


def test_the_first_time_everything_since_a_day_is_asked_for(sqlite: Database) -> None:
    sqlite.execute(
        "INSERT INTO usage VALUES ('2026-05-31', 'a', 1), ('2026-06-01', 'a', 2), ('2026-09-19', 'a', 3)"
    )
    assert [r.billing_period for r in sqlite.load()] == ["2026-06", "2026-09"]
    assert [quantity for *_, quantity in sqlite.rows()] == [2, 3]


def test_later_the_months_that_the_last_days_touch_are_asked_for_again(sqlite: Database) -> None:
    sqlite.execute(
        "INSERT INTO usage VALUES ('2026-07-31', 'a', 1), ('2026-08-31', 'a', 2), ('2026-09-01', 'a', 4)"
    )
    sqlite.load(now=datetime(2026, 9, 2, tzinfo=UTC))
    late = "('2026-07-01', 'late', 1), ('2026-08-01', 'late', 2), ('2026-09-10', 'new', 4)"
    sqlite.execute(f"INSERT INTO usage VALUES {late}")
    statuses = {r.billing_period: r.status for r in sqlite.load(now=datetime(2026, 9, 12, tzinfo=UTC))}
    assert statuses == {"2026-08": "restated", "2026-09": "restated"}
    assert ("2026-08-01", "late", Decimal(2)) in sqlite.rows()
    assert ("2026-07-01", "late", Decimal(1)) not in sqlite.rows(), "July is out of reach of 14 days"


@pytest.mark.parametrize(
    ("loaded", "days", "today", "asked"),
    [
        (None, 14, "2026-09-20", ("2025-09-01", "2026-10-01")),
        (("2026-01-05", "2026-09-15"), 14, "2026-09-20", ("2026-09-01", "2026-10-01")),
        (("2026-01-05", "2026-09-15"), 30, "2026-09-20", ("2026-08-01", "2026-10-01")),
        (("2026-01-05", "2026-05-15"), 14, "2026-09-20", ("2026-05-01", "2026-10-01")),
        (("2026-01-05", "2026-06-01"), 14, "2026-09-20", ("2026-05-01", "2026-10-01")),
        (("2026-01-05", "2027-01-01"), 1, "2026-12-31", ("2026-12-01", "2027-01-01")),
    ],
)
def test_which_months_are_asked_for(
    loaded: tuple[str, str] | None, days: int, today: str, asked: tuple[str, str]
) -> None:
    before = loaded and Window(*map(date.fromisoformat, loaded))
    span = whole_months(before or None, None, days, date.fromisoformat(today))
    assert (str(span.start), str(span.end)) == asked
    assert sum(month.days for month in months(span)) == span.days


def test_other_settings_ask_for_everything_anew(sqlite: Database) -> None:
    sqlite.execute("INSERT INTO usage VALUES ('2026-06-05', 'a', 1), ('2026-09-05', 'a', 1)")
    sqlite.load()
    doubled = QUERY.replace("used FROM", "2 * used AS used FROM")
    assert {r.billing_period for r in sqlite.load(doubled)} == {"2026-06", "2026-09"}
    assert [quantity for *_, quantity in sqlite.rows()] == [2, 2]


def test_the_order_of_rows_does_not_matter(sqlite: Database) -> None:
    sqlite.execute("INSERT INTO usage VALUES ('2026-09-01', 'a', 1), ('2026-09-02', 'b', 2)")
    sqlite.load()
    sqlite.execute(
        "CREATE TABLE other AS SELECT * FROM usage ORDER BY day DESC; DROP TABLE usage;"
        "ALTER TABLE other RENAME TO usage"
    )
    assert [r.status for r in sqlite.load()] == ["unchanged"]


def test_a_month_that_is_empty_now_stays_and_is_told_of(sqlite: Database) -> None:
    sqlite.execute("INSERT INTO usage VALUES ('2026-08-31', 'a', 1), ('2026-09-01', 'a', 1)")
    sqlite.load()
    sqlite.execute("DELETE FROM usage WHERE day < '2026-09'; INSERT INTO usage VALUES ('2026-09-02', 'a', 1)")
    (record,) = sqlite.load(days=30)
    assert record.notes == ("2026-08 has no usage there any more; what was loaded before stays.",)
    assert [day for day, *_ in sqlite.rows()] == ["2026-08-31", "2026-09-01", "2026-09-02"]


def test_a_query_that_answers_more_than_it_was_asked_counts_nothing_twice(sqlite: Database) -> None:
    sqlite.execute("INSERT INTO usage VALUES ('2026-08-31', 'a', 1), ('2026-09-01', 'a', 2)")
    records = sqlite.load(
        "SELECT day, tenant, used FROM usage WHERE day >= :from OR day < :to", since="2026-08-01"
    )
    assert [(day, quantity) for day, _, quantity in sqlite.rows()] == [("2026-08-31", 1), ("2026-09-01", 2)]
    assert {r.reason for record in records for r in record.rejects} == {"outside the time that was asked for"}


def test_rows_are_rejected_by_their_number(sqlite: Database) -> None:
    sqlite.execute(
        "INSERT INTO usage VALUES ('2026-09-01', 'a', 1), ('2026-09-02', 'b', -2), ('soon', 'c', 3)"
    )
    (record,) = sqlite.load(QUERY.replace("WHERE day >=", "WHERE day = 'soon' OR day >="), since="2026-09-01")
    assert [(r.file, r.line, r.column, r.value) for r in record.rejects] == [
        ("sql-2026-09", 2, "used", "-2"),
        ("sql-2026-09", 3, "day", "soon"),
    ]


def test_rows_in_another_unit_are_rejected(sqlite: Database) -> None:
    sqlite.execute(
        "INSERT INTO usage VALUES ('2026-09-01', 'a', 1), ('2026-09-02', 'b', 2), ('2026-09-03', 'c', 3)"
    )
    query = QUERY.replace(
        "used FROM", "used, CASE tenant WHEN 'a' THEN 'GB' WHEN 'b' THEN 'MB' END AS in_unit FROM"
    )
    (record,) = sqlite.load(query, unit="GB", unit_column="in_unit")
    assert [(r.line, r.column, r.value, r.reason) for r in record.rejects] == [
        (2, "in_unit", "MB", "another unit than the measure has"),
        (3, "in_unit", "", "missing"),
    ]
    assert sqlite.rows() == [("2026-09-01", "a", Decimal(1))]


def test_numerics_come_through_with_every_digit(postgresql: Database) -> None:
    postgresql.execute("INSERT INTO usage VALUES ('2026-09-01', 'a', 98765432101234567890.123456789012)")
    postgresql.load()
    assert postgresql.rows("quantity") == [(Decimal("98765432101234567890.123456789012"),)]


def test_the_servers_time_zone_moves_nothing(postgresql: Database) -> None:
    postgresql.execute(
        "CREATE TABLE events (at timestamptz, local timestamp);"
        "INSERT INTO events VALUES ('2026-08-31T23:59:59Z', '2026-08-31 23:59:59'), "
        "('2026-09-01T00:00:00Z', '2026-09-01 00:00:00')"
    )
    for column in ("at", "local"):
        query = f"SELECT {column} AS day, 'a' AS tenant, 1 AS used FROM events WHERE {column} >= :from AND {column} < :to"
        postgresql.load(query)
        assert [day for day, *_ in postgresql.rows()] == ["2026-08-31", "2026-09-01"]


def test_casts_texts_and_comments_are_no_parameters(postgresql: Database) -> None:
    postgresql.execute("INSERT INTO usage VALUES ('2026-09-01', '10 % :x', 1)")
    query = (
        "SELECT day::text AS day, tenant, used FROM usage -- as :always\n"
        "WHERE tenant LIKE '10 % :x' AND day >= :from AND day < :to"
    )
    postgresql.load(query)
    assert postgresql.rows() == [("2026-09-01", "10 % :x", Decimal(1))]


@pytest.mark.parametrize("system", ["sqlite", "postgresql"])
def test_nothing_can_be_written(system: str, request: pytest.FixtureRequest) -> None:
    database: Database = request.getfixturevalue(system)
    database.execute("INSERT INTO usage VALUES ('2026-09-01', 'a', 1)")
    said = database.refusal("DELETE FROM usage WHERE day >= :from AND day < :to RETURNING day, tenant, used")
    assert "The database refuses the query: " in said
    assert len(database.load()) == 1


@pytest.mark.parametrize("system", ["sqlite", "postgresql"])
def test_a_large_answer_streams_a_few_thousand_rows_at_a_time(
    system: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database: Database = request.getfixturevalue(system)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000)"
    day = "'2026-09-01'" if system == "sqlite" else "date '2026-09-01'"
    database.execute(f"{numbers} INSERT INTO usage SELECT {day}, 'a', i FROM n")
    (batch,) = database.connector(since="2026-09-01").fetch(
        Window(date(2026, 9, 1), date(2026, 10, 1)), tmp_path, lambda _: None
    )
    (file,) = batch.files
    metadata = pq.read_metadata(file.path)  # type: ignore[union-attr]
    assert (metadata.num_rows, metadata.num_row_groups) == (25_000, 3)
    database.load()
    assert database.rows("sum(quantity)") == [(Decimal(25_000 * 25_001 // 2),)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT amount FROM usage WHERE day >= :from AND day < :to", "no such column: amount"),
        ("UPDATE usage SET used = 1 WHERE day >= :from AND day < :to", "refuses the query"),
        ("SELECT day, day FROM usage WHERE day >= :from AND day < :to", "names of their own"),
        ("SELECT day, used FROM usage WHERE day >= :from AND day < :to", "no column 'tenant'"),
    ],
)
def test_a_query_that_cannot_be_used_says_why(sqlite: Database, query: str, words: str) -> None:
    sqlite.execute("INSERT INTO usage VALUES ('2026-09-01', 'a', 1)")
    assert words in sqlite.refusal(query)


def test_a_check_names_a_column_that_is_missing(sqlite: Database) -> None:
    with pytest.raises(BadInput, match="answers no tenant"):
        sqlite.connector(QUERY.replace("tenant,", "")).check(NOW.date())


def test_nothing_at_all_is_told(sqlite: Database) -> None:
    assert "There is no usage from 2026-06-01 to 2026-09-30" in sqlite.refusal()


def test_a_database_that_is_not_there_is_not_made(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USAGE_DATABASE", "sqlite:///other.db")
    with pytest.raises(NotFound, match=r"other\.db"):
        sqlite.load()
    assert not (sqlite.folder / "other.db").exists()


def test_a_wrong_password_is_told_without_it(
    postgresql: Database, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USAGE_DATABASE", postgres.replace("s3cr", "wr0ng"))
    with pytest.raises(Transient, match="cannot be reached: .*password authentication failed") as caught:
        postgresql.load()
    assert "wr0ng" not in f"{caught.value}{caught.value.__cause__}"
    assert "$USAGE_DATABASE" in caught.value.where


def test_the_address_may_be_in_a_file(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("USAGE_DATABASE")
    sqlite.execute("INSERT INTO usage VALUES ('2026-09-01', 'a', 1)")
    assert "Set USAGE_DATABASE" in sqlite.refusal()
    assert "address.txt" in sqlite.refusal(url={"file": "address.txt"})
    (sqlite.folder / "address.txt").write_text("sqlite:///usage.db\n")
    assert len(sqlite.load(url={"file": "address.txt"})) == 1


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), "NaN"),
        (True, "true"),
        (0.1, "0.1"),
        (datetime(2026, 9, 1, 2, tzinfo=UTC), "2026-09-01T02:00:00+00:00"),
        (date(2026, 9, 1), "2026-09-01"),
        (b"abc", "abc"),
        ({"b": Decimal(1), "a": 2}, '{"a": 2, "b": "1"}'),
    ],
)
def test_values_become_text(value: Any, text: str | None) -> None:
    assert plain_text(value) == text
