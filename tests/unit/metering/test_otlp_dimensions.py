"""Whom and what a call was for: from its span, those above it, and the process."""

import json
from datetime import datetime

import pytest
from otlp_spans import ERROR, PROTOBUF, S, chat, only, request

from apportion.metering.otlp import operations_of, read_spans


def told(operation: object, *names: str) -> dict[str, object]:
    assert isinstance(operation, dict)
    return {name: operation[name] for name in names if name in operation}


@pytest.mark.parametrize(
    ("name", "dimension"),
    [
        ("customer", "customer"), ("customer.id", "customer"), ("customer_id", "customer"), ("customerId", "customer"),
        ("tenant.id", "customer"), ("app.customer.id", "customer"), ("baggage.customer.id", "customer"),
        ("enduser.id", "user"), ("user.id", "user"), ("gen_ai.user", "user"), ("langfuse.user.id", "user"),
        ("session.id", "conversation"), ("gen_ai.conversation.id", "conversation"),
        ("langfuse.session.id", "conversation"), ("thread_id", "conversation"),
        ("feature", "feature"), ("ai.telemetry.functionId", "feature"), ("gen_ai.agent.name", "feature"),
        ("team", "team"), ("metadata.user_api_key_team_alias", "team"), ("project.id", "project"),
        ("cost_center", "cost_center"), ("customer.plan", "plan"), ("subscription.tier", "plan"),
        ("deployment.environment.name", "environment"), ("deployment.environment", "environment"),
        ("langfuse.environment", "environment"), ("cloud.region", "region"),
        ("traceloop.workflow.name", "workflow"), ("workflow.id", "workflow"), ("langfuse.trace.name", "workflow"),
        ("gen_ai.prompt.name", "prompt"), ("langfuse.observation.prompt.name", "prompt"), ("prompt.id", "prompt"),
        ("prompt.variant", "variant"), ("langfuse.observation.prompt.version", "variant"),
        ("traceloop.association.properties.customer_id", "customer"), ("ai.telemetry.metadata.userId", "user"),
        ("langfuse.trace.metadata.feature", "feature"), ("langsmith.metadata.session_id", "conversation"),
    ],
)  # fmt: skip
def test_names_of_dimensions(name: str, dimension: str) -> None:
    assert only(chat(1, attributes={name: "acme"}))[dimension] == "acme"


@pytest.mark.parametrize("name", ["metadata", "langfuse.trace.metadata", "metadata.requester_metadata"])
def test_dimensions_in_json(name: str) -> None:
    written = json.dumps({"customer": "acme", "feature": "summarize", "experiment": "blue", "depth": 3})

    operation = only(chat(1, attributes={name: written}))

    assert told(operation, "customer", "feature") == {"customer": "acme", "feature": "summarize"}
    assert operation["dimensions"] == {"experiment": "blue", "depth": "3"}


def test_the_nearest_span_has_the_first_word() -> None:
    root = S(1, {"customer": "root", "feature": "root", "team": "root"})
    middle = S(2, {"customer": "middle", "feature": "middle"}, parent=1)
    call = chat(3, parent=2, attributes={"customer": "call"})

    operation = only(root, middle, call, resource={"team": "process", "region": "eu"})

    assert told(operation, "customer", "feature", "team", "region") == {
        "customer": "call",
        "feature": "middle",
        "team": "root",
        "region": "eu",
    }


def test_a_name_that_only_suggests_a_dimension_comes_last() -> None:
    agent = chat(2, parent=1, attributes={"gen_ai.agent.name": "summarizer"})

    assert only(agent)["feature"] == "summarizer"
    assert only(S(1, {"feature": "summarize"}), agent)["feature"] == "summarize"


def test_the_process_says_environment_team_and_service() -> None:
    process = {
        "service.name": "shop",
        "deployment.environment.name": "prod",
        "team": "search",
        "cloud.region": "eu",
    }

    operation = only(chat(1), resource=process)

    assert told(operation, "environment", "team", "region") == {
        "environment": "prod",
        "team": "search",
        "region": "eu",
    }
    assert operation["dimensions"] == {"service": "shop"}


def test_what_looks_like_a_dimension_and_is_none() -> None:
    operation = only(
        chat(1, attributes={"thread.id": 140, "user.roles": "admin", "customer": "", "plan": "  "})
    )

    assert told(operation, "conversation", "user", "customer", "plan") == {}


