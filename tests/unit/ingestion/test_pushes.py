"""Pushed usage: each batch counts once, bad rows are told, and what was accepted stays whatever happens next."""

import json
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.core.errors import BadInput, Refused
from apportion.engine import connect
from apportion.ingestion import all_loads, load
from apportion.ingestion.push import BadRows, Expected, Inbox, merging
from apportion.ledger import Ledger

NOW = datetime(2026, 10, 2, 6, tzinfo=UTC)
REQUESTS = Expected("requests", {"service": "service", "customer": "customer_id"}, "requests")


def row(
    quantity: Any = 1, time: str = "2026-09-30T13:00:00Z", customer: Any = "acme", **more: Any
) -> dict[str, Any]:
    return {
        "time": time,
        "quantity": quantity,
        "dimensions": {"service": "shared-db", "customer_id": customer},
        **more,
    }


def body(*rows: Any, measure: str = "requests", **more: Any) -> bytes:
    return json.dumps({"measure": measure, "rows": rows, **more}).encode()


class Desk:
    """An inbox over a ledger, at a moment that a test can move."""

    def __init__(self, root: Path) -> None:
        self.ledger = Ledger(root / "ledger")
        self.now = NOW
        self.inbox = self.another()

    def another(self) -> Inbox:
        return Inbox(self.ledger, lambda _: REQUESTS, now=lambda: self.now)

    def push(self, key: str, *rows: Any, **more: Any) -> Any:
        return self.inbox.receive(key, body(*rows, **more))[0]

    def sql(self, query: str) -> list[Any]:
        con = connect()
        self.ledger.snapshot().register(con)
        return con.execute(query).fetchall()

    def total(self) -> Any:
        return self.sql("SELECT count(*), coalesce(sum(quantity), 0) FROM usage")[0]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_rows_become_usage_with_where_they_came_from(desk: Desk) -> None:
    receipt = desk.push("k1", row(7, unit="Requests"), row("0.5", "2026-09-30", customer=None))
    assert (receipt.accepted, receipt.rejected, receipt.periods) == (2, 0, {"2026-09": 2})
    found = desk.sql("SELECT * EXCLUDE (time), epoch(time) FROM usage ORDER BY x_SourceLine")
    day = date(2026, 9, 30)
    shared = {"service": "shared-db"}
    place = ("push-requests-2026-09", "push k1")
    one = ("requests", "2026-09", day, Decimal(7), {**shared, "customer": "acme"}, *place, 1, 1790773200)
    two = (
        "requests",
        "2026-09",
        day,
        Decimal("0.5"),
        {**shared, "customer": "(none)"},
        *place,
        2,
        1790726400,
    )
    assert found == [one, two]


def test_a_batch_over_two_months_is_one_commit(desk: Desk) -> None:
    desk.push("k1", row(1, "2026-08-31T23:00:00Z"), row(2, "2026-09-01T00:00:00Z"))
    assert desk.sql("SELECT period, quantity FROM usage ORDER BY 1") == [("2026-08", 1), ("2026-09", 2)]
    assert len(desk.ledger.table("usage").records()) == 1


def test_late_rows_join_an_older_month(desk: Desk) -> None:
    desk.push("k1", row(1, "2026-09-30"))
    desk.push("k2", row(2, "2026-07-01"))
    desk.push("k3", row(4, "2026-09-30"))
    assert desk.sql("SELECT day::VARCHAR, sum(quantity) FROM usage GROUP BY 1 ORDER BY 1") == [
        ("2026-07-01", 2),
        ("2026-09-30", 5),
    ]


def test_the_same_batch_again_counts_once_and_gets_the_same_answer(desk: Desk) -> None:
    sent = body(row(1), row(-1))
    first = desk.inbox.receive("k1", sent)
    desk.now += timedelta(hours=1)
    assert desk.inbox.receive("k1", sent) == (first[0], True)
    assert desk.another().receive("k1", sent) == (first[0], True), "a restarted server knows it, too"
    assert desk.total() == (1, 1)


def test_another_batch_under_the_same_key_is_refused(desk: Desk) -> None:
    desk.push("k1", row(1))
    for other in (body(row(2)), body(row(1, "2026-07-01")), body(row(1), measure="storage")):
        with pytest.raises(Refused, match="another body"):
            desk.inbox.receive("k1", other)
    assert desk.total() == (1, 1)


