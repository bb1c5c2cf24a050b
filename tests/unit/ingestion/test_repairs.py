"""What real bills write differently, and what becomes of it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apportion.ingestion import LoadRecord
from ingestion_bills import Loader, bill


def repaired(record: LoadRecord) -> dict[tuple[str, str], int]:
    return {(r.repair, r.column): r.rows for r in record.repairs}


def test_the_new_name_of_the_provider_is_filled_from_the_old(loader: Loader) -> None:
    record = loader.text(bill({}, {}))
    assert repaired(record)["filled from ProviderName", "ServiceProviderName"] == 2
    assert loader.value("SELECT DISTINCT ServiceProviderName FROM charges") == "AWS"


@pytest.mark.parametrize(
    ("written", "repair"),
    [
        ("2026-09-03T10:00:00Z", ""),
        ("2026-09-03T12:00:00+02:00", ""),
        ("2026-09-03 10:00:00", "time without zone read as UTC"),
        ("2026-09-03T10:00:00", "time without zone read as UTC"),
        ("9/3/26 10:00", "time in another format"),
        ("9/3/2026 10:00:00", "time in another format"),
        ("2026-09-03T10:00Z", ""),
    ],
)
def test_times_are_read_as_utc(loader: Loader, written: str, repair: str) -> None:
    record = loader.text(bill({"ChargePeriodStart": written}))
    assert loader.value("SELECT ChargePeriodStart FROM charges") == datetime(2026, 9, 3, 10, tzinfo=UTC)
    assert {r for r, c in repaired(record) if c == "ChargePeriodStart"} == ({repair} if repair else set())


def test_a_date_alone_is_its_midnight(loader: Loader) -> None:
    record = loader.text(bill({"BillingPeriodStart": "9/1/26", "ChargePeriodStart": "2026-09-01"}))
    assert record.billing_period == "2026-09"
    assert loader.value("SELECT ChargePeriodStart FROM charges") == datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize("written", ["usage", "USAGE", " Usage"])
def test_the_spelling_of_allowed_values_is_put_right(loader: Loader, written: str) -> None:
    record = loader.text(bill({"ChargeCategory": written}))
    assert loader.value("SELECT ChargeCategory FROM charges") == "Usage"
    assert repaired(record)["spelling of an allowed value", "ChargeCategory"] == 1


def test_a_value_that_focus_does_not_list_is_kept_and_told(loader: Loader) -> None:
    record = loader.text(bill({"ChargeCategory": "Refund"}))
    assert loader.value("SELECT ChargeCategory FROM charges") == "Refund"
    assert repaired(record)["value that FOCUS does not list, kept", "ChargeCategory"] == 1


@pytest.mark.parametrize("word", ["NULL", "null", "\\N", ""])
def test_words_for_nothing_are_null_wherever_they_stand(loader: Loader, word: str) -> None:
    rows = [{"ServiceName": "Compute", "ContractedCost": "1"}] * 5
    record = loader.text(bill(*rows, {"ServiceName": word, "ContractedCost": word, "Tags": word}))
    last = "SELECT ServiceName, ContractedCost, Tags FROM charges WHERE x_SourceLine = 7"
    assert loader.rows(last) == [(None, None, None)]
    counted = repaired(record).get(("word or blank for a missing value", "ServiceName"), 0)
    assert counted == (1 if word else 0)


def test_a_word_far_into_the_file_is_found_as_well(loader: Loader) -> None:
    record = loader.text(bill(*[{}] * 3000, {"ServiceName": "NULL"}))
    assert loader.value("SELECT count(*) FROM charges WHERE ServiceName IS NULL") == 1
    assert repaired(record)["word or blank for a missing value", "ServiceName"] == 1


def test_digits_behind_the_twelfth_place_are_rounded_and_summed(loader: Loader) -> None:
    record = loader.text(
        bill(
            {"BilledCost": "0.0000000000015"},
            {"BilledCost": "0.0000000000004"},
            {"BilledCost": "1.0000000000000"},
        )
    )
    assert loader.value("SELECT sum(BilledCost) FROM charges") == Decimal("1.000000000002")
    assert record.rounding.values == 2
    assert record.rounding.total == Decimal("0.0000000000001")


def test_all_digit_ids_stay_text(loader: Loader) -> None:
    loader.text(bill({"SubAccountId": "000123456789"}))
    assert loader.value("SELECT SubAccountId FROM charges") == "000123456789"


def test_own_columns_are_kept_and_header_case_does_not_matter(loader: Loader) -> None:
    record = loader.text(bill({"x_Discount": "3%", "skupriceid": "P-1"}))
    assert loader.rows("SELECT x_Columns, SkuPriceId FROM charges") == [({"x_Discount": "3%"}, "P-1")]
    assert any("x_Discount" in note for note in record.notes)


@pytest.mark.parametrize(
    ("written", "tags"),
    [
        ('{"team": "core", "n": 5}', {"team": "core", "n": "5"}),
        ('{"a": {"b": [1, 2]}, "none": null}', {"a": '{"b":[1,2]}', "none": None}),
        ("{}", {}),
        ('[{"key": "team", "value": "core"}]', {"team": "core"}),
    ],
)
def test_tags_become_keys_and_values(loader: Loader, written: str, tags: dict[str, str]) -> None:
    loader.text(bill({"Tags": written}))
    assert loader.value("SELECT Tags FROM charges") == tags


def test_tag_keys_are_counted(loader: Loader) -> None:
    record = loader.text(bill({}, {}, {"Tags": '{"Team": "x"}'}, {"Tags": ""}))
    assert record.tag_keys == (("team", 2), ("Team", 1))


def test_bom_crlf_quotes_and_line_ends_in_values(loader: Loader) -> None:
    odd = 'say "hi",\r\nthen go'
    text = bill({"ChargeDescription": odd}, {"ChargeDescription": "plain"}, newline="\r\n")
    loader.text(b"\xef\xbb\xbf" + text.encode())
    got = loader.rows("SELECT x_SourceLine, ChargeDescription FROM charges ORDER BY 1")
    assert got == [(2, odd), (3, "plain")]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_recognised(loader: Loader, delimiter: str) -> None:
    assert loader.text(bill({}, {}, delimiter=delimiter)).rows == 2


def test_money_from_a_spreadsheet_is_read_and_noted(loader: Loader) -> None:
    rows = [{"BilledCost": "$10,100.00 "}, {"BilledCost": "-$0.50"}, {"BilledCost": "7"}]
    record = loader.text(bill(*rows))
    assert loader.rows("SELECT sum(BilledCost), count(*) FROM charges") == [(Decimal("10106.50"), 3)]
    assert any("commas between thousands" in note for note in record.notes)


def test_a_bill_of_1_3_fills_the_old_name(loader: Loader) -> None:
    loader.text(bill({"ProviderName": None, "ServiceProviderName": "AWS"}))  # type: ignore[dict-item]
    assert loader.value("SELECT ProviderName FROM charges") == "AWS"
