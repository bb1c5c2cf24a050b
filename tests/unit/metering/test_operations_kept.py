"""Operations are kept once, completed later, and moved to the archive without a moment of doubt."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, func, inspect, select, text

from apportion.core.errors import Transient
from apportion.database import State, operations, outcomes
from apportion.database.state import newest_revision
from apportion.engine import connect
from apportion.ledger.schemas import OPERATIONS
from apportion.metering import archive
from apportion.metering.recent import Recent
from apportion.metering.store import Store
from operations import NOW, Kept, operation

LONG_AFTER = NOW + timedelta(days=100)


def test_an_operation_counts_once_however_often_it_is_sent(kept: Kept) -> None:
    first = kept.put(operation("a"), operation("b"), operation("a"))
    again = kept.put(operation("b", customer="someone else"), operation("c"))
    assert (first.accepted, first.repeated) == (2, 1)
    assert (again.accepted, again.repeated) == (1, 1)
    assert kept.shown("operation_id", "customer") == [("a", "acme"), ("b", "acme"), ("c", "acme")]


def test_money_time_and_dimensions_come_out_as_they_went_in(kept: Kept) -> None:
    kept.put(
        operation("a", units=Decimal("2.5"), value=Decimal("0.000000000001"), dimensions={"ring": "blå"}),
        cost=4_545_000_000,
    )
    found = kept.shown("cost", "units", "value", "dimensions", "time", "output_tokens", "period")[0]
    assert found[:4] == (Decimal("0.004545"), Decimal("2.5"), Decimal("1e-12"), {"ring": "blå"})
    assert found[4:] == (operation("a")["time"], None, "2026-10")


def test_outcomes_come_after_their_operation_or_before_it(kept: Kept) -> None:
    kept.put(operation("a"))
    assert kept.tell(id="a", success=True, value=Decimal("0.9")) == []
    assert kept.tell(id="b", success=False) == ["b"]
    assert kept.tell(id="b", units=Decimal(3), unit="ticket") == ["b"]
    kept.put(operation("b"))
    assert kept.shown("success", "value", "units", "unit") == [
        (True, Decimal("0.9"), None, None),
        (False, None, Decimal(3), "ticket"),
    ]
    with kept.state.read() as con:
        assert con.execute(select(outcomes)).all() == []


def test_archived_operations_are_shown_once_before_and_after_they_are_let_go(kept: Kept) -> None:
    kept.put(operation("a", "2026-09-30T23:59:59+00:00"), operation("b"))
    done = kept.tidy()
    assert (done.archived, done.pruned) == (2, 0)
    kept.put(operation("c"))
    assert kept.shown("operation_id", "cost") == [(n, Decimal("0.01")) for n in "abc"]
    done = kept.tidy(LONG_AFTER)
    assert (done.archived, done.pruned) == (1, 2)  # the newest number stays, so that numbers go on from it
    assert kept.shown("operation_id", "period") == [("a", "2026-09"), ("b", "2026-10"), ("c", "2026-10")]
    assert kept.tidy(LONG_AFTER).archived == 0


def test_a_row_of_a_report_is_as_many_calls_as_it_says(kept: Kept) -> None:
    kept.put(operation("single"), operation("summed", requests=50))
    kept.tidy()
    con = connect()
    table = kept.archive
    schema = {name: sql for name, sql in OPERATIONS.items() if name != "requests"}
    con.execute(
        f"COPY (SELECT {', '.join(schema)} FROM read_parquet({table.files()!r})) "
        f"TO '{table.files()[0]}' (FORMAT parquet)"
    )  # an archive from before there were reports
    assert kept.shown("operation_id", "requests") == [("single", 1), ("summed", 1)]
    kept.put(operation("report", requests=7))
    assert kept.shown("operation_id", "requests") == [("report", 7), ("single", 1), ("summed", 1)]


def test_what_is_sent_again_after_it_was_let_go_still_counts_once(kept: Kept) -> None:
    kept.put(operation("a"), operation("b"))
    kept.tidy(LONG_AFTER)
    kept.put(operation("a"))
    assert kept.shown("count(*), sum(cost)", "min(operation_id) AS operation_id") == [
        (2, Decimal("0.02"), "a")
    ]
    kept.tidy(LONG_AFTER)
    assert kept.shown() == [("a",), ("b",)]


def test_an_outcome_reaches_an_operation_that_only_the_archive_has(kept: Kept) -> None:
    kept.put(operation("a"), operation("b"))
    kept.tidy(LONG_AFTER)
    assert kept.tell(id="a", success=True) == ["a"]
    kept.tidy(LONG_AFTER)
    assert kept.shown("operation_id", "success") == [("a", True), ("b", None)]
    with kept.state.read() as con:
        assert con.scalar(select(func.count()).select_from(outcomes)) == 0


def test_a_reader_follows_what_changes(kept: Kept) -> None:
    con = connect()
    recent = Recent(con, kept.state, kept.archive)
    assert recent.follow() == 0
    kept.put(operation("a"))
    recent.follow()
    kept.tell(id="a", success=True)
    kept.put(operation("b"))
    recent.follow()
    assert kept.ask(con, "operation_id", "success") == [("a", True), ("b", None)]
    kept.tidy(LONG_AFTER)
    recent.follow()
    assert kept.ask(con, "operation_id", "success") == [("a", True), ("b", None)]


def test_a_new_state_database_goes_on_from_the_archive(kept: Kept) -> None:
    kept.put(operation("a"), operation("b"))
    kept.tidy()
    with kept.state.write() as con:
        con.execute(delete(operations))
    kept.store = Store(kept.state, floor=2)
    kept.put(operation("c"))
    assert kept.shown() == [("a",), ("b",), ("c",)]


def test_writers_at_the_same_time_never_share_a_number(kept: Kept) -> None:
    def write(who: int) -> None:
        for i in range(10):
            kept.put(operation(f"{who}-{i}"))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with kept.state.read() as con:
        found = con.execute(select(func.count(), func.count(func.distinct(operations.c.changed)))).one()
    assert tuple(found) == (40, 40)


def test_the_shape_of_the_database_can_be_taken_back(state: State) -> None:
    state.migrate()
    state.migrate("base")
    with state.read() as con:
        assert set(inspect(con).get_table_names()) <= {"alembic_version"}


def test_a_database_of_the_newest_shape_is_left_as_it_is(state: State) -> None:
    state.migrate()
    with state.read() as con:
        assert con.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest_revision()
    with state.write() as con:
        con.execute(text("DROP TABLE rate_cards"))
    state.migrate()
    with state.read() as con:
        assert not inspect(con).has_table("rate_cards")  # nothing was tried


def test_of_two_that_archive_at_once_one_is_told_to_come_again(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reads, the first archives and lets go what is old, and only then the second would commit."""
    kept.put(operation("old-1", "2026-06-01T10:00:00+00:00"))
    commit = archive._commit

    def late(*given: Any) -> None:
        monkeypatch.setattr(archive, "_commit", commit)
        kept.put(operation("old-2", "2026-06-01T11:00:00+00:00"), operation("new"))
        assert kept.tidy().pruned == 2
        commit(*given)

    monkeypatch.setattr(archive, "_commit", late)
    with pytest.raises(Transient, match="Another"):
        kept.tidy()
    assert kept.shown() == [("new",), ("old-1",), ("old-2",)]
