"""Anthropic's own client, wrapped: its counts leave out the cache, ours include it."""

import asyncio
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from model_upstream import Upstream
from operations_receiver import Receiver

from apportion_sdk import Client, wrap
from apportion_sdk.clients.anthropic import usage

ASKED: Any = {
    "model": "claude-of-today", "max_tokens": 300, "system": "A secret rule.",
    "messages": [{"role": "user", "content": "A secret question."}],
}  # fmt: skip
READ = {
    "input_tokens": 1000,
    "cache_read_tokens": 600,
    "cache_write_tokens": 100,
    "cache_write_1h_tokens": 40,
}
COUNTED = {**READ, "output_tokens": 200, "reasoning_tokens": 50}


@pytest.fixture
def ai(upstream: Upstream, client: Client) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=upstream.url, api_key="k", max_retries=0) as made:
        yield wrap(made, metering=client)


@pytest.fixture
def async_ai(upstream: Upstream, client: Client) -> anthropic.AsyncAnthropic:
    return wrap(anthropic.AsyncAnthropic(base_url=upstream.url, api_key="k", max_retries=0), metering=client)


def recorded(client: Client, receiver: Receiver) -> dict[str, Any]:
    """The one operation there is."""
    assert client.flush()
    return receiver.only()


def test_a_message_is_an_operation_whose_input_includes_the_cache(
    ai: anthropic.Anthropic, client: Client, receiver: Receiver
) -> None:
    answer = ai.messages.create(**ASKED)
    assert answer.usage.input_tokens == 300
    operation = recorded(client, receiver)
    assert "secret" not in str(operation)
    for of_the_moment in ("id", "time", "latency_ms", "prompt_hash"):
        del operation[of_the_moment]
    assert operation == {
        **COUNTED, "provider": "anthropic", "operation": "chat", "requested_model": "claude-of-today",
        "model": "claude-of-today-20260930", "response_id": "msg_1", "service_tier": "standard",
        "max_tokens": 300, "success": True,
    }  # fmt: skip


def test_a_stream_is_counted_once_from_its_first_and_last_events(
    ai: anthropic.Anthropic, client: Client, receiver: Receiver
) -> None:
    stream = ai.messages.create(**ASKED, stream=True)
    assert isinstance(stream, anthropic.Stream)
    assert [event.type for event in stream][-1] == "message_stop"
    operation = recorded(client, receiver)
    assert {name: operation[name] for name in COUNTED} == COUNTED


def test_the_helper_for_streams_is_metered_and_works_as_before(
    ai: anthropic.Anthropic, client: Client, receiver: Receiver
) -> None:
    manager = ai.messages.stream(**ASKED)
    assert isinstance(manager, anthropic.MessageStreamManager)
    with manager as stream:
        assert "".join(stream.text_stream) == "An answer."
        assert stream.get_final_message().usage.output_tokens == 200
    operation = recorded(client, receiver)
    assert {name: operation[name] for name in COUNTED} == COUNTED
    assert operation["success"] is True


def test_a_stream_left_early_knows_its_input_and_not_its_output(
    ai: anthropic.Anthropic, client: Client, receiver: Receiver
) -> None:
    with ai.messages.stream(**ASKED) as stream:
        for _ in stream.text_stream:
            break
    operation = recorded(client, receiver)
    assert {name: operation[name] for name in READ} == READ
    assert "output_tokens" not in operation
    assert "success" not in operation


def test_a_connection_that_breaks_fails_the_operation_and_keeps_what_is_known(
    ai: anthropic.Anthropic, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    upstream.breaks_off = True
    with pytest.raises(Exception, match="closed|incomplete"):
        list(ai.messages.create(**ASKED, stream=True))
    operation = recorded(client, receiver)
    assert operation["success"] is False
    assert operation["input_tokens"] == 1000
    assert "output_tokens" not in operation


def test_an_error_passes_and_is_recorded_as_no_success(
    ai: anthropic.Anthropic, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    upstream.status = 400
    with pytest.raises(anthropic.BadRequestError):
        ai.messages.create(**ASKED)
    assert recorded(client, receiver)["success"] is False


def test_an_error_at_the_beginning_of_a_stream_passes_alike(
    ai: anthropic.Anthropic, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    upstream.status = 400
    with pytest.raises(anthropic.BadRequestError), ai.messages.stream(**ASKED):
        pass
    assert recorded(client, receiver)["success"] is False


def test_raw_responses_and_copies_are_metered(
    ai: anthropic.Anthropic, client: Client, receiver: Receiver
) -> None:
    raw = ai.with_options(timeout=5).messages.with_raw_response.create(**ASKED)
    assert raw.parse().usage.input_tokens == 300
    assert recorded(client, receiver)["input_tokens"] == 1000


def test_the_beta_messages_are_metered(ai: anthropic.Anthropic, client: Client, receiver: Receiver) -> None:
    with ai.beta.messages.stream(**ASKED) as stream:
        stream.until_done()
    assert recorded(client, receiver)["output_tokens"] == 200


def test_the_async_client_is_metered_alike(
    async_ai: anthropic.AsyncAnthropic, client: Client, receiver: Receiver
) -> None:
    async def ask() -> None:
        async with async_ai:
            await async_ai.messages.create(**ASKED)
            async for _ in await async_ai.messages.create(**ASKED, stream=True):
                pass
            async with async_ai.messages.stream(**ASKED) as stream:
                assert await stream.get_final_text() == "An answer."
            async with async_ai.messages.stream(**ASKED) as left:
                async for _ in left.text_stream:
                    break
            raw = await async_ai.messages.with_raw_response.create(**ASKED)
            assert (await raw.parse()).usage.input_tokens == 300

    asyncio.run(ask())
    assert client.flush()
    operations = list(receiver.operations.values())
    assert [one.get("output_tokens") for one in operations] == [200, 200, 200, None, 200]
    assert {one["input_tokens"] for one in operations} == {1000}


def test_without_a_breakdown_of_the_cache_the_hour_is_unknown() -> None:
    counted = usage({"input_tokens": 10, "cache_creation_input_tokens": 5, "output_tokens": 1})
    assert (counted["input_tokens"], counted["cache_write_tokens"]) == (15, 5)
    assert (counted["cache_write_1h_tokens"], counted["cache_read_tokens"]) == (None, None)


def test_a_message_of_a_batch_and_a_fast_one_say_so() -> None:
    assert usage({"input_tokens": 1, "service_tier": "batch"})["batch"] is True
    assert usage({"input_tokens": 1, "speed": "fast"})["dimensions"] == {
        "speed": "fast",
        "inference_geo": None,
    }
