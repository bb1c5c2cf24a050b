"""Room is held before a call, the call settles it, and a server that is away stops nobody unless it is to."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openai
import pytest
from model_upstream import Upstream
from operations_receiver import Receiver

from apportion_sdk import BudgetExceeded, BudgetUnavailable, Client, carry, context, wrap

ASKED: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "A question."}]}


class Budgets(Receiver):
    """Holds a dollar for each reservation, as long as there is one."""

    def __init__(self) -> None:
        self.room, self.state, self.known = 2, "held", False
        self.reserved: list[dict[str, Any]] = []
        self.settled: list[dict[str, Any]] = []
        super().__init__()

    def _answer(self, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if path == "/api/v1/budgets/reserve" and not self.failing:
            return self._reserve(json.loads(body))
        if path == "/api/v1/budgets/settle" and not self.failing:
            self.settled.append(json.loads(body))
            return 200, {}, b'{"state": "settled", "budgets": []}'
        return super()._answer(path, body)

    def _reserve(self, told: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        if self.room == 0:
            resets = "2026-11-01T00:00:00Z"
            said = {
                "detail": "No room.",
                "budget": "teams",
                "entity": {"team": "search"},
                "remaining": "0.25",
            }
            return (
                402,
                {},
                json.dumps({**said, "resets_at": resets, "currency": "USD", "reason": "over"}).encode(),
            )
        if self.known:
            return 409, {}, b'{"detail": "The operation has been settled already."}'
        self.room -= 1
        self.reserved.append(told)
        held = {
            "allowed": True,
            "state": self.state,
            "estimate": "1.00",
            "basis": "learned",
            "expires_at": "2026-10-05T12:05:00Z",
        }
        return 200, {}, json.dumps({"id": told["id"], **held}).encode()


@pytest.fixture
def receiver() -> Iterator[Budgets]:
    server = Budgets()
    yield server
    server.stop()


@pytest.fixture
def ai(upstream: Upstream, client: Client) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{upstream.url}/v1", api_key="k", max_retries=0) as made:
        yield wrap(made, metering=client)


def test_a_wrapped_call_within_has_the_id_of_the_reservation(
    ai: openai.OpenAI, client: Client, receiver: Budgets
) -> None:
    with (
        context(plan="pro"),
        client.reserve(customer="acme", feature="answers", model="gpt-4o-mini", max_tokens=300) as held,
    ):
        ai.chat.completions.create(**ASKED)
        ai.chat.completions.create(**ASKED)
    assert (held.held, held.estimate, held.basis) == (True, Decimal("1.00"), "learned")
    assert receiver.reserved == [
        {
            "id": held.id, "customer": "acme", "plan": "pro", "feature": "answers",
            "model": "gpt-4o-mini", "max_tokens": 300,
        }
    ]  # fmt: skip
    assert client.flush()
    first, second = receiver.operations.values()
    assert (first["id"], first["customer"], first["plan"]) == (held.id, "acme", "pro")
    assert second["id"] != held.id
    assert receiver.settled == []  # the operation does


def test_no_room_stops_the_call_and_says_what_is_left_until_when(client: Client, receiver: Budgets) -> None:
    receiver.room = 0
    with pytest.raises(BudgetExceeded, match="No room") as refused, client.reserve(team="search"):
        pytest.fail("the call is made")
    told = refused.value
    assert (told.budget, told.entity, told.remaining) == ("teams", {"team": "search"}, Decimal("0.25"))
    assert told.resets_at is not None
    assert f"{told.resets_at:%Y-%m-%d}" == "2026-11-01"
    assert client.stats()["refused"] == 1


@pytest.mark.parametrize("state", ["settled", "released", "expired", None])
def test_what_is_not_held_is_no_reservation_and_the_call_counts_by_itself(
    client: Client, receiver: Budgets, state: str | None
) -> None:
    receiver.state, receiver.known = state or "held", state is None
    with client.reserve("job-7", team="search", model="larch") as held:
        held.settle(output_tokens=3)
    assert held.held is False
    assert (client.stats()["reserved"], client.stats()["unreserved"]) == (0, 1)
    assert client.flush()
    assert receiver.only()["id"] == held.id != "job-7"


def test_leaving_by_an_exception_releases_what_was_not_called(client: Client, receiver: Budgets) -> None:
    with pytest.raises(ZeroDivisionError), client.reserve(team="search") as held:
        _ = 1 / 0
    assert client.flush()
    assert receiver.settled == [{"id": held.id, "release": True}]


def test_a_call_of_another_kind_is_settled_by_its_cost_or_its_tokens(
    client: Client, receiver: Budgets
) -> None:
    with client.reserve(team="search", estimate="0.5", currency="EUR") as held:
        held.settle("0.25")
        held.settle("0.75")  # once
    with client.reserve(team="ads", provider="acme", model="larch") as other:
        other.settle(input_tokens=10, output_tokens=3)
    assert client.flush()
    assert (receiver.reserved[0]["estimate"], receiver.reserved[0]["currency"]) == ("0.5", "EUR")
    assert receiver.settled == [{"id": held.id, "cost": "0.25"}]
    operation = receiver.only()
    assert (operation["id"], operation["model"], operation["output_tokens"]) == (other.id, "larch", 3)


def test_a_server_that_is_away_lets_calls_through_and_is_not_asked_at_once_again(receiver: Budgets) -> None:
    client = Client(receiver.url, interval=0.01, reserve_timeout=0.2)
    receiver.failing = [(503, {})]
    for _ in range(3):
        with client.reserve(team="search") as held:
            assert held.held is False
    assert client.stats()["unreserved"] == 3
    assert len([batch for batch in receiver.batches if batch[0] == "answered 503"]) == 1
    client.close()


def test_a_client_that_fails_closed_refuses_calls_while_the_server_is_away(receiver: Budgets) -> None:
    client = Client("http://127.0.0.1:9", fail_closed=True, reserve_timeout=0.2)
    with pytest.raises(BudgetUnavailable, match="cannot be asked") as refused, client.reserve(team="search"):
        pytest.fail("the call is made")
    assert refused.value.reason == "unavailable"
    with Client(None, fail_closed=True).reserve() as held:
        assert held.held is False  # nobody is to be asked
    client.close(0)


@pytest.mark.parametrize("status", [401, 403, 422, 500, 503])
def test_no_answer_that_holds_refuses_where_it_is_to_and_else_is_said_once(
    receiver: Budgets, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    closed = Client(receiver.url, interval=0.01, fail_closed=True)
    receiver.failing = [(status, {}), (status, {})]
    with pytest.raises(BudgetUnavailable, match=f"status {status}"), closed.reserve(team="search"):
        pytest.fail("the call is made")
    assert "calls are refused" in caplog.text
    closed.close()
    caplog.clear()
    client = Client(receiver.url, interval=0.01)
    for _ in range(2):  # the second is not asked, or refused anew
        receiver.failing = [(status, {})]
        with client.reserve(team="search") as held:
            assert held.held is False
    said = [
        record.getMessage() for record in caplog.records if "no budget is enforced" in record.getMessage()
    ]
    assert len(said) == 1
    assert f"status {status}" in said[0]
    assert ("`spend`" in said[0]) == (status == 403)
    receiver.failing = []
    client.close()


def test_an_answer_that_is_none_of_the_servers_is_said_with_its_status(
    client: Client, receiver: Budgets, caplog: pytest.LogCaptureFixture
) -> None:
    receiver._reserve = lambda told: (502, {}, b"<html>Bad gateway</html>")  # type: ignore[method-assign]
    with client.reserve(team="search") as held:
        assert held.held is False
    assert "answers with status 502" in caplog.text


@pytest.mark.parametrize(
    ("fields", "error", "said"),
    [
        ({"taem": "insights"}, TypeError, r"no field 'taem'.*dimensions=\{\.\.\.\}"),
        ({"conversatoin": None}, TypeError, "conversatoin"),
        ({"estimate": "-1"}, ValueError, "estimate='-1' is no amount"),
        ({"estimate": "much"}, ValueError, "estimate='much'"),
        ({"estimate": float("nan")}, ValueError, "estimate=nan"),
        ({"estimate": True}, ValueError, "estimate=True"),
        ({"estimate": [1]}, ValueError, "estimate="),
        ({"estimate": 10**10}, ValueError, "0 to 1,000,000,000"),
        ({"estimate": 1, "currency": "usd"}, ValueError, "currency='usd'"),
    ],
)
def test_a_mistake_in_what_is_reserved_is_said_at_once_and_nobody_is_asked(
    client: Client, receiver: Budgets, fields: Any, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        client.reserve(**fields)
    assert receiver.reserved == []
    assert client.stats()["unreserved"] == 0


def test_an_estimate_has_the_digits_that_the_server_takes(client: Client, receiver: Budgets) -> None:
    with client.reserve(estimate=0.1 + 0.2), client.reserve(estimate=0, dimensions={"ring": "blue"}):
        pass
    assert [one["estimate"] for one in receiver.reserved] == ["0.300000000001", "0"]
    assert receiver.reserved[1]["dimensions"] == {"ring": "blue"}


def test_it_is_the_same_for_tasks_and_for_threads(client: Client, receiver: Budgets) -> None:
    receiver.room = 20

    async def one(n: int) -> tuple[str, str]:
        async with client.reserve(team=f"t{n}") as held:
            await asyncio.sleep(0)
            return held.id, client.track(model="larch")

    async def several() -> list[tuple[str, str]]:
        return await asyncio.gather(*(one(n) for n in range(10)))

    assert all(held == tracked for held, tracked in asyncio.run(several()))
    found: list[str] = []
    with client.reserve(team="search") as held:
        thread = threading.Thread(target=carry(lambda: found.append(client.track(model="larch"))))
        thread.start()
        thread.join()
    assert found == [held.id]


def test_what_is_held_before_a_fork_is_the_parents(client: Client, receiver: Budgets) -> None:
    with client.reserve(team="search"):
        of_the_parent = client.desk._transport
        client.forked()  # what runs in a child process
        assert client.desk._transport is None
        assert of_the_parent is not None
        of_the_parent.close()
    with client.reserve(team="search") as held:
        assert held.held


def test_the_examples_of_the_guide_work(
    ai: openai.OpenAI, client: Client, receiver: Budgets, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "guides" / "sdk.md").read_text(encoding="utf-8")
    examples = re.findall(r"<!-- sdk: budget -->\n```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    monkeypatch.setattr("apportion_sdk.default._held", {"client": client})
    receiver.room = 3
    exec("\n".join(examples), {"ai": ai, "messages": ASKED["messages"]})
    assert client.flush()
    called, settled, _ = (one["id"] for one in receiver.reserved)
    assert set(receiver.operations) == {called, settled}
    assert [one["cost"] for one in receiver.settled] == ["0.19"]
