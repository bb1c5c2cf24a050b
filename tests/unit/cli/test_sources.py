"""Sources, their periods, control sums, invoices and loads: on the command line and over the API alike."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.api import create_app
from apportion.app import App
from unit.api.conftest import Client
from unit.cli.conftest import Run

HEAD = (
    "BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,"
    "ChargeCategory,ServiceName,SubAccountId,InvoiceId\n"
)


def row(cost: str, month: str = "09", day: str = "05", invoice: str = "INV-1") -> str:
    start, end = f"2026-{month}-01T00:00:00Z", f"2026-{int(month) + 1:02}-01T00:00:00Z"
    days = f"2026-{month}-{day}T00:00:00Z,2026-{month}-{day}T01:00:00Z"
    return f"{cost},{cost},USD,{start},{end},{days},Usage,Compute,111122223333,{invoice}\n"


@pytest.fixture
def bills(run: Run, workspace: Path) -> Path:
    """August once, September twice: a bill that was restated from 10 to 12."""
    settings = workspace / "apportion.yaml"
    settings.write_text(
        f"{settings.read_text()}\nsources: {{aws: {{location: bills}}, later: {{location: none}}}}\n"
    )
    (workspace / "bills").mkdir()
    bill = workspace / "bills" / "bill.csv"
    bill.write_text(HEAD + row("4", "08", "30") + row("10"))
    assert run("ingest", "focus", bill, "--source", "aws").code == 0
    bill.write_text(HEAD + row("4", "08", "30") + row("7") + row("5", day="20", invoice=""))
    assert run("ingest", "focus", bill, "--source", "aws").code == 0
    return workspace


def test_every_source_is_listed_with_its_reach(run: Run, bills: Path) -> None:
    aws, later = run("sources", "--format", "json").rows
    assert (aws["source"], aws["connector"], aws["location"]) == ("aws", "focus", "bills")
    assert (aws["first_period"], aws["last_period"], aws["periods"]) == ("2026-08", "2026-09", 2)
    assert (aws["newest_charge"], aws["rows"], aws["rejected_rows"]) == ("2026-09-20", 3, 0)
    assert (later["periods"], later["newest_charge"], later["state"]) == (0, None, "unknown")
    said = run("sources").out
    assert "aws holds charges through 2026-09-20" in said


def test_one_source_shows_what_its_loads_changed(run: Run, bills: Path) -> None:
    client = Client(create_app(App(bills)))
    told = client.get("/api/v1/sources/aws").json()
    september = [load for load in told["loads"] if load["billing_period"] == "2026-09"]
    assert [(x["status"], amount(x["BilledCost_before"]), amount(x["BilledCost"])) for x in september] == [
        ("restated", 10, 12),
        ("replaced", None, 10),
    ]
    billed = [x for x in told["changes"] if x["metric"] == "BilledCost"]
    assert [(x["service"], x["account"], amount(x["change"])) for x in billed] == [
        ("Compute", "111122223333", 2)
    ]
    assert [(p["billing_period"], p["loads"]) for p in told["periods"]] == [("2026-09", 2), ("2026-08", 2)]


def test_invoices_and_control_sums_add_up_to_the_bill(bills: Path) -> None:
    client = Client(create_app(App(bills)))
    told = client.get("/api/v1/sources/aws").json()
    found = [(x["billing_period"], x["invoice_id"], amount(x["BilledCost"])) for x in told["invoices"]]
    assert found == [("2026-09", "INV-1", 7), ("2026-09", None, 5), ("2026-08", "INV-1", 4)]
    sums = [
        (x["billing_period"], x["line_item_type"], amount(x["charged"]), x["amount"])
        for x in told["controls"]
    ]
    assert sums == [("2026-09", "Usage", 12, None), ("2026-08", "Usage", 4, None)]
    assert {amount(x["difference"]) for x in told["controls"]} == {0}


def test_the_command_line_gives_the_apis_numbers(run: Run, bills: Path) -> None:
    client = Client(create_app(App(bills)))
    assert client.get("/api/v1/sources").json()["sources"] == run("sources", "--format", "json").rows
    assert (
        client.get("/api/v1/sources/aws").json()["periods"] == run("sources", "aws", "--format", "json").rows
    )
    said = run("sources", "aws").out
    assert "What loads changed" in said


def test_a_report_is_estimated_where_a_bill_of_its_months_is(run: Run, bills: Path) -> None:
    bill = bills / "bills" / "next.csv"
    bill.write_text(HEAD + row("1", day="06").replace("2026-", "2150-"))
    assert run("ingest", "focus", bill, "--source", "later").code == 0
    assert run("allocate").code == 0
    client = Client(create_app(App(bills)))
    for window, status in {"2150-09": "estimated", "2026-08": "final"}.items():
        told = client.get(f"/api/v1/costs/trend?by=customer&window={window}").json()
        assert told["meta"]["status"] == status


def test_an_unknown_source_is_said_with_those_there_are(run: Run, bills: Path) -> None:
    ended = run("sources", "gcp")
    assert (ended.code, "There are: aws, later." in ended.err) == (3, True), ended.err
    assert Client(create_app(App(bills))).get("/api/v1/sources/gcp").status_code == 404


def test_a_source_without_loads_has_a_page_of_its_own(bills: Path) -> None:
    told = Client(create_app(App(bills))).get("/api/v1/sources/later").json()
    assert (told["headline"], told["periods"]) == ("Nothing of later is loaded yet.", [])


def test_no_secret_of_a_location_is_shown(run: Run, bills: Path) -> None:
    from apportion.analytics.sources import Declared

    for location in ("https://me:secret@host/box/bills?sig=secret", "s3://bucket/bills"):
        assert "secret" not in Declared("x", "focus", location).place


def amount(text: Any) -> Decimal | None:
    return None if text is None else Decimal(text)
