"""The tree of operations: from the organization down to a call, each level opening into the next."""

from datetime import datetime
from typing import Literal, get_args

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part, Row
from apportion.analytics.sentences import count, money
from apportion.core.errors import BadInput
from apportion.economics.operations.asked import Asked, OperationsMeta
from apportion.economics.operations.figures import each
from apportion.economics.operations.groups import Compared, Total, groups_of, total_of
from apportion.economics.operations.overview import without_cost
from apportion.engine import quote_ident
from apportion.metering.operation import TREE

Level = Literal["organization", "cost_center", "team", "project", "user", "workflow", "call"]
LEVELS: tuple[Level, ...] = get_args(Level)
MOST = 100


class Above(Part):
    """A level above the children that are shown."""

    level: Level
    name: str | None = Field(description="Null where what is shown belongs to several.")
    pinned: bool = Field(description="Whether it was asked for; else it was looked up.")


class Node(Compared):
    """One child, with all that is below it."""

    level: Level
    name: str
    cost_per_day: Amount | None = Field(description="Cost for each day of the window that has data.")
    pins: dict[str, str] = Field(description="The parameters that open it.")


class Call(Part):
    """One operation."""

    operation_id: str
    time: datetime
    feature: str | None
    provider: str | None
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost: Amount | None
    price_state: str
    success: bool | None


class OperationsTree(Part):
    """Where in the company does the cost arise? One node of the tree, and what it opens into."""

    meta: OperationsMeta
    headline: str
    path: list[Above] = Field(description="The levels above the children, the widest first.")
    level: Level = Field(description="The level of the children.")
    total: Total = Field(description="The node itself: all of its children together.")
    cost_per_day: Amount | None
    children: list[Node] = Field(description="The dearest first. Empty where they are calls.")
    calls: list[Call] = Field(description="The dearest first, where the node opens into single calls.")
    more: int = Field(description="Children that are not shown.")


def operations_tree(
    con: duckdb.DuckDBPyConnection, asked: Asked, level: str | None = None, most: int = MOST
) -> OperationsTree:
    """The node that the filters name, opened into `level`: the next one below it that has names.

    Raises BadInput where `level` is not one, or stands above what the filters name.
    """
    named = asked.fetch(con, "levels", parts={"levels": _named()})[0]
    depth = max((n + 1 for n, name in enumerate(TREE) if name in asked.filters), default=0)
    shown = _level(level, depth) if level else _next(named, depth)
    total = total_of(con, asked)
    children: list[Node] = []
    calls: list[Call] = []
    if shown == "call":
        rows = asked.fetch(con, "calls", most=most)
        number = rows[0]["calls"] if rows else 0
        calls = [Call.model_validate(row) for row in rows]
    else:
        groups, number = groups_of(con, asked, [shown], total.cost, most)
        for group in groups:
            name = group.key[shown]
            known = group.model_dump(include=set(Compared.model_fields))
            pins = {**asked.filters, shown: name}
            children.append(
                Node(level=shown, name=name, cost_per_day=_daily(asked, group), pins=pins, **known)
            )
    return OperationsTree(
        meta=asked.meta(),
        headline=_headline(asked, total, shown, number),
        path=_path(asked, named, shown),
        level=shown,
        total=total,
        cost_per_day=_daily(asked, total),
        children=children,
        calls=calls,
        more=number - len(children) - len(calls),
    )


def _named() -> str:
    """For each level: how many names it has, one of them, and whether all operations have one."""
    return ", ".join(
        f"COUNT(DISTINCT {column}) AS {name}_names, MIN({column}) AS {name}, "
        f"COUNT({column}) = COUNT(*) AS {name}_always"
        for name, column in ((name, quote_ident(name)) for name in TREE)
    ).replace(" AS user,", ' AS "user",')


def _level(level: str, depth: int) -> Level:
    found = next((known for known in LEVELS if known == level), None)
    if found is None:
        raise BadInput(f"'{level}' is no level.", where="level", hint=f"There are: {', '.join(LEVELS)}.")
    if LEVELS.index(found) < depth:
        raise BadInput(f"The level '{level}' is not below what the filters name.", where="level")
    return found


def _next(named: Row, depth: int) -> Level:
    """The next level that anything has a name at, so that nobody opens one '(none)' after the other."""
    return next((level for level in LEVELS[depth:-1] if named[f"{level}_names"]), "call")


def _path(asked: Asked, named: Row, shown: Level) -> list[Above]:
    found: list[Above] = []
    for level in LEVELS[: LEVELS.index(shown)]:
        one = named[level] if named[f"{level}_names"] == 1 and named[f"{level}_always"] else None
        if level in asked.filters:
            found.append(Above(level=level, name=asked.filters[level], pinned=True))
        elif named[f"{level}_names"]:
            found.append(Above(level=level, name=one, pinned=False))
    return found


def _daily(asked: Asked, found: Compared) -> Amount | None:
    return each(found.cost, len(asked.days))


def _headline(asked: Asked, total: Total, shown: Level, number: int) -> str:
    pinned = [name for name in TREE if name in asked.filters]
    what = (
        f"{pinned[-1].replace('_', ' ').capitalize()} {asked.filters[pinned[-1]]}" if pinned else "All of it"
    )
    what += "".join(f", {name} {value}" for name, value in asked.filters.items() if name not in TREE)
    if not total.operations:
        return f"{what} has no operations {asked.phrase}."
    if total.cost is None:
        return f"{what} has {count(total.operations, 'operation')} {asked.phrase}; the cost of none is known."
    parts = count(number, shown.replace("_", " "))
    cost = money(total.cost, asked.currency, cents=True)
    return f"{what} cost {cost} {asked.phrase}, in {parts}{without_cost(total)}."
