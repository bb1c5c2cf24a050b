"""Parquet bills of any types say the same as the CSV they were made from."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apportion.engine import connect
from ingestion_bills import Loader

CHARGE = """
SELECT {billed} AS BilledCost, CAST(1.25 AS DECIMAL(20, 6)) AS EffectiveCost, 'USD' AS BillingCurrency,
    {start} AS BillingPeriodStart, {start} + INTERVAL 1 MONTH AS BillingPeriodEnd,
    {start} + INTERVAL 58 HOUR AS ChargePeriodStart, {start} + INTERVAL 59 HOUR AS ChargePeriodEnd,
    {category} AS ChargeCategory, {account} AS SubAccountId, {tags} AS Tags, {details} AS SkuPriceDetails,
    {own} AS x_Discounts
FROM range({rows})
"""
PLAIN = {
    "billed": "CAST(1.5 AS DECIMAL(10, 2))",
    "start": "TIMESTAMPTZ '2026-09-01 00:00:00+00'",
    "category": "'Usage'",
    "account": "'000123456789'",
    "tags": "MAP {'team': 'core'}",
    "details": "NULL::VARCHAR",
    "own": "NULL::VARCHAR",
    "rows": "3",
}


def write(loader: Loader, **changed: str) -> None:
    path = loader.folder / "bill.parquet"
    connect().execute(f"COPY ({CHARGE.format(**PLAIN | changed)}) TO '{path}' (FORMAT parquet)")
    loader.load(path)


def test_typed_columns_are_kept(loader: Loader) -> None:
    write(loader)
    assert loader.rows("SELECT sum(BilledCost), min(x_SourceLine), max(x_SourceLine) FROM charges") == [
        (Decimal("4.5"), 1, 3)
    ]
    assert loader.value("SELECT DISTINCT ChargePeriodStart FROM charges") == datetime(
        2026, 9, 3, 10, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("billed", "want"),
    [
        ("CAST(0.1 AS DOUBLE)", "0.1"),
        ("CAST(1234567.891 AS DOUBLE)", "1234567.891"),
        ("CAST(1e-9 AS DOUBLE)", "0.000000001"),
        ("CAST(0.1 AS FLOAT)", "0.1"),
        ("7", "7"),
        ("'0.000000000001'", "0.000000000001"),
    ],
)
def test_costs_of_any_type_arrive_exactly(loader: Loader, billed: str, want: str) -> None:
    write(loader, billed=billed)
    assert loader.value("SELECT DISTINCT BilledCost FROM charges") == Decimal(want)


@pytest.mark.parametrize(
    ("tags", "want"),
    [
        ("MAP {'team': 5}", {"team": "5"}),
        ("[{'key': 'team', 'value': 'core'}]", {"team": "core"}),
        ('\'{"team": "core"}\'', {"team": "core"}),
        ("{'team': 'core'}", {"team": "core"}),
        ("''", None),
        ("'NULL'", None),
    ],
)
def test_tags_of_any_shape_become_a_map(loader: Loader, tags: str, want: dict[str, str] | None) -> None:
    write(loader, tags=tags)
    assert loader.rows("SELECT DISTINCT Tags FROM charges") == [(want,)]


def test_a_time_without_zone_is_utc_and_counted(loader: Loader) -> None:
    write(loader, start="TIMESTAMP '2026-09-01 00:00:00'")
    assert loader.value("SELECT DISTINCT BillingPeriodStart FROM charges") == datetime(2026, 9, 1, tzinfo=UTC)


def test_a_whole_number_for_an_id_becomes_text(loader: Loader) -> None:
    write(loader, account="123456789012")
    assert loader.value("SELECT DISTINCT SubAccountId FROM charges") == "123456789012"


def test_nested_columns_become_json(loader: Loader) -> None:
    write(loader, details="{'Cores': 2}", own="MAP {'edp': 0.05}")
    assert loader.rows("SELECT DISTINCT SkuPriceDetails, x_Columns FROM charges") == [
        ('{"Cores":2}', {"x_Discounts": '{"edp":0.05}'})
    ]


def test_an_empty_text_is_null(loader: Loader) -> None:
    write(loader, account="''")
    assert loader.value("SELECT count(*) FROM charges WHERE SubAccountId IS NULL") == 3


def test_a_name_with_pattern_characters_is_just_a_name(loader: Loader) -> None:
    path = loader.folder / "bill[1]*.parquet"
    connect().execute(f"COPY ({CHARGE.format(**PLAIN)}) TO '{path}' (FORMAT parquet)")
    (record,) = loader.load(path)
    assert record.rows == 3
