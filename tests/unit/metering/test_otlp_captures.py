"""Exports of real instrumentations, of calls whose truth is known: one operation each, with the true tokens."""

from pathlib import Path

import pytest
from otlp_spans import JSON, PROTOBUF, tokens

from apportion.metering.otlp import operations_of, read_spans

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "otel"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not FOLDER.exists(), reason="needs the captured exports beside the repository"),
]

WHOLE = {"input_tokens": 1000, "output_tokens": 200}
OPENAI = WHOLE | {"cache_read_tokens": 600, "reasoning_tokens": 50}
ANTHROPIC = WHOLE | {"cache_read_tokens": 600, "cache_write_tokens": 100, "cache_write_1h_tokens": 40}
TRUTHS = {
    "logfire.openai.stream": OPENAI,
    "openai_v2.openai.chat": WHOLE,  # drops the cached tokens: unknown
    "openai_v2.openai.stream": WHOLE,
    "openai_v2.openai.stream_nousage": {},
    "openinference.anthropic.chat": ANTHROPIC,
    "openinference.openai.chat": OPENAI,
    "pydantic_ai.openai.agent": OPENAI,
    "traceloop.anthropic.chat": ANTHROPIC,
    "traceloop.openai.chat": OPENAI,
    "vercel_ai.openai.generate": OPENAI,
}


@pytest.mark.parametrize("name", TRUTHS)
def test_a_capture_is_one_operation_with_its_true_tokens(name: str) -> None:
    (operation,) = operations_of(read_spans((FOLDER / f"{name}.otlp.json").read_bytes(), JSON, None))

    assert tokens(operation) == TRUTHS[name]
    provider = "anthropic" if "anthropic" in name else "openai"
    assert operation["provider"] == provider
    assert operation["model"].startswith("claude-sonnet-4-5" if provider == "anthropic" else "gpt-4o")
    assert (operation["customer"], operation["feature"]) == ("acme", "summarize")
    assert operation["operation"] == "chat"


@pytest.mark.parametrize("name", TRUTHS)
def test_a_capture_says_nothing_of_what_was_said(name: str) -> None:
    for span in read_spans((FOLDER / f"{name}.otlp.json").read_bytes(), JSON, None):
        assert "Hello there" not in str(span.to_dict())
        assert "'hi'" not in str(span.to_dict())


@pytest.mark.parametrize("name", [n for n in TRUTHS if not n.startswith("vercel")])
def test_protobuf_and_json_are_the_same(name: str) -> None:
    protobuf = read_spans((FOLDER / f"{name}.otlp.pb").read_bytes(), PROTOBUF, None)

    assert protobuf == read_spans((FOLDER / f"{name}.otlp.json").read_bytes(), JSON, None)


def test_what_others_say_it_cost_is_kept() -> None:
    (operation,) = operations_of(
        read_spans((FOLDER / "logfire.openai.stream.otlp.json").read_bytes(), JSON, None)
    )

    assert str(operation["reported_cost"]) == "0.00375"


def test_every_capture_has_its_truth() -> None:
    assert {p.name.removesuffix(".otlp.json") for p in FOLDER.glob("*.json")} == TRUTHS.keys()
