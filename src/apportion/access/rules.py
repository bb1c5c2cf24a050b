"""What each route asks of a caller. A route that is not here is closed to everyone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from apportion.access.caller import Scope

Kind = Literal["team", "customer"]


@dataclass(frozen=True)
class Rule:
    """The scope that a route needs, and which kinds of tenants may use it for what is theirs.

    `scope` None lets in everybody, logged in or not: logging in itself, and whether the server lives.
    """

    scope: Scope | None
    tenants: frozenset[Kind] = frozenset()


def _each(scope: Scope | None, *names: str, tenants: tuple[Kind, ...] = ()) -> dict[str, Rule]:
    return {name: Rule(scope, frozenset(tenants)) for name in names}


RULES: Mapping[str, Rule] = {
    **_each("ingest", "push_usage", "post_operations", "post_outcomes", "post_traces"),
}
"""By the name of the route, which is its `operationId` in the OpenAPI document."""
