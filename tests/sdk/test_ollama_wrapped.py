"""Ollama's own client, wrapped."""

import asyncio
from collections.abc import Iterator
from typing import Any

import ollama
import pytest
from model_upstream import Upstream
from operations_receiver import Receiver

from apportion_sdk import Client, wrap

MESSAGES = [{"role": "user", "content": "A secret question."}]
COUNTED = {"input_tokens": 1000, "output_tokens": 200, "gpu_seconds": "2.5"}


@pytest.fixture
def ai(upstream: Upstream, client: Client) -> Iterator[ollama.Client]:
    with ollama.Client(upstream.url) as made:
        yield wrap(made, metering=client)


def recorded(client: Client, receiver: Receiver) -> dict[str, Any]:
    """The one operation there is."""
    assert client.flush()
    return receiver.only()


def test_a_chat_has_its_tokens_and_the_time_of_the_machine(
    ai: ollama.Client, client: Client, receiver: Receiver
) -> None:
    answer = ai.chat("llama3.2", MESSAGES, options={"num_predict": 300})
    assert answer.message.content == "An answer."[3:]
    operation = recorded(client, receiver)
    assert {name: operation[name] for name in COUNTED} == COUNTED
    assert (operation["provider"], operation["model"]) == ("ollama", "llama3.2")
    assert operation["max_tokens"] == 300
    assert "secret" not in str(operation)


def test_a_stream_has_its_counts_in_its_last_part(
    ai: ollama.Client, client: Client, receiver: Receiver
) -> None:
    parts = list(ai.generate("llama3.2", "A secret question.", stream=True))
    assert "".join(part.response for part in parts) == "An answer."
    operation = recorded(client, receiver)
    assert {name: operation[name] for name in COUNTED} == COUNTED
    assert operation["success"] is True


def test_a_stream_left_early_has_unknown_counts(
    ai: ollama.Client, client: Client, receiver: Receiver
) -> None:
    for _ in ai.chat("llama3.2", MESSAGES, stream=True):
        break
    operation = recorded(client, receiver)
    assert operation["model"] == "llama3.2"
    assert not {"input_tokens", "output_tokens", "success"} & operation.keys()


def test_embeddings_are_metered(ai: ollama.Client, client: Client, receiver: Receiver) -> None:
    ai.embed("nomic-embed-text", "A text.")
    operation = recorded(client, receiver)
    assert (operation["input_tokens"], operation["output_tokens"]) == (8, 0)


def test_an_error_passes_and_is_recorded_as_no_success(
    ai: ollama.Client, client: Client, receiver: Receiver, upstream: Upstream
) -> None:
    upstream.status = 404
    with pytest.raises(ollama.ResponseError):
        ai.chat("llama3.2", MESSAGES)
    assert recorded(client, receiver)["success"] is False


def test_the_async_client_is_metered_alike(upstream: Upstream, client: Client, receiver: Receiver) -> None:
    async def ask() -> None:
        async with wrap(ollama.AsyncClient(upstream.url), metering=client) as ai:
            await ai.chat("llama3.2", MESSAGES)
            async for _ in await ai.chat("llama3.2", MESSAGES, stream=True):
                pass
            await ai.embed("nomic-embed-text", "A text.")

    asyncio.run(ask())
    assert client.flush()
    assert [one["output_tokens"] for one in receiver.operations.values()] == [200, 200, 0]
