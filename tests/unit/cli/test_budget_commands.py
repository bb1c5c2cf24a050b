"""The commands about budgets: room for a call, and what is no question at all."""

from csv import DictReader
from pathlib import Path

import pytest

from unit.cli.conftest import Run

BUDGETS = """
budgets:
  team_ai: {for: {team: [search]}, amount: 0.1, enforced: true}
  ring: {for: {dimensions.ring: [blue]}, amount: 5, enforced: true}
"""


@pytest.fixture
def budgeted(workspace: Path) -> Path:
    """A workspace with two budgets of which nothing is spent."""
    with (workspace / "apportion.yaml").open("a", encoding="utf-8") as file:
        file.write(BUDGETS)
    return workspace


@pytest.mark.usefixtures("budgeted")
def test_a_check_says_whether_there_is_room(run: Run) -> None:
    assert "There is room." in run("budgets", "check", "team=search").out
    refused = run("budgets", "check", "team=search", "--estimate", "0.2")
    assert (refused.code, "There is no room." in refused.out) == (4, True)
    assert run("budgets", "check", "dimensions.ring=blue", "--estimate", "6").code == 4


@pytest.mark.usefixtures("budgeted")
def test_a_list_of_a_past_day_says_so_in_each_row(run: Run) -> None:
    assert "as of" not in run("budgets", "list").out
    assert "as of 31 October 2026" in run("budgets", "list", "--at", "2026-10-31").out
    past = run("budgets", "list", "--at", "2026-10-31", "--format", "csv").out
    assert [row["as_of"][:10] for row in DictReader(past.splitlines())] == ["2026-10-31"] * 2
    shown = run("budgets", "show", "team_ai", "search", "--at", "2026-10-31").out
    assert "as of: 2026-10-31" in shown


@pytest.mark.usefixtures("budgeted")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["taem=search"], "taem: there is no field of this name\nDimensions are dimensions.NAME."),
        (["squad=search"], "squad: there is no field of this name"),
        (["dimensions.=blue"], "dimensions.: there is no field of this name"),
        (["team=search", "--estimate", "-1"], "estimate: Input should be greater than or equal to 0"),
        (["team=search", "--estimate", "much"], "estimate: Input should be a valid decimal"),
        (["team=search", "--estimate", "NaN"], "estimate: Input should be a finite number"),
    ],
)
def test_a_check_of_what_no_call_has_is_refused(run: Run, words: list[str], said: str) -> None:
    found = run("budgets", "check", *words)
    assert found.code == 2
    assert said in found.err
    assert "room" not in found.out
