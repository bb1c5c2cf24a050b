"""The invoices of Fernway's model providers: as operations make them, divided by them, and what was planted there."""

import csv
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fernway import Company

from apportion.app import App
from apportion.connectors.usage import OperationsMeasure
from apportion.demo.ai_prices import Model, models, tokens_by_kind
from apportion.ingestion import OperationsUsage
from apportion.pricing import RateCard

BEFORE, DAY, AFTER = date(2025, 5, 1), date(2026, 10, 1), date(2027, 2, 1)
NEXT_TO_NOTHING = Fraction(1, 10**9)
BY_TARGET = """
SELECT target, ai_model, SUM(EffectiveCost)::VARCHAR AS cost FROM allocations
WHERE perspective = ? AND rule = 'models' GROUP BY ALL
"""
Shares = dict[tuple[str, str], dict[str, Fraction]]


@pytest.mark.parametrize(("model"), models().values(), ids=lambda model: model.listed)
def test_prices_are_those_of_the_rate_card_under_both_names(model: Model) -> None:
    """The invoice of a cloud says in words what it is for."""
    called = [model.listed] if model.provider == "google" else [model.listed, model.charged]
    for name in called:
        found = RateCard.seeded().find(model.provider, name, DAY)
        listed = {rate.kind: rate.price for rate in found.rates if not rate.above}
        assert found.model == model.listed
        assert dict(model.prices) == {kind: listed[kind] for kind in model.prices}


def test_an_invoice_has_the_tokens_of_all_operations(three_weeks: Company) -> None:
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for operation in posted(three_weeks):
        if model := models().get((operation["provider"], operation["model"])):
            for tokens in tokens_by_kind(operation).values():
                counted[operation["time"][:10], model.charged] += tokens
    charged: dict[tuple[str, str], int] = defaultdict(int)
    for row in invoiced(three_weeks):
        if row["SubAccountName"] != "data-science":
            charged[row["day"], row["model"]] += int(Decimal(row["ConsumedQuantity"]))
    assert charged == counted


@pytest.mark.parametrize("dimension", ["customer", "team", "feature"])
@pytest.mark.slow
def test_an_invoice_is_divided_by_the_calls_of_the_day(
    quarter: Company, allocated: Path, dimension: str
) -> None:
    shares, expected = shares_of_day(quarter, dimension), defaultdict[tuple[str, str], Fraction](Fraction)
    listed = {model.charged: model.listed for model in models().values()}
    for row in invoiced(quarter):
        model = listed[row["model"]]
        for name, share in shares.get((row["day"], model), {"(unallocated)": Fraction(1)}).items():
            expected[name, model] += Fraction(row["EffectiveCost"]) * share
    rows = App(allocated).sql(BY_TARGET.replace("?", f"'{dimension}'"), [])
    found = {(row["target"], row["ai_model"]): Fraction(row["cost"]) for row in rows}
    assert found.keys() == expected.keys()
    assert all(abs(found[key] - expected[key]) < NEXT_TO_NOTHING for key in found)
    by_model: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        by_model[row["ai_model"]] += Decimal(row["cost"])
    assert by_model == {m: Decimal(v) for m, v in quarter.truth["planted"]["invoiced"].items()}


@pytest.mark.slow
def test_true_up_finds_the_discount_and_what_nobody_meters(quarter: Company, allocated: Path) -> None:
    rows = said(allocated, "true-up", "--window", "90d")
    planted = quarter.truth["planted"]
    agreed, missing = planted["negotiated"], planted["not_metered"]
    for row in rows:
        if (row["provider"], row["model"]) == (missing["provider"], missing["model"]):
            assert (row["state"], Decimal(row["variance"])) == ("not metered", Decimal(missing["BilledCost"]))
        elif row["provider"] == agreed["provider"]:
            assert row["state"] == "differs"
            assert Decimal(row["variance_pct"]) == -agreed["discount_pct"]
        elif row["model"] != planted["without_a_price"]["model"]:
            assert row["state"] == "agrees"
    assert {(row["provider"], row["model"]) for row in rows} == {
        (model.provider, model.listed) for model in models().values()
    }


@pytest.mark.slow
def test_a_feature_carries_what_it_runs_on_and_earns_its_add_on(quarter: Company, allocated: Path) -> None:
    tagged = dict(
        quarter.bills.execute(
            "SELECT Tags['feature'], SUM(EffectiveCost) FROM charges WHERE Tags['feature'] IS NOT NULL GROUP BY 1"
        ).fetchall()
    )
    rows = {row["name"]: row for row in said(allocated, "margin", "--by", "feature", "--window", "90d")}
    assert len(rows) == 4
    for name, row in rows.items():
        assert row["overhead_is"] == "allocated"
        assert abs(Decimal(row["overhead"]) - tagged[name]) < Decimal("0.000001")
    with (quarter.directory / "revenue.csv").open(encoding="utf-8", newline="") as file:
        add_ons = [r for r in csv.DictReader(file) if r["description"] == "Assistant add-on"]
    october = {r["name"]: r for r in said(allocated, "margin", "--by", "feature", "--window", "2026-10")}
    assert Decimal(october["assistant"]["revenue"]) == sum(Decimal(r["amount"]) for r in add_ons)
    assert Decimal(october["assistant"]["margin"]) > 0


@pytest.mark.slow
def test_the_clock_of_the_machine_takes_no_day_away(allocated: Path) -> None:
    app = App(allocated)
    settings = app.workspace.measures["ai_cost"]
    assert isinstance(settings, OperationsMeasure)
    counted = [OperationsUsage(settings, app.operations_reader).check(day) for day in (BEFORE, DAY, AFTER)]
    assert [text.split(",")[0] for text in counted] == ["90 days"] * 3


def said(workspace: Path, *question: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "apportion", "-w", str(workspace), "ai", *question, "--format", "json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows: list[dict[str, Any]] = json.loads(answer)
    return rows


def posted(company: Company) -> Iterator[dict[str, Any]]:
    for path in sorted((company.directory / "operations").iterdir()):
        yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())


def invoiced(company: Company) -> Iterator[dict[str, str]]:
    """Lines of invoices for models, with their `day`, and their `model` as the invoice names it."""
    for path in sorted((company.directory / "bills").glob("*/*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["ServiceName"] in ("OpenAI API", "Claude API", "Gemini API"):
                    model = row["ChargeDescription"].split(":")[0]
                    assert json.loads(row["Tags"]).get("model", model) == model
                    yield {**row, "day": row["ChargePeriodStart"][:10], "model": model}


def shares_of_day(company: Company, dimension: str) -> Shares:
    """By day and model: what part of the calls' cost at list price was whose."""
    costs: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for operation in posted(company):
        if model := models().get((operation["provider"], operation["model"])):
            of_day = costs[operation["time"][:10], model.listed]
            for kind, tokens in tokens_by_kind(operation).items():
                of_day[operation[dimension]] += tokens * model.prices[kind]
    return {
        key: {name: Fraction(cost) / Fraction(sum(of.values())) for name, cost in of.items()}
        for key, of in costs.items()
    }
