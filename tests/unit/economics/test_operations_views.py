"""Operations of customers beside their revenue, as views for SQL."""

from decimal import Decimal

import pytest

from apportion.analytics.metered import register_metrics
from unit.economics.operations_told import Told


@pytest.fixture
def told() -> Told:
    """Revenue of two customers, and operations of one of them and of nobody."""
    made = Told()
    made.con.execute(
        "CREATE TABLE daily_revenue (customer_id VARCHAR, day DATE, currency VARCHAR, kind VARCHAR, "
        "amount DECIMAL(28, 12))"
    )
    made.con.executemany(
        "INSERT INTO daily_revenue VALUES (?, ?, ?, 'recurring', ?)",
        [
            ("acme", "2026-10-01", "USD", 10),
            ("acme", "2026-10-02", "USD", 10),
            ("birch", "2026-10-02", "EUR", 5),
        ],
    )
    made.con.execute(
        "CREATE TABLE identities AS "
        "SELECT 'acct-77' AS alias, 'birch' AS customer_id, 'customer' AS dimension"
    )
    register_metrics(made.con)
    made.tell("3", "2026-10-02T09:00:00+00:00", customer="acme", input_tokens=100, output_tokens=10)
    made.tell("1", "2026-10-02T23:59:59+00:00", customer="acme", input_tokens=5)
    made.tell(None, "2026-10-02T10:00:00+00:00", customer="acme")
    made.tell("2", "2026-10-03T00:00:00+00:00")
    made.tell(None, "2026-10-03T00:00:00+00:00", customer="birch")
    return made


def test_a_day_of_a_customer_has_operations_cost_revenue_and_margin(told: Told) -> None:
    rows = told.con.execute(
        "SELECT date::VARCHAR, * EXCLUDE (date) FROM daily_customer_metrics ORDER BY ALL"
    ).fetchall()
    assert rows == [
        ("2026-10-01", "acme", "USD", 0, 0, 0, Decimal(0), Decimal(10), Decimal(10)),
        ("2026-10-02", "acme", "USD", 3, 1, 115, Decimal(4), Decimal(10), Decimal(6)),
        ("2026-10-02", "birch", "EUR", 0, 0, 0, Decimal(0), Decimal(5), Decimal(5)),
        ("2026-10-03", "(none)", "USD", 1, 0, 0, Decimal(2), Decimal(0), Decimal(-2)),
        ("2026-10-03", "birch", "USD", 1, 1, 0, None, Decimal(0), None),
    ]


def test_a_month_adds_its_days_up(told: Told) -> None:
    rows = told.con.execute(
        "SELECT month, customer, operations, cost, revenue, margin FROM customer_metrics "
        "WHERE currency = 'USD' ORDER BY ALL"
    ).fetchall()
    assert rows == [
        ("2026-10", "(none)", 1, Decimal(2), Decimal(0), Decimal(-2)),
        ("2026-10", "acme", 3, Decimal(4), Decimal(20), Decimal(16)),
        ("2026-10", "birch", 1, None, Decimal(0), None),
    ]


def test_an_operation_belongs_to_the_customer_that_its_name_means(told: Told) -> None:
    told.tell("4", "2026-10-03T08:00:00+00:00", customer=" ACCT-77")
    rows = told.con.execute("SELECT cost, unpriced FROM customer_metrics WHERE customer = 'birch'").fetchall()
    assert (Decimal(4), 1) in rows  # the other has no price
    assert told.con.execute("SELECT customer FROM told_operations WHERE cost = 4").fetchall() == [
        (" ACCT-77",)
    ]


def test_an_hour_of_a_customer_has_operations_tokens_and_cost(told: Told) -> None:
    rows = told.con.execute(
        "SELECT hour::VARCHAR, operations, unpriced, tokens, cost FROM hourly_customer_metrics "
        "WHERE customer = 'acme' ORDER BY hour"
    ).fetchall()
    assert rows == [
        ("2026-10-02 09:00:00", 1, 0, 110, Decimal(3)),
        ("2026-10-02 10:00:00", 1, 1, 0, None),
        ("2026-10-02 23:00:00", 1, 0, 5, Decimal(1)),
    ]
