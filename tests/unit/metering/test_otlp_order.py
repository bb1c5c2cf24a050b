"""The order in which spans come, and in how many arrivals, changes nothing of what they tell."""

import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from otlp_spans import ERROR, S, chat, kept, without_usage

from apportion.metering.batch import check
from apportion.metering.otlp import Span, operations_of

AGENT = S(1, {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a", "customer": "acme"}, end=200)
TRACES = {
    "one call as two spans": (chat(1, answer="a", end=12), chat(2, answer="a", parent=1, start=1, end=11, scope="sdk")),
    "a wrapper without an id": (
        S(1, {"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o"}, end=12),
        chat(2, parent=1, start=1, end=11),
    ),
    "a stream and its log": (
        without_usage(chat(1, parent=9, end=3, scope="logfire")),
        chat(2, parent=9, start=40, end=40, scope="logfire", attributes={"logfire.span_type": "log"}),
        S(9, {"customer": "acme"}, end=50),
    ),
    "an agent with calls, a tool and a retry": (
        AGENT,
        without_usage(chat(2, parent=1, start=1, end=9, status=ERROR)),
        chat(3, parent=1, start=10, end=19, answer="a"),
        S(4, {"gen_ai.operation.name": "execute_tool"}, parent=1, start=20, end=29),
        chat(5, parent=1, start=30, end=39, answer="b", read=500),
    ),
    "a sum of calls": (
        chat(1, end=50, read=1500, written=250),
        chat(2, parent=1, start=1, end=9),
        chat(3, parent=1, start=10, end=19, read=500, written=50),
    ),
    "two instrumentations beside each other": (
        *(chat(n, start=n, end=20 + n, read=n, scope="one") for n in (1, 2)),
        *(chat(n + 2, start=n, end=20 + n, read=n, scope="two") for n in (1, 2)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TRACES)
def test_any_order_tells_the_same(name: str) -> None:
    spans = kept(*TRACES[name])
    expected = operations_of(spans)

    for order in itertools.permutations(spans):
        assert operations_of(order) == expected


@pytest.mark.parametrize("name", TRACES)
def test_spans_that_come_twice_count_once(name: str) -> None:
    spans = kept(*TRACES[name])

    assert operations_of([*spans, *reversed(spans)]) == operations_of(spans)


@pytest.mark.parametrize("name", TRACES)
def test_ids_stay_as_spans_arrive_when_they_end(name: str) -> None:
    """Exporters send spans as they end, so that each arrival holds those that ended before those of the next."""
    spans = sorted(kept(*TRACES[name]), key=lambda s: s.end)
    expected = {one["id"] for one in operations_of(spans)}

    for first in range(1, len(spans)):
        early = {one["id"] for one in operations_of(spans[:first])}
        assert early <= expected


@pytest.mark.parametrize("name", TRACES)
def test_every_split_into_two_arrivals_ends_the_same(name: str) -> None:
    """As a store does it: spans are kept as JSON under their ids, and read again when more of a trace comes."""
    spans = kept(*TRACES[name])
    expected = operations_of(spans)

    for size in range(len(spans) + 1):
        for first in itertools.combinations(spans, size):
            store: dict[str, str] = {}
            for arrival in (first, [s for s in spans if s not in first]):
                store |= {s.span_id: json.dumps(s.to_dict()) for s in arrival}
                found = operations_of([Span.of(json.loads(body)) for _, body in sorted(store.items())])
            assert found == expected


_ATTRIBUTES = st.fixed_dictionaries(
    {"gen_ai.operation.name": st.sampled_from(["chat", "embeddings", "invoke_agent", "execute_tool", "odd"])},
    optional={
        "gen_ai.request.model": st.sampled_from(["gpt-4o", "gpt-4o-mini"]),
        "gen_ai.response.id": st.sampled_from(["a", "b", "7bb7d616-f801-4005-a859-84e5e701102e"]),
        "gen_ai.usage.input_tokens": st.sampled_from([0, 10, 20, 30]),
        "gen_ai.usage.output_tokens": st.sampled_from([0, 1, 2, 3]),
        "gen_ai.usage.total_tokens": st.sampled_from([10, 11, 22, 33]),
        "gen_ai.usage.cache_read.input_tokens": st.sampled_from([0, 5, 9, 30]),
        "gen_ai.usage.cache_write.input_tokens": st.sampled_from([0, 5, 9, 30]),
        "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": st.sampled_from([0, 4, 40]),
        "gen_ai.usage.reasoning_tokens": st.sampled_from([0, 1, 3, 5]),
        "logfire.span_type": st.sampled_from(["log", "span"]),
        "customer": st.sampled_from(["acme", "zeta"]),
    },
)


@st.composite
def traces(draw: st.DrawFn) -> Sequence[Span]:
    """Any few spans, any of them the parent of any other."""
    number = st.integers(1, 6)
    spans = []
    for identity in draw(st.lists(number, min_size=1, max_size=6)):
        start = draw(st.integers(0, 20))
        spans.append(
            S(
                identity, draw(_ATTRIBUTES), parent=draw(st.integers(0, 6)), start=start,
                end=start + draw(st.integers(0, 20)), scope=draw(st.sampled_from(["one", "two", "litellm"])),
                status=draw(st.sampled_from([0, 2])), kind=draw(st.sampled_from([1, 3])),
            )
        )  # fmt: skip
    return kept(*spans)


@given(traces(), st.randoms(use_true_random=False))
def test_no_order_of_any_spans_matters(spans: Sequence[Span], random) -> None:  # noqa: ANN001
    shuffled = list(spans)
    random.shuffle(shuffled)

    found = operations_of(spans)

    assert operations_of(shuffled) == found
    assert len({one["id"] for one in found}) == len(found) <= len(spans)
    assert check([*found], datetime(2026, 11, 1, tzinfo=UTC)).rejected == []
