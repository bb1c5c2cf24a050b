"""A customer that the bill, usage and revenue call by different names is one customer in the results."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.app import App
from books import Books, charge

RULES = """
dimensions:
  team: [{tag: team}]
  service: [{tag: service}]
  customer:
    - tag: customer
    - when: {team: "tenant-*"}
      value: T-17
  tier: [{when: {customer: acme}, value: gold}]
measures:
  requests: {connector: push, dimensions: {service: service, customer: tenant}}
customers: {location: customers.csv}
revenue: {location: revenue.csv}
perspectives:
  customer:
    to: customer
    rules:
      - {name: dedicated, match: {customer: "*"}, method: direct}
      - {name: database, match: {service: db}, method: proportional, measure: requests}
"""
MAP = "customer_id,kind,value\nacme,tag,Acme-Prod\nacme,tenant,t-17\nacme,billing,cus_9\n"
DAY = "2026-09-01"


@pytest.fixture
def company(tmp_path: Path) -> App:
    """Acme is 'ACME-prod' in a tag, 't-17' in usage and by its team, 'cus_9' in revenue; cedar is cedar."""
    books = Books(tmp_path)
    books.bill(
        [
            charge(100, DAY, customer="ACME-prod "),
            charge(30, DAY, team="tenant-17"),
            charge(7, DAY, customer="cedar"),
            charge(60, DAY, service="db"),
        ]
    )
    at = {"service": "db"}
    books.usage([(DAY, 2, {**at, "customer": "T-17"}), (DAY, 1, {**at, "customer": "cedar"})])
    (tmp_path / "customers.csv").write_text("customer_id,plan\nacme,big\ncedar,small\n")
    rows = "cus_9,one_off,500,USD,2026-09-01\ncedar,one_off,50,USD,2026-09-01\n"
    (tmp_path / "revenue.csv").write_text("customer_id,kind,amount,currency,start_date\n" + rows)
    return App(tmp_path)


def allocate(company: App, rules: str) -> App:
    (company.directory / "apportion.yaml").write_text(rules)
    app = App(company.directory)
    assert app.ingest_declared().problems == []
    monkey: Any = app
    monkey.tag_keys = lambda _=None: ["customer", "service", "team"]
    app.allocate()
    return app


def borne(app: App) -> dict[str, Decimal]:
    query = "SELECT target, sum(EffectiveCost) AS cost FROM allocations GROUP BY 1"
    return {row["target"]: row["cost"] for row in app.sql(query, [], 0)}


def test_all_names_become_one(company: App) -> None:
    (company.directory / "identities.csv").write_text(MAP)
    app = allocate(company, RULES + "identities: {location: identities.csv}\n")
    assert borne(app) == {"acme": 100 + 30 + 40, "cedar": 7 + 20}
    earned = app.sql(
        "SELECT customer_id, sum(amount) AS amount FROM daily_revenue GROUP BY 1 ORDER BY 1", [], 0
    )
    assert [(r["customer_id"], r["amount"]) for r in earned] == [("acme", 500), ("cedar", 50)]
    tiers = app.sql("SELECT customer, tier FROM daily_costs GROUP BY ALL ORDER BY ALL", [], 0)
    assert ({"customer": "acme", "tier": "gold"}) in tiers, "answers after it see the customer, not the name"


def test_the_lines_behind_a_number_are_found_under_the_customer(company: App) -> None:
    (company.directory / "identities.csv").write_text(MAP)
    app = allocate(company, RULES + "identities: {location: identities.csv}\n")
    with app.reader() as (con, _):
        rows = con.execute(
            "SELECT EffectiveCost FROM charge_days WHERE customer = 'acme' ORDER BY 1"
        ).fetchall()
    assert [int(row[0]) for row in rows] == [30, 100]


def test_without_a_map_each_name_is_a_customer_of_its_own(company: App) -> None:
    assert borne(allocate(company, RULES)) == {"ACME-prod": 100, "T-17": 30 + 40, "cedar": 7 + 20}


def test_another_map_is_another_run(company: App) -> None:
    (company.directory / "identities.csv").write_text(MAP)
    app = allocate(company, RULES + "identities: {location: identities.csv}\n")
    first = app.runs()[0]
    (company.directory / "identities.csv").write_text("customer_id,value\ncedar,t-17\n")
    assert app.ingest_declared().problems == []
    assert app.ledger.run() is not None
    app.allocate()
    assert borne(app)["cedar"] == 7 + 30 + 60
    assert app.runs()[0]["digest"] != first["digest"]
    assert app.runs()[0]["versions"]["identities"] > first["versions"]["identities"]
