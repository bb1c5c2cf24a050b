"""How operations get to the server, and what happens when it is not there, slow, wrong or full of complaints."""

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from operations_receiver import Receiver

from apportion_sdk import Client

UNREACHABLE = "http://127.0.0.1:9"  # the discard service, which nobody runs


@pytest.fixture
def quick(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Rests a hundredth of a second where others rest half of one."""
    monkeypatch.setattr("apportion_sdk.sender._FIRST_REST", 0.01)
    monkeypatch.setattr("apportion_sdk.sender._LONGEST_REST", 0.02)
    made = Client(receiver.url, interval=0.01)
    yield made
    made.close()


def test_an_operation_arrives_with_its_id_and_time(client: Client, receiver: Receiver) -> None:
    key = client.track(customer="acme", model="gpt-4o-mini", input_tokens=1000, latency_ms=250.4)
    assert client.flush()
    operation = receiver.only()
    assert operation["id"] == key
    began = datetime.fromisoformat(operation["time"])
    assert timedelta(0) <= datetime.now(UTC) - began - timedelta(milliseconds=250) < timedelta(seconds=30)
    assert operation["latency_ms"] == 250
    assert client.stats() == {
        "tracked": 1, "accepted": 1, "repeated": 0, "rejected": 0, "dropped": 0, "pending": 0, "failures": 0,
        "left_out": 0, "unmetered": 0, "reserved": 0, "refused": 0, "unreserved": 0,
    }  # fmt: skip


def test_batches_hold_a_hundred(receiver: Receiver) -> None:
    client = Client(receiver.url, interval=60)
    for number in range(250):
        client.track(id=f"op-{number}")
    assert client.close()
    assert receiver.batches == [("operations", 100), ("operations", 100), ("operations", 50)]


def test_a_batch_that_is_not_full_leaves_after_a_while(receiver: Receiver) -> None:
    client = Client(receiver.url, interval=0.05)
    client.track()
    receiver.wait_for(lambda: len(receiver.operations) == 1)
    client.close()


def test_defaults_hold_where_an_operation_says_nothing_else(receiver: Receiver) -> None:
    client = Client(
        receiver.url, environment="production", defaults={"team": "search", "dimensions": {"a": "1"}}
    )
    client.track(id="plain")
    client.track(id="other", environment="staging", dimensions={"b": "2"})
    assert client.close()
    plain, other = receiver.operations["plain"], receiver.operations["other"]
    assert (plain["environment"], plain["team"]) == ("production", "search")
    assert (other["environment"], other["dimensions"]) == ("staging", {"a": "1", "b": "2"})


def test_requests_say_who_sends_and_carry_the_headers_asked_for(receiver: Receiver) -> None:
    client = Client(receiver.url, source="gateway", headers={"X-Route": "inner"})
    client.track()
    assert client.close()
    [headers] = receiver.headers
    assert headers["X-Route"] == "inner"
    assert headers["User-Agent"] == "apportion-sdk/0.1.0 (gateway)"


def test_bodies_are_compressed_on_request(receiver: Receiver) -> None:
    client = Client(receiver.url, compress=True)
    for _ in range(50):
        client.track(customer="acme")
    assert client.close()
    assert receiver.headers[0]["Content-Encoding"] == "gzip"
    assert len(receiver.operations) == 50


def test_a_server_that_does_not_unpack_gets_plain_bodies(receiver: Receiver) -> None:
    receiver.unpacks = False
    client = Client(receiver.url, compress=True)
    for _ in range(50):
        client.track(customer="acme")
    assert client.close()
    assert len(receiver.operations) == 50


def test_an_outcome_follows_its_operation(client: Client, receiver: Receiver) -> None:
    key = client.track(customer="acme")
    client.outcome(key, success=True, value="0.9", units=1, unit="ticket")
    assert client.flush()
    assert receiver.outcomes == [{"id": key, "success": True, "value": "0.9", "units": "1", "unit": "ticket"}]
    assert [kind for kind, _ in receiver.batches] == ["operations", "outcomes"]


def test_an_outcome_that_says_nothing_is_not_sent(client: Client, receiver: Receiver) -> None:
    client.outcome("op-1")
    client.outcome(None, success=True)
    assert client.flush()
    assert receiver.batches == []


# The server has trouble


def test_a_server_that_stops_in_the_middle_gets_everything_once_it_is_back(
    receiver: Receiver, quick: Client
) -> None:
    ids = {quick.track(customer="acme") for _ in range(50)}
    assert quick.flush()
    receiver.stop()
    ids |= {quick.track(customer="birch") for _ in range(450)}
    assert not quick.flush(0.1)
    assert quick.stats()["pending"] == 450
    again = Receiver(receiver.port)
    assert quick.flush(10)
    assert receiver.operations.keys() | again.operations.keys() == ids
    assert not receiver.operations.keys() & again.operations.keys()
    assert quick.stats()["dropped"] == 0
    quick.close()
    again.stop()


def test_an_answer_that_is_lost_counts_nothing_twice(receiver: Receiver, quick: Client) -> None:
    receiver.lost_answers = 2
    key = quick.track(customer="acme")
    assert quick.flush()
    assert receiver.batches == [("operations", 1)] * 3
    assert list(receiver.operations) == [key]
    assert (quick.stats()["repeated"], quick.stats()["accepted"]) == (1, 0)


@pytest.mark.parametrize("status", [301, 401, 403, 404, 408, 429, 500, 503])
def test_a_failing_server_is_asked_again_with_the_same_ids(
    receiver: Receiver, quick: Client, status: int
) -> None:
    receiver.failing = [(status, {})] * 2
    ids = [quick.track() for _ in range(3)]
    assert quick.flush()
    assert list(receiver.operations) == ids
    assert quick.stats()["failures"] == 2


@pytest.mark.parametrize("as_date", [False, True])
def test_a_server_that_asks_for_patience_gets_it(receiver: Receiver, quick: Client, as_date: bool) -> None:
    later = datetime.now(UTC) + timedelta(seconds=100)
    receiver.failing = [(429, {"Retry-After": format_datetime(later, usegmt=True) if as_date else "100"})]
    quick.track()
    receiver.wait_for(lambda: bool(receiver.batches))
    assert not quick._sender._thread.join(0.2)  # type: ignore[union-attr, func-returns-value]
    assert receiver.batches == [("answered 429", 0)]  # in 0.2 s others are asked ten times
    assert quick.flush()  # who flushes does not wait for it
    assert len(receiver.operations) == 1


def test_a_batch_that_is_refused_is_divided_until_the_culprit_stands_alone(
    receiver: Receiver, quick: Client
) -> None:
    receiver.instead = lambda body: (422, b"{}") if b"poison" in body else None
    for number in range(20):
        quick.track(id=f"op-{number}", customer="poison" if number == 7 else "acme")
    assert quick.flush()
    assert len(receiver.operations) == 19
    assert "op-7" not in receiver.operations
    assert quick.stats()["rejected"] == 1


def test_what_the_server_rejects_is_counted_and_told_without_its_content(
    receiver: Receiver, quick: Client, caplog: pytest.LogCaptureFixture
) -> None:
    rejected = b'{"index": 0, "id": "x", "field": "time", "reason": "ahead of our clock"}'
    receiver.instead = lambda _body: (200, b'{"accepted": 0, "repeated": 0, "rejected": [%s]}' % rejected)
    quick.track(customer="acme")
    assert quick.flush()
    assert quick.stats()["rejected"] == 1
    assert "time: ahead of our clock" in caplog.text
    assert "acme" not in caplog.text


def test_an_address_where_something_else_lives_is_no_success(
    receiver: Receiver, quick: Client, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.instead = lambda _body: (200, b"<html>Welcome</html>")
    quick.track()
    while "not Apportion; check the url" not in caplog.text:
        assert not quick.flush(0.1)
    assert quick.stats()["pending"] == 1
    receiver.instead = lambda _body: None
    assert quick.flush()


def test_a_full_queue_drops_the_newest_and_counts_them(caplog: pytest.LogCaptureFixture) -> None:
    client = Client(UNREACHABLE, queue_size=10, batch_size=5)
    for _ in range(30):
        client.track()
    stats = client.stats()
    assert 10 <= stats["pending"] <= 15  # the queue, and a batch that is on its way
    assert stats["dropped"] == 30 - stats["pending"]
    assert caplog.text.count("The queue of operations is full") == 1
    assert not client.close()
    assert client.stats()["dropped"] == 30


def test_a_warning_is_logged_once_and_shows_no_secret(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apportion_sdk.sender._FIRST_REST", 0.001)
    client = Client(
        "http://user:hidden@127.0.0.1:9", headers={"Authorization": "Bearer hidden"}, interval=0.0
    )
    client.track()
    for _ in range(500):
        client.flush(0.01)
        if client.stats()["failures"] >= 3:
            break
    client.close()
    assert client.stats()["failures"] >= 3
    assert caplog.text.count("cannot be reached") == 1
    assert "hidden" not in caplog.text


@pytest.mark.parametrize(
    "url", [None, "", "no url", "ftp://host", "http://", "http://[::1", "http://nowhere.invalid", 5]
)
def test_no_address_makes_the_application_fail(url: str | None) -> None:
    client = Client(url)
    assert client.track(customer="acme")
    client.outcome("x", success=True)
    client.flush(0.05)
    client.close(0.5)
    assert client.stats()["accepted"] == 0


@pytest.mark.parametrize(
    "options",
    [
        {"queue_size": 0}, {"queue_size": None}, {"batch_size": "many"}, {"interval": float("nan")},
        {"timeout": None}, {"headers": ["X"]}, {"headers": {"X": "line\nbreak"}}, {"defaults": 5}, {"source": object()},
    ],
)  # fmt: skip
def test_no_setting_makes_the_application_fail(receiver: Receiver, options: dict[str, Any]) -> None:
    client = Client(receiver.url, **options)
    assert client.track(customer="acme")
    client.flush(0.5)
    client.close(0.5)
    assert client.stats()["tracked"] == 1


def test_a_client_that_is_off_takes_everything_and_sends_nothing(receiver: Receiver) -> None:
    client = Client(receiver.url, enabled=False)
    client.track()
    assert client.close()
    assert (receiver.batches, client.stats()["tracked"]) == ([], 1)


def test_after_the_end_operations_are_dropped_and_counted(receiver: Receiver) -> None:
    client = Client(receiver.url)
    assert client.close()
    client.track()
    assert client.stats()["dropped"] == 1


# The application goes on


def test_recording_does_not_wait_for_a_server_that_does_not_answer(receiver: Receiver) -> None:
    with receiver._changed:  # it takes connections and answers nothing
        client = Client(receiver.url, interval=0.0)
        began = time.perf_counter()
        for _ in range(1000):
            client.track(customer="acme")
        assert time.perf_counter() - began < 2
    assert client.close()


def test_an_event_loop_is_not_held_up(receiver: Receiver) -> None:
    async def work() -> float:
        longest, last = 0.0, time.perf_counter()
        for _ in range(200):
            client.track(customer="acme")
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
        return longest

    with receiver._changed:
        client = Client(receiver.url, interval=0.0)
        assert asyncio.run(work()) < 0.5
    assert client.close()


def test_the_log_of_the_application_stays_quiet(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.track()
        assert client.flush()
    assert caplog.records == []


def run(script: str, receiver: Receiver) -> str:
    """What a process of its own prints that runs `script`; it knows `url`."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"url = {receiver.url!r}\n{script}"],
        capture_output=True, text=True, timeout=30, check=False, env=os.environ,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_is_left_is_sent_when_the_process_ends(receiver: Receiver) -> None:
    run("import apportion_sdk as a\na.configure(url, interval=60)\nfor i in range(7): a.track()", receiver)
    assert len(receiver.operations) == 7


def test_a_process_ends_in_seconds_though_the_server_hangs(receiver: Receiver) -> None:
    with receiver._changed:
        began = time.monotonic()
        run("import apportion_sdk as a\na.configure(url)\na.track()", receiver)
        assert time.monotonic() - began < 15


def test_a_forked_worker_sends_its_own_and_leaves_the_rest_to_its_parent(receiver: Receiver) -> None:
    run(
        """
import os, apportion_sdk as a
client = a.configure(url, interval=60)
client.track(id="parent-before")
children = []
for n in range(3):
    child = os.fork()
    if not child:
        client.track(id=f"child-{n}")
        os._exit(0 if client.flush() and client.stats()["accepted"] == 1 else 1)
    children.append(child)
assert all(os.waitpid(child, 0)[1] == 0 for child in children)
client.track(id="parent-after")
""",
        receiver,
    )
    assert set(receiver.operations) == {"parent-before", "child-0", "child-1", "child-2", "parent-after"}
    assert receiver.repeated == 0


def test_recording_from_finalizers_within_any_other_call_ends(receiver: Receiver) -> None:
    """As a stream does that nobody closed: the collector may run while the same thread records, or counts."""
    run(
        """
import gc, threading, weakref, apportion_sdk as a
client = a.configure(url)
class Circle:
    def __init__(self):
        self.me = self
        weakref.finalize(self, client.track)
def work():
    for _ in range(100):
        Circle()
        client.track()
gc.set_threshold(20)
threads = [threading.Thread(target=work, daemon=True) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
gc.collect()
""",
        receiver,
    )
    assert len(receiver.operations) == 800


def test_the_package_needs_httpx_alone(receiver: Receiver) -> None:
    printed = run(
        """
import sys
import apportion_sdk
top = {name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)
print(*sorted(top & {"apportion", "pydantic", "openai", "anthropic", "ollama", "litellm", "starlette", "fastapi"}))
""",
        receiver,
    )
    assert printed.strip() == ""
