"""The tree of operations: every level rolls up, and opens into the next."""

from decimal import Decimal
from typing import Any

import pytest

from apportion.core.errors import BadInput
from apportion.economics.operations import operations_tree
from unit.economics.operations_told import Told

TREE = {
    "users": {f"user-{n}": {"project": f"project-{n}"} for n in range(16)},
    "projects": {f"project-{n}": {"team": f"team-{n // 4}"} for n in range(16)},
    "teams": {f"team-{n}": {"cost_center": "cc-7"} for n in range(4)},
    "cost_centers": {"cc-7": {"organization": "fernway"}},
}


@pytest.fixture(scope="module")
def month() -> Told:
    """September of a cost center: 4 teams with 4 projects each, one user a project, who spend $2.50 a day.

    A day is 55 workflows of three calls at $0.015 each, and one call of $0.025 outside them.
    """
    told = Told()
    told.con.execute("""
        INSERT INTO told_operations BY NAME
        SELECT 'u' || u || '-d' || d || '-' || c AS operation_id,
            TIMESTAMPTZ '2026-09-01 08:00:00+00' + INTERVAL (d) DAY + INTERVAL (c) MINUTE AS time,
            'user-' || u AS user, 'openai' AS provider, 'gpt-4o' AS model,
            CASE WHEN c < 165 THEN 'u' || u || '-d' || d || '-w' || c // 3 END AS workflow,
            CAST(CASE WHEN c < 165 THEN 0.015 ELSE 0.025 END AS DECIMAL(28, 12)) AS cost,
            'priced' AS price_state, 'USD' AS currency
        FROM range(16) AS users (u), range(30) AS days (d), range(166) AS calls (c)
    """)
    return told


def opened(month: Told, **pins: str) -> Any:
    return operations_tree(month.con, month.asked("2026-09", tree=TREE, **pins))


def test_a_call_a_workflow_a_user_a_project_a_team_and_a_cost_center_roll_up(month: Told) -> None:
    workflow = opened(month, user="user-0", workflow="u0-d0-w7")
    assert [call.cost for call in workflow.calls] == [Decimal("0.015")] * 3
    assert workflow.total.cost == Decimal("0.045")
    user = opened(month, user="user-0")
    assert user.cost_per_day == Decimal("2.50")
    assert user.children[0].level == "workflow"
    assert opened(month, project="project-0").total.cost == 75
    assert opened(month, team="team-0").total.cost == 300
    assert opened(month, cost_center="cc-7").total.cost == 1200
    assert opened(month, cost_center="cc-7").headline == (
        "Cost center cc-7 cost $1,200.00 in September 2026, in 4 teams."
    )


def test_every_node_opens_into_children_that_add_up_to_it(month: Told) -> None:
    pins: dict[str, str] = {}
    levels = []
    while (node := opened(month, **pins)).children:
        if not node.more:
            assert sum(child.cost for child in node.children) == node.total.cost
        levels.append(node.level)
        pins = next(child.pins for child in node.children if child.name != "(none)")
    assert levels == ["organization", "cost_center", "team", "project", "user", "workflow"]
    assert (node.level, len(node.calls), node.total.cost) == ("call", 3, Decimal("0.045"))


def test_the_path_names_what_was_looked_up(month: Told) -> None:
    path = opened(month, project="project-5").path
    assert [(above.level, above.name, above.pinned) for above in path] == [
        ("organization", "fernway", False),
        ("cost_center", "cc-7", False),
        ("team", "team-1", False),
        ("project", "project-5", True),
    ]
    assert opened(month, team="(none)").headline == "Team (none) has no operations in September 2026."


def test_filters_beside_the_tree_are_named_in_the_sentence(month: Told) -> None:
    asked = month.asked("2026-09", tree=TREE, provider="openai")
    assert operations_tree(month.con, asked).headline.startswith("All of it, provider openai cost $")


def test_what_an_operation_says_wins_then_the_nearest_level() -> None:
    told = Told()
    told.tell("1", project="search", team="guests")
    told.tell("2", project="search")
    told.tell("4", team="discovery")
    tree = {
        "projects": {"search": {"team": "discovery", "cost_center": "cc-1"}},
        "teams": {"discovery": {"cost_center": "cc-2"}, "guests": {"cost_center": "cc-3"}},
    }
    by_team = operations_tree(told.con, told.asked(tree=tree), "team").children
    assert [(node.name, node.cost) for node in by_team] == [("discovery", 6), ("guests", 1)]
    centers = operations_tree(told.con, told.asked(tree=tree)).children
    assert [(node.name, node.cost) for node in centers] == [("cc-2", 4), ("cc-1", 3)]


def test_levels_without_names_are_passed_over_and_what_has_none_is_shown() -> None:
    told = Told()
    told.tell("1", user="mia")
    told.tell("2")
    node = operations_tree(told.con, told.asked())
    assert [(child.name, child.cost) for child in node.children] == [("(none)", 2), ("mia", 1)]
    assert operations_tree(told.con, told.asked(user="(none)")).level == "call"
    with pytest.raises(BadInput, match="not below"):
        operations_tree(told.con, told.asked(user="mia"), "team")
    with pytest.raises(BadInput, match="no level"):
        operations_tree(told.con, told.asked(), "office")
