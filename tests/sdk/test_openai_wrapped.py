"""OpenAI's own client, wrapped: what is recorded, and that nothing else changes."""

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from model_upstream import Upstream
from openai.types.chat import ChatCompletion
from operations_receiver import Receiver

from apportion_sdk import Client, wrap

ASKED: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "A secret question."}]}
COUNTED = {"input_tokens": 1000, "cache_read_tokens": 600, "output_tokens": 200, "reasoning_tokens": 50}


@pytest.fixture
def ai(upstream: Upstream, client: Client) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{upstream.url}/v1", api_key="k", max_retries=0) as made:
        yield wrap(made, metering=client)


@pytest.fixture
def async_ai(upstream: Upstream, client: Client) -> openai.AsyncOpenAI:
    made = openai.AsyncOpenAI(base_url=f"{upstream.url}/v1", api_key="k", max_retries=0)
    return wrap(made, metering=client)


def recorded(client: Client, receiver: Receiver) -> dict[str, Any]:
    """The one operation there is."""
    assert client.flush()
    return receiver.only()


def text_of(chunks: list[Any]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def test_a_chat_is_an_operation_with_its_tokens_by_kind(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    answer = ai.chat.completions.create(**ASKED, max_completion_tokens=300)
    assert answer.choices[0].message.content == "An answer."
    operation = recorded(client, receiver)
    assert operation["latency_ms"] >= 0
    assert len(operation["prompt_hash"]) == 64
    for of_the_moment in ("id", "time", "latency_ms", "prompt_hash"):
        del operation[of_the_moment]
    assert operation == {
        **COUNTED, "provider": "openai", "operation": "chat", "requested_model": "gpt-4o-mini",
        "model": "gpt-4o-mini-2024-07-18", "response_id": "chatcmpl-1", "service_tier": "default",
        "max_tokens": 300, "input_audio_tokens": 0, "output_audio_tokens": 0, "success": True,
    }  # fmt: skip


def test_the_text_of_prompt_and_answer_stay_where_they_are(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    ai.chat.completions.create(**ASKED)
    sent = str(recorded(client, receiver))
    assert "secret" not in sent
    assert "An answer" not in sent


def test_a_stream_asks_for_its_usage_and_hides_what_the_caller_did_not_ask_for(
    ai: openai.OpenAI, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    stream = ai.chat.completions.create(**ASKED, stream=True)
    assert isinstance(stream, openai.Stream)
    chunks = list(stream)
    assert upstream.requests[0]["stream_options"] == {"include_usage": True}
    assert all(len(chunk.choices) == 1 for chunk in chunks)
    assert text_of(chunks) == "An answer."
    operation = recorded(client, receiver)
    assert {name: operation[name] for name in COUNTED} == COUNTED
    assert operation["success"] is True


def test_a_caller_who_asked_for_the_usage_gets_it(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    chunks = list(ai.chat.completions.create(**ASKED, stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert recorded(client, receiver)["input_tokens"] == 1000


def test_a_caller_who_wants_no_usage_gets_none_and_the_counts_stay_unknown(
    ai: openai.OpenAI, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    list(ai.chat.completions.create(**ASKED, stream=True, stream_options={"include_usage": False}))
    assert upstream.requests[0]["stream_options"] == {"include_usage": False}
    operation = recorded(client, receiver)
    assert not [name for name in operation if name.endswith("_tokens")]


def test_a_service_that_does_not_know_how_to_count_streams_is_asked_again_without(
    ai: openai.OpenAI, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    upstream.refuses_stream_options = True
    for _ in range(2):
        assert text_of(list(ai.chat.completions.create(**ASKED, stream=True))) == "An answer."
    assert ["stream_options" in asked for asked in upstream.requests] == [True, False, False]
    assert client.flush()
    assert [one["success"] for one in receiver.operations.values()] == [True, True]


def test_stopping_at_the_finish_reason_does_not_lose_the_usage_behind_it(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    with ai.chat.completions.create(**ASKED, stream=True) as stream:
        for chunk in stream:
            if chunk.choices[0].finish_reason:
                break
    operation = recorded(client, receiver)
    assert operation["output_tokens"] == 200
    assert operation["success"] is True


def test_a_stream_left_early_is_recorded_with_what_is_known(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    with ai.chat.completions.create(**ASKED, stream=True) as stream:
        next(stream)
    operation = recorded(client, receiver)
    assert operation["response_id"] == "chatcmpl-1"
    assert "success" not in operation
    assert not [name for name in operation if name.endswith("_tokens")]


def test_a_stream_that_nobody_closes_is_recorded_when_it_is_collected(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    stream = ai.chat.completions.create(**ASKED, stream=True)
    next(stream)
    del stream
    gc.collect()
    assert recorded(client, receiver)["model"] == "gpt-4o-mini-2024-07-18"


def test_a_stream_that_is_still_open_at_the_end_is_recorded_then(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    stream = ai.chat.completions.create(**ASKED, stream=True)
    next(stream)
    assert client.close()
    assert receiver.only()["response_id"] == "chatcmpl-1"
    stream.close()


def test_a_connection_that_breaks_in_a_stream_fails_the_operation_and_the_caller_alike(
    ai: openai.OpenAI, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    upstream.breaks_off = True
    with pytest.raises(Exception, match="closed|incomplete"):
        list(ai.chat.completions.create(**ASKED, stream=True))
    operation = recorded(client, receiver)
    assert operation["success"] is False
    assert operation["response_id"] == "chatcmpl-1"
    assert "output_tokens" not in operation


def test_an_error_passes_and_is_recorded_as_no_success(
    ai: openai.OpenAI, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    upstream.status = 429
    with pytest.raises(openai.RateLimitError):
        ai.chat.completions.create(**ASKED)
    operation = recorded(client, receiver)
    assert operation["success"] is False
    assert operation["requested_model"] == "gpt-4o-mini"
    assert "input_tokens" not in operation


def test_the_helper_for_streams_works_as_before(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    with ai.chat.completions.stream(**ASKED) as stream:
        assert stream.get_final_completion().choices[0].message.content == "An answer."
    assert recorded(client, receiver)["input_tokens"] == 1000


def test_raw_responses_are_metered_and_stay_raw(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    raw = ai.chat.completions.with_raw_response.create(**ASKED)
    assert raw.status_code == 200
    assert isinstance(raw.parse(), ChatCompletion)
    assert recorded(client, receiver)["output_tokens"] == 200


def test_a_raw_stream_is_metered_while_it_is_read(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    raw = ai.chat.completions.with_raw_response.create(**ASKED, stream=True)
    assert text_of(list(raw.parse())) == "An answer."
    assert recorded(client, receiver)["output_tokens"] == 200


def test_a_body_that_is_the_callers_to_read_is_left_alone(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    with ai.chat.completions.with_streaming_response.create(**ASKED) as streamed:
        assert b"An answer." in streamed.read()
    operation = recorded(client, receiver)
    assert "input_tokens" not in operation
    assert client.stats()["unmetered"] == 1


def test_a_client_made_from_a_wrapped_one_is_wrapped(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    other = ai.with_options(timeout=5)
    assert isinstance(other, openai.OpenAI)
    assert other.timeout == 5
    other.copy(max_retries=1).chat.completions.create(**ASKED)
    assert recorded(client, receiver)["input_tokens"] == 1000


def test_wrapped_twice_is_wrapped_once(ai: openai.OpenAI, client: Client, receiver: Receiver) -> None:
    assert wrap(ai, metering=client) is ai
    ai.chat.completions.create(**ASKED)
    assert recorded(client, receiver)["success"] is True


def test_responses_are_metered(ai: openai.OpenAI, client: Client, receiver: Receiver) -> None:
    answer = ai.responses.create(model="gpt-4o-mini", input="A question.", max_output_tokens=300)
    assert answer.output_text == "An answer."
    operation = recorded(client, receiver)
    assert {name: operation[name] for name in COUNTED} == COUNTED
    assert operation["response_id"] == "resp_1"
    assert operation["max_tokens"] == 300


def test_streamed_responses_are_metered(ai: openai.OpenAI, client: Client, receiver: Receiver) -> None:
    events = list(ai.responses.create(model="gpt-4o-mini", input="A question.", stream=True))
    assert events[-1].type == "response.completed"
    assert {name: recorded(client, receiver)[name] for name in COUNTED} == COUNTED


def test_the_helper_for_streamed_responses_works_as_before(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    with ai.responses.stream(model="gpt-4o-mini", input="A question.") as stream:
        assert stream.get_final_response().output_text == "An answer."
    assert recorded(client, receiver)["reasoning_tokens"] == 50


def test_embeddings_have_input_and_known_to_be_no_output(
    ai: openai.OpenAI, client: Client, receiver: Receiver
) -> None:
    ai.embeddings.create(model="text-embedding-3-small", input="A text.", encoding_format="float")
    operation = recorded(client, receiver)
    assert operation["operation"] == "embeddings"
    assert (operation["input_tokens"], operation["output_tokens"]) == (8, 0)


def test_the_async_client_is_metered_alike(
    async_ai: openai.AsyncOpenAI, client: Client, receiver: Receiver
) -> None:
    async def ask() -> None:
        async with async_ai:
            await async_ai.chat.completions.create(**ASKED)
            stream = await async_ai.chat.completions.create(**ASKED, stream=True)
            assert isinstance(stream, openai.AsyncStream)
            assert text_of([chunk async for chunk in stream]) == "An answer."
            async with await async_ai.chat.completions.create(**ASKED, stream=True) as left:
                await anext(left)
            async with async_ai.chat.completions.stream(**ASKED) as helped:
                await helped.get_final_completion()
            raw = await async_ai.chat.completions.with_raw_response.create(**ASKED)
            assert isinstance(raw.parse(), ChatCompletion)

    asyncio.run(ask())
    assert client.flush()
    counted = [one.get("output_tokens") for one in receiver.operations.values()]
    assert counted == [200, 200, None, 200, 200]


def test_a_cancelled_call_is_no_success(
    async_ai: openai.AsyncOpenAI, client: Client, receiver: Receiver
) -> None:
    async def ask() -> None:
        async with async_ai:
            task = asyncio.create_task(async_ai.chat.completions.create(**ASKED))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(ask())
    assert recorded(client, receiver)["success"] is False


def test_messages_that_can_be_read_only_once_reach_the_model(
    ai: openai.OpenAI, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    ai.chat.completions.create(model="gpt-4o-mini", messages=(one for one in ASKED["messages"]))
    assert upstream.requests[0]["messages"] == ASKED["messages"]
    assert "prompt_hash" not in recorded(client, receiver)


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://eu.api.groq.com", "groq"),
    ],
)
def test_the_address_says_whose_models_they_are(address: str, provider: str) -> None:
    from apportion_sdk.clients.openai import provider_of

    assert provider_of(openai.OpenAI(base_url=address, api_key="k")) == provider


def test_what_a_service_says_that_it_cost_is_kept() -> None:
    from apportion_sdk.clients.openai import usage

    assert usage({"prompt_tokens": 10, "completion_tokens": 5, "cost": 0.00014})["reported_cost"] == 0.00014
    assert usage({"prompt_tokens": 10, "completion_tokens": 5, "cost": {"total": 1}})["reported_cost"] is None


def test_reasoning_that_a_service_counts_beside_the_output_is_added_to_it() -> None:
    from apportion_sdk.clients.openai import usage

    counted = usage({
        "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 45,
        "completion_tokens_details": {"reasoning_tokens": 30},
    })  # fmt: skip
    assert (counted["output_tokens"], counted["reasoning_tokens"]) == (35, 30)
