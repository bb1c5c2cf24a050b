"""How Cost Management lays out its exports, and which files of them are a month."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from apportion.connectors import Offer, Place
from apportion.connectors.azure import AzureConnector
from apportion.core.errors import BadInput, Terminal
from azure_bills import COVERED, PURCHASE, Azure, details

ID = "bbac73f1-9a05-4de6-84ab-c72b568a03b4"
OTHER = "c1d2e3f4-9a05-4de6-84ab-c72b568a03b4"
SEPTEMBER = "20260901-20260930"


def write(root: Path, key: str, content: str = "", *, minute: int = 0) -> None:
    path = root / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content or details({}))
    moment = datetime(2026, 9, 22, 6, minute, tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))


def run(
    root: Path,
    export: str,
    *,
    kind: str = "ActualCost",
    day: int = 22,
    days: str = SEPTEMBER,
    scope: str = "/subscriptions/s",
    blobs: Sequence[str] = ("part_0_0001.csv",),
) -> str:
    """A run of an export with its manifest; its folder."""
    folder = f"{export}/{days}/202609{day:02}0600/{ID[:-2]}{day:02}"
    for blob in blobs:
        write(root, f"{folder}/{blob}")
    manifest = {
        "manifestVersion": "2024-04-01",
        "exportConfig": {
            "exportName": export,
            "type": kind,
            "dataVersion": "2023-05-01",
            "resourceId": f"{scope}/providers/Microsoft.CostManagement/exports/{export}",
        },
        "runInfo": {
            "submittedTime": f"2026-09-{day:02}T06:00:00.1234567Z",
            "startDate": "2026-09-01T00:00:00",
        },
        "blobs": [{"blobName": f"costs/{folder}/{blob}", "byteCount": 1} for blob in blobs],
    }
    write(root, f"{folder}/manifest.json", json.dumps(manifest))
    return folder


def offers(root: Path, now: datetime = datetime(2026, 12, 1, tzinfo=UTC)) -> list[Offer]:
    return list(AzureConnector().offers(Place(str(root), now=lambda: now)))


def keys(offer: Offer) -> list[str]:
    return [stored.key for stored in offer.objects]


def test_the_newest_run_counts_whole(tmp_path: Path) -> None:
    run(tmp_path, "daily", day=21)
    newest = run(tmp_path, "daily", day=22, blobs=("part_0_0001.csv", "part_1_0001.csv"))
    (offer,) = offers(tmp_path)
    assert (offer.period, offer.certain) == ("2026-09", True)
    assert keys(offer) == [f"{newest}/part_0_0001.csv", f"{newest}/part_1_0001.csv"]


def test_a_month_that_still_runs_is_not_final(tmp_path: Path) -> None:
    run(tmp_path, "daily")
    (offer,) = offers(tmp_path, datetime(2026, 9, 22, tzinfo=UTC))
    assert offer.final is False


def test_exports_of_both_kinds_are_one_offer(tmp_path: Path) -> None:
    actual, amortized = run(tmp_path, "actual"), run(tmp_path, "amortized", kind="AmortizedCost")
    (offer,) = offers(tmp_path)
    assert keys(offer) == [f"{actual}/part_0_0001.csv", f"{amortized}/part_0_0001.csv"]


def test_a_focus_export_has_both_and_counts_alone(tmp_path: Path) -> None:
    run(tmp_path, "amortized", kind="AmortizedCost")
    focus = run(tmp_path, "standard", kind="FocusCost")
    (offer,) = offers(tmp_path)
    assert keys(offer) == [f"{focus}/part_0_0001.csv"]
    assert offer.notes == ("amortized has costs that the FOCUS export has, too: left out.",)


def test_two_exports_of_the_same_costs_count_once(tmp_path: Path) -> None:
    run(tmp_path, "old", day=20)
    newer = run(tmp_path, "new", day=22)
    (offer,) = offers(tmp_path)
    assert keys(offer) == [f"{newer}/part_0_0001.csv"]
    assert offer.notes == ("old exports the same costs as new: left out.",)


def test_exports_of_two_subscriptions_are_added(tmp_path: Path) -> None:
    run(tmp_path, "shop", scope="/subscriptions/a")
    run(tmp_path, "office", scope="/subscriptions/b")
    (offer,) = offers(tmp_path)
    assert len(offer.objects) == 2


def test_prices_and_recommendations_are_no_costs(tmp_path: Path) -> None:
    run(tmp_path, "daily")
    run(tmp_path, "prices", kind="PriceSheet")
    (offer,) = offers(tmp_path)
    assert all(key.startswith("daily/") for key in keys(offer))
    assert any("is no export of costs" in note for note in offer.notes)


def test_a_file_that_the_manifest_names_and_that_is_gone_ends_it(tmp_path: Path) -> None:
    folder = run(tmp_path, "daily")
    (tmp_path / folder / "part_0_0001.csv").unlink()
    with pytest.raises(Terminal, match=r"names part_0_0001\.csv, which is not there"):
        offers(tmp_path)


def test_a_manifest_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = run(tmp_path, "daily")
    write(tmp_path, f"{folder}/manifest.json", "[1")
    with pytest.raises(BadInput, match=r"manifest\.json"):
        offers(tmp_path)


def test_without_manifests_the_newest_file_of_a_month_counts(tmp_path: Path) -> None:
    write(tmp_path, f"daily/{SEPTEMBER}/daily_{ID}.csv", minute=1)
    write(tmp_path, f"daily/{SEPTEMBER}/daily_{OTHER}.csv", minute=2)
    write(tmp_path, f"daily/20260801-20260831/daily_{ID}.csv")
    found = {offer.period: keys(offer) for offer in offers(tmp_path)}
    assert found == {
        "2026-08": [f"daily/20260801-20260831/daily_{ID}.csv"],
        "2026-09": [f"daily/{SEPTEMBER}/daily_{OTHER}.csv"],
    }


def test_parts_without_a_manifest_belong_together(tmp_path: Path) -> None:
    for part in ("part_0_0001.csv", "part_1_0001.csv"):
        write(tmp_path, f"daily/{SEPTEMBER}/{part}")
    (offer,) = offers(tmp_path)
    assert len(offer.objects) == 2


def test_files_in_no_folder_of_days_are_one_offer(tmp_path: Path) -> None:
    write(tmp_path, "actual.csv")
    write(tmp_path, "amortized.csv")
    (offer,) = offers(tmp_path)
    assert (offer.period, keys(offer)) == ("", ["actual.csv", "amortized.csv"])


def test_what_the_manifest_says_of_costs_counts_more_than_names(azure: Azure, tmp_path: Path) -> None:
    root = tmp_path / "costs"
    folder = run(root, "one")
    write(root, f"{folder}/part_0_0001.csv", details({}, PURCHASE))
    folder = run(root, "two", kind="AmortizedCost")
    write(root, f"{folder}/part_0_0001.csv", details({}, COVERED))
    connector = AzureConnector()
    place = Place(str(root))
    (offer,) = connector.offers(place)
    assert set(connector.kinds.values()) == {"actual", "amortized"}
    assert len(connector.fetch(place, offer, tmp_path, lambda _: None)) == 2
