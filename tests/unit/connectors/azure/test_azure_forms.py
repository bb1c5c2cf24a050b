"""The ways in which Azure's files are written: headers, dates, decimals, tags, packing."""

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from apportion.core.errors import BadInput, Refused
from azure_bills import Azure, details

D = Decimal

PASCAL = [
    "SubscriptionId",
    "Date",
    "CostInBillingCurrency",
    "BillingCurrency",
    "ResourceId",
    "ChargeType",
    "Tags",
]
CAMEL = [name[0].lower() + name[1:] for name in PASCAL]
SPACED = ["Subscription ID", "Usage Date", "Pre Tax Cost", "Currency", "Instance ID", "Charge Type", "tags"]
LEGACY = ["SubscriptionGuid", "UsageDateTime", "PreTaxCost", "Currency", "InstanceId", "ChargeType", "Tags"]
GERMAN = [
    "AbonnementID",
    "Datum",
    "KostenInAbrechnungswährung",
    "Währung",
    "RessourcenID",
    "Gebührentyp",
    "Tags",
]
LINE = ["sub-1", "2026-09-21", "1.5", "EUR", "/a/providers/Microsoft.Web/sites/shop", "Usage", ""]


@pytest.mark.parametrize("names", [PASCAL, CAMEL, SPACED, LEGACY, GERMAN, [n.upper() for n in PASCAL]])
def test_columns_are_known_by_many_names(azure: Azure, names: list[str]) -> None:
    azure.text(f"{','.join(names)}\n{','.join(LINE)}\n")
    assert azure.columns("SubAccountId, BilledCost, BillingCurrency, ResourceName, ServiceName") == [
        ("sub-1", D("1.5"), "EUR", "shop", "Azure App Service")
    ]


def test_of_several_costs_the_one_in_the_billing_currency_counts(azure: Azure) -> None:
    names = [*PASCAL, "Cost", "CostInPricingCurrency"]
    azure.text(f"{','.join(names)}\n{','.join([*LINE, '9', '8'])}\n")
    assert azure.columns("BilledCost, x_Columns['Cost']") == [(D("1.5"), "9")]


def test_german_with_semicolons_and_decimal_commas(azure: Azure) -> None:
    first = ["sub-1", "21.09.2026", "1.234,56", "EUR", "", "Usage", '"team": "web"']
    second = ["sub-1", "02.09.2026", "1234,5", "EUR", "", "Usage", ""]
    rows = "".join(
        ";".join(f'"{v.replace(chr(34), chr(34) * 2)}"' for v in row) + "\n" for row in (first, second)
    )
    record = azure.text("\ufeff" + ";".join(GERMAN) + "\n" + rows)
    assert azure.columns("BilledCost, ChargePeriodStart, Tags['team']") == [
        (D("1234.56"), datetime(2026, 9, 21, tzinfo=UTC), "web"),
        (D("1234.5"), datetime(2026, 9, 2, tzinfo=UTC), None),
    ]
    assert ("number in another format", "line_cost", 2) in [
        (r.repair, r.column, r.rows) for r in record.repairs
    ]


@pytest.mark.parametrize(
    ("texts", "costs"),
    [
        (("1,234.56", "0.5"), ("1234.56", "0.5")),
        (("1,234", "0.5"), ("1234", "0.5")),
        (("1,234", "0,5"), ("1.234", "0.5")),
        (("1.234", "0,5"), ("1234", "0.5")),
        (("1 234,56", "-0,5"), ("1234.56", "-0.5")),
        (("1'234.56", "$0.50"), ("1234.56", "0.5")),
        (("(12.50)", "1.5E-05"), ("-12.5", "0.000015")),
        (("1,234,567.8", "7"), ("1234567.8", "7")),
    ],
)
def test_a_file_s_values_tell_how_it_writes_decimals(
    azure: Azure, texts: tuple[str, str], costs: tuple[str, str]
) -> None:
    azure.text(details(*({"CostInBillingCurrency": text} for text in texts), **NO_OTHER_NUMBERS))
    assert azure.columns("BilledCost") == [(D(cost),) for cost in costs]


NO_OTHER_NUMBERS = {"without": ("Quantity", "UnitPrice", "EffectivePrice", "PayGPrice")}


