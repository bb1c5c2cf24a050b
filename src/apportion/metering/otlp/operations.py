"""From spans to operations: each AI call once, with what all of its spans and those above them tell."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from apportion.metering.operation import Operation
from apportion.metering.otlp.agreement import MISCOUNT, invented, response_id
from apportion.metering.otlp.same_call import Calls
from apportion.metering.otlp.span import CONTAINER, Span
from apportion.metering.otlp.trace import Trace
from apportion.metering.otlp.usage import INPUTS, OUTPUTS, consistent

PROVIDERS_OWN = (
    "com.anthropic.sdk",
    "com.openai.sdk",
    "com.google.genai",
    "com.mistral.sdk",
    "com.cohere.sdk",
)
"""What the scopes of spans begin with that providers' own client libraries make."""

_Y2K = 946_684_800_000_000
"""Before it, in microseconds, no call was made: a clock that was never set."""

FACTS = ("operation", "provider", "model", "requested_model", "service_tier", "max_tokens", "batch")


def operations_of(spans: Sequence[Span]) -> list[Operation]:
    """The AI calls that these spans tell of, each once, in the order in which they began.

    Give all spans that are known of a trace (of several, if you like): the answer depends on the set alone,
    not on order or arrivals. An id is made of the trace and the id of the provider's answer, or else of the
    span of the call that ended first, which exporters send first. It changes only where a later span tells an
    answer's id that those before did not; a call goes where it turns out to be the sum of several.
    """
    traces: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        traces[span.trace_id].append(span)
    return [operation for name in sorted(traces) for operation in _of_trace(Trace(traces[name]))]


def _of_trace(trace: Trace) -> list[Operation]:
    calls = Calls(trace)
    groups = calls.groups() + [[s] for s in _elsewhere(trace)]
    made = [_operation(trace, group, calls.sums) for group in groups]
    once = {one["id"]: one for one in reversed(made)}  # an agent at a provider may tell the answer of a call
    return sorted(once.values(), key=lambda one: (str(one.get("time", "")), one["id"]))


def _elsewhere(trace: Trace) -> list[Span]:
    """Agents that run at a provider, whose usage no call in the trace repeats."""
    agents = [s for s in trace.spans if s.role == CONTAINER and s.counts]
    told = {above.span_id for s in (*trace.calls, *agents) for above in trace.above(s)}
    return [s for s in agents if s.span_id not in told]


def _operation(trace: Trace, group: list[Span], sums: set[str]) -> Operation:
    best = _by_preference(trace, group, sums)
    facts = {name: told for name in FACTS if (told := _first(best, name)) is not None}
    answer = next((s for s in best if response_id(s) and not invented(s)), None) or next(
        (s for s in best if response_id(s)), None
    )
    anchor = _anchor(trace, group)
    counts = _counts(best, sums)
    cost = _first([s for s in best if s.span_id not in sums], "reported_cost")
    start, end = _period(group, sums)
    operation: dict[str, Any] = {
        "id": _id(anchor.trace_id, (answer and response_id(answer)) or f"span:{anchor.span_id}"),
        "time": datetime.fromtimestamp(start // 10**6, UTC).replace(microsecond=start % 10**6, tzinfo=None)
        if start >= _Y2K
        else None,
        **_business(trace, group),
        **facts,
        **counts,
        "success": False if _failed(trace, group) else None,
        "latency_ms": (end - start + 500) // 1000 if 0 < start <= end < start + 10**13 else None,
        "reported_cost": Decimal(str(cost)) if cost is not None and (counts or cost != "0") else None,
        "trace_id": anchor.trace_id,
        "span_id": anchor.span_id,
        "response_id": response_id(answer) if answer else None,
    }
    return cast("Operation", {name: value for name, value in operation.items() if value is not None})


def _period(group: list[Span], sums: set[str]) -> tuple[int, int]:
    """From the first start to the last end, without sums of several calls and the spans of applications that
    LiteLLM writes a call onto: those last longer.
    """
    own = [s for s in group if s.span_id not in sums and ("litellm" in s.scope or not s.facts.get("litellm"))]
    own = own or group
    return min(s.start for s in own), max(s.end for s in own)


def _failed(trace: Trace, group: list[Span]) -> bool:
    """Whether the call failed in the end: the span furthest out says so, whatever attempts within did."""
    top = min(trace.depth(s) for s in group)
    return any(s.facts.get("failed") for s in group if trace.depth(s) == top)


def _id(trace_id: str, call: str) -> str:
    return "otlp-" + hashlib.sha256(f"{trace_id} {call}".encode("utf-8", "replace")).hexdigest()[:40]


def _by_preference(trace: Trace, group: list[Span], sums: set[str]) -> list[Span]:
    """The spans of a call, the one to believe first: no sum of several calls, the provider's own library, the
    provider's own numbers, more kinds of tokens, nearer to the wire.
    """

    def rank(span: Span) -> tuple[Any, ...]:
        own = span.scope.startswith(PROVIDERS_OWN)
        detail = len(span.counts)
        return (
            span.span_id in sums,
            not own,
            not span.exact,
            -detail,
            -trace.depth(span),
            span.scope,
            span.span_id,
        )

    return sorted(group, key=rank)


def _first(spans: Iterable[Span], name: str) -> Any:
    return next((s.facts[name] for s in spans if name in s.facts), None)


def _counts(best: list[Span], sums: set[str]) -> dict[str, int]:
    """The counts of the first that has some; what it lacks comes from others that counted the same whole."""
    known = [s.counts for s in best if s.counts and s.span_id not in sums]
    counts = dict(known[0]) if known else {}
    for other in known[1:]:
        for side, slack in ((INPUTS, 0), (OUTPUTS, MISCOUNT)):
            mine, theirs = counts.get(side[0]), other.get(side[0])
            if theirs is None or (mine is not None and abs(mine - theirs) > slack):
                continue
            whole = theirs if mine is None else mine
            counts |= {n: other[n] for n in side if n in other and n not in counts and other[n] <= whole}
    return consistent(counts)


def _anchor(trace: Trace, group: list[Span]) -> Span:
    """The span of a call that ended first: it was sent first, so later ones do not move it."""
    return min(group, key=lambda s: (s.end or s.start, -trace.depth(s), s.start, s.span_id))


def _business(trace: Trace, group: list[Span]) -> dict[str, Any]:
    """Dimensions from the spans of the call, then those above, the nearest first, then their processes."""
    above = {s.span_id: s for one in group for s in trace.above(one)}
    for span in group:
        above.pop(span.span_id, None)

    def nearest(spans: Iterable[Span]) -> list[Span]:
        return sorted(spans, key=lambda s: (-trace.depth(s), s.start, s.span_id))

    chain = nearest(group) + nearest(above.values())
    named: dict[str, str] = {}
    for told in (*(s.named for s in chain), *(s.resource for s in chain), *(s.implied for s in chain)):
        for name, value in told.items():
            named.setdefault(name, value)
    labels: dict[str, str] = {}
    for told in (*(s.labels for s in chain), *(s.resource_labels for s in chain)):
        for name, value in told.items():
            labels.setdefault(name, value)
    return {**named, "dimensions": dict(sorted(labels.items())[:30]) or None}
