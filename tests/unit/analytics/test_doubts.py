"""Doubtful usage is said aloud: eight weeks of usage in which one thing at a time is wrong."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from apportion.analytics import usage_days
from apportion.analytics.doubts import doubts, doubts_for
from apportion.core.errors import NotFound
from books import Books
from unit.analytics.small_company import FACTS

FIRST, DAYS = date(2026, 8, 3), 56
LAST = FIRST + timedelta(days=DAYS - 1)
Quantity = Callable[[date, str], int]


def usual(day: date, customer: str) -> int:
    """Half as much on weekends; acme uses most, and a little noise is in all of it."""
    size = {"acme": 8000, "birch": 3000, "cedar": 1000}[customer]
    return (size if day.weekday() < 5 else size // 2) + (day.toordinal() * 37 + len(customer)) % (size // 20)


class House:
    """A ledger whose usage tests write, and the doubts about it."""

    def __init__(self, books: Books) -> None:
        self.books = books
        books.customers([{"customer_id": c} for c in ("acme", "birch", "cedar")])

    def use(self, quantity: Quantity = usual, measure: str = "requests", **more: int) -> None:
        days = [FIRST + timedelta(days=n) for n in range(DAYS)]
        rows = [
            (str(day), quantity(day, c), {"customer": c})
            for day in days
            for c in ("acme", "birch", "cedar")
            if quantity(day, c)
        ]
        rows += [(day, q, {"customer": c}) for c, q in more.items() for day in [str(LAST)]]
        self.books.usage(rows, measure)

    def con(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect()
        con.execute("SET TimeZone = 'UTC'")
        self.books.ledger.snapshot().register(con)
        return con

    def doubts(self, **asked: Any) -> list[tuple[Any, ...]]:
        found = doubts(self.con(), "customer", **asked)
        return [(d.kind, d.target, str(d.day), d.sentence) for d in found.doubts]


@pytest.fixture
def house(books: Books) -> Iterator[House]:
    return House(books)


def but(day: date, change: Callable[[int], int], customer: str = "") -> Quantity:
    """Usual usage, changed on one day: all of it, or one customer's."""

    def quantity(at: date, of: str) -> int:
        found = usual(at, of)
        return change(found) if at == day and customer in ("", of) else found

    return quantity


WEDNESDAY = date(2026, 9, 16)


def test_usual_weeks_with_their_weekends_are_not_doubted(house: House) -> None:
    house.use()
    assert house.doubts() == []
    assert (
        doubts(house.con(), "customer").headline
        == "Nothing looks wrong with usage of 1 measure, last 30 days."
    )


def test_a_day_without_rows_is_a_gap(house: House) -> None:
    house.use(but(WEDNESDAY, lambda _: 0))
    assert house.doubts() == [("missing_days", None, "2026-09-16", "requests has no rows on 2026-09-16.")]


def test_a_measure_that_ends_before_others_has_a_gap_up_to_them(house: House) -> None:
    house.use()
    house.use(lambda day, c: 0 if day > date(2026, 9, 20) else usual(day, c), measure="storage")
    sentence = "storage has no rows from 2026-09-21 to 2026-09-27."
    assert house.doubts() == [("missing_days", None, "2026-09-21", sentence)]


def test_a_day_far_from_its_weekday_is_doubted_as_a_whole_and_for_whom(house: House) -> None:
    house.use(but(WEDNESDAY, lambda q: q * 5, "acme"))
    (whole, acme) = house.doubts()
    assert (whole[:3], acme[:3]) == (
        ("unusual_day", None, "2026-09-16"),
        ("unusual_day", "acme", "2026-09-16"),
    )
    assert acme[3] == "acme has 40,895 requests on 2026-09-16; around it, the same weekday has some 8,200."


def test_a_day_with_far_less_is_doubted_too(house: House) -> None:
    house.use(but(WEDNESDAY, lambda q: q // 3))
    assert ("unusual_day", None, "2026-09-16") in [d[:3] for d in house.doubts()]


def test_a_customer_that_falls_silent_is_told_while_others_go_on(house: House) -> None:
    house.use(lambda day, c: 0 if c == "birch" and day >= WEDNESDAY else usual(day, c))
    assert ("fell_silent", "birch", "2026-09-16") in [d[:3] for d in house.doubts()]
    house.books.customers([{"customer_id": c, "end_date": WEDNESDAY} for c in ("acme", "birch", "cedar")])
    assert "fell_silent" not in [d[0] for d in house.doubts()], "who is no customer any more may be silent"


def test_a_name_that_no_list_has_is_told_with_its_part(house: House) -> None:
    house.books.customers([{"customer_id": c} for c in ("acme", "cedar")])
    house.use()
    (found,) = doubts(house.con(), "customer").doubts
    assert (found.kind, found.target) == ("unknown_name", "birch")
    assert found.sentence == "birch is in no list of customers, and has 24.9 % of requests."


def test_without_a_list_of_customers_no_name_is_unknown(books: Books) -> None:
    house = House.__new__(House)
    house.books = books
    house.use()
    assert house.doubts() == []


def test_a_new_name_with_a_large_part_is_told(house: House) -> None:
    house.books.customers([{"customer_id": c} for c in ("acme", "birch", "cedar", "dune")])
    house.use(dune=4000)
    kinds = {d[0]: d for d in house.doubts()}
    assert kinds["new_name"][1:3] == ("dune", str(LAST))


def test_hours_are_missed_where_a_measure_has_all_others(house: House) -> None:
    house.use()
    con = house.con()
    con.execute("CREATE TABLE hourly AS FROM usage")
    con.execute(
        "CREATE OR REPLACE VIEW usage AS SELECT * REPLACE (CAST(day AS TIMESTAMP) + INTERVAL (h) HOUR AS time, "
        "CAST(quantity / 24 AS DECIMAL(38, 12)) AS quantity) FROM hourly, range(24) AS t(h) "
        "WHERE NOT (day = DATE '2026-09-16' AND h IN (3, 4, 9))"
    )
    found = doubts(con, "customer").doubts
    assert [d.sentence for d in found] == [
        "requests lacks 3 hours of 2026-09-16: 03:00–05:00, 09:00–10:00 (UTC)."
    ]


def test_the_window_and_the_measure_can_be_chosen(house: House) -> None:
    house.use(but(WEDNESDAY, lambda _: 0))
    house.use(measure="storage")
    assert house.doubts(window="2026-08") == []
    assert house.doubts(measure="storage") == []
    with pytest.raises(NotFound, match="no usage of 'seats'"):
        house.doubts(measure="seats")


@pytest.mark.parametrize("prepared", [False, True])
def test_beside_an_explanation_stand_the_doubts_about_its_days_and_target(
    house: House, prepared: bool
) -> None:
    house.use(but(WEDNESDAY, lambda q: q * 5, "acme"))
    con = house.con()
    if prepared:
        usage_days.prepare(con)
    acme = doubts_for(con, FACTS, "requests", WEDNESDAY, WEDNESDAY, "acme")
    assert [s.split(" has ")[0] for s in acme] == ["requests", "acme"]
    assert len(doubts_for(con, FACTS, "requests", WEDNESDAY, WEDNESDAY, "birch")) == 1, (
        "the measure's own alone"
    )
    assert doubts_for(con, FACTS, "requests", date(2026, 9, 1), date(2026, 9, 10), "acme") == []
    assert doubts_for(con, FACTS, "cost", WEDNESDAY, WEDNESDAY, "acme") == []
