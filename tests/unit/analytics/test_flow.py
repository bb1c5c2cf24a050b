"""Cost flows from who charged it to who it is for, and no column loses any of it."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from apportion.analytics.flow import Flow, flow
from apportion.analytics.scope import Scope
from apportion.core.errors import NotFound
from unit.analytics.small_company import FACTS


def september(
    con: Any, perspective: str = "customer", limit: int = 10, metric: str = "EffectiveCost"
) -> Flow:
    return flow(con, Scope.of(FACTS, "2026-09", metric), perspective, limit)


def through(found: Flow) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """What enters each node, and what leaves it."""
    came: dict[str, Decimal] = defaultdict(Decimal)
    went: dict[str, Decimal] = defaultdict(Decimal)
    for band in found.bands:
        came[band.target] += band.amount
        went[band.source] += band.amount
    return came, went


@pytest.mark.parametrize("perspective", ["customer", "team"])
@pytest.mark.parametrize("limit", [1, 2, 50])
def test_what_enters_a_column_leaves_it(con: Any, perspective: str, limit: int) -> None:
    found = september(con, perspective, limit)
    assert [column.difference for column in found.columns] == [Decimal(0)] * len(found.columns)
    assert {column.entered for column in found.columns if column.stage != "node"} == {found.total}
    came, went = through(found)
    for node in found.nodes:
        sides = {"provider": [went], "target": [came]}.get(node.stage, [came, went])
        assert [side[node.id] for side in sides] == [node.amount] * len(sides)


def test_the_whole_is_the_cost_of_the_window(con: Any) -> None:
    (charged,) = con.execute(
        "SELECT SUM(EffectiveCost) FROM daily_costs WHERE day >= '2026-09-01' AND day < '2026-10-01'"
    ).fetchone()
    assert september(con).total == charged > 0


def test_idle_and_unallocated_are_always_shown_by_name(con: Any) -> None:
    found = september(con, limit=1)
    assert [(node.name, node.kind) for node in found.nodes if node.stage == "target"] == [
        ("acme", "allocated"),
        ("(others)", "others"),
        ("(idle)", "idle"),
        ("(unallocated)", "unallocated"),
    ]


def test_others_say_how_many_they_are(con: Any) -> None:
    (others,) = [n for n in september(con, limit=1).nodes if n.stage == "target" and n.kind == "others"]
    assert others.members == 3  # birch, cedar and ghost


def test_the_headline_says_how_much_arrives(con: Any) -> None:
    assert september(con).headline == (
        "96.1 % of $10,090 reaches 4 customers in September 2026; $150 is idle and $240 is unallocated."
    )


def test_an_unknown_perspective_is_named(con: Any) -> None:
    with pytest.raises(NotFound, match="No perspective is named 'region'"):
        september(con, "region")
