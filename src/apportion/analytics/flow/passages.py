"""Where cost comes from and where it goes, as sums between the columns of a flow."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from apportion.analytics.flow.models import Kind, Stage
from apportion.analytics.scope import Scope
from apportion.analytics.statements import fetch, fill, read_sql

TARGET_KINDS: Mapping[str, Kind] = {"allocated": "named", "idle": "idle", "unallocated": "unallocated"}


@dataclass(frozen=True)
class Place:
    """A node of the flow; the name of "others" is None."""

    stage: Stage
    kind: Kind
    name: str | None


@dataclass(frozen=True)
class Passage:
    """Cost that goes from one place to another."""

    source: Place
    target: Place
    amount: Decimal


@dataclass(frozen=True)
class Passages:
    """Everything that flows; `members` is how many names each column has, shown or not."""

    passages: list[Passage]
    members: Mapping[Stage, int]
    charged: Decimal
    placed: Decimal


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
    went = [
        Passage(
            place("origin", row["source"]),
            place("target", row["target"], TARGET_KINDS[row["target_kind"]]),
            row["amount"],
        )
        for row in placed
    ]
    members: dict[Stage, int] = {
        "provider": max((row["sources"] for row in provided), default=0),
        "origin": max((row["targets"] for row in provided), default=0),
        "target": max((row["targets"] for row in placed), default=0),
    }
    return Passages([*came, *went], members, whole["charged"], whole["placed"])
