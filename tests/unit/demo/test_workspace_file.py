"""The workspace file of the demo is whole, and speaks of the company that the generator made."""

from pathlib import Path
from typing import Any

import yaml

from apportion.demo.company import AWS_PAYER, PRODUCT, SERVICES, TEAMS
from apportion.demo.usage import Usage
from apportion.demo.workspace_files import write_workspace_files
from apportion.workspace import parse, read_text


def rules(directory: Path) -> dict[str, Any]:
    write_workspace_files(directory, Usage())
    content: dict[str, Any] = yaml.safe_load((directory / "apportion.yaml").read_text(encoding="utf-8"))
    return content


def test_every_service_that_customers_call_is_shared_by_exactly_one_rule(tmp_path: Path) -> None:
    shared = [
        name
        for rule in rules(tmp_path)["perspectives"]["customer"]["rules"]
        for name in rule["match"].get("service", [])
    ]
    assert sorted(shared) == sorted(PRODUCT)


def test_every_team_has_a_cost_center_and_the_internal_one_a_rule(tmp_path: Path) -> None:
    content = rules(tmp_path)
    assert set(content["dimensions"]["cost_center"][0]["map"]) == set(TEAMS)
    [chain] = [r for r in content["perspectives"]["customer"]["rules"] if r.get("to") == "service"]
    internal = {s.team for s in SERVICES.values() if not s.requests}
    assert {chain["match"]["team"]} == internal
    assert all(s.team not in internal for s in SERVICES.values() if s.requests)


def test_the_management_account_answers_for_charges_that_cannot_carry_tags(tmp_path: Path) -> None:
    dimensions = rules(tmp_path)["dimensions"]
    for name in ("team", "environment"):
        assert {
            "account": {AWS_PAYER.id: {"team": "platform", "environment": "production"}[name]}
        } in dimensions[name]


def test_it_is_a_valid_workspace(tmp_path: Path) -> None:
    rules(tmp_path)
    assert parse(read_text(tmp_path)).company == "Fernway"
