"""Live cost: usage at the organization's own price, until the bill is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb
import numpy as np
import pytest

from apportion.allocation import register_charge_days
from apportion.analytics.facts import facts_of
from apportion.analytics.models import Facts
from apportion.anomalies import Hourly
from apportion.anomalies.live import LiveSeries, live_cost, put_live
from apportion.anomalies.pages import pages
from apportion.anomalies.settings import LiveMeasure
from apportion.core.errors import BadInput
from apportion.engine import connect
from books import Books
from unit.anomalies.live_usage import FIRST, REQUESTS, RULES, bill, moment, requests, use


@contextmanager
def reading(books: Books) -> Iterator[tuple[duckdb.DuckDBPyConnection, Facts]]:
    """What a reader of the last run sees."""
    con = connect(threads=1)
    snapshot = books.ledger.snapshot(as_of_run=True)
    snapshot.register(con)
    run = snapshot.run
    assert run is not None
    register_charge_days(con, run.answers, run.dimensions, lines=True, identity=run.identity)
    try:
        yield con, facts_of(run, [], "USD")
    finally:
        con.close()


def live(books: Books, now: datetime, asked: LiveMeasure = REQUESTS) -> list[LiveSeries]:
    """Live cost with the newest usage beside the last run's bills."""
    newest = connect(threads=1)
    books.ledger.snapshot().register(newest)
    try:
        with reading(books) as (bills, facts):
            return live_cost(bills, newest, facts, asked, now)
    finally:
        newest.close()


def test_hours_after_the_bill_are_estimated_at_the_own_price(books: Books) -> None:
    rows = requests(4 * 24 + 5)
    use(books, rows)
    bill(books, rows, 3, price=Decimal("0.0123"))
    books.allocate(RULES, {"requests": ["service"]})

    [api] = live(books, moment(4, 5) + timedelta(minutes=20), REQUESTS.model_copy(update={"days": 2}))

    assert (api.measure, api.fields, api.currency) == ("requests", {"service": "api"}, "USD")
    assert api.price.per_unit == Decimal("0.0123")
    assert (api.price.first, api.price.last) == (FIRST + timedelta(days=1), FIRST + timedelta(days=2))
    assert api.times == [step for step, _, _ in rows]
    assert api.costs == [quantity * Decimal("0.0123") for _, quantity, _ in rows]
    assert api.estimated == [step >= moment(3) for step in api.times]


def test_the_estimate_is_replaced_when_the_bill_comes(books: Books) -> None:
    rows = requests(4 * 24)
    use(books, rows)
    bill(books, rows, 3, price=Decimal("0.01"), hourly=False)
    books.allocate(RULES, {"requests": ["service"]})
    [before] = live(books, moment(4))
    dearer = [(t, q * 2 if t >= moment(3) else q, s) for t, q, s in rows]
    bill(books, dearer, 4, price=Decimal("0.01"), hourly=False)
    books.allocate(RULES, {"requests": ["service"]})

    [after] = live(books, moment(4))

    assert before.estimated[-1]
    assert not any(after.estimated)
    assert after.costs[-1] == 2 * before.costs[-1]
    assert after.price.last == FIRST + timedelta(days=3)


def test_a_bill_by_the_day_lies_on_its_hours_as_usage_did(books: Books) -> None:
    rows = requests(3 * 24)
    use(books, rows)
    bill(books, rows, 2, price=Decimal("0.017"), hourly=False)
    books.allocate(RULES, {"requests": ["service"]})

    [api] = live(books, moment(3))

    whole = sum((q for t, q, _ in rows if t < moment(1)), Decimal(0)) * Decimal("0.017")
    assert sum(api.costs[:24]) == whole
    assert api.costs[14] == pytest.approx(rows[14][1] * Decimal("0.017"))
    assert api.costs[60] == rows[60][1] * Decimal("0.017")


def test_each_value_has_its_own_price_and_one_without_a_bill_has_none(books: Books) -> None:
    api, batch, new = (
        requests(3 * 24, service=name, seed=at) for at, name in enumerate(("api", "batch", "new"))
    )
    use(books, [*api, *batch, *new])
    dear = [(t, q * 7, s) for t, q, s in batch]
    bill(books, [*api, *dear], 2, price=Decimal("0.01"), hourly=False)
    books.allocate(RULES, {"requests": ["service"]})

    found = {s.fields["service"]: s.price.per_unit for s in live(books, moment(3))}

    assert found == {"api": Decimal("0.01"), "batch": Decimal("0.07")}


