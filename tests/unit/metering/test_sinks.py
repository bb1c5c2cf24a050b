"""Live sinks: every change arrives, in order, whatever happens to the receiver or to us."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from apportion.core.errors import ApportionError, BadInput, Refused, Transient
from apportion.metering.settings import Tree
from apportion.metering.sinks import Sink
from apportion.metering.sinks.following import Follower
from apportion.metering.sinks.marks import Mark, Marks
from operations import NOW, Kept, operation
from unit.metering.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving(Receiver()) as made:
        yield made


def follower(kept: Kept, tree: Any = None, **sink: Any) -> Follower:
    """A new one each time, as after a start: all it knows is on the disk."""
    told = Sink.model_validate({"format": "json", **sink})
    return Follower(
        told, kept.state, Marks(kept.folder / ".sinks"), kept.folder, Tree.model_validate(tree or {})
    )


def names(lines: list[str]) -> list[str]:
    return [json.loads(line)["operation_id"] for line in lines]


def test_what_came_is_sent_once_in_the_order_in_which_it_came(kept: Kept, receiver: Receiver) -> None:
    kept.put(operation("b", "2026-10-03T09:30:00+00:00"), operation("a"))
    assert follower(kept, url=receiver.url).once() == 2
    kept.put(operation("c", "2026-10-01T09:30:00+00:00"))
    assert follower(kept, url=receiver.url).once() == 1
    assert follower(kept, url=receiver.url).once() == 0
    assert names(receiver.lines) == ["b", "a", "c"]


def test_an_outcome_sends_its_operation_again(kept: Kept, receiver: Receiver) -> None:
    kept.put(operation("a"), operation("b"))
    follower(kept, url=receiver.url).once()
    kept.tell(id="a", success=True)
    follower(kept, url=receiver.url).once()
    assert names(receiver.lines) == ["a", "b", "a"]
    assert json.loads(receiver.lines[-1])["success"] is True


def test_an_operation_goes_out_as_the_view_has_it_with_where_it_belongs(
    kept: Kept, receiver: Receiver
) -> None:
    kept.put(operation("a", project="finder", value=Decimal("0.9"), dimensions={"ring": "canary"}))
    tree = {"projects": {"finder": {"team": "discovery"}}, "teams": {"discovery": {"cost_center": "cc-7"}}}
    follower(kept, tree, url=receiver.url).once()
    [found] = map(json.loads, receiver.lines)
    assert (found["team"], found["cost_center"], found["project"]) == ("discovery", "cc-7", "finder")
    assert (found["cost"], found["value"], found["time"]) == (
        "0.010000000000",
        "0.9",
        "2026-10-02T09:30:00+00:00",
    )
    assert (found["dimensions"], found["period"]) == ({"ring": "canary"}, "2026-10")


def test_a_receiver_that_fails_at_first_gets_all_of_it(kept: Kept, receiver: Receiver) -> None:
    receiver.answers = [503, 500, 204]
    kept.put(*(operation(f"op-{n}") for n in range(1200)))
    waits = pauses(kept, receiver, until=1200)
    assert names(receiver.lines) == [f"op-{n}" for n in range(1200)]
    assert waits[:2] == [1.0, 2.0]


def pauses(kept: Kept, receiver: Receiver, until: int) -> list[float]:
    """How long was waited between attempts until all had arrived; nobody really waits."""
    made = follower(kept, url=receiver.url)
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(receiver.lines) >= until

    made.run(wait)
    return waits


def test_an_unreachable_receiver_is_tried_less_and_less_often_and_nothing_is_lost(kept: Kept) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    kept.put(operation("a"))
    made = follower(kept, url=f"http://127.0.0.1:{port}/write?bucket=ai", name="there")
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 9

    made.run(wait)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    state = made.state()
    assert (state.failing, state.waiting, state.sent) == (True, 1, 0)
    assert state.last_error == "there: it does not answer (ConnectError)"
    with receiving(Receiver(), port) as receiver:
        assert follower(kept, url=receiver.url, name="there").once() == 1
    assert names(receiver.lines) == ["a"]
    state = made.state()
    assert (state.failing, state.waiting, state.sent) == (False, 0, 1)


def test_a_batch_that_is_too_large_is_halved(kept: Kept, receiver: Receiver) -> None:
    receiver.most = 100
    kept.put(*(operation(f"op-{n}") for n in range(300)))
    assert follower(kept, url=receiver.url).once() == 300
    assert names(receiver.lines) == [f"op-{n}" for n in range(300)]


def test_a_mark_that_was_not_written_sends_again_and_loses_nothing(
    kept: Kept, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if killed between the answer and the mark."""
    kept.put(*(operation(f"op-{n}") for n in range(3)))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Marks, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            follower(kept, url=receiver.url).once()
    follower(kept, url=receiver.url).once()
    assert names(receiver.lines) == ["op-0", "op-1", "op-2"] * 2


