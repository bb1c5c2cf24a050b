"""What the ledger holds leaves it as FOCUS wants it, and comes back as it was."""

from decimal import Decimal
from pathlib import Path
from typing import Literal

import duckdb
import pytest

from apportion import focus
from apportion.conformance import Order, export_focus, validate
from apportion.core.errors import BadInput, NotFound
from books import Books, charge
from focus_bills import CLEAN, write
from ingestion_bills import Loader, bill

JUNIPER = Path(__file__).parents[3] / "docs/examples/juniper/bill-2026-09.csv"
SAMPLE = Path(__file__).parents[4] / "shared/data/focus/official_sample_1.0/focus_sample.csv"
VERSIONS = ("1.2", "1.3", "1.4")
FORMS: tuple[Literal["csv", "parquet"], ...] = ("csv", "parquet")


def names(path: Path) -> list[str]:
    return [row[0] for row in duckdb.sql(f"DESCRIBE FROM '{path}'").fetchall()]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_exported_and_loaded_again_is_the_same(
    version: str, form: Literal["csv", "parquet"], tmp_path: Path
) -> None:
    first, second = Loader(tmp_path / "first"), Loader(tmp_path / "second")
    for loader in (first, second):
        loader.folder.mkdir()
    first.load(write(tmp_path / "bill.csv", CLEAN, version))
    (exported,) = export_focus(first.ledger, tmp_path / "out", Order(version, form))
    assert (exported.rows, dict(exported.filled), exported.report.failures) == (len(CLEAN), {}, ())
    second.load(exported.path)
    columns = ", ".join(f'"{c.name}"' for c in focus.columns_of(version))
    charges = f"SELECT {columns} FROM charges ORDER BY x_SourceLine"
    assert second.rows(charges) == first.rows(charges)


