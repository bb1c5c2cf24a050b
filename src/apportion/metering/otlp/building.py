"""A span to keep, from the parts of one as it came: the same for protobuf and JSON."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from apportion.metering.otlp.attributes import Found, labels, sort
from apportion.metering.otlp.facts import (
    Answer,
    asked_user,
    call_facts,
    counts_of,
    failed,
    kind_of,
    role_of,
)  # fmt: skip
from apportion.metering.otlp.span import CALL, CONTAINER, OTHER, Fact, Span
from apportion.metering.otlp.values import text

CLIENT = 3
"""OTLP's number for a span of kind CLIENT."""

Attributes = Iterable[tuple[str, Any]]
Value = Callable[[Any], Any]
_OF_CALLS = ("count", "fact", "answer")
_AI = ("kind", "count", "answer")
_AI_FACTS = ("response_id", "tool", "agent_run")


@dataclass(frozen=True)
class Resource:
    """What the attributes of a process tell, which all of its spans share."""

    named: dict[str, str]
    labels: dict[str, str]

    @classmethod
    def of(cls, attributes: Attributes, value: Value) -> "Resource":
        """From the resource's attributes, each with what `value` makes plain."""
        found = sort(attributes, value)
        return cls({**found.group("implied"), **found.group("named")}, labels(found))


@dataclass(frozen=True)
class Came:
    """A span as it came: ids in hex, times in nanoseconds, status 'ok', 'error' or ''."""

    trace_id: str
    span_id: str
    parent_span_id: str
    scope: str
    name: str
    kind: int
    start: int
    end: int
    status: str


def build(
    came: Came, attributes: Attributes, events: Attributes | None, value: Value, resource: Resource
) -> Span:
    """The span to keep. Attributes of its events only fill in what its own leave out."""
    found = sort(attributes, value)
    if events is not None:
        found.fill(sort(events, value), _OF_CALLS)
    role, exact, facts, counts = _call(came, found) if _may_call(found) else (OTHER, False, {}, {})
    implied = found.group("implied")
    if role == CALL and (user := asked_user(found)):
        implied.setdefault("user", user)
    return Span(
        trace_id=came.trace_id,
        span_id=came.span_id,
        parent_span_id=came.parent_span_id,
        scope=text(came.scope) or "",
        name=text(came.name) or "",
        start=max(came.start, 0) // 1000,
        end=max(came.end, 0) // 1000,
        status=came.status,
        role=role,
        exact=exact,
        facts=facts,
        counts=counts,
        named=found.group("named"),
        implied=implied,
        labels=labels(found),
        resource=resource.named,
        resource_labels=resource.labels,
    )


def _may_call(found: Found) -> bool:
    """Whether anything of AI is told at all: most spans of a service have nothing of it."""
    facts = found.best.get("fact", {})
    return any(name in found.best for name in _AI) or any(name in facts for name in _AI_FACTS)


def _call(came: Came, found: Found) -> tuple[str, bool, dict[str, Fact], dict[str, int]]:
    """Role, exactness, facts and counts. Only calls keep the last two, and agents that work elsewhere."""
    said, operation = kind_of(found)
    answer = Answer(found)
    counts, exact = counts_of(found, answer)
    answered = found.get("fact", "response_id") is not None
    role = role_of(said, found, counts, answered)
    elsewhere = role == CONTAINER and operation == "invoke_agent" and came.kind == CLIENT and bool(counts)
    if role != CALL and not elsewhere:
        return role, False, {}, {}
    facts = call_facts(found, answer, operation, counts)
    if failed(found, came.status):
        facts["failed"] = True
    return role, exact, facts, counts
