"""Bringing in a source: only what is new or changed, and one bad month leaves the others alone."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.connectors import Place, bill_connector
from apportion.core.errors import NotFound
from apportion.ingestion import Bringing, Brought, Limits, standing
from apportion.ledger import Ledger
from aws_bills import line, manifest, report


def month(start: str) -> dict[str, str]:
    """A line of ten cents in the month that begins with `start`."""
    year, number, _ = start.split("-")
    after = f"{int(year) + int(number) // 12}-{int(number) % 12 + 1:02}-01"
    return line(
        bill_BillingPeriodStartDate=f"{start}T00:00:00Z",
        bill_BillingPeriodEndDate=f"{after}T00:00:00Z",
        lineItem_UsageStartDate=f"{start}T00:00:00Z",
        lineItem_UsageEndDate=f"{start}T01:00:00Z",
    )


def bring(tmp_path: Path, **more: Any) -> Brought:
    return Bringing(
        Ledger(tmp_path / "ledger"),
        "aws",
        bill_connector("aws"),
        Place(str(tmp_path / "bills")),
        tmp_path / "fetched",
        Limits(),
        progress=lambda _: None,
        **more,
    ).run()


def statuses(brought: Brought) -> list[tuple[str, str]]:
    return [(r.billing_period, r.status) for r in brought.records]


@pytest.fixture
def bills(tmp_path: Path) -> Path:
    for start in ("2026-08-01", "2026-09-01"):
        report(tmp_path / "bills" / start[:7] / "bill.csv", [month(start)])
    return tmp_path / "bills"


def test_a_second_time_nothing_is_read_again(tmp_path: Path, bills: Path) -> None:
    assert statuses(bring(tmp_path)) == [("2026-08", "loaded"), ("2026-09", "loaded")]
    version = Ledger(tmp_path / "ledger").table("charges").version()
    assert statuses(bring(tmp_path)) == [("2026-08", "unchanged"), ("2026-09", "unchanged")]
    assert Ledger(tmp_path / "ledger").table("charges").version() == version


def test_a_restated_month_is_loaded_alone_and_says_what_changed(tmp_path: Path, bills: Path) -> None:
    bring(tmp_path)
    report(bills / "2026-09" / "bill.csv", [month("2026-09-01"), month("2026-09-01")])
    unchanged, restated = bring(tmp_path).records
    assert (unchanged.status, restated.status) == ("unchanged", "restated")
    assert restated.restatement is not None
    change = restated.restatement.changes[0]
    assert (change.ServiceName, change.SubAccountId, change.change) == (
        "AmazonEC2",
        "200000000002",
        Decimal("0.1"),
    )


def test_a_month_that_cannot_be_read_leaves_the_others_alone(tmp_path: Path, bills: Path) -> None:
    (bills / "2026-08" / "bill.csv").write_text("not,a\nbill,at all\n")
    brought = bring(tmp_path)
    assert statuses(brought) == [("2026-09", "loaded")]
    assert [p.where for p in brought.problems] == ["2026-08/bill.csv"]


def test_a_file_that_a_manifest_names_and_nobody_has_fails_its_month_alone(
    tmp_path: Path, bills: Path
) -> None:
    manifest(bills / "2026-08" / "bill-Manifest.json", ["2026-08/bill.csv", "2026-08/gone.csv"], "20260801")
    manifest(bills / "2026-09" / "bill-Manifest.json", ["2026-09/bill.csv"], "20260901")
    brought = bring(tmp_path)
    assert statuses(brought) == [("2026-09", "loaded")]
    assert "gone.csv" in brought.problems[0].message


def test_folders_whose_names_say_another_month_than_their_rows_are_read_together(tmp_path: Path) -> None:
    for name in ("2026-08", "2026-09"):
        lines = [{**month(start), "lineItem/ResourceId": name} for start in ("2026-08-01", "2026-09-01")]
        report(tmp_path / "bills" / name / f"{name}.csv", lines)
    assert statuses(bring(tmp_path)) == [("2026-08", "loaded"), ("2026-09", "loaded")]
    assert [r.rows for r in standing(Ledger(tmp_path / "ledger")).values()] == [2, 2]
    assert statuses(bring(tmp_path)) == [("2026-08", "unchanged"), ("2026-09", "unchanged")]


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as why:
        bring(tmp_path)
    assert "bills" in why.value.where
