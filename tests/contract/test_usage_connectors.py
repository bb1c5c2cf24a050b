"""What every connector for usage must do; a new one is added to SOURCES and gets these tests for free."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import usage_sources as sources
from apportion.connectors.usage import (
    FilesMeasure,
    OpenCostMeasure,
    PrometheusMeasure,
    UsageConnector,
    usage_connector,
)
from apportion.core.errors import ApportionError, Refused
from apportion.core.settings import Secret
from apportion.engine import connect
from apportion.ingestion import Limits, LoadRecord, ingest_measure
from apportion.ledger import Ledger
from usage_sources import AT_ONCE, NOW, SECRET, URL, Row, Source, sql_measure

SOURCES = {
    "files": sources.from_files,
    "opencost files": sources.from_opencost_files,
    "opencost": sources.from_opencost,
    "sqlite": sources.from_sqlite,
    "postgresql": sources.from_postgres,
    "prometheus": sources.from_prometheus,
}
ROWS = (
    Row("2026-08-31T23:00:00Z", "acme", "api", "10"),
    Row("2026-09-01T00:00:00Z", "acme", "api", "0.1"),
    Row("2026-09-01T00:00:00Z", "birch", "api", "2.5"),
    Row("2026-09-02T23:00:00Z", "acme", "", "123456.789012"),
)
WHATEVER = Limits(broken_rows=Decimal(1))

Bring = Callable[[Sequence[Row]], UsageConnector]


@pytest.fixture(params=list(SOURCES))
def source(request: pytest.FixtureRequest) -> Source:
    return SOURCES[request.param]


@pytest.fixture
def bring(
    source: Source, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Bring:
    monkeypatch.setenv(URL.env, "")
    return lambda rows: source(rows, tmp_path, request)


class Usage:
    """A ledger that usage is loaded into."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(folder / "ledger")

    def load(
        self, connector: UsageConnector, now: datetime = NOW, limits: Limits = WHATEVER
    ) -> list[LoadRecord]:
        return ingest_measure(self.ledger, "requests", connector, limits=limits, now=lambda: now)

    def rows(self) -> list[tuple[Any, ...]]:
        con = connect()
        self.ledger.snapshot().register(con)
        return con.execute(
            "SELECT time, day, dimensions['customer'], dimensions['service'], quantity FROM usage ORDER BY ALL"
        ).fetchall()


@pytest.fixture
def usage(tmp_path: Path) -> Usage:
    return Usage(tmp_path)


