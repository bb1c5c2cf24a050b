"""The workspace file of the demo is whole, and speaks of the company that the generator made."""

from pathlib import Path
from typing import Any

import yaml

from apportion.demo.ai_prices import models
from apportion.demo.bearers import READERS, WAREHOUSE
from apportion.demo.company import AWS_PAYER, FEATURES, INTERNAL_TEAM, PRODUCT, SERVICES, TEAMS
from apportion.demo.usage import TAKEN, Usage
from apportion.demo.workspace_files import write_workspace_files
from apportion.workspace import parse, read_text


def rules(directory: Path) -> dict[str, Any]:
    write_workspace_files(directory, Usage())
    content: dict[str, Any] = yaml.safe_load((directory / "apportion.yaml").read_text(encoding="utf-8"))
    return content


def customer_rules(content: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = content["perspectives"]["customer"]["rules"]
    return found


def test_every_service_that_customers_call_is_shared_by_exactly_one_rule(tmp_path: Path) -> None:
    shared = [
        name
        for rule in customer_rules(rules(tmp_path))
        if rule.get("measure") == "requests" and "to" not in rule
        for name in rule["match"]["service"]
    ]
    assert sorted(shared) == sorted(PRODUCT)


def test_every_service_of_the_platform_that_runs_in_production_serves_the_others(tmp_path: Path) -> None:
    chains = [r for r in customer_rules(rules(tmp_path)) if r.get("to") == "service"]
    internal = {s.name for s in SERVICES.values() if s.team == INTERNAL_TEAM}
    assert {rule["match"]["service"] for rule in chains} == internal - {"ci"}
    assert {rule["match"]["service"] for rule in chains} == {*TAKEN, WAREHOUSE}
    [warehouse] = [rule for rule in chains if "where" in rule]
    assert warehouse["where"] == {"service": list(READERS)}


def test_every_team_has_a_cost_center(tmp_path: Path) -> None:
    assert set(rules(tmp_path)["dimensions"]["cost_center"][0]["map"]) == set(TEAMS)


def test_features_are_those_of_the_books(tmp_path: Path) -> None:
    said = {
        service: answer["value"]
        for answer in rules(tmp_path)["dimensions"]["feature"]
        if "when" in answer
        for service in listed(answer["when"]["service"])
    }
    assert said == FEATURES


def test_models_of_invoices_have_the_names_of_the_price_list(tmp_path: Path) -> None:
    tag, *in_words = rules(tmp_path)["dimensions"]["ai_model"]
    said = {f"{answer['value']}": answer["when"].get("ChargeDescription") for answer in in_words}
    for model in models().values():
        if model.provider == "google":
            assert said[model.listed] == f"{model.charged}:*"
        else:
            assert tag["map"].get(model.charged, model.charged) == model.listed


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_the_management_account_answers_for_charges_that_cannot_carry_tags(tmp_path: Path) -> None:
    dimensions = rules(tmp_path)["dimensions"]
    for name in ("team", "environment"):
        assert {
            "account": {AWS_PAYER.id: {"team": "platform", "environment": "production"}[name]}
        } in dimensions[name]


def test_it_is_a_valid_workspace(tmp_path: Path) -> None:
    rules(tmp_path)
    assert parse(read_text(tmp_path)).company == "Fernway"
