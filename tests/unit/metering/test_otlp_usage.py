"""Tokens under all their names: inclusive of their parts, and unknown where nobody told them."""

import json
from typing import Any

import pytest
from otlp_spans import S, chat, only, operations, tokens

WHOLE = {"input_tokens": 1000, "output_tokens": 200}
OPENAI = WHOLE | {"cache_read_tokens": 600, "reasoning_tokens": 50}
ANTHROPIC = WHOLE | {"cache_read_tokens": 600, "cache_write_tokens": 100, "cache_write_1h_tokens": 40}
COARSE = WHOLE | {"cache_read_tokens": 600, "cache_write_tokens": 100}

OPENAI_RAW = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200,
              "prompt_tokens_details": {"cached_tokens": 600, "audio_tokens": 0},
              "completion_tokens_details": {"reasoning_tokens": 50}}  # fmt: skip
RESPONSES_RAW = {"input_tokens": 1000, "output_tokens": 200, "total_tokens": 1200,
                 "input_tokens_details": {"cached_tokens": 600},
                 "output_tokens_details": {"reasoning_tokens": 50}}  # fmt: skip
ANTHROPIC_RAW = {"input_tokens": 300, "output_tokens": 200, "cache_creation_input_tokens": 100,
                 "cache_read_input_tokens": 600,
                 "cache_creation": {"ephemeral_5m_input_tokens": 60, "ephemeral_1h_input_tokens": 40}}  # fmt: skip
GEMINI_RAW = {"promptTokenCount": 1000, "candidatesTokenCount": 150, "thoughtsTokenCount": 50,
              "cachedContentTokenCount": 600, "totalTokenCount": 1200}  # fmt: skip
CONVERSE_RAW = {"inputTokens": 300, "outputTokens": 200, "totalTokens": 1200, "cacheReadInputTokens": 600,
                "cacheWriteInputTokens": 100}  # fmt: skip
LANGCHAIN = {"input_tokens": 1000, "output_tokens": 200, "total_tokens": 1200,
             "input_token_details": {"cache_read": 600, "cache_creation": 100},
             "output_token_details": {"reasoning": 0}}  # fmt: skip


