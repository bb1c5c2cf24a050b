"""Alerts on the command line: what would be found, what is open, taken and muted."""

import json
from pathlib import Path

import pytest

from unit.cli.conftest import Run

COMPANY = """
sources: {aws: {connector: focus, location: bill.csv}}
dimensions: {customer: [{tag: customer}]}
customers: {location: customers.csv}
revenue: {location: revenue.csv}
perspectives: {customer: {to: customer, rules: [{name: own, match: {customer: "*"}, method: direct}]}}
alerts:
  channels: {finops: {type: log, file: finops.jsonl}}
  rules: {margin: {at_least: 10}, stale_source: off, unallocated: off}
"""
BILL = """BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,Tags
95.00,95.00,USD,2026-09-01,2026-10-01,Usage,2026-09-01,2026-10-01,Compute,"{""customer"": ""acme""}"
10.00,10.00,USD,2026-09-01,2026-10-01,Usage,2026-09-01,2026-10-01,Compute,"{""customer"": ""birch""}"
"""


@pytest.fixture
def company(run: Run, workspace: Path) -> Run:
    """A company of two customers, one of which pays hardly more than it costs."""
    (workspace / "apportion.yaml").write_text(COMPANY)
    (workspace / "bill.csv").write_text(BILL)
    (workspace / "customers.csv").write_text("customer_id,customer_name\nacme,Acme\nbirch,Birch\n")
    paid = "customer_id,kind,amount,currency,start_date,end_date\nacme,recurring,100,USD,2026-09-01,\n"
    (workspace / "revenue.csv").write_text(paid + "birch,recurring,100,USD,2026-09-01,\n")
    assert run("ingest").code == 0
    assert run("allocate").code == 0
    return run


def only(run: Run) -> dict[str, str]:
    [alert] = json.loads(run("alerts", "list", "--format", "json").out)
    found: dict[str, str] = alert
    return found


def test_a_dry_run_says_what_would_be_told_and_keeps_nothing(company: Run) -> None:
    said = company("alerts", "evaluate", "--dry-run")
    assert said.code == 0, said.err
    assert "Acme: margin 5.0 %" in said.out
    assert "finops: opened: Acme: margin 5.0 %" in said.out
    assert "Nothing" in company("alerts", "list").out


def test_an_alert_is_listed_shown_taken_and_muted(company: Run) -> None:
    assert "1 message to be sent" in company("alerts", "evaluate").out
    alert = only(company)
    assert (alert["key"], alert["severity"], alert["value"]) == ("customer=acme", "critical", "5.00")
    assert company("alerts", "ack", alert["alert_id"][:6], "--reason", "on it").code == 0
    assert company("alerts", "mute", alert["alert_id"], "--until", "7d", "--reason", "a trial").code == 0
    shown = company("alerts", "show", alert["alert_id"]).out
    for words in ("$95.00 to serve on $100", "acknowledged", "on it", "a trial", "told_opened"):
        assert words in shown
    assert company("alerts", "unmute", alert["alert_id"]).code == 0
    assert only(company)["muted_until"] is None


def test_evaluated_again_nobody_is_told_again(company: Run) -> None:
    company("alerts", "evaluate")
    assert "Nobody is to be told." in company("alerts", "evaluate").out


def test_a_day_of_before_can_be_asked_about(company: Run) -> None:
    found = json.loads(company("alerts", "evaluate", "--as-of", "2026-09-10", "--format", "json").out)
    assert [(row["rule"], row["key"]) for row in found] == [("margin", "customer=acme")]
    assert company("alerts", "evaluate", "--as-of", "2025-01-01").code == 3


def test_the_rules_are_told_in_words(company: Run) -> None:
    said = company("alerts", "rules").out
    assert "margin (0 open, yours)" in said
    assert "gross margin of a customer over 30d below 30 % (warning) or 10 % (critical)" in said
    assert "stale_source (off, yours)" in said


@pytest.mark.parametrize(
    ("until", "words"), [("soon", "is no time"), ("2020-01-01", "That time is past")], ids=["no time", "past"]
)
def test_a_mute_says_what_is_wrong_with_its_time(company: Run, until: str, words: str) -> None:
    company("alerts", "evaluate")
    said = company("alerts", "mute", only(company)["alert_id"], "--until", until, "--reason", "known")
    assert said.code == 2
    assert words in said.err


def test_an_alert_that_is_not_there_is_not_found(company: Run) -> None:
    company("alerts", "evaluate")
    assert company("alerts", "show", "nothing").code == 3
