"""From the console's number to the invoice, on the command line and over the API alike."""

from decimal import Decimal
from pathlib import Path

import pytest

from apportion.api import create_app
from apportion.app import App
from unit.api.conftest import Client
from unit.cli.conftest import Run

COLUMNS = (
    "x_LineItemType,x_SourceCost,BilledCost,EffectiveCost,ChargeCategory,CommitmentDiscountId,CommitmentDiscountStatus,"
    "BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ServiceName,SubAccountId,"
    "InvoiceId,ProviderName,PublisherName,InvoiceIssuerName"
)
REST = (
    "USD,2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,2026-09-01T00:00:00Z,2026-09-02T00:00:00Z,EC2,111122223333,"
    "INV-1,AWS,AWS,AWS"
)
BILL = "\n".join(
    [
        COLUMNS,
        f"Usage,100,90,90,Usage,,,{REST}",
        f"DiscountedUsage,0,0,7,Usage,lease,Used,{REST}",
        f"RIFee,10,10,0,Purchase,lease,,{REST}",
        f"RIFee,0,0,3,Usage,lease,Unused,{REST}",
        f"Credit,-20,-20,-20,Credit,,,{REST}",
        "",
    ]
)


@pytest.fixture
def bill(run: Run, workspace: Path) -> Path:
    path = workspace / "bill.csv"
    path.write_text(BILL)
    assert run("ingest", "focus", path, "--source", "aws").code == 0
    return workspace


def test_the_steps_lead_from_the_console_to_the_report(run: Run, bill: Path) -> None:
    rows = run("bridge", "--format", "json").rows
    assert [(row["step"], row["amount"]) for row in rows] == [
        ("console", "90.000000000000"),
        ("net_discounts", "-10.000000000000"),
        ("billed", "80.000000000000"),
        ("purchases_out", "-10.000000000000"),
        ("covered_in", "7.000000000000"),
        ("unused_in", "3.000000000000"),
        ("effective", "80.000000000000"),
    ]


def test_the_page_for_people_says_it_in_words(run: Run, bill: Path) -> None:
    said = run("bridge", "--source", "aws", "--period", "2026-09", "--without", "credits").out
    assert "aws in September 2026: the console says $110, the invoice $100 (−$10.00, net discounts)." in said
    assert "Without credits of −$20.00." in said
    assert "Credits (hidden)" in said
    assert "INV-1" in said


def test_csv_has_the_steps(run: Run, bill: Path) -> None:
    head, first = run("bridge", "--account", "111122223333", "--format", "csv").out.splitlines()[:2]
    assert head == "source,billing_period,currency,step,kind,label,amount,rows,sentence"
    assert first.startswith("aws,2026-09,USD,console,start,AWS console,90.000000000000,5,")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--source", "gcp"], 3, "There are bills of aws."),
        (["--account", "nobody"], 3, "account 'nobody'"),
        (["--period", "2026-13"], 2, "not a month"),
        (["--without", "usage"], 2, "Choose from credits"),
    ],
)
def test_a_mistake_says_what_there_is(run: Run, bill: Path, words: list[str], code: int, said: str) -> None:
    ended = run("bridge", *words)
    assert (ended.code, said in ended.err) == (code, True), ended.err


def test_without_a_bill_the_next_step_is_said(run: Run, workspace: Path) -> None:
    assert "apportion ingest" in run("bridge").err


def test_the_api_gives_the_same_numbers(run: Run, bill: Path) -> None:
    client = Client(create_app(App(bill)))
    told = client.get("/api/v1/bridge?without=credits").json()
    assert told["steps"] == run("bridge", "--without", "credits", "--format", "json").rows
    (one,) = told["bridges"]
    assert (Decimal(one["hidden"]), Decimal(one["invoiced"])) == (-20, 80)
    lines = client.get("/api/v1/bridge?format=csv&table=lines").text.splitlines()
    assert len(lines) == 1 + len(told["lines"])


def test_the_charges_of_a_step_have_their_file_and_line(run: Run, bill: Path) -> None:
    client = Client(create_app(App(bill)))
    told = client.get("/api/v1/bridge/charges?source=aws&step=net_discounts").json()
    (charge,) = told["charges"]
    assert (charge["x_SourceLine"], charge["amount"], told["amount"]) == (
        2,
        "-10.000000000000",
        "-10.000000000000",
    )
    assert charge["x_SourceFile"].endswith("bill.csv")
    rows = run("bridge", "--charges", "net_discounts", "--format", "json").rows
    assert rows == told["charges"]
    assert "bill.csv" in run("bridge", "--charges", "net_discounts").out
    assert client.get("/api/v1/bridge/charges?step=nothing").status_code == 404


def test_the_api_says_what_is_not_there(bill: Path) -> None:
    client = Client(create_app(App(bill)))
    answer = client.get("/api/v1/bridge?source=gcp")
    assert (answer.status_code, answer.json()["hint"]) == (404, "There are bills of aws.")
    assert client.get("/api/v1/bridge?period=x").status_code == 422
    assert client.get("/api/v1/bridge?without=all").status_code == 422