def test_free_dimensions_never_hold_what_someone_said() -> None:
    private = {"question": "secret", "note": "tell nobody of this", "user_email": "a@b.c", "prompt": "secret"}

    operation = only(chat(1, attributes={"metadata": json.dumps(private), "gen_ai.prompt": "secret"}))

    assert "dimensions" not in operation


def test_long_names_are_told_by_their_hash() -> None:
    one, other = (only(chat(1, attributes={"customer": "x" * 300 + end}))["customer"] for end in "ab")

    assert len(one) == len(other) == 71
    assert one != other


def test_control_characters_do_not_reach_a_database() -> None:
    assert only(chat(1, attributes={"customer": "ac\0me\n"}))["customer"] == "acme"


def test_what_was_asked_of_the_model() -> None:
    asked = json.dumps({"model": "gpt-4o", "max_tokens": 300, "service_tier": "flex", "user": "user-42"})

    operation = only(S(1, {"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o-2024-08-06",
                           "llm.invocation_parameters": asked}))  # fmt: skip

    assert told(operation, "model", "requested_model", "max_tokens", "service_tier", "user") == {
        "model": "gpt-4o-2024-08-06",
        "requested_model": "gpt-4o",
        "max_tokens": 300,
        "service_tier": "flex",
        "user": "user-42",
    }


def test_batches() -> None:
    assert only(chat(1, attributes={"anthropic.response.service_tier": "batch"}))["batch"] is True
    assert only(chat(1, attributes={"gen_ai.request.batch": True}))["batch"] is True
    assert "batch" not in only(chat(1))


@pytest.mark.parametrize(
    ("said", "provider"),
    [
        ("openai", "openai"), ("OpenAI", "openai"), ("openai.chat", "openai"), ("openai.responses", "openai"),
        ("Anthropic", "anthropic"), ("anthropic.messages", "anthropic"), ("az.ai.openai", "azure.ai.openai"),
        ("azure-openai.chat", "azure.ai.openai"), ("aws.bedrock", "aws.bedrock"), ("amazon-bedrock", "aws.bedrock"),
        ("gemini", "gcp.gemini"), ("google.generative-ai", "gcp.gemini"), ("google.vertex.chat", "gcp.vertex_ai"),
        ("vertex_ai", "gcp.vertex_ai"), ("mistral.chat", "mistral_ai"), ("xai.chat", "x_ai"), ("acme-llm", "acme-llm"),
        ("Langchain", None), ("Unknown", None),
    ],
)  # fmt: skip
def test_providers_by_their_many_names(said: str, provider: str | None) -> None:
    assert only(chat(1, attributes={"gen_ai.provider.name": said})).get("provider") == provider


def test_old_and_new_names_of_the_provider() -> None:
    old = S(1, {"gen_ai.system": "openai", "gen_ai.response.id": "a", "gen_ai.request.model": "gpt-4o"})

    assert only(old)["provider"] == "openai"


def test_errors_are_no_success_and_all_else_is_unknown() -> None:
    assert only(chat(1, status=ERROR))["success"] is False
    assert only(chat(1, attributes={"http.response.status_code": 429}))["success"] is False
    assert only(chat(1, attributes={"error.type": "timeout"}))["success"] is False
    assert "success" not in only(chat(1, status=1))


def test_when_and_how_long() -> None:
    operation = only(chat(1, start=0, end=1234.5))

    assert operation["time"] == datetime(2026, 9, 21, 14, 13, 20)  # noqa: DTZ001
    assert operation["latency_ms"] == 1235
    assert (operation["trace_id"], operation["span_id"]) == (f"{1:032x}", f"{1:016x}")


def test_a_clock_that_was_never_set_tells_no_time() -> None:
    told = request(chat(1))
    told.resource_spans[0].scope_spans[0].spans[0].start_time_unix_nano = 5

    (operation,) = operations_of(read_spans(told.SerializeToString(), PROTOBUF, None))

    assert "time" not in operation


def test_nothing_of_nothing() -> None:
    assert operations_of([]) == []


def test_a_call_that_worked_in_the_end_did_not_fail() -> None:
    wrapper = chat(1, end=20)
    attempt = S(2, {"gen_ai.operation.name": "chat", "error.type": "timeout"}, parent=1)

    assert "success" not in only(wrapper, attempt)
    assert only(chat(1, status=ERROR), chat(2, parent=1))["success"] is False


def test_hashes_of_prompts_but_not_prompts() -> None:
    operation = only(chat(1, attributes={"prompt.hash": "sha256:ab12", "prefix.hash": "You are a helpful"}))

    assert told(operation, "prompt_hash", "prefix_hash") == {"prompt_hash": "sha256:ab12"}
