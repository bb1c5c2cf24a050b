"""Filters of the query model: and, or, not over fields, `*` as wildcard, compiled to SQL with parameters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from apportion.analytics.models import NONE
from apportion.core.errors import BadInput
from apportion.engine import quote_ident

MAX_DEPTH = 8
MAX_VALUES = 500
_SHAPE = 'Write it like {"and": [{"team": ["payments", "plat*"]}, {"not": {"environment": ["staging"]}}]}.'


@dataclass
class Bindings:
    """Parameter values of one statement, named in the order they were bound."""

    values: dict[str, object] = field(default_factory=dict)

    def bind(self, value: object) -> str:
        """The placeholder that stands for `value`."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"


@dataclass(frozen=True)
class Match:
    """The field's value is one of `values`; `*` in a value stands for any text."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """All of (`and`), any of (`or`) or none of (`not`) the parts."""

    kind: str
    parts: tuple["Filter", ...]


Filter = Match | Group


def parse_filter(given: object) -> Filter | None:
    """Read a filter from JSON text or from what JSON became; raises BadInput where it is not one."""
    if isinstance(given, str):
        try:
            given = json.loads(given) if given.strip() else None
        except (ValueError, RecursionError):
            raise BadInput("The filter is not JSON.", where="filter", hint=_SHAPE) from None
    if given is None or given == {}:
        return None
    parsed = _parse(given, 1)
    if sum(len(match.values) for match in matches(parsed)) > MAX_VALUES:
        raise BadInput(
            f"The filter names more than {MAX_VALUES} values.", where="filter", hint="Use wildcards."
        )
    return parsed


def matches(node: Filter) -> list[Match]:
    """Every field and its values in the filter."""
    return [node] if isinstance(node, Match) else [found for part in node.parts for found in matches(part)]


def as_json(node: Filter) -> dict[str, object]:
    """The filter as it is written in an address."""
    if isinstance(node, Match):
        return {node.field: list(node.values)}
    parts = [as_json(part) for part in node.parts]
    return {"not": parts[0]} if node.kind == "not" else {node.kind: parts}


def compile_filter(node: Filter, bindings: Bindings) -> str:
    """The filter as an SQL condition; field names must have been checked."""
    if isinstance(node, Match):
        return _condition(node, bindings)
    parts = [compile_filter(part, bindings) for part in node.parts]
    if node.kind == "not":
        return f"NOT {parts[0]}"
    return "(" + f" {node.kind.upper()} ".join(parts) + ")"


def _parse(given: object, depth: int) -> Filter:
    if depth > MAX_DEPTH:
        raise BadInput(f"The filter is more than {MAX_DEPTH} levels deep.", where="filter", hint=_SHAPE)
    if not isinstance(given, Mapping) or not given:
        raise BadInput("A filter is an object.", where="filter", hint=_SHAPE)
    parts = tuple(_parse_entry(str(key), value, depth) for key, value in given.items())
    return parts[0] if len(parts) == 1 else Group("and", parts)


def _parse_entry(key: str, value: object, depth: int) -> Filter:
    if key in ("and", "or"):
        if not isinstance(value, list) or not value:
            raise BadInput(f"'{key}' takes a list of filters.", where="filter", hint=_SHAPE)
        return Group(key, tuple(_parse(part, depth + 1) for part in value))
    if key == "not":
        return Group("not", (_parse(value, depth + 1),))
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(v, str) for v in values):
        raise BadInput(f"'{key}' takes a list of texts.", where="filter", hint=_SHAPE)
    return Match(key, tuple(values))


def _condition(match: Match, bindings: Bindings) -> str:
    column = f"coalesce({quote_ident(match.field)}::VARCHAR, '{NONE}')"
    exact = [v for v in match.values if "*" not in v]
    options = [f"{column} LIKE {bindings.bind(_pattern(v))} ESCAPE '\\'" for v in match.values if "*" in v]
    if exact:
        options.append(f"{column} IN ({', '.join(bindings.bind(v) for v in exact)})")
    return "(" + " OR ".join(options) + ")"


def _pattern(value: str) -> str:
    for special in ("\\", "%", "_"):
        value = value.replace(special, "\\" + special)
    return value.replace("*", "%")
