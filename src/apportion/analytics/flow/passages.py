"""Where cost comes from and where it goes, as sums between the columns of a flow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from apportion.analytics.flow.models import Kind, Stage
from apportion.analytics.flow.ways import Onward, onward
from apportion.analytics.models import Row
from apportion.analytics.scope import Scope
from apportion.analytics.statements import fetch, fill, read_sql

FEWEST = 2
TARGET_KINDS: Mapping[str, Kind] = {"allocated": "named", "idle": "idle", "unallocated": "unallocated"}


@dataclass(frozen=True)
class Place:
    """A node of the flow; the name of "others" is None."""

    stage: Stage
    kind: Kind
    name: str | None


@dataclass(frozen=True)
class Passage:
    """Cost that goes from one place to another; `beside` some that goes there by way of a node."""

    source: Place
    target: Place
    amount: Decimal
    beside: bool = False


@dataclass(frozen=True)
class Passages:
    """Everything that flows.

    `members` is how many names each column has, shown or not; `moving` are the labels of the nodes that pass
    cost on to others.
    """

    passages: list[Passage]
    members: Mapping[Stage, int]
    charged: Decimal
    placed: Decimal
    moving: Sequence[str] = ()


def place(stage: Stage, name: str | None, kind: Kind = "named") -> Place:
    """The node of `name`, or of all the others where it is None."""
    return Place(stage, "others" if name is None else kind, name)


def passages(
    con: duckdb.DuckDBPyConnection, scope: Scope, perspective: str, origin: str, limit: int
) -> Passages:
    """What flows in the window between the `limit` largest providers, origins and targets and the others."""
    names = {"metric": scope.metric, "origin": origin}
    params = scope.params(perspective=perspective, limit=limit)
    provided = fetch(con, fill(read_sql(__package__, "provided"), names), params)
    shown = list(dict.fromkeys(row["target"] for row in provided if row["target"] is not None))
    placed = fetch(con, fill(read_sql(__package__, "placed"), names), {**params, "origins": shown})
    whole = fetch(con, fill(read_sql(__package__, "whole"), names), params)[0]
    came = [
        Passage(place("provider", row["source"]), place("origin", row["target"]), row["amount"])
        for row in provided
    ]
    targets = [
        row["target"] for row in placed if row["target_kind"] == "allocated" and row["target"] is not None
    ]
    asked = {**params, "origins": shown, "targets": list(dict.fromkeys(targets))}
    moved, moving = onward(con, names, asked)
    went, nodes = _went(placed, moved, max(FEWEST, limit // 2))
    members: dict[Stage, int] = {
        "provider": max((row["sources"] for row in provided), default=0),
        "origin": max((row["targets"] for row in provided), default=0),
        "node": nodes,
        "target": max((row["targets"] for row in placed), default=0),
    }
    return Passages([*came, *went], members, whole["charged"], whole["placed"], moving)


def _went(placed: Sequence[Row], moved: Mapping[Onward, Decimal], limit: int) -> tuple[list[Passage], int]:
    """From origins to targets, straight or by the node that handed it on; and how many of those there are."""
    straight = {(row["source"], row["target_kind"], row["target"]): row["amount"] for row in placed}
    handed: dict[str, Decimal] = {}
    beside = {(source, *end) for source, _, end in moved}
    for (source, name, (kind, target)), amount in moved.items():
        straight[source, kind, target] -= amount
        handed[name] = handed.get(name, Decimal(0)) + amount
    shown = set(sorted(handed, key=lambda name: (-handed[name], name))[:limit])
    to_node: dict[tuple[Place, Place], Decimal] = {}
    for (source, name, (kind, target)), amount in moved.items():
        node = place("node", name if name in shown else None)
        for ends in (
            (place("origin", source), node),
            (node, place("target", target, TARGET_KINDS[kind])),
        ):
            to_node[ends] = to_node.get(ends, Decimal(0)) + amount
    direct = [
        Passage(
            place("origin", source),
            place("target", target, TARGET_KINDS[kind]),
            amount,
            (source, kind, target) in beside,
        )
        for (source, kind, target), amount in straight.items()
        if amount or (source, kind, target) not in beside
    ]
    largest = sorted(to_node.items(), key=lambda item: (item[0][0].stage == "node", -item[1]))
    return [*(Passage(*ends, amount) for ends, amount in largest), *direct], len(handed)
