"""OpenAI's costs, saved in any form, become charges whose line items name models and kinds of tokens."""

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apportion.conformance import Order, export_focus
from apportion.connectors import bill_connector
from apportion.core.errors import BadInput
from apportion.engine import connect
from apportion.ingestion import LoadRecord, ingest_bill
from apportion.ledger import Ledger
from servers.ai_admin import OPENAI_COSTS, Admin, as_json, cost

SEPTEMBER = {
    "start_time": ["1788220800"],
    "end_time": ["1788393600"],
    "bucket_width": ["1d"],
    "limit": ["180"],
}
"""The first two days of September 2026."""
LINES = [
    cost("gpt-4o-2024-08-06, input", "0.8958740000000000", quantity=358_349),
    cost("gpt-4o-2024-08-06, cached input", "0.000000000625", "proj_chat", 1),
    cost("web search tool calls", "0.5", None, 20),
    cost("gpt-4o-2024-08-06, input", "-0.25"),
]


def saved(*results: Any, day: str = "2026-09-01") -> Any:
    """Two days in a page for each, as the API answers them."""
    admin = Admin(limit=1)
    admin.tell(OPENAI_COSTS, day, *results)
    asked = {**SEPTEMBER, "group_by[]": ["line_item"]}
    return [admin.page(OPENAI_COSTS, asked), admin.page(OPENAI_COSTS, {**asked, "page": ["page_1"]})]


def load(folder: Path, *files: Path) -> list[LoadRecord]:
    return ingest_bill(Ledger(folder / "ledger"), "openai", bill_connector("openai"), [*files])


def ask(folder: Path, select: str) -> list[tuple[Any, ...]]:
    con = connect()
    Ledger(folder / "ledger").snapshot().register(con)
    return con.execute(f"SELECT {select} FROM charges ORDER BY x_SourceLine").fetchall()


ITEMS = {
    "gpt-4o-2024-08-06, input": {"model": "gpt-4o-2024-08-06", "token_kind": "input"},
    "gpt-4o-2024-08-06, cached input": {"model": "gpt-4o-2024-08-06", "token_kind": "cache_read"},
    "gpt-5.5-2026-04-23, cache writes": {"model": "gpt-5.5-2026-04-23", "token_kind": "cache_write"},
    "codex-mini-latest, output": {"model": "codex-mini-latest", "token_kind": "output"},
    "ft:gpt-4o-mini-2024-07-18:fernway::a1, input": {"model": "ft:gpt-4o-mini-2024-07-18:fernway::a1", "token_kind": "input"},
    "gpt-audio-mini-2025-12-15 audio, output": {"model": "gpt-audio-mini-2025-12-15", "token_kind": "output_audio"},
    "gpt-audio-mini-2025-12-15 audio, cached input": {"model": "gpt-audio-mini-2025-12-15", "token_kind": "cache_audio_read"},
    "gpt-image-1 image, input": {"model": "gpt-image-1", "token_kind": "input_image"},
    "priority | gpt-5.6, output, long context": {"model": "gpt-5.6", "token_kind": "output", "service_tier": "priority"},
    "evals | gpt-4.1-2025-04-14, input": {"model": "gpt-4.1-2025-04-14", "token_kind": "input"},
    "whisper-1, audio": {"model": "whisper-1"},
    "text-embedding-3-small": {"model": "text-embedding-3-small"},
    "assistants api | file search": {},
    "web search tool calls": {},
    "Vector storage": {},
}  # fmt: skip


