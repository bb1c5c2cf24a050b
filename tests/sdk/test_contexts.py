"""For whom and what: carried along through calls, tasks, threads and requests."""

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from operations_receiver import Receiver

import apportion_sdk
from apportion_sdk import Client, annotate, carry, context, last_operation_id, tracked


def by_id(client: Client, receiver: Receiver) -> dict[str, dict[str, Any]]:
    assert client.flush()
    return receiver.operations


def test_contexts_add_to_each_other_and_the_inner_one_stands(client: Client, receiver: Receiver) -> None:
    with context(customer="acme", plan="pro", dimensions={"a": "1"}):
        with context(feature="summaries", plan="free", dimensions={"b": "2"}):
            client.track(id="inner")
        client.track(id="outer")
    client.track(id="outside")
    found = by_id(client, receiver)
    assert (found["inner"]["customer"], found["inner"]["plan"]) == ("acme", "free")
    assert found["inner"]["dimensions"] == {"a": "1", "b": "2"}
    assert found["outer"]["plan"] == "pro"
    assert "feature" not in found["outer"]
    assert "customer" not in found["outside"]


def test_what_is_said_of_the_operation_itself_stands_above_all(client: Client, receiver: Receiver) -> None:
    with context(customer="acme", feature="summaries"):
        client.track(id="op", customer="birch", feature=None)
    operation = by_id(client, receiver)["op"]
    assert operation["customer"] == "birch"
    assert "feature" not in operation


def test_a_customer_may_be_known_only_later(client: Client, receiver: Receiver) -> None:
    with context(feature="summaries"):
        client.track(id="before")
        with context(workflow="w-1"):
            annotate(plan="pro")
        annotate(customer="acme")
        client.track(id="after")
    found = by_id(client, receiver)
    assert "customer" not in found["before"]
    assert found["after"]["customer"] == "acme"
    assert "plan" not in found["after"]  # said in a context that is over


def test_tasks_that_run_at_once_keep_apart(client: Client, receiver: Receiver) -> None:
    async def work(customer: str) -> None:
        with context(customer=customer):
            await asyncio.sleep(0)
            assert client.track(id=customer) == last_operation_id()

    async def both() -> None:
        with context(feature="summaries"):
            await asyncio.gather(work("acme"), work("birch"))

    asyncio.run(both())
    found = by_id(client, receiver)
    assert {key: (one["customer"], one["feature"]) for key, one in found.items()} == {
        "acme": ("acme", "summaries"), "birch": ("birch", "summaries"),
    }  # fmt: skip


def test_a_thread_has_the_context_that_is_carried_to_it(client: Client, receiver: Receiver) -> None:
    with ThreadPoolExecutor(2) as pool, context(customer="acme"):
        list(pool.map(carry(lambda n: client.track(id=f"carried-{n}")), range(3)))
        pool.submit(lambda: client.track(id="not-carried")).result()
    found = by_id(client, receiver)
    assert [found[f"carried-{n}"]["customer"] for n in range(3)] == ["acme"] * 3
    assert "customer" not in found["not-carried"]


def test_a_context_knows_the_operations_within_it(client: Client) -> None:
    with context(workflow="w-1") as outer:
        first = client.track()
        with context() as inner:
            second = client.track()
            thread = threading.Thread(target=carry(lambda: client.track(id="third")))
            thread.start()
            thread.join()
    assert outer.operation_ids == [first, second, "third"]
    assert inner.operation_ids == [second, "third"]
    assert last_operation_id() == second


def test_a_context_left_in_another_thread_does_no_harm() -> None:
    manager = context(customer="acme")
    contextvars.copy_context().run(manager.__enter__)  # so that nothing of it stays in the tests that follow
    thread = threading.Thread(target=manager.__exit__, args=(None, None, None))
    thread.start()
    thread.join()


def test_a_function_is_an_operation_with_latency_and_success(client: Client, receiver: Receiver) -> None:
    @tracked(client=client, feature="summaries")
    def summarize(text: str) -> int:
        return len(text)

    assert summarize("a text") == 6
    assert client.flush()
    operation = receiver.only()
    assert (operation["feature"], operation["operation"], operation["success"]) == (
        "summaries",
        "summarize",
        True,
    )
    assert operation["latency_ms"] >= 0
    assert operation["id"] == last_operation_id()


def test_a_function_that_raises_is_no_success(client: Client, receiver: Receiver) -> None:
    @tracked(client=client, feature="summaries")
    async def summarize() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        asyncio.run(summarize())
    assert client.flush()
    assert receiver.only()["success"] is False


def test_calls_within_a_function_count_in_its_place(client: Client, receiver: Receiver) -> None:
    @tracked(client=client, feature="summaries")
    async def summarize() -> str:
        return client.track(id="call", model="m")

    assert asyncio.run(summarize()) == "call"
    assert client.flush()
    assert receiver.only()["feature"] == "summaries"
    assert receiver.outcomes == []


def test_calls_within_a_function_that_raises_have_failed_with_it(client: Client, receiver: Receiver) -> None:
    @tracked(client=client)
    def summarize() -> None:
        client.track(id="call", success=True)
        raise ValueError("the answer was of no use")

    with pytest.raises(ValueError, match="no use"):
        summarize()
    assert client.flush()
    assert receiver.outcomes == [{"id": "call", "success": False}]


def test_a_generator_is_left_as_it_is(client: Client, receiver: Receiver) -> None:
    @tracked(client=client)
    def words() -> Any:
        yield "a"

    assert list(words()) == ["a"]
    assert client.flush()
    assert receiver.operations == {}


def test_the_functions_of_the_package_use_the_configured_client(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apportion_sdk.default._held", {})
    monkeypatch.setenv("APPORTION_URL", receiver.url)
    key = apportion_sdk.track(customer="acme")
    apportion_sdk.outcome(key, success=True)
    assert apportion_sdk.flush()
    assert apportion_sdk.stats()["accepted"] == 2
    assert apportion_sdk.close()
    assert receiver.only()["id"] == key


def test_an_application_that_configures_nothing_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("apportion_sdk.default._held", {})
    monkeypatch.delenv("APPORTION_URL", raising=False)
    for _ in range(3):
        assert apportion_sdk.track(customer="acme")
    assert apportion_sdk.flush()
    assert caplog.text.count("has no url") == 1


def test_an_option_that_does_not_exist_makes_nothing_fail(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("apportion_sdk.default._held", {})
    apportion_sdk.configure("http://127.0.0.1:9", bach_size=5).track(customer="acme")
    assert "bach_size" in caplog.text


def test_something_that_is_no_client_of_a_model_comes_back_as_it_was(client: Client) -> None:
    thing = object()
    assert apportion_sdk.wrap(thing, metering=client) is thing
    assert client.stats()["unmetered"] == 1
