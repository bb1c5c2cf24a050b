"""kill -9 while operations come in and while they are archived: what was answered is kept, and counted once."""

import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from served import Server

BATCH, BATCHES = 50, 60


def batch(number: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"op-{number}-{i}",
            "time": f"2026-10-{1 + (number + i) % 28:02}T10:00:00Z",
            "customer": f"c{i % 7}",
            "provider": "openai",
            "model": "gpt-4o",
            "input_tokens": 1000 + i,
            "cache_read_tokens": 0,
            "output_tokens": number,
        }
        for i in range(BATCH)
    ]


def post(server: Server, numbers: Iterator[int], answered: list[int]) -> None:
    """Send batches until the server is gone; the numbers of those that were answered."""
    with suppress(OSError, http.client.HTTPException):
        for number in numbers:
            status, answer = server.post("/api/v1/operations", {"operations": batch(number)})
            assert status == 200, answer
            answered.append(number)


def numbers(workspace: Path) -> set[int]:
    """Batches of which every operation is kept, each once."""
    query = (
        "SELECT CAST(split_part(operation_id, '-', 2) AS INTEGER) AS number, count(*) AS n, "
        "count(DISTINCT operation_id) AS once FROM operations GROUP BY 1"
    )
    done = subprocess.run(
        [sys.executable, "-m", "apportion", "-w", str(workspace), "sql", query, "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    found = json.loads(done.stdout)
    assert all(row["n"] == row["once"] == BATCH for row in found)
    return {row["number"] for row in found}


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace whose state is in a file, or in a PostgreSQL of its own."""
    settings = "company: Fernway\n"
    if request.param == "postgresql":
        url = make_url(request.getfixturevalue("postgres"))
        monkeypatch.setenv("STATE_PASSWORD", url.password or "")
        address = url._replace(drivername="postgresql", password=None).render_as_string()
        settings += f"database: {{url: '{address}', password: {{env: STATE_PASSWORD}}}}\n"
    (tmp_path / "apportion.yaml").write_text(settings)
    return tmp_path


@pytest.mark.slow
def test_what_was_answered_survives_kill_9_and_counts_once(workspace: Path) -> None:
    chance, answered = random.Random(5), []
    waiting = iter(range(BATCHES))
    for _ in range(2):
        server = Server(workspace)
        senders = [threading.Thread(target=post, args=(server, waiting, answered)) for _ in range(2)]
        for sender in senders:
            sender.start()
        enough = len(answered) + chance.randint(5, 20)
        while len(answered) < enough and any(s.is_alive() for s in senders):
            time.sleep(0.01)
        server.kill()
        for sender in senders:
            sender.join()
        assert set(answered) <= numbers(workspace)
    server = Server(workspace)
    again: list[int] = []
    post(server, iter(range(BATCHES)), again)
    post(server, iter(range(BATCHES)), again)
    server.kill()
    assert len(again) == 2 * BATCHES
    assert numbers(workspace) == set(range(BATCHES))
