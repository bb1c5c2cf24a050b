"""What operations cost counts at once and once, where it belongs, whatever becomes of them."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from apportion.budgets.errors import OverBudget
from apportion.budgets.standing import crossings
from apportion.core.errors import BadInput, NotFound
from apportion.database import State, reservations
from apportion.metering.changed import placed
from budgets_kept import NOON, TREE, Desk, reprice

Make = Callable[..., Desk]


def asked_for(company: Desk, name: str, created: datetime) -> None:
    """As if it had been asked for then."""
    with company.state.write() as con:
        mine = reservations.c.reservation_id == name
        con.execute(update(reservations).where(mine).values(created=int(created.timestamp()) * 10**6))


TEAMS: dict[str, Any] = {"for": {"team": "*"}, "amount": 10}


def test_an_operation_counts_in_every_budget_that_it_concerns_once(desk: Make) -> None:
    company = desk(
        company={"amount": 100},
        teams=TEAMS,
        pro={"amount": 5, "for": {"plan": ["pro", "gold"], "customer": "*"}},
        chat={"amount": 5, "where": {"feature": "chat*"}},
        ring={"amount": 5, "for": {"dimensions.ring": "blue"}},
    )
    for _ in range(2):
        company.spend("a", "2", user="ana", plan="pro", feature="chat-v2", dimensions={"ring": "blue"})
    company.spend("b", "1", plan="free", feature="search", dimensions={"ring": "red"})
    assert company.stands("company") == ("3.00", "0.00")
    assert company.stands("teams", team="search") == ("2.00", "0.00")  # where the tree has ana
    assert company.stands("pro", plan="pro", customer="acme") == ("2.00", "0.00")
    assert company.stands("chat") == ("2.00", "0.00")
    assert company.stands("ring") == ("2.00", "0.00")
    company.check()


def test_a_customer_is_known_by_any_of_its_names(desk: Make) -> None:
    company = desk(customers={"for": {"customer": "*"}, "amount": 10})
    company.aliases = {"acme gmbh": "acme"}
    company.spend("a", "1", customer=" Acme GmbH ")
    company.reserve("b", customer="ACME GMBH", estimate="2")
    assert company.stands("customers", customer="acme") == ("1.00", "2.00")


def test_what_is_repriced_moved_or_withdrawn_moves_by_the_difference(desk: Make) -> None:
    company = desk(teams=TEAMS)
    company.spend("a", "4", team="search")
    reprice(company, "a", cost=3 * 10**12)
    assert company.stands("teams", team="search") == ("3.00", "0.00")
    reprice(company, "a", team="ads")
    assert company.stands("teams", team="search") == ("0.00", "0.00")
    assert company.stands("teams", team="ads") == ("3.00", "0.00")
    november = NOON + timedelta(days=30)
    reprice(company, "a", time=int(november.timestamp() * 10**6))
    assert company.room("teams", team="ads").resets_at == datetime.fromisoformat("2026-12-01T00:00:00+00:00")
    assert company.stands("teams", team="ads") == ("3.00", "0.00")
    company.check()
    reprice(company, "a", price_state="withdrawn", cost=None)
    assert company.stands("teams", team="ads") == ("0.00", "0.00")
    company.check()


def test_what_cannot_be_counted_is_visible(desk: Make) -> None:
    company = desk(teams=TEAMS)
    company.spend("a", None, team="search")
    company.spend("b", "5", currency="EUR", team="search")
    company.spend("c", "1", team="search")
    found = company.budgets.single(company.state, "teams", "search")
    assert (str(found.spent), found.uncounted) == ("1.00", 2)
    reprice(company, "a", cost=10**12, price_state="priced")
    assert company.budgets.single(company.state, "teams", "search").uncounted == 1
    company.check()


def test_each_threshold_is_crossed_once_in_a_period_whatever_the_jump(desk: Make) -> None:
    company = desk(all={"amount": 10, "thresholds": [50, 80, 90, 100]})
    company.spend("a", "4.99")
    assert company.crossed() == []
    company.later(minutes=1)
    company.spend("b", "4.01")
    assert company.crossed() == [(50, "05 12:01"), (80, "05 12:01"), (90, "05 12:01")]
    reprice(company, "b", cost=0)
    company.later(minutes=1)
    company.spend("c", "5.01")
    assert company.crossed() == [(50, "05 12:01"), (80, "05 12:01"), (90, "05 12:01"), (100, "05 12:02")]
    with company.state.read() as con:
        since = crossings(con, NOON + timedelta(minutes=2))
    assert [(row["budget"], row["threshold"], row["spent_then"]) for row in since] == [
        ("all", 10_000, 10 * 10**9)
    ]


def test_a_limit_that_is_lowered_by_hand_crosses_what_is_reached_by_it(desk: Make) -> None:
    company = desk(all={"amount": 10})
    company.spend("a", "4")
    company.budgets.adjust(company.store, "all", "", Decimal(-5), "a mistake", "ana")
    assert [mark for mark, _ in company.crossed()] == [50, 80]
    with pytest.raises(BadInput, match="less than 0"):
        company.budgets.adjust(company.store, "all", "", Decimal(-6), "more", "ana")
    with pytest.raises(NotFound, match="no budget 'some'"):
        company.budgets.adjust(company.store, "some", "", Decimal(1), "more", "ana")


def test_a_new_period_is_a_new_row_by_the_time_of_the_operation(desk: Make) -> None:
    company = desk(days={"amount": 10, "period": "daily"})
    company.spend("a", "1")
    company.later(days=1)
    company.spend("b", "2")
    company.spend("c", "4", time=NOON + timedelta(hours=11, minutes=59, seconds=59))
    assert company.stands("days") == ("2.00", "0.00")
    company.now = NOON
    assert str(company.budgets.single(company.state, "days").spent) == "5.00"
    company.check()


def test_a_budget_that_is_new_counts_what_its_period_has_already_once(desk: Make, state: State) -> None:
    company = desk()
    company.spend("september", "64", team="search", time=NOON - timedelta(days=10))
    company.spend("a", "1", team="search")
    company.spend("b", "2", team="ads")
    company.declare(teams=TEAMS)
    assert company.stands("teams", team="search") == ("1.00", "0.00")
    company.declare(teams=TEAMS)
    company.spend("c", "4", team="search")
    company.spend("august", "64", team="search", time=NOON - timedelta(days=40))  # before it was declared
    assert company.stands("teams", team="search") == ("5.00", "0.00")
    found = company.budgets.single(state, "teams", "search")
    assert found.counted_from == datetime.fromisoformat("2026-10-01T00:00:00+00:00")
    assert found.counted_at_first == 2
    company.check()


def test_a_budget_that_is_new_counts_what_was_told_and_is_held_too(desk: Make) -> None:
    old: dict[str, Any] = {"teams": TEAMS}
    company = desk(**old)
    company.reserve("september", team="search", estimate="1")
    asked_for(company, "september", created=NOON - timedelta(days=30))
    for name, cost in (("told", "3"), ("followed", "9"), ("elsewhere", "9"), ("dated", "9")):
        company.reserve(name, team="search", estimate="0.1")
        company.settle(name, cost=cost)
    company.spend("followed", "1", team="search")
    company.spend("elsewhere", "1", team="ads")
    company.spend("dated", "0.5", team="search", time=NOON - timedelta(days=20))
    company.reserve("unknown", team="search", estimate="0.25")
    company.spend("unknown", None, team="search")
    company.reserve("held", team="search", estimate="2")
    company.reserve("let go of", team="search", estimate="1")
    company.settle("let go of", release=True)
    new: dict[str, Any] = {"amount": 7, "enforced": True}
    company.declare(
        **old,
        searching={**new, "where": {"team": "search"}},
        euros={**new, "currency": "EUR", "unpriced": "allow"},
    )
    assert company.stands("searching") == ("4.75", "2.00")
    assert company.budgets.listed(company.state).budgets[0].uncounted == 4
    with pytest.raises(OverBudget, match="'searching' has 0.25 USD left"):
        company.reserve("more", team="search", estimate="0.5")
    company.settle("held", cost="1")
    company.spend("told", "2", team="search")
    assert company.stands("searching") == ("4.75", "0.00")
    company.check()
    company.reserve("x", team="search", estimate="1")
    company.reserve("y", team="ads", estimate="1")
    company.settle("y", cost="2")
    company.declare(**old, searching={**new, "where": {"team": "ads"}})  # what it had counted is no more
    assert company.stands("searching") == ("3.00", "0.00")
    company.check()


def test_a_budget_that_was_away_counts_what_came_meanwhile(desk: Make) -> None:
    company = desk(teams=TEAMS)
    company.spend("a", "1", team="search")
    company.declare()
    company.spend("b", "2", team="search")
    company.declare(teams=TEAMS)
    assert company.stands("teams", team="search") == ("3.00", "0.00")
    company.check()


def test_what_only_the_archive_has_is_counted_unless_it_was_told_anew(state: State) -> None:
    asked: list[tuple[int, int]] = []

    def archived(start: int, until: int) -> Iterable[dict[str, Any]]:
        asked.append((start, until))
        plain = {"currency": "USD", "price_state": "priced", "team": None, "user": "ana"}
        for name, cost in (("old", "1"), ("told-anew", "2")):
            record = {
                "operation_id": name,
                "time": NOON - timedelta(days=200),
                "cost": Decimal(cost),
                **plain,
            }
            yield placed(record, TREE)

    company = Desk(state, {})
    company.spend("told-anew", "4", user="ana", time=NOON - timedelta(days=200))
    company.meter.close()
    company = Desk(state, {"teams": {**TEAMS, "period": "yearly"}}, archived)
    assert company.stands("teams", team="search") == ("5.00", "0.00")
    year = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    assert asked == [(int(year.timestamp()) * 10**6, int(NOON.timestamp()) * 10**6)]
    company.check()
    company.meter.close()


def test_limits_and_entities_follow_the_file_from_the_next_start(desk: Make) -> None:
    company = desk(teams={"for": {"team": ["search"]}, "amount": 10})
    company.spend("a", "1", team="search")
    company.spend("b", "2", team="ads")
    company.budgets.adjust(company.store, "teams", "search", Decimal(3), "the launch", "ana")
    company.declare(teams={"for": {"team": ["search", "ads"]}, "amount": 20})
    assert str(company.room("teams", team="search").limit) == "23.00"
    assert company.stands("teams", team="ads") == ("2.00", "0.00")
    company.declare(teams={"for": {"team": ["ads"]}, "amount": 20})
    listed = company.budgets.listed(company.state)
    assert [(row.entity, str(row.limit)) for row in listed.budgets] == [({"team": "ads"}, "20.00")]
    company.check()


def test_a_limit_is_never_below_nothing(desk: Make) -> None:
    company = desk(all={"amount": 1})
    company.spend("a", "0.1")
    company.budgets.adjust(company.store, "all", "", Decimal("-0.5"), "less", "ana")
    company.declare(all={"amount": "0.2"})
    assert str(company.room("all").limit) == "0.00"
    company.budgets.adjust(company.store, "all", "", Decimal("0.4"), "more", "ana")
    assert str(company.room("all").limit) == "0.40"
    company.declare(all={"amount": "0.2"})
    assert str(company.room("all").limit) == "0.40"  # as it was before this start


def test_another_period_or_time_zone_counts_anew_and_leaves_what_was(desk: Make) -> None:
    company = desk(all={"amount": 10})
    company.spend("a", "1", time=NOON - timedelta(days=3))
    company.spend("b", "2")
    company.declare(all={"amount": 10, "period": "weekly"})
    assert str(company.budgets.single(company.state, "all").spent) == "2.00"
    company.declare(zone="Asia/Tokyo", all={"amount": 10, "period": "weekly"})
    found = company.budgets.single(company.state, "all")
    assert (str(found.spent), f"{found.start:%d %H}", found.time_zone) == ("2.00", "04 15", "Asia/Tokyo")
    company.check()


def test_the_burn_down_has_days_of_the_reporting_time_zone_and_says_where_it_leads(desk: Make) -> None:
    company = desk()
    company.declare(zone="Europe/Berlin", all={"amount": 310})
    company.spend("a", "8", time=NOON - timedelta(days=1, hours=14, minutes=1))  # 23:59 there, on the 3rd
    company.spend("b", "1", time=NOON - timedelta(days=1, hours=14))
    found = company.budgets.single(company.state, "all")
    days = [(day.day.day, str(day.spent), str(day.total), str(day.ideal)) for day in found.by_day]
    assert days[2:] == [
        (3, "8.00", "8.00", "29.959731543"),
        (4, "1.00", "9.00", "39.946308724"),
        (5, "0.00", "9.00", "49.932885906"),
    ]
    assert len(found.by_day) + len(found.ahead) == 31
    assert found.forecast == found.ahead[-1].total
    assert str(found.forecast) == "60.954545454"  # 9 in 110 of 745 hours, an hour more than usual in October


def test_a_budget_of_cost_is_listed_and_counts_no_operations(desk: Make) -> None:
    company = desk(cloud={"amount": 10, "of": "cost", "for": {"team": "*"}})
    company.spend("a", "5", team="search")
    assert company.reserve("b", team="search", estimate="100").budgets == []
    assert company.budgets.listed(company.state).budgets == []
