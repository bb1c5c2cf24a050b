"""Usage, customers and revenue from a database, as a person brings them in and looks at them."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apportion.app import App
from apportion.connectors.usage import usage_connector
from apportion.core.errors import BadInput
from apportion.ingestion import ingest_measure
from apportion.workspace import parse
from unit.cli.conftest import Run

SETTINGS = """
sources: {aws: {location: bill.csv}}
dimensions: {customer: [{tag: customer}]}
measures:
  requests:
    connector: sql
    url: {env: USAGE_DATABASE}
    query: SELECT day, tenant, used FROM usage WHERE day >= :from AND day < :to
    since: 2026-09-01
    time: day
    quantity: used
    dimensions: {customer: tenant}
  sent: {connector: push, dimensions: {customer: customer}}
customers:
  connector: sql
  url: {env: USAGE_DATABASE}
  query: SELECT id, name AS customer_name, 'EU' AS region FROM accounts
  columns: {customer_id: id}
revenue:
  connector: sql
  url: {env: USAGE_DATABASE}
  query: SELECT id AS customer_id, 'recurring' AS kind, fee AS amount, 'USD' AS currency, '2026-01-01' AS start_date FROM accounts
"""
BILL = (
    "BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,ChargePeriodStart,ChargeCategory\n"
    "1,1,USD,2026-09-01T00:00:00Z,2026-09-03T00:00:00Z,Usage\n"
)


@pytest.fixture
def company(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (workspace / "apportion.yaml").write_text(SETTINGS)
    (workspace / "bill.csv").write_text(BILL)
    with closing(sqlite3.connect(workspace / "app.db")) as con, con:
        con.executescript(
            "CREATE TABLE usage (day TEXT, tenant TEXT, used TEXT);"
            "INSERT INTO usage VALUES ('2026-09-01', 'acme', '3'), ('2026-09-02', 'birch', '4.5');"
            "CREATE TABLE accounts (id TEXT, name TEXT, fee TEXT);"
            "INSERT INTO accounts VALUES ('acme', 'Acme Ltd', '999.99'), ('birch', 'Birch & Sons', '0.000000000001');"
        )
    monkeypatch.setenv("USAGE_DATABASE", "sqlite:///app.db")
    return workspace


def test_everything_comes_from_the_database(run: Run, company: Path) -> None:
    assert run("ingest").code == 0
    loads = {row["kind"]: row for row in run("loads", "--format", "json").rows}
    assert {kind: (row["connector"], row["rows"]) for kind, row in loads.items() if kind != "bill"} == {
        "usage": ("sql", 2), "customers": ("sql", 2), "revenue": ("sql", 2),
    }  # fmt: skip
    (acme, birch) = run(
        "sql", "SELECT c.customer_name, attributes['region'] AS region, amount FROM customers c "
        "JOIN revenue USING (customer_id) ORDER BY customer_id", "--format", "json",
    ).rows  # fmt: skip
    assert acme == {"customer_name": "Acme Ltd", "region": "EU", "amount": "999.990000000000"}
    assert birch["amount"] == "0.000000000001"


def test_bringing_everything_in_twice_changes_nothing(run: Run, company: Path) -> None:
    assert run("ingest").code == 0
    again = run("ingest", "--format", "json")
    assert {row["status"] for row in again.rows} == {"unchanged"}


def test_usage_comes_even_where_bills_are_loaded_by_hand(run: Run, company: Path) -> None:
    settings = company / "apportion.yaml"
    settings.write_text(settings.read_text().replace("sources: {aws: {location: bill.csv}}\n", ""))
    assert {row["kind"] for row in run("loads", "--format", "json").rows} == set()
    assert run("ingest").code == 0
    assert {row["kind"] for row in run("loads", "--format", "json").rows} == {"usage", "customers", "revenue"}


def test_a_database_that_is_away_leaves_the_rest_alone(
    run: Run, company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USAGE_DATABASE", "postgresql://app:hunter2@127.0.0.1:9/app")
    said = run("ingest")
    assert said.code != 0
    assert "aws 2026-09: 1 rows" in said.out
    assert "The database cannot be reached" in said.err
    assert "hunter2" not in said.out + said.err


def test_doctor_looks_at_one_measure(run: Run, company: Path) -> None:
    before = run("doctor", "--measure", "requests")
    assert before.code == 0
    assert "app.db ($USAGE_DATABASE) answers day, tenant, used" in before.out
    assert "requests has no usage yet" in before.out
    assert run("ingest").code == 0
    assert "requests has usage from 2026-09-01 to 2026-09-02" in run("doctor", "--measure", "requests").out


def test_doctor_says_why_a_measure_cannot_be_had(
    run: Run, company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("USAGE_DATABASE")
    said = run("doctor", "--measure", "requests")
    assert (said.code, "Set USAGE_DATABASE in the environment" in said.out) == (1, True)
    assert run("doctor", "--measure", "sent").code == 2
    assert run("doctor", "--measure", "other").code == 3


def test_loads_show_says_what_was_noticed(run: Run, company: Path) -> None:
    app = App(company)
    connector = usage_connector(app.workspace.measures["requests"], company)
    ingest_measure(app.ledger, "requests", connector, now=lambda: datetime(2026, 9, 5, tzinfo=UTC))
    with closing(sqlite3.connect(company / "app.db")) as con, con:
        con.execute("UPDATE usage SET day = '2026-10-01'")
    (record,) = ingest_measure(
        app.ledger, "requests", connector, now=lambda: datetime(2026, 10, 5, tzinfo=UTC)
    )
    assert "2026-09 has no usage there any more" in run("loads", "show", record.load_id).out


MEASURE = "measures:\n  m:\n    connector: {}\n    dimensions: {{customer: c}}\n"
SQL = MEASURE.format("sql") + "    url: {env: DB}\n"
PROMETHEUS = MEASURE.format("prometheus") + "    url: http://p:9090\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MEASURE.format("sql") + "    url: postgresql://u:p@h/d\n    query: q\n", "line 5: measures.m.url"),
        (SQL + "    query: SELECT 1\n", "line 6: measures.m.query: it has to ask for a span of time"),
        (SQL + "    query: SELECT ':to' WHERE x >= :from -- :to\n", "it has to ask for a span of time"),
        (SQL + "    query: SELECT :from, :to, :now\n", "it has to ask for a span of time"),
        (SQL + "    query: SELECT :from, :to\n    unit_column: u\n", "say which unit is the right one"),
        (PROMETHEUS + "    query: x\n", "measures.m.sum: Field required"),
        (PROMETHEUS + "    query: x\n    sum: increase\n    step: 7h\n", "'7h' does not divide a day"),
        (PROMETHEUS + "    query: increase(x[5m])\n    sum: increase\n", "looks back 5m and its step is 1h"),
        (
            PROMETHEUS.replace("p:", "u:p@p:") + "    query: x\n    sum: average\n",
            "secrets belong in the environment",
        ),
        (
            MEASURE.format("push") + "    location: x\n",
            "line 5: measures.m.location: there is no such setting",
        ),
        (
            MEASURE.format("kafka"),
            "it has no such connector (files, opencost, sql, prometheus, operations, push)",
        ),
        (
            "customers: {connector: sql, url: {env: DB}, query: SELECT :from}",
            "takes no parameters, and has :from",
        ),
        ("customers: {connector: sql, url: {env: DB, file: x}, query: SELECT 1}", "give either `env`"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(text: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(text)
    assert said in str(caught.value)
    assert "u:p@" not in str(caught.value)


@pytest.mark.parametrize(
    "query", ["increase(x[$step])", "increase(x[60m])", "increase(x[1h] offset 5m)", "job:x:increase1h"]
)
def test_an_increase_looks_back_one_step(query: str) -> None:
    found = parse(PROMETHEUS + f"    query: '{query}'\n    sum: increase\n").measures["m"]
    assert "$step" not in found.expression  # type: ignore[union-attr]
