"""The SDK and the real server: what the one says, the other keeps, also if it is killed in the middle."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from apportion_sdk import Client, context

APPORTION = str(Path(sys.executable).with_name("apportion"))

pytestmark = pytest.mark.slow


class Server:
    """`apportion serve` over an empty workspace, at one port however often it is started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._run("init", "company")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [APPORTION, "-w", "company", "serve", "--no-jobs", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, env=os.environ)
        end = time.monotonic() + 60
        while not self._is_up():
            assert self.process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.1)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def sql(self, query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self._run("-w", "company", "sql", query, "--format", "json"))
        return found

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v1/health").status_code == 200
        except httpx.TransportError:
            return False

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [APPORTION, *words], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.kill()


def test_an_operation_is_kept_and_priced_and_gets_its_outcome(server: Server) -> None:
    client = Client(server.url, environment="production")
    with context(customer="acme", plan="pro", feature="summaries", dimensions={"shop": "eu"}):
        key = client.track(
            provider="openai",
            model="gpt-4o-mini",
            input_tokens=1000,
            cache_read_tokens=600,
            output_tokens=200,
        )
    client.outcome(key, success=True, value="0.9", units=1, unit="summary")
    assert client.flush(30)
    [kept] = server.sql("SELECT * FROM operations")
    expected = {
        "operation_id": key, "source": "sdk", "customer": "acme", "plan": "pro", "feature": "summaries",
        "environment": "production", "input_tokens": 1000, "price_state": "priced", "success": True,
        "unit": "summary", "dimensions": {"shop": "eu"},
    }  # fmt: skip
    assert {name: kept[name] for name in expected} == expected
    assert float(kept["cost"]) == pytest.approx((400 * 0.15 + 600 * 0.075 + 200 * 0.6) / 1e6)
    client.close()


def test_a_server_that_is_killed_in_the_middle_has_everything_once_when_it_is_back(server: Server) -> None:
    client = Client(server.url, interval=0.01)
    told = [
        client.track(model="gpt-4o-mini", provider="openai", input_tokens=number) for number in range(2_000)
    ]
    while client.stats()["accepted"] < 300:
        time.sleep(0.005)
    server.kill()
    told += [client.track(model="gpt-4o-mini", provider="openai", input_tokens=7) for _ in range(500)]
    assert client.stats()["dropped"] == 0
    server.start()
    assert client.flush(60)
    [count] = server.sql("SELECT count(*) AS rows, count(DISTINCT operation_id) AS ids FROM operations")
    assert (count["rows"], count["ids"]) == (len(told), len(told))
    stats = client.stats()
    assert stats["accepted"] + stats["repeated"] == len(told)
    client.close()
