"""An operation: one AI call, or another metered unit of product work, as it is told to us."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Required

from pydantic import ConfigDict, Field, StringConstraints, with_config
from typing_extensions import TypedDict

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$"),
]
"""A name. PostgreSQL keeps no NUL in a text."""

Tokens = Annotated[int, Field(ge=0, le=10**12, strict=True)]
Requests = Annotated[int, Field(ge=1, le=10**12, strict=True)]
Number = Annotated[Decimal, Field(ge=-(10**12), le=10**12, max_digits=24, decimal_places=12)]
Hash = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/=_:.-]{1,128}$")]


@with_config(ConfigDict(extra="forbid"))
class Operation(TypedDict, total=False):
    """What an application, a trace or a provider's report says of one operation; what is left out is unknown.

    Token counts include their parts: `input_tokens` those read from and written to a cache, of audio and of
    images; `output_tokens` those of reasoning, audio and images. A provider that counts apart is added up
    where its data comes in. Never the text of a prompt or an answer: at most hashes of it.
    """

    id: Required[Annotated[Text, Field(description="Sent twice under one id, it counts once.")]]
    time: Annotated[
        datetime, Field(description="When it began, in UTC without a zone; when it arrived where left out.")
    ]
    customer: Annotated[Text | None, Field(description="Whom it was done for.")]
    plan: Annotated[Text | None, Field(description="The customer's plan (tier) at that time.")]
    feature: Text | None
    organization: Text | None
    cost_center: Text | None
    team: Text | None
    project: Text | None
    user: Text | None
    workflow: Annotated[Text | None, Field(description="The run of several calls that it belongs to.")]
    conversation: Text | None
    environment: Text | None
    region: Text | None

    operation: Annotated[Text | None, Field(description="chat, embeddings, …, as OpenTelemetry names them.")]
    provider: Annotated[Text | None, Field(description="openai, anthropic, aws.bedrock, …")]
    model: Annotated[Text | None, Field(description="The model that answered.")]
    requested_model: Annotated[Text | None, Field(description="The model that was asked for.")]
    service_tier: Text | None
    batch: Annotated[bool | None, Field(description="Through a batch interface, at its prices.")]
    requests: Annotated[Requests | None, Field(description="How many calls it adds up; 1 where left out.")]

    input_tokens: Annotated[Tokens | None, Field(description="All that was read, cached or not.")]
    cache_read_tokens: Annotated[Tokens | None, Field(description="Of the input: read from a cache.")]
    cache_write_tokens: Annotated[Tokens | None, Field(description="Of the input: written to a cache.")]
    cache_write_1h_tokens: Annotated[Tokens | None, Field(description="Of those: kept for an hour.")]
    input_audio_tokens: Annotated[Tokens | None, Field(description="Of the input: audio.")]
    cache_audio_read_tokens: Annotated[Tokens | None, Field(description="Of the cache reads: audio.")]
    input_image_tokens: Annotated[Tokens | None, Field(description="Of the input: images.")]
    output_tokens: Annotated[Tokens | None, Field(description="All that was written.")]
    reasoning_tokens: Annotated[Tokens | None, Field(description="Of the output: reasoning.")]
    output_audio_tokens: Annotated[Tokens | None, Field(description="Of the output: audio.")]
    output_image_tokens: Annotated[Tokens | None, Field(description="Of the output: images.")]
    max_tokens: Annotated[Tokens | None, Field(description="The most output that was asked for.")]
    gpu_seconds: Annotated[Number | None, Field(description="For a model that is priced by GPU time.")]

    prompt: Annotated[Text | None, Field(description="The name of the prompt, not its text.")]
    variant: Annotated[Text | None, Field(description="The variant of the prompt.")]
    prompt_hash: Hash | None
    prefix_hash: Annotated[Hash | None, Field(description="Of the prompt's part that could be cached.")]
    units: Annotated[Number | None, Field(description="How much it yielded, in `unit`.")]
    unit: Annotated[Text | None, Field(description="summary, ticket, image, …")]
    success: bool | None
    value: Annotated[Number | None, Field(description="What it was worth: a score or an amount.")]
    latency_ms: Annotated[int | None, Field(ge=0, le=10**10)]
    reported_cost: Annotated[Number | None, Field(description="What someone else says it cost, in USD.")]
    trace_id: Text | None
    span_id: Text | None
    response_id: Annotated[Text | None, Field(description="The provider's id of its answer.")]
    dimensions: Annotated[dict[Text, Text], Field(max_length=30, description="Anything else to group by.")]


@with_config(ConfigDict(extra="forbid"))
class Outcome(TypedDict, total=False):
    """How the operation `id` came out; what is left out stays as it is."""

    id: Required[Text]
    success: bool | None
    value: Number | None
    units: Number | None
    unit: Text | None


TREE = ("organization", "cost_center", "team", "project", "user", "workflow")
"""Levels above a call, the widest first."""

COUNTS = (
    "input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens", "input_audio_tokens",
    "cache_audio_read_tokens", "input_image_tokens", "output_tokens", "reasoning_tokens",
    "output_audio_tokens", "output_image_tokens",
)  # fmt: skip
"""Token counts that prices may depend on."""
