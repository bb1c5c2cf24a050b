"""Numbers reach the ledger with the digits they were written with, or not at all."""

from decimal import ROUND_HALF_UP, Context, Decimal

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apportion.connectors import cells
from apportion.engine import connect

WIDE = Context(prec=80, rounding=ROUND_HALF_UP)
MONEY = "DECIMAL(28,12)"
LARGEST = Decimal(10) ** 16 - Decimal(10) ** -12

plain = st.decimals(allow_nan=False, allow_infinity=False, min_value=-LARGEST, max_value=LARGEST, places=20)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return connect(threads=1)


def read(con: duckdb.DuckDBPyConnection, value: object, kind: str) -> tuple[Decimal | None, bool, bool]:
    """What becomes of a raw value: the amount kept, whether it is broken, whether digits were lost."""
    cell = cells.number("raw", "value", kind, MONEY, "plain")
    ((_, rounded),) = cell.repairs or (("", "false"),)
    row = con.execute(
        f"SELECT value, {cell.broken}, {rounded} FROM (SELECT *, {cell.value} AS value "
        f"FROM (SELECT *, {cell.text or 'NULL'} AS plain FROM (SELECT CAST(? AS {kind}) AS raw)))",
        [value],
    ).fetchone()
    assert row is not None
    return row[0], bool(row[1]), bool(row[2])


def kept(amount: Decimal) -> Decimal:
    """`amount` to twelve places, half away from zero."""
    return WIDE.quantize(amount, Decimal("1e-12"))


@settings(deadline=None)
@given(plain)
@example(Decimal("0.0000000000005"))
@example(Decimal("-0.0000000000005"))
@example(Decimal("999999.9999999999995"))
def test_text_keeps_twelve_places_and_tells_of_the_rest(
    con: duckdb.DuckDBPyConnection, amount: Decimal
) -> None:
    value, broken, rounded = read(con, format(amount, "f"), "VARCHAR")
    if abs(kept(amount)) > LARGEST:
        assert broken
    else:
        assert (value, broken, rounded) == (kept(amount), False, kept(amount) != amount)


@settings(deadline=None)
@given(st.decimals(-(10**6), 10**6, places=9), st.integers(-45, 9), st.sampled_from("eE"))
@example(Decimal("5.140986449666502"), -29, "e")
def test_exponents_are_numbers(
    con: duckdb.DuckDBPyConnection, digits: Decimal, exponent: int, e: str
) -> None:
    amount = WIDE.scaleb(digits, exponent)
    assert read(con, f"{digits:f}{e}{exponent}", "VARCHAR") == (kept(amount), False, kept(amount) != amount)


@pytest.mark.parametrize("text", ["1.5", "+1.5", " 1.5 ", "1.50", "15e-1"])
def test_one_and_a_half_may_be_written_in_several_ways(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(con, text, "VARCHAR")[:2] == (Decimal("1.5"), False)


@pytest.mark.parametrize(
    "text",
    ["1_000", "1,000.00", "$5", "(5)", "5-", "--1", "0x10", "nan", "inf", "1e", "", "-", "٣", "true", "1.5.5",
     "1 000", "1e400"],
)  # fmt: skip
def test_other_writing_is_broken_never_guessed(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert read(con, text, "VARCHAR")[1]


def test_an_exponent_too_small_for_twelve_places_is_told(con: duckdb.DuckDBPyConnection) -> None:
    assert read(con, "1.5e-30", "VARCHAR") == (Decimal(0), False, True)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
@example(0.1)
@example(5e-300)
@example(1e-13)
@example(999.9999999999999)
@example(1000.000000000001)
@example(2.5e-12)
def test_a_float_is_its_shortest_decimal(con: duckdb.DuckDBPyConnection, number: float) -> None:
    shortest = Decimal(repr(number))
    assert read(con, number, "DOUBLE") == (kept(shortest), False, kept(shortest) != shortest)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e30])
def test_a_float_that_is_no_amount_is_broken(con: duckdb.DuckDBPyConnection, number: float) -> None:
    assert read(con, number, "DOUBLE")[1]


@settings(deadline=None)
@given(plain)
def test_a_decimal_of_more_places_is_rounded_and_told(
    con: duckdb.DuckDBPyConnection, amount: Decimal
) -> None:
    value, broken, rounded = read(con, amount, "DECIMAL(38,20)")
    if abs(kept(amount)) <= LARGEST:
        assert (value, broken, rounded) == (kept(amount), False, kept(amount) != amount)


def test_whole_numbers_are_kept(con: duckdb.DuckDBPyConnection) -> None:
    assert read(con, 12, "BIGINT") == (Decimal(12), False, False)