BAD = {
    "negative": (row(-1), "quantity", "not a quantity of 0 or more"),
    "not a number": (row(float("nan")), "quantity", "not a quantity of 0 or more"),
    "endless": (row(float("inf")), "quantity", "not a quantity of 0 or more"),
    "text": (row("a few"), "quantity", "not a quantity of 0 or more"),
    "too large": (row(10**26), "quantity", "not a quantity of 0 or more"),
    "true": (row(True), "quantity", "not a quantity of 0 or more"),
    "no quantity": (row(None), "quantity", "missing"),
    "no time": (row(1, None), "time", "missing"),
    "no such time": (row(1, "2026-02-30"), "time", "not a time between 1970 and 2200"),
    "a number of seconds": (row(1, 1790773200), "time", "not a time between 1970 and 2200"),
    "in the future": (row(1, "2026-10-03T06:00:01Z"), "time", "more than a day in the future"),
    "another unit": (row(1, unit="GB"), "unit", "not the measure's unit 'requests'"),
    "a field too many": (row(1, weight=2), "weight", "not a field of a row"),
    "no dimensions": ({"time": "2026-09-30", "quantity": 1}, "dimensions", "missing"),
    "a dimension missing": (
        {"time": "2026-09-30", "quantity": 1, "dimensions": {"service": "x"}},
        "dimensions.customer_id",
        "missing",
    ),
    "a dimension too many": (
        {
            "time": "2026-09-30",
            "quantity": 1,
            "dimensions": {"service": "x", "customer_id": "y", "team": "z"},
        },
        "dimensions.team",
        "a dimension that the measure does not declare",
    ),
    "a list": (row(1, customer=["acme"]), "dimensions.customer_id", "not a text of at most 1000 letters"),
    "no row": ("acme", "", "not an object with time, quantity and dimensions"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_row_that_cannot_be_used_is_told_and_the_others_are_kept(desk: Desk, case: str) -> None:
    bad, field, reason = BAD[case]
    receipt = desk.push("k1", row(1), bad, row(2))
    assert (receipt.accepted, receipt.rejected, list(receipt.rejected_rows)) == (2, 1, [1])
    assert [(e.index, e.field, e.reason) for e in receipt.errors] == [(1, field, reason)]
    assert desk.total() == (2, 3)


def test_a_row_may_be_a_day_ahead_and_a_quantity_keeps_its_digits(desk: Desk) -> None:
    sent = body(row(1, "2026-10-03T05:59:59+00:00"))
    exact = sent.replace(b'"quantity": 1', b'"quantity": 0.1000000000005')
    assert desk.inbox.receive("k1", exact)[0].accepted == 1
    assert desk.total()[1] == Decimal("0.100000000001"), (
        "rounded half up at twelve places, never through a float"
    )


def test_of_many_bad_rows_all_numbers_and_the_first_reasons_are_told(desk: Desk) -> None:
    receipt = desk.push("k1", row(1), *[row(-1)] * 150)
    assert (receipt.rejected, len(receipt.rejected_rows), len(receipt.errors)) == (150, 150, 100)


def test_where_no_row_is_kept_the_key_stays_free(desk: Desk) -> None:
    with pytest.raises(BadRows, match="None of the 2 rows") as why:
        desk.push("k1", row(-1), row(None))
    assert [e.index for e in why.value.errors] == [0, 1]
    assert desk.push("k1", row(1)).accepted == 1


def test_all_or_nothing_keeps_nothing_for_one_bad_row(desk: Desk) -> None:
    with pytest.raises(BadRows, match="1 of 2 rows cannot be used"):
        desk.push("k1", row(1), row(-1), all_or_nothing=True)
    assert desk.ledger.table("usage").files() == []
    assert desk.push("k1", row(1), row(2), all_or_nothing=True).accepted == 2


@pytest.mark.parametrize(
    "sent",
    [
        *(b"", b"{", b"[]", b'{"measure": "requests"}', b"\xff", b'{"rows": [1]}'),
        body(),
        body(*[row()] * 10_001),
        body(row(), note="x"),
        b"[" * 100_000,
    ],
    ids=range(10),
)
def test_what_is_no_batch_is_refused_whole(desk: Desk, sent: bytes) -> None:
    with pytest.raises(BadInput):
        desk.inbox.receive("k1", sent)


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb", "ä"])
def test_a_key_is_printable_and_short(desk: Desk, key: str) -> None:
    with pytest.raises(BadInput, match="A key has"):
        desk.push(key, row())


def test_the_same_key_at_the_same_time_counts_once(desk: Desk) -> None:
    start = threading.Barrier(8)
    inboxes = [desk.inbox, desk.another()] * 4
    answers: list[Any] = []

    def send(inbox: Inbox) -> None:
        start.wait()
        answers.append(inbox.receive("k1", body(row(1))))

    threads = [threading.Thread(target=send, args=(inbox,)) for inbox in inboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len({receipt.push_id for receipt, _ in answers}) == 1
    assert [known for _, known in answers].count(False) == 1
    assert desk.total() == (1, 1)


def test_where_the_lock_holds_nobody_back_the_commit_does(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a file system whose locks reach one machine only: the second finds the first when it commits."""
    monkeypatch.setattr("apportion.ingestion.push.inbox.fcntl.flock", lambda *_: None)
    other, commit = desk.another(), Inbox._commit
    desk.push("k0", row(1))
    interrupted: list[Any] = []

    def late(self: Inbox, *args: Any) -> None:
        if self is desk.inbox and not interrupted:
            interrupted.append(other.receive("k1", body(row(2))))
        commit(self, *args)

    monkeypatch.setattr(Inbox, "_commit", late)
    assert desk.inbox.receive("k1", body(row(2))) == (interrupted[0][0], True)
    assert desk.total() == (2, 3)
    assert len(list(desk.ledger.table("usage").directory.rglob("push-*.parquet"))) == 2, (
        "nothing is left over"
    )


def test_many_small_files_become_one_and_keys_stay_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MANY", 3)
    first = desk.inbox.receive("k0", body(row(1), row(-1)))[0]
    for n in range(1, 9):
        desk.push(f"k{n}", row(n))
    before = desk.sql("SELECT * FROM usage ORDER BY x_SourceFile")
    assert (desk.inbox.tidy(), desk.inbox.tidy()) == (1, 0)
    assert len(desk.ledger.table("usage").files()) == 1
    assert desk.sql("SELECT * FROM usage ORDER BY x_SourceFile") == before
    for inbox in (desk.inbox, desk.another()):
        assert inbox.receive("k0", body(row(1), row(-1))) == (first, True)
        with pytest.raises(Refused):
            inbox.receive("k5", body(row(6)))


def test_merged_files_are_merged_in_turn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "MANY", 2)
    for n in range(8):
        desk.push(f"k{n}", row(n))
        desk.inbox.tidy()
    (path,) = desk.ledger.table("usage").files()
    assert Path(path).name.startswith("pushed-3-")
    assert desk.total() == (8, 28)


def test_keys_older_than_a_week_are_forgotten_when_files_are_merged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MANY", 2)
    desk.push("old", row(1))
    desk.now += timedelta(days=8)
    desk.push("new", row(2))
    desk.inbox.tidy()
    assert desk.inbox.receive("new", body(row(2)))[1]
    assert not desk.inbox.receive("old", body(row(1)))[1]


def test_all_batches_of_a_month_are_one_load(desk: Desk) -> None:
    desk.push("k1", row(1), row(-1), row(5, "2026-08-01"))
    desk.now += timedelta(minutes=5)
    desk.push("k2", row(2), row(3))
    found = {r.load_id: r for _, r in all_loads(desk.ledger, "usage")}
    assert set(found) == {"push-requests-2026-08", "push-requests-2026-09"}
    record = found["push-requests-2026-09"]
    assert (record.source, record.connector, record.rows) == ("usage requests", "push", 3)
    assert record.notes == ("2 batches were pushed from 2026-10-02T06:00:00Z to 2026-10-02T06:05:00Z",)
    assert sum(r.rejected_rows for r in found.values()) == 1
    assert load(desk.ledger, "push-requests-2026-08")[1].rows == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from apportion.ingestion.push import Expected, Inbox, inbox
from apportion.ledger import Ledger, Table

root, step, key, sent = sys.argv[1:]
expected = Expected("requests", {"service": "service", "customer": "customer_id"}, "requests")

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def written(*given):
    written.parts += 1
    write(*given)
    if written.parts == 1:
        die()

append, write, written.parts = Table.append, inbox.write_part, 0

def appended(*args, **kwargs):
    append(*args, **kwargs)
    die()

if step == "one part written":
    inbox.write_part = written
if step == "not committed":
    Table.append = die
if step == "committed":
    Table.append = appended
print(Inbox(Ledger(Path(root)), lambda _: expected).receive(key, sent.encode())[0].accepted, flush=True)
die()
"""


@pytest.mark.parametrize(
    ("step", "kept"), [("one part written", 0), ("not committed", 0), ("committed", 2), ("answered", 2)]
)
def test_a_server_killed_at_any_step_leaves_all_of_a_batch_or_nothing(
    desk: Desk, step: str, kept: int
) -> None:
    desk.push("before", row(10, "2026-08-01"))
    sent = body(row(1, "2026-08-01"), row(2, "2026-09-01"))
    command = [sys.executable, "-c", KILLED, str(desk.ledger.root), step, "k1", sent.decode()]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == ("2\n" if step == "answered" else "")
    fresh = Desk(desk.ledger.root.parent)
    assert fresh.total()[0] == 1 + kept
    assert fresh.inbox.receive("k1", sent)[1] == bool(kept)
    assert fresh.total() == (3, 13), "the sender's retry counts once"
