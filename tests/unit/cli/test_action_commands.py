"""Actions on the command line: listed, tried dry, refused where they are not armed."""

from pathlib import Path

from unit.cli.conftest import Run

ACTIONS = """
alerts:
  channels: {hook: {type: log}}
  actions:
    stop_exports: {kind: stop_function, region: us-east-1, functions: ["exports-*"], when: {service: exports}}
    ticket: {kind: webhook, channel: hook}
"""


def given(workspace: Path, text: str = ACTIONS) -> None:
    (workspace / "apportion.yaml").write_text(text)


def test_what_may_be_done_is_listed(run: Run, workspace: Path) -> None:
    given(workspace)
    listed = {row["name"]: row for row in run("actions", "list", "--format", "json").rows}
    assert listed["stop_exports"]["covers"] == "exports-*"
    assert (listed["stop_exports"]["armed"], listed["stop_exports"]["when"]) == (False, "service exports")
    assert listed["ticket"]["when"] == "people run it"


def test_what_is_not_armed_is_refused_before_the_cloud_is_asked(run: Run, workspace: Path) -> None:
    given(workspace)
    said = run("actions", "run", "stop_exports", "--armed", "--reason", "it runs away")
    assert said.code == 4
    assert "is not armed" in said.err


def test_an_action_that_is_not_there_is_named(run: Run, workspace: Path) -> None:
    given(workspace)
    said = run("actions", "run", "stop_everything")
    assert said.code == 3
    assert "There are: stop_exports, ticket." in said.err
    assert run("actions", "undo", "7d3f").code == 3


def test_a_webhook_is_not_run_by_hand(run: Run, workspace: Path) -> None:
    given(workspace)
    assert run("actions", "run", "ticket").code == 2


def test_mistakes_in_actions_name_their_place(run: Run, workspace: Path) -> None:
    given(workspace, ACTIONS.replace('["exports-*"]', '["*"]').replace("channel: hook", "channel: gone"))
    said = run("actions", "list")
    assert said.code == 2
    assert "alerts.actions.stop_exports.functions: '*' allows anything; name what may be touched" in said.err


def test_nothing_was_done_yet(run: Run, workspace: Path) -> None:
    given(workspace)
    assert "Nothing to show." in run("actions", "log").out
