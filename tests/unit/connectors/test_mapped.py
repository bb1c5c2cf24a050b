"""Any other bill: columns that people name, values that are the same in every row, and what follows from them."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion import focus
from apportion.conformance import validate
from apportion.connectors import bill_connector
from apportion.connectors.mapped.meaning import derivations
from apportion.core.errors import BadInput, Refused
from apportion.ingestion import LoadRecord, ingest_bill
from ingestion_bills import Loader

OBSERVABILITY = {
    "columns": {
        "BilledCost": "cost",
        "ChargePeriodStart": "date",
        "ServiceName": "product_name",
        "SubAccountId": "org_name",
    },
    "values": {"ServiceProviderName": "Lookout", "BillingCurrency": "USD", "ServiceCategory": "Management and Governance"},
    "tags": ["team", "env"],
}  # fmt: skip
USAGE_COST = (
    "org_name,date,product_name,team,env,cost\n"
    "harbor,2026-09-01,infra_host,core,prod,12.50\n"
    "harbor,2026-09-02,logs,search,,0.25\n"
)
WAREHOUSE = {
    "columns": {
        "PricingQuantity": "CREDITS_USED",
        "PricingCurrencyEffectiveCost": "CREDITS_USED",
        "ChargePeriodStart": "START_TIME",
        "ResourceId": "WAREHOUSE_NAME",
        "SkuId": "SERVICE_TYPE",
    },
    "values": {
        "ServiceProviderName": "Glacier",
        "BillingCurrency": "USD",
        "ContractedUnitPrice": "2.75",
        "ListUnitPrice": 3,
        "PricingUnit": "Credits",
        "PricingCurrency": "CREDITS",
        "PricingCurrencyContractedUnitPrice": 1,
        "PricingCurrencyListUnitPrice": 1,
        "ServiceCategory": "Databases",
        "ServiceSubcategory": "Data Warehouses",
    },
    "lasts": "hour",
}
METERING = (
    "START_TIME,WAREHOUSE_NAME,SERVICE_TYPE,CREDITS_USED\n"
    "2026-09-01 10:00:00.000 Z,LOAD_WH,WAREHOUSE_METERING,1.500000000\n"
    "2026-09-01 11:00:00.000 Z,LOAD_WH,WAREHOUSE_METERING,0.000123456\n"
)

Load = Callable[..., LoadRecord]


@pytest.fixture
def books(tmp_path: Path) -> Loader:
    return Loader(tmp_path)


@pytest.fixture
def load(books: Loader) -> Load:
    def one(settings: dict[str, Any], text: str, name: str = "bill.csv") -> LoadRecord:
        connector = bill_connector("mapped", settings)
        (record,) = ingest_bill(books.ledger, "vendor", connector, [books.write(text, name)])
        return record

    return one


def test_an_observability_vendors_costs(books: Loader, load: Load) -> None:
    load(OBSERVABILITY, USAGE_COST)
    columns = "ServiceName, BilledCost, EffectiveCost, ChargeCategory, Tags, SubAccountId, ServiceSubcategory"
    assert books.rows(f"SELECT {columns} FROM charges ORDER BY x_SourceLine") == [
        ("infra_host", Decimal("12.5"), Decimal("12.5"), "Usage", {"team": "core", "env": "prod"}, "harbor",
         "Other (Management and Governance)"),
        ("logs", Decimal("0.25"), Decimal("0.25"), "Usage", {"team": "search"}, "harbor",
         "Other (Management and Governance)"),
    ]  # fmt: skip


def test_periods_follow_from_the_start(books: Loader, load: Load) -> None:
    load(OBSERVABILITY, USAGE_COST)
    periods = "BillingPeriodStart, BillingPeriodEnd, ChargePeriodStart, ChargePeriodEnd"
    assert books.rows(f"SELECT {periods} FROM charges WHERE x_SourceLine = 2") == [
        (_utc(9, 1), _utc(10, 1), _utc(9, 1), _utc(9, 2))
    ]


def _utc(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def test_a_warehouses_credits_times_their_price(books: Loader, load: Load) -> None:
    load(WAREHOUSE, METERING)
    columns = "BilledCost, ListCost, ContractedCost, PricingCurrency, PricingCurrencyEffectiveCost, ConsumedQuantity, ConsumedUnit"
    # 1.5 × 2.75 = 4.125; 1.5 × 3 = 4.5; 0.000123456 × 2.75 = 0.000339504
    assert books.rows(f"SELECT {columns} FROM charges ORDER BY x_SourceLine") == [
        (Decimal("4.125"), Decimal("4.5"), Decimal("4.125"), "CREDITS", Decimal("1.5"), Decimal("1.5"), "Credits"),
        (
            Decimal("0.000339504"), Decimal("0.000370368"), Decimal("0.000339504"), "CREDITS",
            Decimal("0.000123456"), Decimal("0.000123456"), "Credits",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4"])
def test_both_are_as_focus_wants_them(books: Loader, load: Load, version: str) -> None:
    priced = {
        "columns": {**OBSERVABILITY["columns"], "PricingQuantity": "quantity", "ContractedUnitPrice": "price",
                    "ListUnitPrice": "list", "SkuId": "product_name"},
        "values": OBSERVABILITY["values"],
    }  # fmt: skip
    text = "org_name,date,product_name,quantity,price,list,cost\nharbor,2026-09-01,infra_host,5,2.5,3,12.50\n"
    for settings, content in ((priced, text), (WAREHOUSE, METERING)):
        load(settings, content)
        columns = [f'"{c.name}"' for c in focus.superset().values() if c.exists_in(version)]
        path = books.folder / "charges.parquet"
        books.rows(f"COPY (SELECT {', '.join(columns)} FROM charges) TO '{path}' (FORMAT parquet)")
        assert {f.rule.id: f.samples for f in validate([path], version).failures} == {}


def test_a_charge_may_last_a_month_and_be_written_as_one(books: Loader, load: Load) -> None:
    load({**OBSERVABILITY, "lasts": "month"}, "org_name,date,product_name,cost\nharbor,2026-09,seats,100\n")
    assert books.rows("SELECT ChargePeriodStart, ChargePeriodEnd FROM charges") == [(_utc(9, 1), _utc(10, 1))]


def test_an_end_may_be_the_last_day(books: Loader, load: Load) -> None:
    columns = {**OBSERVABILITY["columns"], "ChargePeriodEnd": "until"}
    settings = {**OBSERVABILITY, "columns": columns, "inclusive_end": True}
    load(settings, "org_name,date,until,product_name,cost\nharbor,2026-09-01,2026-09-30,seats,100\n")
    assert books.value("SELECT ChargePeriodEnd FROM charges") == _utc(10, 1)


def test_amounts_and_dates_as_people_write_them(books: Loader, load: Load) -> None:
    text = (
        "org_name;date;product_name;cost\nharbor;01.09.2026;seats;1.234,56\nharbor;15.09.2026;logs;(0,50)\n"
    )
    load(OBSERVABILITY, text)
    assert books.rows("SELECT BilledCost, ChargePeriodStart FROM charges ORDER BY x_SourceLine") == [
        (Decimal("1234.56"), _utc(9, 1)),
        (Decimal("-0.5"), _utc(9, 15)),
    ]


def test_rows_that_are_totals_are_left_out_and_named(books: Loader, load: Load) -> None:
    record = load({**OBSERVABILITY, "skip": {"product_name": "Total"}}, USAGE_COST + ",,Total,,,12.75\n")
    assert books.value("SELECT sum(BilledCost) FROM charges") == Decimal("12.75")
    assert record.rejected_rows == 0


def test_a_value_stands_where_a_column_is_empty(books: Loader, load: Load) -> None:
    columns = {**OBSERVABILITY["columns"], "BillingCurrency": "currency"}
    text = "org_name,date,product_name,cost,currency\nharbor,2026-09-01,a,1,EUR\nharbor,2026-09-01,b,2,\n"
    load({**OBSERVABILITY, "columns": columns}, text)
    assert books.rows("SELECT BillingCurrency FROM charges ORDER BY x_SourceLine") == [("EUR",), ("USD",)]


def test_headers_are_taken_exactly_but_for_case(books: Loader, load: Load) -> None:
    columns = {**OBSERVABILITY["columns"], "BilledCost": "Cost ($)", "ListCost": "cost"}
    load(
        {**OBSERVABILITY, "columns": columns},
        "Org_Name,DATE,product_name,COST,cost ($),line\nharbor,2026-09-01,a,3,2,kept\n",
    )
    assert books.rows("SELECT BilledCost, ListCost, x_Columns FROM charges") == [
        (Decimal(2), Decimal(3), {"line": "kept"})
    ]


def test_a_column_may_be_called_like_something_of_ours(books: Loader, load: Load) -> None:
    columns = {**OBSERVABILITY["columns"], "ServiceName": "line"}
    load({**OBSERVABILITY, "columns": columns}, "org_name,date,line,cost\nharbor,2026-09-01,a,3\n")
    assert books.value("SELECT ServiceName FROM charges") == "a"


def test_it_reads_json_lines(books: Loader, load: Load) -> None:
    columns = {"BilledCost": "cost.amount", "ChargePeriodStart": "day"}
    settings = {"columns": columns, "values": OBSERVABILITY["values"]}
    load(settings, '{"day": "2026-09-01", "cost": {"amount": 1.25}}\n', "bill.json")
    assert books.value("SELECT BilledCost FROM charges") == Decimal("1.25")


def test_a_broken_row_is_named_by_the_files_own_column(load: Load) -> None:
    text = USAGE_COST + "".join(f"harbor,2026-09-03,a,,,{i}\n" for i in range(200))
    record = load(OBSERVABILITY, text + "harbor,2026-09-03,a,,,oops\n")
    assert [(r.line, r.column, r.value) for r in record.rejects] == [(204, "cost", "oops")]


def test_a_column_that_is_not_there_is_named(load: Load) -> None:
    with pytest.raises(BadInput, match=r"no column 'cost' \(it has org_name, date, amount\)"):
        load(OBSERVABILITY, "org_name,date,amount\nharbor,2026-09-01,1\n")


def test_one_that_matters_less_is_reported(load: Load) -> None:
    record = load(OBSERVABILITY, "date,product_name,cost\n2026-09-01,a,1\n")
    assert "bill.csv has no org_name, team, env: left empty." in record.notes


def test_other_settings_read_the_same_file_anew(books: Loader, load: Load) -> None:
    load(OBSERVABILITY, USAGE_COST)
    record = load({**OBSERVABILITY, "tags": ["team"]}, USAGE_COST)
    assert record.status == "restated"
    assert books.value("SELECT Tags FROM charges WHERE x_SourceLine = 2") == {"team": "core"}


@pytest.mark.parametrize(
    "start", ["2026-09-01 10:00:00.000 Z", "2026-09-01 03:00:00 -0700", "2026-09-01T12:00:00+02:00"]
)
def test_a_zone_may_stand_apart(books: Loader, load: Load, start: str) -> None:
    load(OBSERVABILITY, f"org_name,date,product_name,cost\nharbor,{start},a,1\n")
    assert books.value("SELECT ChargePeriodStart FROM charges") == datetime(2026, 9, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"columns": {"BiledCost": "cost"}}, "no column 'BiledCost'. Did you mean BilledCost"),
        ({"columns": {"ChargePeriodStart": "date"}}, "Nothing says BilledCost, or PricingQuantity and ContractedUnitPrice"),
        ({"values": {"BillingCurrency": "USD"}}, "Nothing says ServiceProviderName"),
        ({"values": {**WAREHOUSE["values"], "ListUnitPrice": "3 USD"}}, "'3 USD' is not a number"),
        ({"values": {**WAREHOUSE["values"], "ServiceCategory": "Data"}}, "'Data' is not allowed. One of: AI and"),
        ({"values": {**WAREHOUSE["values"], "ChargePeriodStart": "2026"}}, "Name a column"),
        ({"lasts": "week"}, "'week' is none of hour, day, month"),
        ({"inclusive_end": "perhaps"}, "either true or false"),
        ({"columns": ["cost"]}, "Write it like"),
        ({"columns": {"BilledCost": "x", "ChargePeriodStart": "x"}}, "'x' cannot be money and time at once"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used_say_why(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        bill_connector("mapped", {**OBSERVABILITY, **change})


def test_what_has_no_date_is_refused(load: Load) -> None:
    with pytest.raises(Refused, match="date 'soon'"):
        load(OBSERVABILITY, "org_name,date,product_name,cost\nharbor,soon,a,1\n")


def test_derivations_name_columns_that_focus_has() -> None:
    known = set(focus.superset())
    assert [d for d in derivations() if not {d.name, *d.needs, *d.unless} <= known] == []
