"""Operations from files: CSV and JSON lines, with what is wrong in them told by line."""

from decimal import Decimal
from pathlib import Path

import pytest

from apportion.core.errors import BadInput, NotFound
from apportion.metering.files import keep_file
from apportion.metering.service import Meter
from apportion.pricing import RateCard
from operations import NOW, Kept

HEAD = "id,time,customer,provider,model,input_tokens,cache_read_tokens,output_tokens,success,value,dimensions.ring\n"
GOOD = "a,2026-10-02T09:30:00Z,acme,openai,gpt-4o,1000,600,200,yes,0.9,blue\n"


@pytest.fixture
def meter(kept: Kept) -> Meter:
    return Meter(kept.store, RateCard.seeded([]), now=lambda: NOW)


def test_a_csv_is_read_by_its_header(kept: Kept, meter: Meter, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(HEAD + GOOD + "b,2026-10-02,,openai,gpt-4o,10,0,,,,\n")
    done = keep_file(meter, path)
    assert (done.accepted, done.repeated, done.rejected) == (2, 0, [])
    shown = kept.shown("operation_id", "customer", "cost", "success", "value", "dimensions", "price_state")
    assert shown == [
        ("a", "acme", Decimal("0.00375"), True, Decimal("0.9"), {"ring": "blue"}, "priced"),
        ("b", None, None, None, None, {}, "unknown"),
    ]
    assert keep_file(meter, path).repeated == 2


def test_json_lines(kept: Kept, meter: Meter, tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_text(
        '{"id": "a", "provider": "acme-ai", "model": "larch", "input_tokens": 1, "output_tokens": 2}\n\nno\n'
    )
    done = keep_file(meter, path)
    assert (done.accepted, done.unpriced) == (1, ["acme-ai/larch"])
    assert [r.index for r in done.rejected] == [3]


def test_lines_at_fault_are_told_and_the_others_kept(kept: Kept, meter: Meter, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(
        HEAD
        + "x,2026-10-02,acme,openai,gpt-4o,ten,0,1,,,\n"
        + GOOD
        + GOOD.replace("a,", ",", 1)
        + "c,1,2\n"
        + GOOD[:-1]
        + ",more\n"
    )
    done = keep_file(meter, path)
    assert done.accepted == 1
    assert [(r.index, r.field) for r in done.rejected] == [
        (2, "input_tokens"), (4, "id"), (5, "time"), (6, "more cells than columns"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("calls.csv", b"id,tokens\na,1\n", "no field 'tokens'"),
        ("calls.txt", b"", "neither"),
        ("calls.csv", b"id,customer\na,\xff\xfe\n", "UTF-8"),
    ],
)
def test_a_file_that_is_something_else(
    meter: Meter, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadInput, match=said):
        keep_file(meter, tmp_path / name)
    with pytest.raises(NotFound):
        keep_file(meter, tmp_path / "none.csv")
