"""The example application, in a process of its own, between a model's server and a server that takes operations."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from model_upstream import Upstream
from operations_receiver import Receiver

EXAMPLE = Path(__file__).parents[2] / "examples" / "fastapi_app"
SOURCE = (EXAMPLE / "app.py").read_text(encoding="utf-8")
METERED = [line for line in SOURCE.splitlines() if line.endswith("# metered")]
WHO = {"X-Customer": "acme", "X-Plan": "pro"}

pytestmark = pytest.mark.slow


def serve(folder: Path, upstream: Upstream, url: str) -> Iterator[str]:
    """The address of the application in `folder`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "warning"]
    variables = {
        **os.environ, "OPENAI_BASE_URL": f"{upstream.url}/v1", "OPENAI_API_KEY": "k", "APPORTION_URL": url,
    }  # fmt: skip
    with subprocess.Popen(command, cwd=folder, env=variables) as running:
        try:
            address = f"http://127.0.0.1:{port}"
            end = time.monotonic() + 30
            while not _answers(address):
                assert running.poll() is None
                assert time.monotonic() < end
                time.sleep(0.05)
            yield address
        finally:
            running.terminate()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/openapi.json").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture
def address(upstream: Upstream, receiver: Receiver) -> Iterator[str]:
    yield from serve(EXAMPLE, upstream, receiver.url)


def post(address: str, path: str, body: dict[str, Any]) -> httpx.Response:
    answer = httpx.post(f"{address}{path}", json=body, headers=WHO)
    assert answer.status_code == 200, answer.text
    return answer


def test_it_was_metered_by_fewer_than_ten_lines_and_the_page_counts_them() -> None:
    assert len(METERED) < 10
    [counted] = re.findall(r"^(\d+) added lines", (EXAMPLE / "README.md").read_text(), re.MULTILINE)
    assert int(counted) == len(METERED)
    assert all("apportion_sdk" in line for line in METERED if not line.startswith("who = "))


def test_without_those_lines_it_is_the_application_it_was(
    upstream: Upstream, receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "app.py").write_text(
        "\n".join(line for line in SOURCE.splitlines() if line not in METERED), encoding="utf-8"
    )
    for address in serve(tmp_path, upstream, receiver.url):
        assert post(address, "/summaries", {"text": "A story."}).json() == {"summary": "An answer."}
        assert post(address, "/answers", {"text": "Why?"}).text == "An answer."
    assert receiver.batches == []


def test_its_calls_arrive_with_customer_plan_and_feature(address: str, receiver: Receiver) -> None:
    said = post(address, "/summaries", {"text": "A secret story."}).json()
    assert said["summary"] == "An answer."
    assert post(address, "/answers", {"text": "Why?"}).text == "An answer."
    post(address, "/ratings", {"id": said["id"], "stars": 4})
    receiver.wait_for(lambda: len(receiver.operations) == 2 and bool(receiver.outcomes))
    for operation, feature in zip(receiver.operations.values(), ("summaries", "answers"), strict=True):
        expected = {
            "customer": "acme", "plan": "pro", "feature": feature, "environment": "production",
            "input_tokens": 1000, "cache_read_tokens": 600, "output_tokens": 200, "success": True,
        }  # fmt: skip
        assert {name: operation.get(name) for name in expected} == expected
    assert receiver.outcomes == [
        {"id": said["id"], "success": True, "value": "0.8", "units": "1", "unit": "summary"}
    ]
    assert "secret" not in str(receiver.operations)


def test_it_never_fails_because_the_server_does(address: str, receiver: Receiver) -> None:
    post(address, "/summaries", {"text": "A story."})
    receiver.wait_for(lambda: len(receiver.operations) == 1)
    receiver.stop()
    told = {post(address, "/summaries", {"text": "A story."}).json()["id"] for _ in range(20)}
    again = Receiver(receiver.port)
    again.wait_for(lambda: again.operations.keys() == told, seconds=30)
    assert again.repeated == 0
    again.stop()


def test_what_it_recorded_last_is_sent_before_it_ends(upstream: Upstream, receiver: Receiver) -> None:
    for address in serve(EXAMPLE, upstream, receiver.url):
        told = [post(address, "/summaries", {"text": "A story."}).json()["id"] for _ in range(5)]
    assert list(receiver.operations) == told
