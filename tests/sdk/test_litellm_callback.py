"""LiteLLM itself, with the callback: speaking to a model's server on loopback."""

import asyncio
import gc
import os
from collections.abc import Iterator
from typing import Any

import pytest
from model_upstream import Upstream
from operations_receiver import Receiver

from apportion_sdk import Client, context, last_operation_id

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the internet for prices at its import
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # its own
    pytest.mark.xdist_group("litellm"),
]
MESSAGES = [{"role": "user", "content": "A secret question."}]


@pytest.fixture
def asked(upstream: Upstream, client: Client) -> Iterator[dict[str, Any]]:
    """Arguments of a call, with the callback in place."""
    import litellm

    from apportion_sdk.litellm import ApportionLogger

    litellm.callbacks = [ApportionLogger(client)]
    yield {
        "model": "openai/gpt-4o-mini",
        "messages": MESSAGES,
        "api_base": f"{upstream.url}/v1",
        "api_key": "k",
        "max_tokens": 300,
    }
    for name in (
        "callbacks",
        "input_callback",
        "success_callback",
        "failure_callback",
        "_async_success_callback",
        "_async_failure_callback",
    ):
        setattr(litellm, name, [])
    litellm.in_memory_llm_clients_cache.flush_cache()
    gc.collect()  # its connections, which it leaves open, with its tests and not with others


def recorded(receiver: Receiver) -> dict[str, Any]:
    """The one operation there is; the callbacks come after the answer."""
    receiver.wait_for(lambda: bool(receiver.operations))
    return receiver.only()


def test_a_call_is_an_operation_of_the_context_that_it_was_made_in(
    asked: dict[str, Any], receiver: Receiver
) -> None:
    import litellm

    with context(customer="acme", feature="summaries"):
        litellm.completion(**asked, metadata={"plan": "pro", "other": "thing"})
        key = last_operation_id()
    operation = recorded(receiver)
    assert operation["id"] == key
    expected = {
        "customer": "acme", "feature": "summaries", "plan": "pro", "provider": "openai", "operation": "chat",
        "input_tokens": 1000, "cache_read_tokens": 600, "output_tokens": 200, "reasoning_tokens": 50,
        "model": "gpt-4o-mini-2024-07-18", "response_id": "chatcmpl-1", "max_tokens": 300, "success": True,
    }  # fmt: skip
    assert {name: operation.get(name) for name in expected} == expected
    assert float(operation["reported_cost"]) > 0
    assert "dimensions" not in operation
    assert "secret" not in str(operation)


def test_a_stream_with_usage_is_counted_once(asked: dict[str, Any], receiver: Receiver) -> None:
    import litellm

    list(litellm.completion(**asked, stream=True, stream_options={"include_usage": True}))
    operation = recorded(receiver)
    assert (operation["input_tokens"], operation["output_tokens"]) == (1000, 200)


def test_a_stream_without_usage_has_unknown_counts_and_not_0(
    asked: dict[str, Any], receiver: Receiver
) -> None:
    import litellm

    list(litellm.completion(**asked, stream=True))
    operation = recorded(receiver)
    assert not {"input_tokens", "output_tokens", "reported_cost"} & operation.keys()
    assert operation["success"] is True


def test_anthropics_counts_include_the_cache(
    asked: dict[str, Any], receiver: Receiver, upstream: Upstream
) -> None:
    import litellm

    litellm.completion(**{**asked, "model": "anthropic/claude-haiku-4-5", "api_base": upstream.url})
    operation = recorded(receiver)
    expected = {
        "provider": "anthropic", "input_tokens": 1000, "cache_read_tokens": 600, "cache_write_tokens": 100,
        "cache_write_1h_tokens": 40, "output_tokens": 200,
    }  # fmt: skip
    assert {name: operation.get(name) for name in expected} == expected


def test_async_streams_are_counted_once(asked: dict[str, Any], receiver: Receiver) -> None:
    import litellm

    async def ask() -> None:
        stream = await litellm.acompletion(**asked, stream=True, stream_options={"include_usage": True})
        async for _ in stream:
            pass
        await asyncio.to_thread(receiver.wait_for, lambda: bool(receiver.operations))

    asyncio.run(ask())
    assert receiver.only()["output_tokens"] == 200


def test_async_calls_keep_their_context_apart(
    asked: dict[str, Any], client: Client, receiver: Receiver
) -> None:
    import litellm

    async def one(customer: str) -> None:
        with context(customer=customer):
            await litellm.acompletion(**asked)

    async def both() -> None:
        await asyncio.gather(one("acme"), one("birch"))
        await asyncio.to_thread(receiver.wait_for, lambda: len(receiver.operations) == 2)

    asyncio.run(both())
    assert {one["customer"] for one in receiver.operations.values()} == {"acme", "birch"}


def test_a_failure_is_recorded_and_raised(
    asked: dict[str, Any], receiver: Receiver, upstream: Upstream
) -> None:
    import litellm

    upstream.status = 400
    with pytest.raises(litellm.BadRequestError):
        litellm.completion(**asked)
    operation = recorded(receiver)
    assert operation["success"] is False
    assert not {"input_tokens", "reported_cost"} & operation.keys()


def test_a_call_within_a_reservation_has_its_id(asked: dict[str, Any], receiver: Receiver) -> None:
    import litellm

    with Client(receiver.url, enabled=False).reserve(customer="acme") as held:
        litellm.completion(**asked)
        assert last_operation_id() == held.id
    assert recorded(receiver)["id"] == held.id
