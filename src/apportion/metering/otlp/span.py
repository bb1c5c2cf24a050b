"""A span as it is kept: what operations need of it, and nothing that anyone said to a model."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

CALL, CONTAINER, TOOL, OTHER = "call", "container", "tool", ""
"""Roles: a call of a model; what wraps calls (agents, chains); tools; all else, which may name a customer."""

Fact = str | int | bool


@dataclass(frozen=True)
class Span:
    """What one span tells of AI calls. Ids are lower-case hex, times microseconds since 1970 (0: unknown).

    `counts` are tokens under the names of `Operation`, inclusive of their parts; `exact` where they come from
    the provider's own answer. `named` are dimensions of business under their own names, `implied` those that
    only suggest themselves (an agent's name for a feature), `labels` free ones, `resource` the process's.
    """

    trace_id: str
    span_id: str
    parent_span_id: str = ""
    scope: str = ""
    name: str = ""
    start: int = 0
    end: int = 0
    status: str = ""
    role: str = OTHER
    exact: bool = False
    facts: Mapping[str, Fact] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    implied: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    resource: Mapping[str, str] = field(default_factory=dict)
    resource_labels: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; what is empty is left out."""
        return {name: dict(v) if name in _MAPS else v for name in _FIELDS if (v := getattr(self, name))}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """The span that `to_dict` was asked of; names of other versions are passed over."""
        return cls(**{name: kept[name] for name in _FIELDS if name in kept})


_FIELDS = tuple(f.name for f in fields(Span))
_MAPS = {"facts", "counts", "named", "implied", "labels", "resource", "resource_labels"}