def test_an_hour_that_is_not_over_and_one_without_usage_yet_are_left_out(books: Books) -> None:
    rows = requests(4 * 24)
    use(books, rows)
    bill(books, rows, 3, price=Decimal("0.01"), hourly=False)
    books.allocate(RULES, {"requests": ["service"]})

    assert live(books, moment(3, 10) + timedelta(minutes=59))[0].times[-1] == moment(3, 9)
    assert live(books, moment(9))[0].times[-1] == moment(3, 23)


def test_days_without_usage_do_not_make_the_price(books: Books) -> None:
    rows = requests(8 * 24)
    use(books, [row for row in rows if not moment(3) <= row[0] < moment(5)])
    bill(books, rows, 7, price=Decimal("0.01"), hourly=False)
    books.allocate(RULES, {"requests": ["service"]})

    [api] = live(books, moment(8))

    assert api.price.per_unit == Decimal("0.01")
    assert sum(api.costs[: 7 * 24]) == sum(q * Decimal("0.01") for t, q, _ in rows if t < moment(7))


def test_a_field_that_the_cost_lacks_is_named(books: Books) -> None:
    use(books, requests(48))
    bill(books, requests(48), 1, price=Decimal(1), hourly=False)
    books.allocate(RULES, {"requests": ["service"]})
    asked = LiveMeasure(measure="requests", by=["servise"])
    with pytest.raises(BadInput, match="'servise'"):
        live(books, moment(2), asked)


def test_live_hours_become_a_table_for_whoever_reads_series(books: Books) -> None:
    rows = requests(4 * 24)
    use(books, rows)
    bill(books, rows, 3, price=Decimal("0.01"), hourly=False)
    books.allocate(RULES, {"requests": ["service"]})
    con = connect(threads=1)

    put_live(con, live(books, moment(4)))

    asked = "SELECT service, estimated, SUM(amount), MIN(step) FROM live_hours GROUP BY ALL ORDER BY 2"
    billed = sum(q * Decimal("0.01") for t, q, _ in rows if t < moment(3))
    guessed = sum(q * Decimal("0.01") for t, q, _ in rows if t >= moment(3))
    assert con.execute(asked).fetchall() == [
        ("api", False, billed, moment(0).replace(tzinfo=None)),
        ("api", True, guessed, moment(3).replace(tzinfo=None)),
    ]
    con.close()


@pytest.mark.parametrize("start", [6, 14, 23])
def test_a_runaway_on_live_usage_pages_within_two_hours_while_the_bill_is_a_day_late(
    books: Books, start: int
) -> None:
    """Twenty-two days of bills, then a day that only usage tells of, in which requests run away."""
    days = 22
    rows = requests((days + 1) * 24 + start + 3)
    began = moment(days + 1, start)
    wild = [(t, q * 30 if t >= began else q, s) for t, q, s in rows]
    use(books, wild)
    bill(books, rows, days, price=Decimal("0.02"), hourly=False)
    books.allocate(RULES, {"requests": ["service"]})

    paged = [hour for hour in (-24, -2, -1, 0, 1) if _pages(books, began + timedelta(hours=hour + 1))]

    assert paged
    assert 0 <= paged[0] <= 1


def _pages(books: Books, now: datetime) -> bool:
    """Whether the newest full hour pages, judged by a process that has just started."""
    [api] = live(books, now)
    times = np.array([t.replace(tzinfo=None) for t in api.times], dtype="datetime64[h]")[None]
    values = np.array([[float(cost) for cost in api.costs]])
    made = Hourly()
    made.reset(1, len(api.times), "H")
    upper = np.full_like(values, np.nan)
    for steps in range(values.shape[1] - 2, values.shape[1] + 1):
        verdict = made.judge(times[:, :steps], values[:, :steps], np.array([False]))
        upper[:, steps - 1] = verdict.upper
    assert api.estimated[-1]
    return bool(pages(verdict.score, values, upper, threshold=made.threshold)[0])
