"""The page of one customer over HTTP, against its bare queries and against a constant route."""

import http.client
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from apportion import economics
from apportion.analytics import usage_days
from apportion.analytics.scope import Scope
from apportion.app import App
from benchmarks.allocate import ours
from benchmarks.ledgers import CUSTOMERS, RULES, fill
from benchmarks.measure import Ratio

MEASURES = {
    "requests": {"location": "none.csv", "quantity": "n", "dimensions": {"service": "s", "customer": "c"}}
}
CONSTANT = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/constant")
async def constant() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


class Recorder:
    """A connection that remembers the statements it ran."""

    def __init__(self, con: Any) -> None:
        self.con, self.statements = con, []

    def execute(self, query: str, params: Any = None) -> Any:
        self.statements.append((query, params))
        return self.con.execute(query, params)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.con, name)


def workspace(box: Path, rows: int) -> Path:
    """A workspace whose month is loaded and allocated."""
    root = box / f"serve-{rows}"
    if not (root / "apportion.yaml").exists():
        ledger = fill(root, rows)
        ours(ledger, root)
        (root / "apportion.yaml").write_text(yaml.safe_dump({**RULES, "measures": MEASURES}))
    return root


def customer(i: int) -> str:
    return f"customer-{i:04}"


def bare_seconds(root: Path) -> list[float]:
    """Seconds of the page's own statements in DuckDB, each run and fetched, customer by customer."""
    app, seconds = App(root), []
    with app.reader() as (con, facts):
        usage_days.prepare(con)
        for i in range(CUSTOMERS):
            recorder = Recorder(con)
            economics.customer(recorder, Scope.of(facts), customer(i))
            start = time.perf_counter()
            for query, params in recorder.statements:
                con.execute(query, params).fetchall()
            seconds.append(time.perf_counter() - start)
    return seconds


@contextmanager
def serving(command: list[str], port: int) -> Iterator[http.client.HTTPConnection]:
    """A server of its own process, stopped at the end."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield http.client.HTTPConnection("127.0.0.1", port)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def get(con: http.client.HTTPConnection, path: str) -> bytes:
    con.request("GET", path)
    answer = con.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status} {body[:300]!r}")
    return body


def rate(con: http.client.HTTPConnection, path: str, seconds: float = 3.0) -> float:
    """Requests a second over one connection."""
    n, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        get(con, path)
        n += 1
    return n / (time.perf_counter() - start)


def p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def run(box: Path, rows: int = 10_000_000, rounds: int = 3) -> list[Ratio]:
    """Both ratios; each round starts a fresh server."""
    root = workspace(box, rows)
    first, bare, again, constant = [], [], [], []
    for _ in range(rounds):
        bare.append(p95(bare_seconds(root)))
        port, other = free_port(), free_port()
        command = [
            sys.executable,
            "-m",
            "apportion",
            "-w",
            str(root),
            "serve",
            "--no-jobs",
            "--port",
            str(port),
        ]
        with (
            serving(command, port) as con,
            serving([sys.executable, "-c", CONSTANT, str(other)], other) as plain,
        ):
            json.loads(get(con, "/api/v1/health"))
            get(con, "/api/v1/overview")
            seconds = []
            for i in range(CUSTOMERS):
                start = time.perf_counter()
                get(con, f"/api/v1/costs/customers/{customer(i)}")
                seconds.append(time.perf_counter() - start)
            first.append(p95(seconds))
            path = f"/api/v1/costs/customers/{customer(7)}"
            full, none = [], []
            for _ in range(3):
                full.append(rate(con, path))
                none.append(rate(plain, "/constant"))
            again.append(1 / statistics.median(full))
            constant.append(1 / statistics.median(none))
    return [
        Ratio(f"first answers for {CUSTOMERS:,} customers, p95", 5.0, first, bare),
        Ratio("repeated answers, time a request", 2.0, again, constant),
    ]