def test_a_line_item_names_a_model_and_a_kind_of_token(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text(as_json(saved(*(cost(item, "1.5") for item in ITEMS))[0]))
    load(tmp_path, path)
    assert dict(ask(tmp_path, "SkuId, Tags")) == ITEMS


@pytest.mark.parametrize("form", ["a page", "pages", "lines", "buckets", "gzip"])
def test_a_report_is_read_however_it_was_saved(form: str, tmp_path: Path) -> None:
    pages = saved(*LINES)
    path = tmp_path / f"costs.json{'.gz' if form == 'gzip' else 'l' * (form in ('lines', 'buckets'))}"
    text = {
        "a page": as_json({**pages[0], "has_more": False}),
        "pages": as_json(pages),
        "lines": "\n".join(map(as_json, pages)),
        "buckets": "\n".join(as_json(b) for page in pages for b in page["data"]),
        "gzip": as_json(pages),
    }[form]
    path.write_bytes(gzip.compress(text.encode()) if form == "gzip" else text.encode())
    (record,) = load(tmp_path, path)
    by_hand = Decimal("0.895874") + Decimal("0.000000000625") + Decimal("0.5") - Decimal("0.25")
    assert [(t.currency, t.rows, t.BilledCost) for t in record.totals] == [("USD", 4, by_hand)]
    assert record.notes == ()
    assert [(c.kind, c.amount) for c in record.controls] == [
        ("Usage", by_hand + Decimal("0.25")),
        ("Credit", Decimal("-0.25")),
    ]
    assert load(tmp_path, path)[0].status == "unchanged"


def test_charges_have_project_quantity_and_day(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text(as_json(saved(*LINES)))
    load(tmp_path, path)
    columns = "SubAccountId, ConsumedQuantity, ConsumedUnit, ChargeCategory, ChargePeriodStart::TEXT, ServiceCategory"
    day, field = "2026-09-01 00:00:00+00", "AI and Machine Learning"
    assert ask(tmp_path, columns) == [
        ("proj_shop", 358_349, "Tokens", "Usage", day, field),
        ("proj_chat", 1, "Tokens", "Usage", day, field),
        (None, 20, "Units", "Usage", day, field),
        ("proj_shop", None, None, "Credit", day, field),
    ]


def test_the_console_export_is_the_same_bill(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    path.write_text(
        "start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,organization_id,organization_name\n"
        '1788220800,1788307200,2026-09-01T00:00:00+00:00,2026-09-02T00:00:00+00:00,0.8958740000000000,usd,"gpt-4o, input",proj_shop,org-1,Fernway\n'
        "1788307200,1788393600,2026-09-02T00:00:00+00:00,2026-09-03T00:00:00+00:00,,,,,,\n"
    )
    (record,) = load(tmp_path, path)
    assert [(left.kind, left.rows) for left in record.left_out] == [("No cost", 1)]
    assert ask(tmp_path, "BilledCost, Tags['model'], BillingAccountId, BillingAccountName") == [
        (Decimal("0.895874"), "gpt-4o", "org-1", "Fernway")
    ]


def test_an_amount_that_is_none_is_rejected_and_told(tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    good = [cost(f"gpt-4o-{n}, input", "1") for n in range(150)]
    path.write_text(
        as_json(saved(*good, {**cost("gpt-4o, output", "1"), "amount": {"value": "oops", "currency": "usd"}}))
    )
    (record,) = load(tmp_path, path)
    assert (record.rows, record.rejected_rows) == (150, 1)
    assert record.rejects[0].line == 151


@pytest.mark.parametrize(
    "text", ["{", '{"data": 1}', "[1]", '{"data": [{"results": []}]}', '{"data": []} x', "{}"]
)
def test_what_is_no_whole_report_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"costs\.json"):
        load(tmp_path, path)


def test_the_same_day_twice_is_refused(tmp_path: Path) -> None:
    path, again = tmp_path / "a.json", tmp_path / "b.json"
    path.write_text(as_json(saved(*LINES)))
    again.write_text(as_json(saved(cost("gpt-4o-2024-08-06, input", "7"))[0]))
    with pytest.raises(BadInput, match="2026-09-01 stand in it twice"):
        load(tmp_path, path, again)


def test_a_report_that_goes_on_elsewhere_says_so(tmp_path: Path) -> None:
    first, second = saved(*LINES)
    (tmp_path / "1.json").write_text(as_json(first))
    (tmp_path / "2.json").write_text(as_json(second))
    assert load(tmp_path, tmp_path / "1.json", tmp_path / "2.json")[0].notes == ()
    (record,) = load(tmp_path, tmp_path / "1.json")
    assert record.notes == ("1.json says that more pages follow: costs from 2026-09-02 on are not in it.",)


@pytest.mark.parametrize("version", ["1.2", "1.4"])
def test_charges_are_as_focus_wants_them(version: str, tmp_path: Path) -> None:
    path = tmp_path / "costs.json"
    path.write_text(as_json(saved(*LINES, cost("priority | gpt-5.6, output", "3"))))
    load(tmp_path, path)
    (exported,) = export_focus(Ledger(tmp_path / "ledger"), tmp_path / "out", Order(version))
    assert (exported.rows, exported.report.failures) == (5, ())
