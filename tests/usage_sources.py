"""The same usage, wherever it comes from: each source takes rows and gives a connector that brings them."""

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from apportion.connectors.opencost.usage import OpenCostUsage
from apportion.connectors.prometheus.usage import PrometheusUsage
from apportion.connectors.sql.usage import SqlUsage
from apportion.connectors.stores import Patience
from apportion.connectors.usage import (
    FilesMeasure,
    OpenCostMeasure,
    PrometheusMeasure,
    SqlMeasure,
    UsageConnector,
)
from apportion.connectors.usage.files import FilesUsage
from apportion.core.settings import Secret

NOW = datetime(2026, 9, 3, 10, tzinfo=UTC)
DAYS = 3
SECRET = "hunter2/of@fernway"
AT_ONCE = Patience(attempts=2, sleep=lambda _: None)
URL = Secret(env="USAGE_DATABASE")
QUERY = "SELECT hour, customer, service, quantity FROM usage WHERE hour >= :from AND hour < :to"
_DIMENSIONS = {"customer": "customer", "service": "service"}
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Row:
    """What was used in the hour that begins at `hour` (UTC, ISO 8601); an empty service is none."""

    hour: str
    customer: str
    service: str
    quantity: str

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.hour)


Source = Callable[[Sequence[Row], Path, pytest.FixtureRequest], UsageConnector]


def from_files(rows: Sequence[Row], folder: Path, _: pytest.FixtureRequest) -> UsageConnector:
    lines = [
        "hour,customer,service,quantity",
        *(f"{r.hour},{r.customer},{r.service},{r.quantity}" for r in rows),
    ]
    (folder / "usage.csv").write_text("\n".join(lines) + "\n")
    return FilesUsage(FilesMeasure(location="usage.csv", time="hour", dimensions=_DIMENSIONS), folder)


def _answer(rows: Sequence[Row], day: str = "") -> str:
    sets: list[dict[str, object]] = [
        {
            f"{i}": {
                "name": f"{i}",
                "properties": {"namespace": row.customer, "controller": row.service},
                "start": row.hour,
                "end": f"{row.at + _HOUR:%Y-%m-%dT%H:%M:%SZ}",
                "totalCost": f"<{row.quantity}>",
            }
        }
        for i, row in enumerate(rows)
        if row.hour.startswith(day)
    ]
    return json.dumps({"data": sets}).replace('"<', "").replace('>"', "")


def _opencost(location: str, folder: Path) -> OpenCostUsage:
    by = {"customer": "namespace", "service": "controller"}
    measure = OpenCostMeasure(connector="opencost", location=location, dimensions=by, days=DAYS)
    return OpenCostUsage(measure, folder, AT_ONCE)


def from_opencost_files(rows: Sequence[Row], folder: Path, _: pytest.FixtureRequest) -> UsageConnector:
    (folder / "answer.json").write_text(_answer(rows))
    return _opencost("answer.json", folder)


def from_opencost(rows: Sequence[Row], folder: Path, request: pytest.FixtureRequest) -> UsageConnector:
    def answer(path: str) -> str:
        return _answer(rows, parse_qs(urlsplit(path).query)["window"][0][:10])

    running = _served(answer)
    request.addfinalizer(lambda: running.__exit__(None, None, None))
    return _opencost(running.__enter__(), folder)


@contextmanager
def _served(answer: Callable[[str], str]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = answer(self.path).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sql_measure(query: str = QUERY, **more: object) -> SqlMeasure:
    given = {"connector": "sql", "url": URL, "query": query, "time": "hour", "dimensions": _DIMENSIONS}
    return SqlMeasure.model_validate({**given, "since": "2026-08-01", **more})


def from_sqlite(rows: Sequence[Row], folder: Path, _: pytest.FixtureRequest) -> UsageConnector:
    with closing(sqlite3.connect(folder / "usage.db")) as con, con:
        con.execute(
            "CREATE TABLE IF NOT EXISTS usage (hour TEXT, customer TEXT, service TEXT, quantity TEXT)"
        )
        con.executemany("INSERT INTO usage VALUES (?, ?, ?, ?)", _tuples(rows))
    os.environ[URL.env] = "sqlite:///usage.db"
    return SqlUsage(sql_measure(), folder)


def from_postgres(rows: Sequence[Row], folder: Path, request: pytest.FixtureRequest) -> UsageConnector:
    address: str = request.getfixturevalue("postgres")
    with psycopg.connect(address) as con:
        con.execute(
            "CREATE TABLE IF NOT EXISTS usage (hour timestamptz, customer text, service text, quantity numeric)"
        )
        con.cursor().executemany("INSERT INTO usage VALUES (%s, %s, %s, %s)", _tuples(rows))
    os.environ[URL.env] = address
    return SqlUsage(sql_measure(), folder)


def _tuples(rows: Sequence[Row]) -> list[tuple[str, str, str | None, str]]:
    return [(row.hour, row.customer, row.service or None, row.quantity) for row in rows]


def from_prometheus(rows: Sequence[Row], folder: Path, request: pytest.FixtureRequest) -> UsageConnector:
    """A sample at the end of each hour says what was used in it."""
    lines = [
        f'used{{customer="{r.customer}",service="{r.service}"}} {r.quantity} {(r.at + _HOUR).timestamp():.0f}'
        for r in sorted(rows, key=lambda r: (r.customer, r.service, r.hour))
    ]
    address = request.getfixturevalue("metrics")("\n".join(["# TYPE used gauge", *lines, "# EOF", ""]))
    measure = PrometheusMeasure(
        connector="prometheus", url=address, query="used", sum="increase", dimensions=_DIMENSIONS, days=DAYS
    )
    return PrometheusUsage(measure, folder, AT_ONCE)
