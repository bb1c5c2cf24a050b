"""The same export as JSON, Parquet and CSV, whole, broken and cut short."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from apportion.connectors import bill_connector, find_files, json_rows
from apportion.core.errors import BadInput, Refused
from apportion.engine import connect
from google_bills import Google, json_lines, line

ROWS = [
    line(labels=[{"key": "team", "value": "search"}], credits=[{"name": "s", "amount": -0.25, "type": "PROMOTION"}]),
    line(cost_type="tax", cost=0.1, credits=[]),
]  # fmt: skip
EVERYTHING = (
    "* EXCLUDE (x_LoadId, x_SourceFile, x_SourceLine, x_Columns, x_Repairs)",
    "x_LineItemType, BilledCost",
)


def test_json_parquet_and_packed_json_make_the_same_charges(google: Google) -> None:
    google.json(*ROWS)
    plain = google.charges(*EVERYTHING)
    google.parquet(*ROWS)
    assert google.charges(*EVERYTHING) == plain
    google.json(*ROWS, name="bill.json.gz")
    assert google.charges(*EVERYTHING) == plain
    assert len(plain) == 3


@pytest.mark.parametrize("mark", [".", "_"])
def test_a_flattened_csv_makes_the_same_charges(google: Google, mark: str) -> None:
    google.json(*ROWS)
    plain = google.charges(*EVERYTHING)
    source = google.write(json_lines(*ROWS), "rows.ndjson")
    path = google.folder / "flat.csv"
    structs = ("service", "sku", "location", "resource", "usage", "invoice", "price")
    fields = [f'{s}."{f}" AS "{s}{mark}{f}"' for s in structs for f in line()[s]]
    fields += [f'project."{f}" AS "project{mark}{f}"' for f in ("id", "name", "number")]
    lists = [f"to_json({c}) AS {c}" for c in ("labels", "system_labels", "tags", "credits")]
    duckdb.sql(
        f"COPY (SELECT * EXCLUDE (project, labels, system_labels, tags, credits, {', '.join(structs)}), "
        f"{', '.join(fields + lists)} FROM read_json('{source}')) TO '{path}' (HEADER)"
    )
    google.of(path)
    assert google.charges(*EVERYTHING) == plain


def test_numbers_keep_every_digit_that_the_text_has(google: Google) -> None:
    text = json_lines(line(cost="COST", credits=[{"name": "p", "amount": "CREDIT", "type": "PROMOTION"}]))
    text = text.replace('"COST"', "1234567890.123456789012").replace('"CREDIT"', "-9876543210.987654321098")
    google.of(google.write(text, "bill.json"))
    assert google.charges("BilledCost") == [
        (Decimal("-9876543210.987654321098"),),
        (Decimal("1234567890.123456789012"),),
    ]


def test_numbers_may_be_text_or_have_an_exponent(google: Google) -> None:
    google.json(line(cost="1.5", credits=[{"amount": "-1E-7", "type": "PROMOTION"}]))
    assert google.charges("BilledCost") == [(Decimal("-0.0000001"),), (Decimal("1.5"),)]


def test_a_number_in_a_text_stays_text(google: Google) -> None:
    labels = [{"key": "note", "value": 'a: 12345678901234567890, "b"'}]
    google.json(line(labels=labels))
    assert google.value("SELECT Tags['note'] FROM charges") == 'a: 12345678901234567890, "b"'


def test_a_broken_line_is_rejected_with_its_number(google: Google) -> None:
    good = json_lines(*(line() for _ in range(200)))
    record = google.of(
        google.write(good + '{"billing_account_id": "01AB\n' + json_lines(line()), "bill.json")
    )
    assert (record.rows, record.rejected_rows) == (201, 1)
    assert (record.rejects[0].line, record.rejects[0].value) == (201, '{"billing_account_id": "01AB')


def test_a_credit_that_is_no_number_breaks_its_row(google: Google) -> None:
    rows = [line() for _ in range(200)]
    record = google.json(*rows, line(credits=[{"name": "p", "amount": "oops", "type": "PROMOTION"}]))
    assert (record.rows, record.rejected_rows) == (200, 1)
    assert (record.rejects[0].line, record.rejects[0].column) == (201, "credits")
    assert "oops" in record.rejects[0].value


def test_a_credit_of_more_digits_is_rounded_and_counted(google: Google) -> None:
    record = google.json(line(credits=[{"amount": "-0.12345678901251", "type": "PROMOTION"}]))
    assert google.charges("BilledCost")[0] == (Decimal("-0.123456789013"),)
    assert [(r.repair, r.column, r.rows) for r in record.repairs] == [
        ("more than 12 decimal places inside a list, rounded", "credits", 2)
    ]


def test_a_packed_file_that_ends_early_is_refused(google: Google) -> None:
    whole = gzip.compress(json_lines(*(line(cost=i) for i in range(2000))).encode())
    path = google.write(whole[: len(whole) * 3 // 4], "bill.json.gz")
    with pytest.raises(BadInput, match="ends early"):
        google.of(path)
    assert google.ledger.table("charges").version() == -1


def test_a_field_that_only_later_lines_have_is_read(google: Google) -> None:
    rows = [line() for _ in range(1500)]
    google.json(*rows, line(cost=7, adjustment_info={"id": "a-1"}))
    assert google.rows("SELECT ChargeClass, BilledCost FROM charges WHERE ChargeClass IS NOT NULL") == [
        ("Correction", Decimal(7))
    ]


def test_a_large_file_is_read_in_parts_and_counts_its_lines(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_rows, "_PART", 1 << 14)
    google.json(*(line(cost=i) for i in range(1000)))
    assert google.value("SELECT count(*) FROM charges WHERE BilledCost = x_SourceLine - 1") == 1000


def test_lists_as_older_parquet_exports_write_them(google: Google) -> None:
    path = google.folder / "bill.parquet"
    source = google.write(json_lines(*ROWS), "rows.ndjson")
    wrapped = ", ".join(f"{{'list': [{{'element': x}} FOR x IN {c}]}} AS {c}" for c in ("labels", "credits"))
    duckdb.sql(f"COPY (SELECT * REPLACE ({wrapped}) FROM read_json('{source}')) TO '{path}' (FORMAT parquet)")
    google.of(path)
    assert google.value("SELECT sum(BilledCost) FROM charges") == Decimal("1.35")
    assert google.value("SELECT Tags['team'] FROM charges WHERE x_LineItemType = 'regular'") == "search"


def test_one_json_array_is_refused_with_what_to_do(google: Google) -> None:
    path = google.write(json.dumps(ROWS), "bill.json")
    with pytest.raises(BadInput, match="newline-delimited JSON: one object a line"):
        google.of(path)


def test_an_export_without_a_needed_column_is_refused(google: Google) -> None:
    with pytest.raises(BadInput, match="it lacks currency"):
        google.json(line(currency=None))


def test_an_invoice_month_that_is_none_is_rejected(google: Google) -> None:
    with pytest.raises(Refused, match="line 1: BillingPeriodStart"):
        google.json(line(invoice__month="2026"))


def test_columns_it_does_not_know_are_kept(google: Google, tmp_path: Path) -> None:
    google.json(line(new_struct={"inner": "x"}))
    kept = google.value("SELECT x_Columns FROM charges")
    assert (kept["new_struct.inner"], kept["project.number"]) == ("x", "123456789012")


def test_other_connectors_take_no_json(google: Google) -> None:
    (file,) = find_files([google.write(json_lines(line()), "bill.json")])
    with pytest.raises(BadInput, match="This is JSON"):
        bill_connector("focus").read([file], connect())
