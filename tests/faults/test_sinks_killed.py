"""kill -9 of a server that sends operations on: what it answered for reaches the sink, in order."""

import json
from pathlib import Path
from typing import Any

import pytest

from served import Server
from unit.metering.receiver import Receiver, receiving

BATCH = 40


def batch(number: int) -> list[dict[str, Any]]:
    return [
        {"id": f"op-{number}-{i}", "time": "2026-10-01T10:00:00Z", "provider": "openai", "model": "gpt-4o",
         "input_tokens": 1000, "cache_read_tokens": 0, "output_tokens": i}
        for i in range(BATCH)
    ]  # fmt: skip


@pytest.mark.slow
def test_what_was_answered_reaches_the_sink_though_both_sides_fail(tmp_path: Path) -> None:
    with receiving(Receiver(answers=[503])) as receiver:
        sinks = f"sinks:\n  - {{format: json, url: '{receiver.url}', name: there}}\n"
        (tmp_path / "apportion.yaml").write_text(sinks)
        server = Server(tmp_path)
        sent: list[str] = []
        for number in range(5):
            status, answer = server.post("/api/v1/operations", {"operations": batch(number)})
            assert status == 200, answer
            sent += [one["id"] for one in batch(number)]
        receiver.wait_for(1)
        status, answer = server.post("/api/v1/operations", {"operations": batch(5)})
        sent += [one["id"] for one in batch(5)]
        server.kill()
        server = Server(tmp_path)
        with receiver.came:
            assert receiver.came.wait_for(lambda: set(names(receiver)) == set(sent), 60)
        server.kill()
    assert list(dict.fromkeys(names(receiver))) == sent


def names(receiver: Receiver) -> list[str]:
    return [json.loads(line)["operation_id"] for line in receiver.lines]