def test_a_token_is_sent_and_never_said(
    kept: Kept, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.put(operation("a"))
    token = {"env": "SINK_TOKEN"}
    with pytest.raises(BadInput, match="no secret here"):
        follower(kept, url=receiver.url, token=token, format="influx").once()
    monkeypatch.setenv("SINK_TOKEN", "secret-7")
    receiver.answers = [401]
    made = follower(kept, url=receiver.url, token=token, format="influx")
    with pytest.raises(Transient, match="it answered 401") as told:
        made.once()
    assert "secret-7" not in str(told.value)
    assert "bucket" not in str(made.state())
    made.once()
    assert receiver.headers[-1]["authorization"] == "Token secret-7"
    assert receiver.lines[0].startswith("operation,customer=acme,model=gpt-4o")


def test_a_file_grows_and_a_line_that_was_cut_off_is_written_again(kept: Kept) -> None:
    path = kept.folder / "out" / "operations.csv"
    kept.put(operation("a"))
    follower(kept, file="out/operations.csv", format="csv").once()
    whole = path.read_text()
    path.write_text(whole + "b,2026-10-02T09:3")
    kept.put(operation("b"))
    follower(kept, file="out/operations.csv", format="csv").once()
    head, *lines = path.read_text().splitlines()
    assert head.startswith("operation_id,time,")
    assert [line.partition(",")[0] for line in lines] == ["a", "b"]
    assert path.read_text().startswith(whole)


def test_one_process_at_a_time_follows(kept: Kept, receiver: Receiver) -> None:
    kept.put(operation("a"))
    with Marks(kept.folder / ".sinks").alone(Sink(format="json", url=receiver.url).label):
        with pytest.raises(Refused, match="another process"):
            follower(kept, url=receiver.url).once()
        assert follower(kept, url=receiver.url).state().followed
    assert follower(kept, url=receiver.url).once() == 1


def test_a_thread_follows_what_comes(kept: Kept, receiver: Receiver) -> None:
    made = follower(kept, url=receiver.url)
    kept.put(operation("a"))
    made.start()
    try:
        assert names(receiver.wait_for(1)) == ["a"]
        kept.put(operation("b"))
        assert names(receiver.wait_for(2)) == ["a", "b"]
    finally:
        made.stop()


def test_what_no_sink_has_sent_yet_is_not_pruned(kept: Kept, receiver: Receiver, tmp_path: Path) -> None:
    from apportion.metering.archive import archive

    kept.put(operation("old"), operation("older"), operation("newest"))
    later = NOW + timedelta(days=100)
    spill = tmp_path / "spill"
    assert archive(kept.store, kept.archive, later, spill, needed=0).pruned == 0
    assert follower(kept, url=receiver.url).once() == 3
    needed = Marks(kept.folder / ".sinks").least([Sink(format="json", url=receiver.url).label])
    assert archive(kept.store, kept.archive, later, spill, needed=needed).pruned == 2


def test_another_database_is_followed_from_its_beginning(kept: Kept, receiver: Receiver) -> None:
    label = Sink(format="json", url=receiver.url).label
    Marks(kept.folder / ".sinks").write(label, Mark(through=10**6, sent=10**6))
    kept.put(operation("a"))
    made = follower(kept, url=receiver.url)
    assert [made.once(), made.once()] == [0, 1]


@pytest.mark.parametrize(
    ("sink", "said"),
    [
        ({}, "either `url` or `file`"),
        ({"url": "http://a/", "file": "b"}, "either `url` or `file`"),
        ({"url": "ftp://a/"}, "begins with http"),
        ({"url": "http://user:pw@a/"}, "a password does not belong here"),
        ({"file": "a", "token": {"env": "T"}}, "a file needs no token"),
    ],
)
def test_settings_that_say_no_place_are_refused(sink: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Sink.model_validate({"format": "csv", **sink})


def test_a_mark_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    marks = Marks(tmp_path)
    marks.write("x", Mark(7))
    [path] = tmp_path.glob("x-*.json")
    path.write_text("{")
    with pytest.raises(ApportionError, match="mark of a sink cannot be read"):
        marks.read("x")