@pytest.mark.parametrize("version", VERSIONS)
def test_an_export_has_the_columns_of_its_version_in_order(version: str, tmp_path: Path) -> None:
    loader = Loader(tmp_path)
    loader.load(write(tmp_path / "bill.csv", CLEAN, "1.4"))
    (exported,) = export_focus(loader.ledger, tmp_path / "out", Order(version, "parquet", plain=True))
    missing = {"ProviderName", "PublisherName"} if version == "1.4" else set()
    wanted = [c.name for c in focus.columns_of(version) if c.name not in missing]
    assert names(exported.path) == [*wanted, "x_FilledColumns"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_bill_that_says_little_is_made_to_conform(
    version: str, form: Literal["csv", "parquet"], tmp_path: Path
) -> None:
    loader = Loader(tmp_path)
    loader.text(
        bill(
            {},
            {"ContractedCost": "", "ListCost": "2", "ChargeCategory": "Purchase"},
            {"ChargeCategory": "Refund", "ServiceName": "", "BilledCost": "-3", "EffectiveCost": "-3"},
            {"ChargePeriodEnd": "2026-09-03T10:00:00Z", "BillingPeriodEnd": ""},
            {"SkuId": "S", "ListUnitPrice": "-4", "PricingQuantity": "2", "ResourceId": "r"},
            {"ContractedUnitPrice": "9", "PricingQuantity": "0", "RegionName": "Mars", "SubAccountId": ""},
            {
                "CommitmentDiscountId": "c",
                "SkuPriceDetails": '{"Cores": 2, "CoreCount": 2}',
                "SkuPriceId": "p",
            },
            {"ChargeCategory": "Tax", "SkuId": "S", "PricingQuantity": "1", "ConsumedQuantity": "1"},
            {"ChargeClass": "Correction", "ContractedUnitPrice": "-1", "InvoiceId": "I"},
        )
    )
    (exported,) = export_focus(loader.ledger, tmp_path / "out", Order(version, form))
    assert [f.rule.id for f in exported.report.failures] == []
    assert validate([exported.path], version).passed
    assert exported.filled["ListCost"] == 8


def test_costs_that_nobody_gave_are_the_next_ones(tmp_path: Path) -> None:
    loader = Loader(tmp_path)
    loader.text(bill({"ContractedCost": "", "BilledCost": "0"}, {"ContractedCost": "7"}))
    (exported,) = export_focus(loader.ledger, tmp_path / "out", Order("1.2", "csv"))
    rows = duckdb.sql(
        f"SELECT ContractedCost, ListCost, x_FilledColumns LIKE '%ContractedCost%' FROM "
        f"read_csv('{exported.path}', all_varchar = true) ORDER BY x_SourceLine"
    ).fetchall()
    assert rows == [("1.25", "1.25", True), ("7", "7", False)]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_costs_that_were_filled_are_unknown_again_when_they_come_back(
    tmp_path: Path, form: Literal["csv", "parquet"]
) -> None:
    loader = Loader(tmp_path)
    loader.text(bill({"ContractedCost": "", "ListCost": ""}, {"ContractedCost": "7", "ListCost": "8"}))
    (exported,) = export_focus(loader.ledger, tmp_path / "out", Order("1.3", form))
    loader.load(exported.path, source="again")
    costs = "SELECT ContractedCost, ListCost FROM charges WHERE x_Source = '{}' ORDER BY x_SourceLine"
    assert loader.rows(costs.format("again")) == loader.rows(costs.format("aws"))
    assert loader.rows(costs.format("again"))[0] == (None, None)


def test_csv_is_written_for_machines(tmp_path: Path) -> None:
    loader = Loader(tmp_path)
    loader.text(bill({"ChargeDescription": "=1+1", "BilledCost": "100"}))
    (exported,) = export_focus(loader.ledger, tmp_path / "out", Order("1.2", "csv", plain=True))
    header, row = exported.path.read_text().splitlines()
    assert "2026-09-03T10:00:00Z" in row
    assert row.startswith("100,aws,")
    assert "=1+1" in row
    assert '{""team"":""core""}' in row
    assert header.endswith(",x_FilledColumns")


def test_a_file_for_each_source_and_period_appears_whole(tmp_path: Path) -> None:
    books = Books(tmp_path)
    books.bill(
        [
            charge(1, BillingPeriodStart="2026-09-01 00:00:00+00", ServiceName="a"),
            charge(2, "2026-10-02", BillingPeriodStart="2026-10-01 00:00:00+00", ServiceName="a"),
            charge(3, x_Source="gcp", BillingPeriodStart="2026-09-01 00:00:00+00", ServiceName="a"),
        ]
    )
    found = export_focus(books.ledger, tmp_path / "out", Order("1.3"))
    assert [(e.source, e.period, e.rows) for e in found] == [
        ("aws", "2026-09", 1), ("aws", "2026-10", 1), ("gcp", "2026-09", 1),
    ]  # fmt: skip
    files = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert files == {"aws/aws-2026-09.parquet", "aws/aws-2026-10.parquet", "gcp/gcp-2026-09.parquet"}
    again = export_focus(books.ledger, tmp_path / "out", Order("1.3", source="aws", period="2026-10"))
    assert [e.path.name for e in again] == ["aws-2026-10.parquet"]
    with pytest.raises(NotFound):
        export_focus(books.ledger, tmp_path / "out", Order("1.3", source="azure"))


def test_a_failed_export_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loader = Loader(tmp_path)
    loader.text(bill({}))
    (exported,) = export_focus(loader.ledger, tmp_path / "out", Order("1.2"))
    before = exported.path.read_bytes()

    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("apportion.conformance.export.validate", fails)
    with pytest.raises(RuntimeError):
        export_focus(loader.ledger, tmp_path / "out", Order("1.2"))
    assert exported.path.read_bytes() == before
    assert [p.name for p in exported.path.parent.iterdir()] == [exported.path.name]


ATTRIBUTION = {
    "dimensions": {"customer": [{"tag": "customer"}], "service": [{"tag": "service"}]},
    "perspectives": {
        "customer": {
            "to": "customer",
            "rules": [
                {"name": "own", "match": {"customer": "*"}, "method": "direct"},
                {
                    "name": "shared",
                    "match": {"service": "db"},
                    "method": "proportional",
                    "measure": "requests",
                },
            ],
        }
    },
}


@pytest.mark.parametrize("version", ["1.3", "1.4"])
def test_what_is_attributed_is_exported_to_the_last_digit(version: str, tmp_path: Path) -> None:
    books = Books(tmp_path)
    start = {"BillingPeriodStart": "2026-09-01 00:00:00+00", "ServiceName": "Database"}
    books.bill(
        [
            charge("10", service="db", **start),
            charge("-0.000000000001", "2026-09-02", service="db", **start),
            charge("3.3", service="web", customer="acme", **start),
            charge("1.1", service="web", **start),
        ]
    )
    books.usage(
        [
            (day, quantity, {"service": "db", "customer": customer})
            for day in ("2026-09-01", "2026-09-02")
            for customer, quantity in (("acme", 1), ("birch", 1), ("cedar", 1))
        ]
    )
    books.allocate(ATTRIBUTION)
    (exported,) = export_focus(books.ledger, tmp_path / "out", Order(version, "parquet", perspective=""))
    assert [f.rule.id for f in exported.report.failures] == []
    charged = books.sql("SELECT sum(BilledCost), sum(EffectiveCost) FROM charges")
    rows = duckdb.sql(f"FROM '{exported.path}'")
    assert duckdb.sql("SELECT sum(BilledCost), sum(EffectiveCost) FROM rows").fetchall() == charged
    found = duckdb.sql(
        "SELECT AllocatedResourceId, AllocatedMethodId, AllocatedTags, Tags FROM rows "
        "WHERE ChargePeriodStart < '2026-09-02' ORDER BY ALL"
    ).fetchall()
    assert found == [
        ("acme", "customer/own", '{"customer":"acme"}', '{"service":"web"}'),
        ("acme", "customer/shared", '{"customer":"acme"}', '{"service":"db"}'),
        ("birch", "customer/shared", '{"customer":"birch"}', '{"service":"db"}'),
        ("cedar", "customer/shared", '{"customer":"cedar"}', '{"service":"db"}'),
        (None, None, None, '{"service":"web"}'),
    ]
    ratios = duckdb.sql(
        "SELECT sum(CAST(AllocatedMethodDetails->>'$.Elements[0].AllocatedRatio' AS DECIMAL(18, 12))) FROM rows "
        "WHERE AllocatedMethodId = 'customer/shared' GROUP BY ChargePeriodStart"
    ).fetchall()
    assert set(ratios) == {(Decimal(1),)}
    assert rows is not None


def test_1_2_has_no_place_for_what_was_attributed(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no columns for what was allocated"):
        export_focus(Books(tmp_path).ledger, tmp_path / "out", Order("1.2", perspective="customer"))
    with pytest.raises(BadInput, match="not written"):
        export_focus(Books(tmp_path).ledger, tmp_path / "out", Order("1.0"))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_bill_of_the_guides_is_made_to_conform(version: str, tmp_path: Path) -> None:
    loader = Loader(tmp_path)
    loader.load(JUNIPER)
    (exported,) = export_focus(loader.ledger, tmp_path / "out", Order(version, "csv"))
    assert [f.rule.id for f in exported.report.failures] == []


@pytest.mark.data
@pytest.mark.skipif(not SAMPLE.exists(), reason="the public samples are not here")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_official_sample_is_made_to_conform(
    version: str, form: Literal["csv", "parquet"], tmp_path: Path
) -> None:
    loader = Loader(tmp_path)
    loader.load(SAMPLE)
    for exported in export_focus(loader.ledger, tmp_path / "out", Order(version, form)):
        assert [(f.rule.id, f.violations) for f in exported.report.failures] == []
