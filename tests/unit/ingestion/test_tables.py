"""Usage, customers and revenue from files of any column names."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apportion.connectors.usage import UsageColumns
from apportion.core.errors import BadInput, Refused
from apportion.ingestion import (
    LoadRecord,
    ingest_customers,
    ingest_revenue,
    ingest_usage,
    load,
)
from ingestion_bills import Loader

COLUMNS = UsageColumns("hour", "count", {"service": "service", "customer": "customer_id"})
USAGE = (
    "hour,service,customer_id,count\n"
    "2026-09-01T00:00:00Z,api,acme,10\n2026-09-01T01:00:00Z,api,,2.5\n2026-10-01,web,birch,4\n"
)
CUSTOMERS = (
    "customer_id,customer_name,plan,status,start_date,end_date,region\n"
    "acme,Acme Ltd,pro,active,2024-01-01,,EU\nbirch,,free,churned,2025-01-01,2026-01-01,US\n"
)
REVENUE = (
    "customer_id,kind,amount,currency,start_date,end_date,description\n"
    "acme,recurring,1999.99,USD,2024-01-01,,Pro plan\nacme,One-Off,-50,USD,2026-09-05,,Refund\n"
)


def usage(loader: Loader, text: str, columns: UsageColumns = COLUMNS) -> list[LoadRecord]:
    return ingest_usage(loader.ledger, "requests", [loader.write(text, "usage.csv")], columns)


def customers(loader: Loader, text: str, **named: str) -> LoadRecord:
    return ingest_customers(loader.ledger, [loader.write(text, "customers.csv")], named)


def revenue(loader: Loader, text: str, **named: str) -> LoadRecord:
    return ingest_revenue(loader.ledger, [loader.write(text, "revenue.csv")], named)


def test_usage_is_kept_by_month_with_its_dimensions(loader: Loader) -> None:
    september, october = usage(loader, USAGE)
    assert (september.source, september.billing_period, september.rows) == ("usage requests", "2026-09", 2)
    assert october.rows == 1
    got = loader.rows(
        "SELECT measure, time, day, quantity, dimensions, x_SourceLine FROM usage ORDER BY time"
    )
    assert got[0] == (
        "requests",
        datetime(2026, 9, 1, tzinfo=UTC),
        date(2026, 9, 1),
        Decimal(10),
        {"service": "api", "customer": "acme"},
        2,
    )
    assert got[1][3:5] == (Decimal("2.5"), {"service": "api", "customer": "(none)"})


def test_usage_of_a_month_replaces_what_it_had(loader: Loader) -> None:
    usage(loader, USAGE)
    (record,) = usage(loader, "hour,service,customer_id,count\n2026-09-02,api,acme,7\n")
    assert record.status == "restated"
    assert loader.rows("SELECT day, quantity FROM usage ORDER BY day") == [
        (date(2026, 9, 2), Decimal(7)),
        (date(2026, 10, 1), Decimal(4)),
    ]


def test_the_same_usage_again_changes_nothing_unless_read_otherwise(loader: Loader) -> None:
    usage(loader, USAGE)
    assert {r.status for r in usage(loader, USAGE)} == {"unchanged"}
    other = UsageColumns("hour", "count", {"customer": "customer_id"})
    assert {r.status for r in usage(loader, USAGE, other)} == {"restated"}


@pytest.mark.parametrize("quantity", ["-1", "nan", "", "1,000", "many"])
def test_a_wrong_quantity_is_named_with_its_line(loader: Loader, quantity: str) -> None:
    with pytest.raises(Refused, match=r"usage\.csv line 5: count"):
        usage(loader, USAGE + f'2026-09-03,api,acme,"{quantity}"\n')


def test_few_wrong_rows_are_left_out_and_reported(loader: Loader) -> None:
    rows = "".join(f"2026-09-01,api,c{i},1\n" for i in range(300))
    (record,) = usage(loader, "hour,service,customer_id,count\n" + rows + "2026-09-01,api,x,-1\n")
    assert (record.rows, record.rejected_rows) == (300, 1)
    assert [(r.line, r.column, r.value) for r in record.rejects] == [(302, "count", "-1")]
    assert load(loader.ledger, record.load_id)[1].rejects == record.rejects


def test_a_column_that_is_not_there_is_named(loader: Loader) -> None:
    with pytest.raises(BadInput, match="no column 'seconds'"):
        usage(loader, USAGE, UsageColumns("hour", "seconds", {"service": "service"}))


def test_customers_keep_further_columns_as_attributes(loader: Loader) -> None:
    customers(loader, CUSTOMERS)
    got = loader.rows(
        "SELECT customer_id, customer_name, status, end_date, attributes FROM customers ORDER BY 1"
    )
    assert got == [
        ("acme", "Acme Ltd", "active", None, {"region": "EU"}),
        ("birch", "birch", "churned", date(2026, 1, 1), {"region": "US"}),
    ]


def test_customers_may_call_their_columns_otherwise(loader: Loader) -> None:
    customers(loader, "account,tier\na,gold\n", customer_id="account", plan="tier")
    assert loader.rows("SELECT customer_id, customer_name, plan FROM customers") == [("a", "a", "gold")]


def test_revenue_is_exact(loader: Loader) -> None:
    revenue(loader, REVENUE)
    got = loader.rows(
        "SELECT customer_id, kind, amount, start_date, end_date FROM revenue ORDER BY start_date"
    )
    assert got == [
        ("acme", "recurring", Decimal("1999.99"), date(2024, 1, 1), None),
        ("acme", "one_off", Decimal(-50), date(2026, 9, 5), None),
    ]


@pytest.mark.parametrize(
    ("ingest", "text", "says"),
    [
        (customers, CUSTOMERS + "acme,Again,pro,active,2024-01-01,,EU\n", "line 4: customer_id 'acme'"),
        (customers, CUSTOMERS + ",Nobody,pro,active,2024-01-01,,EU\n", "line 4: customer_id '' is missing"),
        (customers, CUSTOMERS + "c,C,pro,active,soon,,EU\n", "line 4: start_date 'soon' is not a day"),
        (customers, CUSTOMERS + "c,C,pro,active,2025-02-01,2025-01-01,EU\n", "not after the start"),
        (customers, CUSTOMERS + "c,C\n", "line 4:  'c,C' is fewer values"),
        (revenue, REVENUE + "acme,recurring,12.50,USD,,,x\n", "line 4: start_date '' is missing"),
        (revenue, REVENUE + "acme,monthly,1,USD,2026-01-01,,x\n", "not one of recurring, one_off, overage"),
        (revenue, REVENUE + "acme,one_off,nan,USD,2026-01-01,,x\n", "amount 'nan' is not an amount"),
        (revenue, REVENUE + "acme,one_off,0.1234567890123,USD,2026-01-01,,x\n", "at most 12 decimal places"),
        (revenue, REVENUE + "acme,one_off,1,usd,2026-01-01,,x\n", "three capital letters"),
    ],
)
def test_a_wrong_row_refuses_the_whole_table(
    loader: Loader, ingest: Callable[[Loader, str], LoadRecord], text: str, says: str
) -> None:
    customers(loader, CUSTOMERS)
    revenue(loader, REVENUE)
    with pytest.raises(Refused, match=says):
        ingest(loader, text)
    assert loader.rows("SELECT (SELECT count(*) FROM customers), (SELECT count(*) FROM revenue)") == [(2, 2)]


def test_new_customers_replace_the_old(loader: Loader) -> None:
    customers(loader, CUSTOMERS)
    record = customers(loader, "customer_id,plan\ncedar,pro\n")
    assert record.status == "restated"
    assert loader.rows("SELECT customer_id FROM customers") == [("cedar",)]
