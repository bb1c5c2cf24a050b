"""Which files AWS's manifests and folders mean: the newest version of each month, each bill once."""

import os
from pathlib import Path

import pytest

from apportion.connectors import Offer, Place, bill_connector
from apportion.core.errors import BadInput
from aws_bills import line, manifest, report


def offers(folder: Path) -> list[Offer]:
    return list(bill_connector("aws").offers(Place(str(folder))))


def keys(offer: Offer) -> list[str]:
    return [stored.key for stored in offer.objects]


def aged(path: Path, seconds: int) -> Path:
    """`path`, last written so long after the first of the test."""
    os.utime(path, (1_800_000_000 + seconds, 1_800_000_000 + seconds))
    return path


def test_a_manifest_names_the_files_of_its_month(tmp_path: Path) -> None:
    month = tmp_path / "bill" / "20260901-20261001"
    report(month / "bill-1.csv", [line()])
    report(month / "bill-2.csv", [line()])
    report(month / "stale.csv", [line()])
    names = ["exports/bill/20260901-20261001/bill-1.csv", "exports/bill/20260901-20261001/bill-2.csv"]
    manifest(month / "bill-Manifest.json", names)
    (offer,) = offers(tmp_path)
    assert (offer.period, offer.certain) == ("2026-09", True)
    assert keys(offer) == ["bill/20260901-20261001/bill-1.csv", "bill/20260901-20261001/bill-2.csv"]


def test_of_several_versions_the_one_written_last_counts(tmp_path: Path) -> None:
    for seconds, version in enumerate(
        ("aaaaaaaa-1111-2222-3333-444444444444", "0bbbbbbb-1111-2222-3333-444444444444")
    ):
        folder = tmp_path / "20260901-20261001" / version
        report(folder / "bill-1.csv", [line()])
        aged(manifest(folder / "bill-Manifest.json", [f"x/20260901-20261001/{version}/bill-1.csv"]), seconds)
    (offer,) = offers(tmp_path)
    assert keys(offer) == ["20260901-20261001/0bbbbbbb-1111-2222-3333-444444444444/bill-1.csv"]
    assert offer.notes == ("1 files of older versions were left out.",)


def test_data_exports_name_their_files_with_the_bucket(tmp_path: Path) -> None:
    report(tmp_path / "data" / "BILLING_PERIOD=2026-09" / "e-00001.csv", [line()])
    manifest(
        tmp_path / "metadata" / "BILLING_PERIOD=2026-09" / "e-Manifest.json",
        [],
        dataFiles=["s3://bucket/prefix/e/data/BILLING_PERIOD=2026-09/e-00001.csv"],
        billingPeriod=None,
    )
    (offer,) = offers(tmp_path)
    assert (offer.period, keys(offer)) == ("2026-09", ["data/BILLING_PERIOD=2026-09/e-00001.csv"])


def test_two_exports_in_one_place_would_count_everything_twice(tmp_path: Path) -> None:
    for name in ("one", "two"):
        report(tmp_path / name / "bill-1.csv", [line()])
        manifest(tmp_path / name / f"{name}-Manifest.json", [f"{name}/bill-1.csv"], reportName=name)
    with pytest.raises(BadInput, match="2 exports lie here: one, two"):
        offers(tmp_path)


def test_months_without_manifests_are_told_by_their_folders(tmp_path: Path) -> None:
    report(tmp_path / "year=2026" / "month=8" / "a.csv", [line()])
    report(tmp_path / "year=2026" / "month=9" / "a.csv", [line()])
    assert [(o.period, o.certain) for o in offers(tmp_path)] == [("2026-08", False), ("2026-09", False)]


def test_without_manifests_only_the_newest_versions_folder_counts(tmp_path: Path) -> None:
    month = tmp_path / "BILLING_PERIOD=2026-09"
    for seconds, version in enumerate(("20261002T010101-x", "20261001T010101-x")):
        aged(report(month / version / "e.csv", [line()]), seconds)
    (offer,) = offers(tmp_path)
    assert keys(offer) == ["BILLING_PERIOD=2026-09/20261001T010101-x/e.csv"]


def test_a_manifest_that_is_half_written_is_named(tmp_path: Path) -> None:
    report(tmp_path / "bill-1.csv", [line()])
    (tmp_path / "bill-Manifest.json").write_text('{"reportKeys": [')
    with pytest.raises(BadInput, match="no JSON object") as why:
        offers(tmp_path)
    assert "bill-Manifest.json" in why.value.where


def test_a_half_written_manifest_is_the_problem_of_its_month_alone(tmp_path: Path) -> None:
    for month in ("20260801-20260901", "20260901-20261001"):
        report(tmp_path / month / "bill-1.csv", [line()])
        manifest(tmp_path / month / "bill-Manifest.json", [f"{month}/bill-1.csv"], month[:8])
    (tmp_path / "20260901-20261001" / "bill-Manifest.json").write_text('{"reportKeys": [')
    good, bad = offers(tmp_path)
    assert (good.period, good.problem) == ("2026-08", None)
    assert bad.period == "2026-09"
    assert "no JSON object" in str(bad.problem)


def test_what_changes_in_a_file_changes_its_months_fingerprint_alone(tmp_path: Path) -> None:
    for month in ("2026-08", "2026-09"):
        report(tmp_path / month / "a.csv", [line()])
    before = {o.period: o.fingerprint for o in offers(tmp_path)}
    report(tmp_path / "2026-09" / "a.csv", [line(), line()])
    after = {o.period: o.fingerprint for o in offers(tmp_path)}
    assert before["2026-08"] == after["2026-08"]
    assert before["2026-09"] != after["2026-09"]


def _month_with(tmp_path: Path, content: str) -> None:
    month = tmp_path / "bill" / "20260901-20261001"
    report(month / "bill-1.csv", [line()])
    (month / "bill-Manifest.json").write_text(content)


@pytest.mark.parametrize("content", ["", "[]", "null", "{", "[" * 50_000])
def test_a_manifest_that_is_no_object_is_named(tmp_path: Path, content: str) -> None:
    _month_with(tmp_path, content)
    (offer,) = offers(tmp_path)
    assert offer.period == "2026-09"
    assert "bill-Manifest.json: This manifest is no JSON object" in str(offer.problem)


@pytest.mark.parametrize(
    "content",
    ['{"reportKeys": 5}', '{"reportKeys": [null, {}], "billingPeriod": [1]}', '{"billingPeriod": "x"}'],
)
def test_of_a_manifest_that_makes_no_sense_the_folder_still_tells_the_month(
    tmp_path: Path, content: str
) -> None:
    _month_with(tmp_path, content)
    (offer,) = offers(tmp_path)
    assert offer.period == "2026-09"