def stored(rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    return sorted(
        (r.at, r.at.astimezone(UTC).date(), r.customer, r.service or "(none)", Decimal(r.quantity))
        for r in rows
    )


def test_the_same_rows_become_the_same_usage(bring: Bring, usage: Usage) -> None:
    records = usage.load(bring(ROWS))
    assert usage.rows() == stored(ROWS)
    assert sorted({r.billing_period for r in records}) == ["2026-08", "2026-09"]
    assert sum(r.rows for r in records) == len(ROWS)
    assert {r.rejected_rows for r in records} == {0}


def test_loading_twice_changes_nothing(bring: Bring, usage: Usage) -> None:
    connector = bring(ROWS)
    usage.load(connector)
    version = usage.ledger.table("usage").version()
    assert {r.status for r in usage.load(connector)} == {"unchanged"}
    assert usage.ledger.table("usage").version() == version


@pytest.mark.parametrize("quantity", ["-1", "NaN"])
def test_a_row_that_is_no_quantity_is_reported_and_left_out(
    bring: Bring, usage: Usage, quantity: str
) -> None:
    bad = Row("2026-09-01T05:00:00Z", "cedar", "api", quantity)
    records = usage.load(bring([*ROWS, bad]))
    assert usage.rows() == stored(ROWS)
    (reject,) = {r for record in records for r in record.rejects}
    assert reject.column == "quantity"
    assert reject.value.lower().removesuffix(".000000000000") == quantity.lower()
    assert reject.reason == "not a quantity of 0 or more"
    assert reject.line > 0
    assert sum(r.rejected_rows for r in records) == 1


def test_too_many_of_them_refuse_the_load(bring: Bring, usage: Usage) -> None:
    connector = bring([replace(row, quantity="-1") for row in ROWS])
    with pytest.raises(Refused, match="line 1|line 2"):
        usage.load(connector, limits=Limits())
    assert usage.ledger.table("usage").version() == -1


@pytest.mark.parametrize("name", ["files", "opencost files", "sqlite", "postgresql"])
def test_usage_of_the_future_is_reported_and_left_out(
    name: str, usage: Usage, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL.env, "")
    ahead, tomorrow = (Row(f"2026-09-{day}T00:00:00Z", "acme", "api", "1") for day in ("20", "04"))
    records = usage.load(SOURCES[name]([*ROWS, ahead, tomorrow], tmp_path, request))
    assert usage.rows() == stored([*ROWS, tomorrow])
    rejects = [reject for record in records for reject in record.rejects]
    assert {r.reason for r in rejects} == {"later than the time of the load"}
    assert {r.value for r in rejects} == {"2026-09-20 00:00:00+00"}


def test_days_that_were_not_asked_for_again_stay(bring: Bring, usage: Usage) -> None:
    usage.load(bring(ROWS))
    before = usage.rows()
    usage.load(bring(ROWS), now=datetime(2026, 9, 4, 10, tzinfo=UTC))
    assert usage.rows() in (before, stored([*ROWS, *ROWS])), "a database was given every row twice"


def test_a_check_says_what_was_found(bring: Bring) -> None:
    assert bring(ROWS).check(NOW.date())


def _unreachable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, UsageConnector]:
    """Connectors that fail, each with a secret where it belongs."""
    monkeypatch.setenv("OPENCOST_TOKEN", SECRET)
    monkeypatch.setenv("PROMETHEUS_TOKEN", SECRET)
    quoted = SECRET.replace("/", "%2F").replace("@", "%40")
    monkeypatch.setenv(URL.env, f"postgresql://u:{quoted}@127.0.0.1:9/d?passfile={quoted}")
    monkeypatch.setenv("NO_ADDRESS", f"u:{SECRET}@127.0.0.1:9/d")
    monkeypatch.setenv("NO_DRIVER", f"oracle+none://u:{quoted}@127.0.0.1:9/d")
    by = {"customer": "c"}
    return {
        "opencost": usage_connector(
            OpenCostMeasure(connector="opencost", location="http://127.0.0.1:9", dimensions=by), folder
        ),
        "prometheus": usage_connector(
            PrometheusMeasure(
                connector="prometheus", url="http://127.0.0.1:9", query="x", sum="average", dimensions=by,
                token=Secret(env="PROMETHEUS_TOKEN"),
            ),
            folder,
        ),
        "sql": usage_connector(sql_measure(), folder),
        "no address": usage_connector(sql_measure(url=Secret(env="NO_ADDRESS")), folder),
        "no driver": usage_connector(sql_measure(url=Secret(env="NO_DRIVER")), folder),
        "files": usage_connector(FilesMeasure(location="none.csv", dimensions=by), folder),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["opencost", "prometheus", "sql", "no address", "no driver", "files"])
def test_no_error_tells_a_secret(
    name: str, usage: Usage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector = _unreachable(tmp_path, monkeypatch)[name]
    if hasattr(connector, "patience"):
        connector = replace(connector, patience=AT_ONCE)  # type: ignore[type-var]
    said: list[str] = []
    with pytest.raises(ApportionError) as caught:
        ingest_measure(usage.ledger, "requests", connector, now=lambda: NOW, said=said.append)
    told = " ".join([str(caught.value), *said, repr(connector), repr(caught.value.__cause__)])
    assert not any(part in told for part in (SECRET, "hunter2"))
    assert caught.value.hint
