"""Money is divided without losing a unit."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apportion.core.money import (
    from_units,
    largest_remainder,
    per_unit,
    percent,
    plain,
    split_running,
    to_units,
)

weights = st.lists(st.integers(0, 10**18), min_size=1, max_size=30).filter(any)


def test_a_unit_is_the_twelfth_place() -> None:
    assert to_units(D("1.000000000001")) == 1_000_000_000_001
    assert plain(from_units(-1)) == "-0.000000000001"


def test_more_digits_are_rounded_half_away_from_zero() -> None:
    assert [to_units(D(t)) for t in ("0.0000000000005", "-0.0000000000005", "0.0000000000004")] == [1, -1, 0]


def test_leftovers_go_to_the_largest_remainder_and_ties_by_name() -> None:
    assert largest_remainder(10, [1, 1, 1], ["c", "a", "b"]) == [3, 4, 3]
    assert largest_remainder(-10, [1, 2], ["a", "b"]) == [-3, -7]


@given(st.integers(-(10**24), 10**24), weights)
def test_parts_add_up_to_the_last_unit(total: int, parts: list[int]) -> None:
    names = [str(i) for i in range(len(parts))]
    assert sum(largest_remainder(total, parts, names)) == total
    assert sum(split_running(total, parts)) == total


@given(st.integers(0, 10**24), weights)
def test_each_part_is_within_a_unit_of_its_share(total: int, parts: list[int]) -> None:
    names = [str(i) for i in range(len(parts))]
    for divided in (largest_remainder(total, parts, names), split_running(total, parts)):
        assert all(abs(d * sum(parts) - total * p) < sum(parts) for d, p in zip(divided, parts, strict=True))


@pytest.mark.parametrize(
    ("part", "whole", "result"), [("1", "3", "33.33"), ("-1", "8", "-12.50"), ("1", "0", None)]
)
def test_percentages_have_two_places(part: str, whole: str, result: str | None) -> None:
    assert percent(D(part), D(whole)) == (None if result is None else D(result))


def test_no_units_have_no_unit_cost() -> None:
    assert per_unit(D(1), D(0)) is None
    assert per_unit(D(1), D(3)) == D("0.333333333333")