def test_decimals_that_contradict_each_other_are_refused(azure: Azure) -> None:
    with pytest.raises(BadInput, match="decimal comma and some a decimal point"):
        azure.text(details({"CostInBillingCurrency": "0,5"}, {"CostInBillingCurrency": "0.5"}))


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        (("9/21/2026", "9/2/2026"), (21, 2)),
        (("21/9/2026", "2/9/2026"), (21, 2)),
        (("21.9.2026", "02.09.2026"), (21, 2)),
        (("21-09-2026", "02-09-2026"), (21, 2)),
        (("2026-09-21", "2026-09-02T00:00:00"), (21, 2)),
        (("2026-09-21T00:00:00.0000000Z", "2026-09-02T00:00Z"), (21, 2)),
        (("9/21/2026 12:00:00 AM", "9/2/2026 12:00:00 AM"), (21, 2)),
        (("21.09.2026 00:00", "02.09.2026 00:00:00"), (21, 2)),
        (("20260921", "20260902"), (21, 2)),
        (("09/21/26", "09/02/26"), (21, 2)),
        (("9/3/2026", "9/2/2026"), (3, 2)),
        (("3/9/2026", "2/9/2026"), (3, 2)),
    ],
)
def test_a_file_s_values_tell_how_it_writes_dates(
    azure: Azure, texts: tuple[str, str], days: tuple[int, int]
) -> None:
    no_period = {"BillingPeriodStartDate": None, "BillingPeriodEndDate": None}
    azure.text(details(*({"Date": text, **no_period} for text in texts)))
    assert azure.columns("ChargePeriodStart") == [(datetime(2026, 9, day, tzinfo=UTC),) for day in days]


def test_a_late_row_decides_for_those_before_it(azure: Azure) -> None:
    no_period = {"BillingPeriodStartDate": None, "BillingPeriodEndDate": None}
    days = [f"{1 + i % 12:02}/09/2026" for i in range(1500)] + ["30/09/2026"]
    azure.text(details(*({"Date": day, **no_period} for day in days)))
    assert azure.value("SELECT count(*) FROM charges WHERE x_BillingPeriod = '2026-09'") == 1501


def test_dates_that_contradict_each_other_are_refused(azure: Azure) -> None:
    with pytest.raises(BadInput, match="day first and some the month"):
        azure.text(details({"Date": "21/09/2026"}, {"Date": "09/21/2026"}))


def test_where_no_date_tells_the_month_is_first_and_the_load_says_so(azure: Azure) -> None:
    no_period = {"BillingPeriodStartDate": None, "BillingPeriodEndDate": None}
    record = azure.text(details({"Date": "09/02/2026", **no_period}))
    assert record.billing_period == "2026-09"
    assert any("no date tells" in note for note in record.notes)


@pytest.mark.parametrize("period", ["202609", "2026-09-01", "20260901", "2026-09"])
def test_the_billing_period_may_be_a_text(azure: Azure, period: str) -> None:
    record = azure.text(
        details(
            {
                "BillingPeriodStartDate": None,
                "BillingPeriodEndDate": None,
                "BillingPeriod": period,
                "Date": "2026-10-01",
            }
        )
    )
    assert record.billing_period == "2026-09"


@pytest.mark.parametrize(
    "tags", ['"team": "web","env": "prod"', '{"team":"web","env":"prod"}', ' "team": "web", "env": "prod", ']
)
def test_tags_with_and_without_braces(azure: Azure, tags: str) -> None:
    azure.text(details({"Tags": tags}, {"Tags": ""}))
    assert azure.columns("Tags") == [({"team": "web", "env": "prod"},), (None,)]


def test_packed_files_and_parquet(azure: Azure, tmp_path: Path) -> None:
    plain = azure.write(details({}, {"Tags": '{"team": "shop"}'}))
    packed = azure.write(gzip.compress(plain.read_bytes()), "bill.csv.gz")
    parquet = tmp_path / "bill.parquet"
    typed = "* REPLACE (CAST(CostInBillingCurrency AS DOUBLE) AS CostInBillingCurrency, strptime(Date, '%m/%d/%Y') AS Date)"
    duckdb.sql(
        f"COPY (SELECT {typed} FROM read_csv('{plain}', all_varchar = true)) TO '{parquet}' (FORMAT parquet)"
    )
    expected = [(D("1.2"), datetime(2026, 9, 21, tzinfo=UTC), {"team": team}) for team in ("web", "shop")]
    for path in (packed, parquet):
        azure.load(path, source=path.name)
        found = azure.rows(
            f"SELECT BilledCost, ChargePeriodStart, Tags FROM charges WHERE x_Source = '{path.name}' ORDER BY x_SourceLine"
        )
        assert found == expected


def test_a_currency_that_the_file_does_not_name_is_that_of_the_source(azure: Azure) -> None:
    bill = details({"BillingCurrency": None})
    assert azure.text(bill, currency="CHF").notes == azure.text(details({}), "other.csv", source="b").notes
    assert azure.value("SELECT BillingCurrency FROM charges WHERE x_Source = 'azure'") == "CHF"


def test_without_both_it_is_read_as_dollars_and_the_load_says_so(azure: Azure) -> None:
    record = azure.text(details({"BillingCurrency": None}))
    assert azure.value("SELECT BillingCurrency FROM charges") == "USD"
    assert any("names no currency" in note for note in record.notes)


def test_a_missing_column_is_named(azure: Azure) -> None:
    with pytest.raises(BadInput, match="lacks line_cost"):
        azure.text(details({"CostInBillingCurrency": None}))


def test_costs_that_cannot_be_read_are_not_taken_for_nothing(azure: Azure) -> None:
    with pytest.raises(Refused, match="oops"):
        azure.text(details({}, {"CostInBillingCurrency": "oops"}))
