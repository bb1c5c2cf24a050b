"""Loads replace a source's billing period whole, once, and remember what they changed."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from apportion.core.errors import NotFound, Refused
from apportion.ingestion import LoadRecord, load, loads
from ingestion_bills import Loader, bill

OCTOBER = {"BillingPeriodStart": "2026-10-01T00:00:00Z", "ChargePeriodStart": "2026-10-02T00:00:00Z"}


def test_the_same_files_again_change_nothing(loader: Loader) -> None:
    first = loader.text(bill({}, {}))
    version = loader.ledger.table("charges").version()
    again = loader.text(bill({}, {}), "renamed.csv")
    assert (again.status, again.load_id) == ("unchanged", first.load_id)
    assert loader.ledger.table("charges").version() == version


def test_a_restated_bill_replaces_its_period_and_tells_the_difference(loader: Loader) -> None:
    first = loader.text(bill({"ServiceName": "Compute"}, {"ServiceName": "Storage"}))
    second = loader.text(bill({"ServiceName": "Compute", "BilledCost": "2"}, {"ServiceName": "Storage"}))
    assert loader.rows("SELECT count(*), sum(BilledCost) FROM charges") == [(2, Decimal("3.5"))]
    assert second.status == "restated"
    restated = second.restatement
    assert restated is not None
    assert (restated.replaces, restated.rows_before) == (first.load_id, 2)
    assert [(c.ServiceName, c.metric, c.before, c.after, c.change) for c in restated.changes] == [
        ("Compute", "BilledCost", Decimal("1.5"), Decimal(2), Decimal("0.5"))
    ]
    assert [(r.load_id, r.status) for r in loads(loader.ledger)] == [
        (second.load_id, "restated"),
        (first.load_id, "replaced"),
    ]


def test_going_back_to_the_first_bill_is_a_load_of_its_own(loader: Loader) -> None:
    loader.text(bill({}))
    loader.text(bill({"BilledCost": "2"}))
    assert loader.text(bill({})).status == "restated"
    assert loader.value("SELECT sum(BilledCost) FROM charges") == Decimal("1.5")


def test_other_sources_and_periods_stay(loader: Loader) -> None:
    loader.text(bill({}), source="aws")
    loader.text(bill({}), source="gcp")
    loader.text(bill(OCTOBER), source="aws")
    loader.text(bill({"BilledCost": "7"}), source="aws")
    got = loader.rows(
        "SELECT x_Source, x_BillingPeriod, sum(BilledCost) FROM charges GROUP BY ALL ORDER BY ALL"
    )
    assert got == [
        ("aws", "2026-09", 7),
        ("aws", "2026-10", Decimal("1.5")),
        ("gcp", "2026-09", Decimal("1.5")),
    ]


def test_one_file_of_two_periods_makes_two_loads_in_one_commit(loader: Loader) -> None:
    september, october = loader.load(loader.write(bill({}, OCTOBER, {})))
    assert (september.rows, october.rows) == (2, 1)
    assert loader.ledger.table("charges").version() == 1
    got = loader.rows("SELECT DISTINCT x_BillingPeriod, x_LoadId FROM charges ORDER BY 1")
    assert got == [("2026-09", september.load_id), ("2026-10", october.load_id)]
    assert loader.rows("SELECT x_SourceLine FROM charges ORDER BY 1") == [(2,), (3,), (4,)]
    again = loader.load(loader.folder / "bill.csv")
    assert {r.status for r in again} == {"unchanged"}


def test_files_of_one_period_are_one_load(loader: Loader) -> None:
    folder = loader.folder / "bills"
    loader.write(bill({}), "bills/a.csv")
    loader.write(gzip.compress(bill({"BilledCost": "2"}).encode()), "bills/deeper/b.csv.gz")
    loader.write(b"{}", "bills/manifest.json")
    (record,) = loader.load(folder)
    assert [f.name for f in record.sources] == ["a.csv", "deeper/b.csv.gz"]
    assert loader.value("SELECT sum(BilledCost) FROM charges") == Decimal("3.5")


def test_many_small_files_become_one(loader: Loader) -> None:
    for i in range(6):
        loader.write(bill({"BilledCost": f"{i}"}), f"bills/{i}.csv")
    (record,) = loader.load(loader.folder / "bills")
    assert record.rows == 6
    assert len(loader.ledger.table("charges").files()) == 1
    assert loader.value("SELECT count(DISTINCT x_SourceFile) FROM charges") == 6


def test_a_pattern_names_files(loader: Loader) -> None:
    loader.write(bill({}), "aws-1.csv")
    loader.write(bill({}, {}), "gcp-1.csv")
    (record,) = loader.load(loader.folder / "aws-*.csv")
    assert record.rows == 1


def test_a_copy_of_a_file_is_left_out(loader: Loader) -> None:
    a, b = loader.write(bill({}), "a.csv"), loader.write(bill({}), "b.csv")
    (record,) = loader.load(a, b)
    assert record.rows == 1
    assert "b.csv has the same content as a.csv and was left out." in record.notes


def test_a_load_with_less_than_half_the_rows_needs_replace(loader: Loader) -> None:
    loader.text(bill(*[{}] * 10))
    with pytest.raises(Refused, match="10 rows, this one 4") as why:
        loader.text(bill(*[{}] * 4))
    assert "--replace" in why.value.hint
    assert loader.value("SELECT count(*) FROM charges") == 10
    assert loader.text(bill(*[{}] * 4), replace=True).rows == 4


def test_a_load_that_loses_its_cost_needs_replace(loader: Loader) -> None:
    loader.text(bill(*[{}] * 10))
    with pytest.raises(Refused, match=r"BilledCost would fall from 15\.00 to 0\.10 USD"):
        loader.text(bill(*[{"BilledCost": "0.01"}] * 10))


def test_gzip_of_several_members_is_read_to_its_end(loader: Loader) -> None:
    text = bill({}, {}).encode()
    record = loader.text(gzip.compress(text[:100]) + gzip.compress(text[100:]), "bill.csv.gz")
    assert record.rows == 2


def test_a_record_survives_its_json(loader: Loader) -> None:
    loader.text(bill(*[{}] * 300, {"BilledCost": "x"}, {"BilledCost": "0.0000000000001"}))
    record = loader.text(bill(*[{"BilledCost": "2", "x_Own": "1"}] * 300))
    assert LoadRecord.from_dict(json.loads(json.dumps(record.to_dict()))) == record
    assert record.to_dict()["totals"][0]["BilledCost"] == "600.000000000000"


def test_a_load_is_found_by_the_beginning_of_its_id(loader: Loader) -> None:
    moment = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    record = loader.text(bill({}), now=lambda: moment)
    assert record.loaded_at == "2026-11-02T08:30:00Z"
    kind, found = load(loader.ledger, "20261102")
    assert (kind, found.load_id) == ("bill", record.load_id)
    with pytest.raises(NotFound):
        load(loader.ledger, "1999")


def test_a_large_file_is_read_in_parts_with_true_lines(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apportion.connectors.csv_rows._PART", 10_000)
    odd = {"ChargeDescription": 'two\nlines and "quotes"'}
    rows = [{**odd, "ResourceId": f"r{i}"} if i % 7 == 0 else {"ResourceId": f"r{i}"} for i in range(1000)]
    loader.text(bill(*rows))
    got = loader.rows("SELECT x_SourceLine, ResourceId FROM charges ORDER BY 1")
    assert got == [(i + 2, f"r{i}") for i in range(1000)]


def test_a_file_left_open_by_quotes_is_still_read_right(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apportion.connectors.csv_rows._PART", 10_000)
    text = bill(*[{"ResourceId": f"r{i}"} for i in range(1000)]).replace("r3\n", 'r3"\n', 1)
    record = loader.text(text)
    assert record.rows == 1000
    assert loader.value("SELECT ResourceId FROM charges WHERE x_SourceLine = 5") == 'r3"'


def test_what_a_killed_load_left_is_cleared_by_the_next(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apportion.ingestion.workbench._SAFE_AGE", -1)
    left = loader.ledger.table("charges").directory / "_staged" / "20260101-000000-dead"
    left.mkdir(parents=True)
    orphan = loader.ledger.table("charges").partition_directory(
        {"x_Source": "aws", "x_BillingPeriod": "2026-09"}
    )
    orphan = orphan / "20260101-000000-dead-0.parquet"
    orphan.write_bytes(b"PAR1")
    (left / "moved").write_text(json.dumps(str(orphan)) + "\n")
    loader.text(bill({}))
    assert not left.exists()
    assert not orphan.exists()
    assert [Path(f).exists() for f in loader.ledger.table("charges").files()] == [True]