def llm(**attributes: Any) -> S:
    return S(1, {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"} | attributes)


@pytest.mark.parametrize(
    ("attributes", "counts"),
    [
        ({"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200}, WHOLE),
        ({"gen_ai.usage.prompt_tokens": 1000, "gen_ai.usage.completion_tokens": 200}, WHOLE),
        ({"llm.usage.total_tokens": 1200, "gen_ai.usage.prompt_tokens": 1000}, WHOLE),
        ({"llm.token_count.prompt": 1000, "llm.token_count.completion": 200,
          "llm.token_count.prompt_details.cache_read": 600, "llm.token_count.prompt_details.cache_write": 100},
         COARSE),
        ({"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200,
          "gen_ai.usage.cache_read_input_tokens": 600, "gen_ai.usage.cache_creation_input_tokens": 100}, COARSE),
        ({"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200,
          "gen_ai.usage.input_tokens.cached": 600, "gen_ai.usage.output_tokens.reasoning": 50}, OPENAI),
        ({"ai.usage.inputTokens": 1000, "ai.usage.outputTokens": 200, "ai.usage.cachedInputTokens": 600,
          "ai.usage.reasoningTokens": 50}, OPENAI),
        ({"ai.usage.promptTokens": 1000.0, "ai.usage.completionTokens": 200.0}, WHOLE),
    ],
)  # fmt: skip
def test_counts_under_many_names(attributes: dict[str, Any], counts: dict[str, int]) -> None:
    assert tokens(only(llm(**attributes))) == counts


@pytest.mark.parametrize(
    ("raw", "counts"),
    [
        (OPENAI_RAW, OPENAI),
        (RESPONSES_RAW, OPENAI),
        (ANTHROPIC_RAW, ANTHROPIC),
        (GEMINI_RAW, OPENAI),
        (CONVERSE_RAW, COARSE),
        (LANGCHAIN, COARSE),
    ],
)
def test_counts_in_the_answers_own_usage(raw: dict[str, Any], counts: dict[str, int]) -> None:
    for name, told in {
        "gen_ai.usage.raw": raw,
        "output.value": {"id": "a", "model": "m", "usage": raw},
        "response_data": {"message": {"content": "Hello there"}, "usage": raw},
        "metadata.usage_object": raw,
    }.items():
        assert tokens(only(llm(**{name: json.dumps(told)}))) == counts, name
    assert tokens(only(llm(**{"metadata.usage_object": str(raw)}))) == counts, "as Python prints it"


def test_langchains_answer_holds_the_usage_deep_inside() -> None:
    told = {"generations": [[{"text": "Hello", "message": {"kwargs": {"id": "run--1", "content": "Hello",
                                                                    "usage_metadata": LANGCHAIN}}}]]}  # fmt: skip
    operation = only(S(1, {"openinference.span.kind": "LLM", "output.value": json.dumps(told)}))

    assert tokens(operation) == COARSE
    assert "response_id" not in operation


def test_litellm_prints_the_providers_answer() -> None:
    raw = S(1, {"llm.anthropic.usage": str(ANTHROPIC_RAW), "llm.anthropic.id": "msg_1",
                "llm.anthropic.model": "claude-sonnet-4-5", "llm.anthropic.content": "[{'text': 'Hello'}]"},
            scope="litellm")  # fmt: skip

    operation = only(raw)

    assert (operation["provider"], operation["response_id"], tokens(operation)) == (
        "anthropic",
        "msg_1",
        ANTHROPIC,
    )


def test_objects_as_python_prints_them() -> None:
    printed = (
        "Usage(completion_tokens=200, prompt_tokens=1000, total_tokens=1200, "
        "completion_tokens_details=CompletionTokensDetailsWrapper(reasoning_tokens=50, text_tokens=None), "
        "prompt_tokens_details={'cached_tokens': 600, 'note': \"it's\", 'odd': True})"
    )

    assert tokens(only(llm(**{"metadata.usage_object": printed}))) == OPENAI


@pytest.mark.parametrize("total", [None, 1200])
def test_langfuse_counts_parts_apart(total: int | None) -> None:
    told = {"input": 400, "input_cached_tokens": 600, "output": 150, "output_reasoning_tokens": 50}
    details = json.dumps(told if total is None else told | {"total": total})
    generation = S(1, {"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o",
                       "langfuse.observation.usage_details": details,
                       "langfuse.observation.cost_details": '{"total": 0.00375}'})  # fmt: skip

    operation = only(generation)

    assert tokens(operation) == OPENAI
    assert str(operation["reported_cost"]) == "0.00375"


def test_vercels_anthropic_tells_fresh_tokens_only() -> None:
    old = {"ai.operationId": "ai.streamText.doStream", "ai.usage.inputTokens": 300, "ai.usage.outputTokens": 200,
           "ai.usage.cachedInputTokens": 600,
           "ai.response.providerMetadata": json.dumps({"anthropic": {"usage": ANTHROPIC_RAW}})}  # fmt: skip
    new = {"ai.operationId": "ai.streamText.doStream", "ai.usage.inputTokens": 1000, "ai.usage.outputTokens": 200,
           "ai.usage.inputTokenDetails.noCacheTokens": 300, "ai.usage.inputTokenDetails.cacheReadTokens": 600,
           "ai.usage.inputTokenDetails.cacheWriteTokens": 100}  # fmt: skip

    assert tokens(only(S(1, old))) == ANTHROPIC
    assert tokens(only(S(1, new))) == COARSE


def test_parts_that_exceed_the_whole_were_counted_apart() -> None:
    told = {"gen_ai.usage.input_tokens": 300, "gen_ai.usage.output_tokens": 200,
            "gen_ai.usage.cache_read.input_tokens": 600, "gen_ai.usage.cache_write.input_tokens": 100}  # fmt: skip

    assert tokens(only(llm(**told))) == COARSE


def test_a_total_tells_whether_parts_were_counted_apart() -> None:
    told = {"gen_ai.usage.input_tokens": 900, "gen_ai.usage.output_tokens": 200,
            "gen_ai.usage.cache_read.input_tokens": 100}  # fmt: skip

    assert tokens(only(llm(**told, **{"gen_ai.usage.total_tokens": 1200})))["input_tokens"] == 1000
    assert tokens(only(llm(**told, **{"gen_ai.usage.total_tokens": 1100})))["input_tokens"] == 900


def test_no_tokens_at_no_cost_is_unknown() -> None:
    told = {"gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0, "gen_ai.cost.total_cost": 0.0}

    operation = only(llm(**told, **{"gen_ai.response.id": "a"}))

    assert tokens(operation) == {}
    assert "reported_cost" not in operation


def test_a_stream_that_nobody_counted_is_unknown() -> None:
    assert tokens(only(llm(**{"gen_ai.response.id": "a"}))) == {}


def test_cached_tokens_that_nobody_told_are_unknown_and_told_zeros_are_zero() -> None:
    dropped = only(chat(1))
    told = only(chat(1, attributes={"gen_ai.usage.cache_read.input_tokens": 0}))

    assert "cache_read_tokens" not in dropped
    assert told["cache_read_tokens"] == 0


def test_one_span_fills_in_what_the_other_lacks() -> None:
    coarse = chat(1, answer="a", scope="one", attributes={"gen_ai.request.max_tokens": 300})
    fine = chat(2, answer="a", scope="two", attributes={"gen_ai.usage.cache_read.input_tokens": 600})
    finest = chat(3, answer="a", scope="three", attributes={"gen_ai.usage.reasoning_tokens": 50})

    operation = only(coarse, fine, finest)

    assert tokens(operation) == OPENAI
    assert operation["max_tokens"] == 300


def test_an_answer_made_of_numbers_is_no_usage() -> None:
    said = json.dumps({"input": 7, "output": 8, "total": 15, "tokens": 3})

    assert tokens(only(S(1, {"openinference.span.kind": "LLM", "output.value": said}))) == {}


@pytest.mark.parametrize("odd", ["", "many", -1, 1.5, True, 10**13, [1], b"1", "9" * 20])
def test_odd_counts_are_no_counts(odd: object) -> None:
    assert tokens(only(llm(**{"gen_ai.usage.input_tokens": odd}))) == {}


@pytest.mark.parametrize(
    "attributes",
    [
        {"operation.cost": 0.00375},
        {"gen_ai.usage.cost": "0.00375"},
        {"gen_ai.usage.cost": json.dumps({"input": 0.001, "total": 0.00375})},
        {"gen_ai.usage.cost.total": 0.00375},
        {"gen_ai.usage.cost.input": 0.00175, "gen_ai.usage.cost.output": 0.002},
        {"gen_ai.cost.total_cost": 0.00375, "gen_ai.cost.input_cost": 0.1, "gen_ai.cost.output_cost": 0.1},
        {"llm.cost.prompt": 0.00175, "llm.cost.completion": 0.002},
        {"llm.cost.total": 0.00375},
        {"litellm.cost.total": 0.00375},
    ],
)
def test_what_others_say_it_cost(attributes: dict[str, Any]) -> None:
    assert str(only(chat(1, attributes=attributes))["reported_cost"]) == "0.00375"


@pytest.mark.parametrize("odd", ["nan", "a lot", -1.0, float("nan"), float("inf"), True, "1e99", [0.1]])
def test_odd_costs_are_no_costs(odd: object) -> None:
    assert "reported_cost" not in only(chat(1, attributes={"operation.cost": odd}))


def test_usage_in_an_event_of_the_span() -> None:
    told = {
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 200,
        "customer": "not of the span",
    }
    (operation,) = operations(
        S(1, {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}, events=[told])
    )

    assert tokens(operation) == WHOLE
    assert "customer" not in operation


def test_details_do_not_stand_for_the_whole() -> None:
    """pydantic-ai repeats the provider's own names below `details`: Anthropic's input there is the fresh part."""
    told = {"gen_ai.usage.details.input_tokens": 700, "gen_ai.usage.details.cache_read_input_tokens": 300}

    operation = only(chat(1, attributes=told))

    assert tokens(operation) == WHOLE | {"cache_read_tokens": 300}


def test_counts_of_a_programs_own_span() -> None:
    own = S(1, {"model": "gpt-4o", "input_tokens": 1000, "output_tokens": 200})

    assert (only(own)["model"], tokens(only(own))) == ("gpt-4o", WHOLE)
    assert tokens(only(own, chat(2, parent=1, answer="a"))) == WHOLE
