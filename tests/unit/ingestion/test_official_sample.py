"""The official FOCUS sample: anonymised lines of real bills, with everything real bills do."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion_bills import Loader

SAMPLE = Path(__file__).parents[4] / "shared/data/focus/official_sample_1.0/focus_sample.csv"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not SAMPLE.exists(), reason="the public samples are not here"),
]


@pytest.fixture(scope="module")
def records() -> list[dict[str, str]]:
    with SAMPLE.open(newline="", encoding="utf-8-sig") as file:
        return [{k: "" if v == "NULL" else v for k, v in row.items()} for row in csv.DictReader(file)]


def test_sums_equal_an_independent_count_digit_for_digit(
    loader: Loader, records: list[dict[str, str]]
) -> None:
    loader.load(SAMPLE)
    for metric in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"):
        want = sum(Decimal(r[metric]) for r in records if r[metric])
        assert loader.rows(f"SELECT count(*), sum({metric}) FROM charges") == [(1000, want)]


def test_every_text_arrives_as_it_was(loader: Loader, records: list[dict[str, str]]) -> None:
    loader.load(SAMPLE)
    texts = ["SubAccountId", "ResourceId", "ServiceName", "ChargeDescription", "RegionId", "SkuPriceId"]
    got = loader.rows(f"SELECT x_SourceLine, {', '.join(texts)} FROM charges ORDER BY 1")
    want = [(i + 2, *(r[c] or None for c in texts)) for i, r in enumerate(records)]
    assert got == want


def test_what_was_repaired_is_counted(loader: Loader) -> None:
    september, october = loader.load(SAMPLE)
    assert (september.billing_period, september.rows) == ("2024-09", 999)
    assert (october.billing_period, october.rows) == ("2024-10", 1)
    found = {(r.repair, r.column): r for r in september.repairs}
    spelling = found["spelling of an allowed value", "ChargeFrequency"]
    assert (spelling.rows, spelling.example) == (6, "'Usage-based' in focus_sample.csv, line 927")
    assert found["missing in the bill, left empty", "ContractedCost"].rows == 6
    assert found["word or blank for a missing value", "ResourceId"].rows == 75
    assert found["time without zone read as UTC", "ChargePeriodStart"].rows == 999


def test_its_extra_column_is_kept(loader: Loader, records: list[dict[str, str]]) -> None:
    loader.load(SAMPLE)
    assert loader.value("SELECT x_Columns['Id'] FROM charges WHERE x_SourceLine = 2") == records[0]["Id"]
