"""How messages go out: once each, again after failures, and never past a limit."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from apportion.alerts.channel_settings import AnyChannel, LogChannel
from apportion.alerts.channels import Unclear
from apportion.alerts.delivery import Delivery
from apportion.alerts.delivery_policy import Policy
from apportion.alerts.messages import Message
from apportion.alerts.outbox import enqueue
from apportion.alerts.outbox_turns import claim
from apportion.alerts.templates import Written
from apportion.alerts.times import microseconds
from apportion.core.errors import BadInput, NotFound, Refused, Terminal, Transient
from apportion.database import State, alert_channels, alert_deliveries, alert_messages

NOON = datetime(2026, 10, 13, 12, tzinfo=UTC)


@dataclass
class Recorded:
    """A channel that keeps what it is handed; `answers` are raised, or taken where there is None."""

    answers: list[Exception | None] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    closed: int = 0
    before: Callable[[], None] = lambda: None

    def send(self, message: Written) -> str:
        self.before()
        answer = self.answers.pop(0) if self.answers else None
        if answer:
            raise answer
        self.got.append(message.message_id)
        return "taken"

    def close(self) -> None:
        self.closed += 1


@dataclass
class Post:
    """Delivery with a clock that is set by hand, and channels that are looked into."""

    state: State
    channels: dict[str, Recorded]
    settings: dict[str, AnyChannel] = field(default_factory=dict)
    now: datetime = NOON
    policy: Policy = field(default_factory=Policy)
    broken: dict[str, Exception] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.channels:
            self.settings.setdefault(name, LogChannel(type="log", title=name))

    def delivery(self) -> Delivery:
        def opened(settings: AnyChannel, _: Path) -> Recorded:
            if settings.title in self.broken:
                raise self.broken[settings.title]
            return self.channels[settings.title]

        return Delivery(
            self.state, self.settings, Path(), policy=self.policy, now=lambda: self.now,
            chance=Random(1), opened=opened,
        )  # fmt: skip

    def put(self, *names: str, channel: str = "ops", **more: Any) -> None:
        messages = [replace(MESSAGE, message_id=name, channel=channel, **more) for name in names]
        with self.state.write() as con:
            enqueue(con, messages, self.now)

    def run(self, **later: float) -> None:
        self.now += timedelta(**later)
        self.delivery().run()

    def message(self, name: str) -> Any:
        with self.state.read() as con:
            return con.execute(select(alert_messages).where(alert_messages.c.message_id == name)).one()

    def outcomes(self, name: str) -> list[str]:
        rows = select(alert_deliveries).where(alert_deliveries.c.message_id == name)
        with self.state.read() as con:
            return [row.outcome for row in con.execute(rows.order_by(alert_deliveries.c.attempt))]

    def channel(self, name: str = "ops") -> Any:
        with self.state.read() as con:
            return con.execute(select(alert_channels).where(alert_channels.c.channel == name)).one()


MESSAGE = Message("m1", "ops", "opened", "critical", "Lambda costs too much", "Look.", (), NOON)


@pytest.fixture
def post(state: State) -> Post:
    return Post(state, {"ops": Recorded(), "finance": Recorded()})


def test_what_is_due_goes_out_once(post: Post) -> None:
    post.put("m1", "m2")
    post.put("m3", channel="finance")
    post.put("m4", due=NOON + timedelta(hours=1))
    post.run()
    post.run()
    assert post.channels["ops"].got == ["m1", "m2"]
    assert post.channels["finance"].got == ["m3"]
    assert [post.message(name).state for name in ("m1", "m2", "m3", "m4")] == [
        "sent",
        "sent",
        "sent",
        "waiting",
    ]
    post.run(hours=1)
    assert post.channels["ops"].got == ["m1", "m2", "m4"]


def test_a_failure_that_may_pass_is_tried_again_later_each_time(post: Post) -> None:
    post.channels["ops"].answers = [Transient("it answered 503"), Transient("it answered 503")]
    post.put("m1")
    post.run()
    kept = post.message("m1")
    assert (kept.state, kept.last_error, kept.attempts) == ("waiting", "it answered 503", 1)
    post.run(seconds=5)
    post.run(seconds=10)
    assert post.outcomes("m1") == ["failed", "failed", "sent"]
    assert post.message("m1").last_error == ""


def test_a_receiver_that_asks_for_time_gets_it(post: Post) -> None:
    post.channels["ops"].answers = [Transient("it answered 429", after=120)]
    post.put("m1", "m2")
    post.run()
    assert (
        post.message("m1").next_attempt
        == post.channel().rests_until
        == microseconds(NOON + timedelta(minutes=2))
    )
    post.run(seconds=119)
    assert post.channels["ops"].got == []
    post.run(seconds=1)
    assert post.channels["ops"].got == ["m1", "m2"]


def test_a_refusal_is_final_and_says_why(post: Post) -> None:
    post.channels["ops"].answers = [Terminal("it answered 404", hint="Look at the address.")]
    post.put("m1", "m2")
    post.run()
    assert (post.message("m1").state, post.message("m1").last_error) == (
        "failed", "it answered 404. Look at the address.",
    )  # fmt: skip
    assert post.channels["ops"].got == ["m2"]


def test_after_so_many_attempts_it_is_given_up(post: Post) -> None:
    post.policy = Policy(attempts=2, rest_after=9)
    post.channels["ops"].answers = [Transient("it answered 503")] * 3
    post.put("m1")
    post.run()
    post.run(hours=1)
    assert (post.message("m1").state, post.outcomes("m1")) == ("failed", ["failed", "failed"])
    assert post.message("m1").last_error == "it answered 503; given up after 2 attempts"


def test_after_a_day_it_is_given_up_and_so_is_what_waits_behind_it(post: Post) -> None:
    post.policy = Policy(rest_after=1)
    post.channels["ops"].answers = [Transient("it answered 503")] * 2
    post.put("m1", "m2")
    post.run()
    post.run(hours=25)
    assert post.outcomes("m1") == ["failed", "failed"]
    assert [post.message(name).state for name in ("m1", "m2")] == ["failed", "failed"]
    assert post.message("m2").last_error == "The channel took nothing in 24 hours: it answered 503"


def test_a_day_in_which_nothing_ran_counts_for_nothing(post: Post) -> None:
    post.put("m1")
    post.run(days=3)
    assert post.message("m1").state == "sent"


def test_a_channel_that_fails_rests_and_the_others_go_on(post: Post) -> None:
    post.channels["ops"].answers = [Transient("it answered 503")] * 3
    post.put(*(f"m{n}" for n in range(9)))
    post.put("f1", channel="finance")
    post.run()
    assert sum(post.message(f"m{n}").attempts for n in range(9)) == post.policy.rest_after
    assert post.channels["finance"].got == ["f1"]
    state = post.channel()
    assert (state.failures, state.last_error, state.last_sent) == (3, "it answered 503", None)
    post.run(seconds=29)
    assert post.channels["ops"].got == []
    post.run(seconds=1)
    assert sorted(post.channels["ops"].got) == [f"m{n}" for n in range(9)]
    assert (post.channel().failures, post.channel().failing_since) == (0, None)


def test_one_that_hangs_holds_up_nobody(post: Post) -> None:
    stuck = threading.Event()
    post.channels["ops"].before = lambda: bool(stuck.wait(30)) or None
    post.put("m1", "m2")
    post.put("f1", channel="finance")
    delivery = post.delivery()
    assert delivery.run(wait=0.2).hanging == ("ops",)
    assert post.channels["finance"].got == ["f1"]
    post.put("f2", channel="finance")
    delivery.run(wait=0.2)
    assert post.channels["finance"].got == ["f1", "f2"]
    stuck.set()
    delivery.stop()
    assert post.channels["ops"].got == ["m1"]
    post.run()
    assert post.channels["ops"].got == ["m1", "m2"]


def test_nobody_sends_what_another_is_sending(post: Post) -> None:
    post.put("m1")
    sending, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        sending.set()
        go_on.wait(30)

    post.channels["ops"].before = wait
    first = threading.Thread(target=post.delivery().run)
    first.start()
    assert sending.wait(30)
    post.delivery().run()
    go_on.set()
    first.join()
    assert post.channels["ops"].got == ["m1"]


def killed(post: Post, name: str = "m1", channel: str = "ops") -> None:
    """A process claimed the message, and was killed."""
    with post.state.write() as con:
        assert claim(con, channel, post.now, post.policy.lease, name)


def test_what_a_killed_process_was_sending_is_sent_again_under_its_id(post: Post) -> None:
    post.put("m1")
    killed(post)
    post.run(minutes=4)
    assert (post.message("m1").state, post.channels["ops"].got) == ("sending", [])
    post.run(minutes=2)
    assert (post.channels["ops"].got, post.outcomes("m1")) == (["m1"], ["unclear", "sent"])


def test_where_repeats_are_unwanted_it_is_uncertain_instead(post: Post) -> None:
    post.settings["ops"] = LogChannel(type="log", title="ops", when_unclear="show")
    post.channels["ops"].answers = [Unclear("it did not answer in full"), Transient("it answered 503")]
    post.put("m1", "m2", "m3")
    killed(post, "m3")
    post.run(hours=1)
    assert [post.message(name).state for name in ("m1", "m2", "m3")] == ["uncertain", "waiting", "uncertain"]
    post.run(hours=1)
    assert post.channels["ops"].got == ["m2"]


def test_one_that_may_have_arrived_is_never_called_failed(post: Post) -> None:
    post.channels["ops"].answers = [Unclear("it did not answer in full"), Terminal("it answered 404")]
    post.put("m1")
    post.run()
    post.run(minutes=1)
    assert (post.message("m1").state, post.message("m1").last_error) == (
        "uncertain", "it answered 404; given up after 2 attempts",
    )  # fmt: skip


def test_an_arrival_that_is_told_late_counts(post: Post) -> None:
    post.put("m1", "m2")
    delivery = post.delivery()
    late: list[str] = []

    def slow() -> None:
        post.now += timedelta(hours=1)
        with post.state.write() as con:
            from apportion.alerts.outbox_turns import recover

            recover(con, post.now, post.policy, [])
        late.append("so late")

    post.channels["ops"].before = slow
    delivery.run()
    assert (len(late), post.channels["ops"].got) == (2, ["m1", "m2"])
    assert [post.message(name).state for name in ("m1", "m2")] == ["sent", "sent"]


def test_a_channel_that_is_not_in_the_settings_any_more_is_told(post: Post) -> None:
    post.put("m1", channel="gone")
    post.run()
    assert (post.message("m1").state, post.message("m1").last_error) == (
        "failed", "There is no channel 'gone' in apportion.yaml.",
    )  # fmt: skip


def test_a_missing_secret_costs_no_message_an_attempt(post: Post) -> None:
    post.broken["ops"] = BadInput("There is no secret here.", where="$SLACK", hint="Set it.")
    post.put("m1")
    post.run()
    assert (post.message("m1").state, post.message("m1").attempts) == ("waiting", 0)
    assert post.channel().last_error == "$SLACK: There is no secret here. Set it."
    post.broken.clear()
    post.run(minutes=1)
    assert post.channels["ops"].got == ["m1"]


def test_messages_about_the_same_alerts_keep_their_order(post: Post) -> None:
    post.channels["ops"].answers = [Transient("it answered 503")]
    post.put("opened", alerts=("a",))
    post.now += timedelta(seconds=1)
    post.put("resolved", alerts=("a",))
    post.put("other", alerts=("b",))
    post.run()
    assert post.channels["ops"].got == ["other"]
    post.run(minutes=1)
    assert post.channels["ops"].got == ["other", "opened", "resolved"]


def test_whatever_a_channel_raises_is_written_down_without_its_words(post: Post) -> None:
    post.channels["ops"].answers = [RuntimeError("https://hooks.example/secret")]
    post.put("m1")
    post.run()
    assert (post.message("m1").state, post.message("m1").last_error) == (
        "waiting",
        "sending failed (RuntimeError)",
    )


def test_it_is_told_when_there_is_something_to_do_next(post: Post) -> None:
    assert post.delivery().run().next_due is None
    post.put("m1", due=NOON + timedelta(hours=2))
    assert post.delivery().run().next_due == NOON + timedelta(hours=2)


def test_a_test_message_goes_out_at_once_and_once(post: Post) -> None:
    post.channels["ops"].answers = [Transient("it answered 503"), None]
    failed, sent = (post.delivery().send_test("ops") for _ in range(2))
    assert (post.message(failed).state, post.message(failed).last_error) == ("failed", "it answered 503")
    assert (post.message(sent).state, post.channels["ops"].got) == ("sent", [sent])
    assert post.channels["ops"].closed == 2


def test_a_channel_without_its_secret_cannot_be_tested(post: Post) -> None:
    post.broken["ops"] = BadInput("There is no secret here.", where="$SLACK")
    with pytest.raises(BadInput, match="SLACK"):
        post.delivery().send_test("ops")
    post.broken.clear()
    post.run()
    assert post.channels["ops"].got == []


def test_what_failed_can_be_sent_again(post: Post) -> None:
    post.channels["ops"].answers = [Terminal("it answered 404")]
    post.put("m1")
    post.run()
    post.delivery().try_again("ops", "m1")
    assert (post.message("m1").state, post.outcomes("m1")) == ("sent", ["refused", "sent"])
    with pytest.raises(Refused, match="was sent"):
        post.delivery().try_again("ops", "m1")
    with pytest.raises(NotFound):
        post.delivery().try_again("ops", "m2")


def test_a_follower_sends_what_comes(post: Post) -> None:
    arrived = threading.Event()
    post.channels["ops"].before = arrived.set
    delivery = post.delivery()
    delivery.start()
    post.put("m1")
    assert arrived.wait(30)
    delivery.stop()
    assert post.message("m1").state == "sent"


@pytest.mark.parametrize("attempt", [1, 2, 5, 40])
def test_pauses_are_random_up_to_a_bound_that_doubles(attempt: int) -> None:
    policy, chance = Policy(first=5, most=100), Random(3)
    bound = min(100, 5 * 2 ** (attempt - 1))
    drawn = [policy.pause(attempt, 0, chance).total_seconds() for _ in range(200)]
    assert 0.9 * bound < max(drawn) <= bound
    assert min(drawn) < 0.1 * bound
