"""Whether two spans can be of one call: model, tokens and answer must not speak against it."""

import re
from collections.abc import Sequence

from apportion.metering.otlp.providers import family
from apportion.metering.otlp.span import Span

SLACK = 5_000
"""Microseconds by which two instrumentations of a process may differ (JavaScript rounds to 1 ms)."""

MISCOUNT = 2
"""Tokens by which two instrumentations of one call may differ: traceloop counts 201 of 200 in a stream."""

_INVENTED = re.compile(
    r"(chatcmpl-|msg_|resp_)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
)


def response_id(span: Span) -> str | None:
    """The id of the answer, as the span tells it."""
    told = span.facts.get("response_id")
    return told if isinstance(told, str) else None


def invented(span: Span) -> bool:
    """Whether the id may be the instrumentation's own: LiteLLM makes UUIDs where OpenAI gives none."""
    told = response_id(span)
    return told is not None and _INVENTED.fullmatch(told) is not None


def same_answer(these: Sequence[Span], those: Sequence[Span]) -> bool:
    """Whether no ids of answers that providers gave speak against it."""
    mine, theirs = ({response_id(s) for s in side if not invented(s)} - {None} for side in (these, those))
    return not mine or not theirs or not mine.isdisjoint(theirs)


def same_model(these: Sequence[Span], those: Sequence[Span]) -> bool:
    """Whether a model asked for or answering is one on both sides, or unknown on one."""
    mine, theirs = (
        {
            family(told)
            for span in side
            for name in ("model", "requested_model")
            if isinstance(told := span.facts.get(name), str)
        }
        for side in (these, those)
    )
    return not mine or not theirs or not mine.isdisjoint(theirs)


def same_kind(these: Sequence[Span], those: Sequence[Span]) -> bool:
    """Whether both are embeddings or both are not."""
    return _embeds(these) == _embeds(those)


def _embeds(spans: Sequence[Span]) -> bool:
    return any(s.facts.get("operation") == "embeddings" for s in spans)


def counts_of(spans: Sequence[Span]) -> dict[str, int]:
    """The counts of the first that has some."""
    return next((dict(s.counts) for s in spans if s.counts), {})


def equal_counts(these: Sequence[Span], those: Sequence[Span]) -> bool:
    """Whether both sides counted the same tokens, or nearly."""
    mine, theirs = counts_of(these), counts_of(those)
    return bool(mine and theirs) and _near(mine, theirs)


def _near(mine: dict[str, int], theirs: dict[str, int]) -> bool:
    read = mine.get("input_tokens"), theirs.get("input_tokens")
    written = mine.get("output_tokens"), theirs.get("output_tokens")
    same_input = None in read or read[0] in (read[1], _fresh(theirs)) or read[1] == _fresh(mine)
    return same_input and (None in written or abs((written[0] or 0) - (written[1] or 0)) <= MISCOUNT)


def _fresh(counts: dict[str, int]) -> int:
    """The input without what a cache read or wrote: what some take for the whole."""
    cached = counts.get("cache_read_tokens", 0) + counts.get("cache_write_tokens", 0)
    return counts.get("input_tokens", 0) - cached


def within(one: Span, other: Span) -> bool:
    """Whether one ran while the other did, all of the time."""
    return _holds(one, other) or _holds(other, one)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start - SLACK <= inner.start and inner.end <= outer.end + SLACK
