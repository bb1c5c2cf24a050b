"""Headers, delimiters, and places where a CSV file can be cut."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.connectors.records import cut, layout
from apportion.core.errors import BadInput

values = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=60), st.integers(1, 5))
def test_a_file_is_cut_only_between_records(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], parts: int
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([["a", "b", "c"], *rows])
    path = tmp_path_factory.mktemp("cut") / "bill.csv"
    path.write_bytes(content := text.getvalue().encode())
    found = cut(path, layout(content, "bill.csv").start, len(content), parts)
    pieces = [content[p.start : p.end] for p in found]
    assert b"".join(pieces) == content[found[0].start :]
    read = [r for piece in pieces for r in csv.reader(io.StringIO(piece.decode(), newline=""))]
    assert read == rows
    assert [p.before for p in found] == [content[found[0].start : p.start].count(b"\n") for p in found]


def test_the_header_ends_where_its_record_ends() -> None:
    found = layout(b'\xef\xbb\xbf"one\ntwo",b\r\n1,2\r\n', "bill.csv")
    assert found.names == ("one\ntwo", "b")
    assert found.sample == (("1", "2"),)


def test_the_delimiter_is_the_one_that_makes_the_most_focus_columns() -> None:
    assert layout(b"BilledCost;a,b,c,d;ListCost\n1;2;3\n", "bill.csv").delimiter == ";"


def test_a_column_without_a_name_is_numbered() -> None:
    assert layout(b"BilledCost,,\n1,2,3\n", "bill.csv").names == ("BilledCost", "column 2", "column 3")


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(BadInput, match=r"bill\.csv: The header names 'ListCost' twice"):
        layout(b"ListCost,ListCost\n", "bill.csv")
