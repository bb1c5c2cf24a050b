"""Windows of days, as people write them."""

from datetime import date

import pytest

from apportion.core.errors import BadInput
from apportion.core.periods import parse_window

LAST = date(2026, 10, 31)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("30d", date(2026, 10, 2), date(2026, 11, 1)),
        ("2026-02", date(2026, 2, 1), date(2026, 3, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2026-09-14", date(2026, 9, 14), date(2026, 9, 15)),
        ("2026-09-01..2026-09-08", date(2026, 9, 1), date(2026, 9, 8)),
    ],
)
def test_a_window_ends_with_the_data_and_leaves_its_end_out(text: str, start: date, end: date) -> None:
    window = parse_window(text, LAST)
    assert (window.start, window.end) == (start, end)


def test_months_have_their_own_length() -> None:
    march = parse_window("2026-03", LAST)
    assert march.days == 31
    assert march.previous().days == 28


def test_other_windows_compare_with_as_many_days_before() -> None:
    assert parse_window("7d", LAST).previous().start == date(2026, 10, 18)


def test_the_year_before_the_29th_of_february_exists() -> None:
    assert parse_window("2024-02-29..2024-03-01", LAST).year_before().start == date(2023, 2, 28)


@pytest.mark.parametrize(
    "text", ["", "0d", "9999d", "2026-13", "last week", "2026-09-02..2026-09-01", "x..y", "0000-01"]
)
def test_what_is_no_window_says_how_to_write_one(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_window(text, LAST)
    assert caught.value.hint
