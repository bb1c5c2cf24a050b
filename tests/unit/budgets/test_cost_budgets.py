"""Budgets of allocated cost: exact, day by day, with each threshold once whatever becomes of a bill."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select, text

from apportion.analytics.query import Query
from apportion.app import App
from apportion.budgets.amounts import amount
from apportion.budgets.cost import CostBudget, Spending, spending
from apportion.budgets.cost_kept import keep
from apportion.budgets.cost_standing import Allocated
from apportion.budgets.declared import Slot
from apportion.budgets.ending import _ending, endings
from apportion.budgets.settings import Budget
from apportion.budgets.watched import expected_operations, reached
from apportion.core.errors import BadInput
from apportion.core.times import time_of
from apportion.database import State, budget_adjustments, budget_crossings, budget_periods
from apportion.forecasting import Coming, month_end
from apportion.forecasting.periods import ToCome
from apportion.jobs import JOBS, run_job
from budgets_kept import Desk
from unit.analytics.small_company import FACTS, small_company

TEAMS = {"for": {"team": ["payments", "growth"]}, "amount": 4000}
CUSTOMERS = {"for": {"customer": "*"}, "perspective": "customer", "amount": 2000, "amounts": {"acme": 6000}}
MID = date(2026, 9, 20)


def budget(**given: Any) -> CostBudget:
    return CostBudget("cloud", Budget.model_validate({"of": "cost", **given}), "USD")


def spent(at: date | None = None, **given: Any) -> dict[str, Spending]:
    asked = budget(**given)
    between = asked.period(at or FACTS.last_day)
    assert between is not None
    return {" / ".join(one.names): one for one in spending(small_company(), FACTS, asked, between, at)}


def sum_of(where: str, relation: str = "daily_costs") -> Decimal:
    row = small_company().execute(f"SELECT sum(EffectiveCost) FROM {relation} WHERE {where}").fetchone()
    return cast("Decimal", row[0]) if row else Decimal(0)


def test_what_was_spent_is_what_the_results_say_to_the_last_digit() -> None:
    by_team = spent(**TEAMS)
    assert set(by_team) == {"payments", "growth"}
    assert by_team["payments"].cost == sum_of("team = 'payments' AND day >= '2026-09-01'")
    by_customer = spent(**CUSTOMERS)
    assert set(by_customer) == {"acme", "birch", "cedar", "ghost"}
    acme = "perspective = 'customer' AND target = 'acme' AND day >= '2026-09-01'"
    assert by_customer["acme"].cost == sum_of(acme, "allocations")
    assert {one.slot.amount for one in by_customer.values()} == {2000 * 10**9, 6000 * 10**9}


def test_only_what_where_asks_for_counts_and_a_star_is_an_answer() -> None:
    [of_search] = spent(where={"service": "search"}, amount=1).values()
    assert of_search.cost == sum_of("service = 'search' AND day >= '2026-09-01'")
    [answered] = spent(where={"team": "*"}, amount=1).values()
    assert answered.cost == sum_of("team <> '(none)' AND day >= '2026-09-01'")


def test_it_ends_with_the_last_complete_day_or_the_day_asked_for() -> None:
    [whole], [half] = spent(amount=9000).values(), spent(MID, amount=9000).values()
    assert (whole.through, half.through) == (date(2026, 9, 30), MID)
    assert half.cost == sum_of("day BETWEEN '2026-09-01' AND '2026-09-20'")
    assert half.days[-1][0] == MID
    [later] = spent(date(2026, 10, 5), amount=9000).values()
    assert (later.through, later.cost) == (None, 0)


@pytest.mark.parametrize(
    ("period", "first", "days"),
    [("daily", MID, 1), ("weekly", date(2026, 9, 14), 7), ("quarterly", date(2026, 7, 1), 82)],
)
def test_periods_are_whole_utc_days(period: str, first: date, days: int) -> None:
    [found] = spent(MID, amount=9000, period=period).values()
    assert (found.days[0][0], len(found.days)) == (first, days)
    assert time_of(found.slot.start).hour == 0


def test_one_that_the_file_names_is_there_without_cost() -> None:
    assert spent(**{"for": {"team": ["payments", "idlers"]}, "amount": 1})["idlers"].cost == 0


def test_thresholds_have_the_day_on_which_they_were_reached() -> None:
    [found] = spent(MID, where={"service": "search"}, amount=3000).values()
    # 110 a day, and 510 on the 14th
    assert [(mark, day.day) for mark, day, _ in found.crossings(3000 * 10**9, [5000, 8000, 9000])] == [
        (5000, 14),
        (8000, 19),
    ]
    assert [mark for mark, *_ in found.crossings(1000 * 10**9, [5000, 20000, 25000])] == [5000, 20000, 25000]
    assert found.crossings(0, [5000]) == []


def test_the_end_is_forecast_as_the_forecast_of_the_same_cost_has_it() -> None:
    con, asked = small_company(), budget(**TEAMS)
    between = asked.period(MID)
    assert between is not None
    found = spending(con, FACTS, asked, between, MID)
    ends = endings(con, FACTS, asked, between, found, MID)
    query = {"group_by": ["team"], "from": date(2026, 8, 1), "to": date(2026, 9, 21)}
    rows = {r.keys.get("team", ""): r for r in month_end(con, FACTS, Query.model_validate(query))}
    for team in ("payments", "growth"):
        mine, row = ends[team,], rows[team]
        assert (mine.expected, mine.low, mine.high) == (row.forecast, row.low, row.high)
        assert mine.origin == MID


def test_a_period_that_is_over_is_what_it_cost_and_one_too_long_is_not_forecast() -> None:
    con = small_company()
    for given, at in (({"amount": 1}, FACTS.last_day), ({"amount": 1, "period": "yearly"}, MID)):
        asked = budget(**given)
        between = asked.period(at)
        assert between is not None
        found = spending(con, FACTS, asked, between, at)
        [end] = endings(con, FACTS, asked, between, found, at).values()
        if at == FACTS.last_day:
            assert (end.expected, end.low, end.high) == (found[0].cost,) * 3
        else:
            assert (end.expected, end.reason) == (None, "It ends in 102 days; forecasts reach 92.")


@pytest.fixture
def state(state: State) -> State:
    """An empty state database with its tables."""
    state.migrate()
    return state


def kept(state: State) -> dict[str, tuple[Decimal, Decimal, list[int]]]:
    """By entity: what was spent, the limit, and the thresholds reached (in percent)."""
    found = {}
    with state.read() as con:
        for row in con.execute(select(budget_periods)):
            mine = budget_crossings.c.period_id == row.period_id
            marks = con.scalars(select(budget_crossings.c.threshold).where(mine)).all()
            found[row.entity] = (amount(row.spent), amount(row.amount), sorted(m // 100 for m in marks))
    return found


def test_a_restated_bill_tells_no_threshold_twice(state: State) -> None:
    con, asked = small_company(), budget(where={"service": "search"}, amount=4500)
    assert keep(state, con, FACTS, [asked], 1) == 2
    assert kept(state) == {"{}": (Decimal(3700), Decimal(4500), [50, 80])}
    assert keep(state, con, FACTS, [asked], 2) == 0
    for factor, new, marks in (("/ 4", 0, [50, 80]), ("* 4", 0, [50, 80]), ("* 2", 1, [50, 80, 90])):
        con.execute(f"UPDATE daily_costs SET EffectiveCost = EffectiveCost {factor} WHERE service = 'search'")
        assert keep(state, con, FACTS, [asked], 3) == new
        assert kept(state)["{}"][2] == marks
    assert kept(state)["{}"][0] == 7400


def test_an_adjusted_limit_is_what_thresholds_are_of(state: State) -> None:
    con, asked = small_company(), budget(where={"service": "search"}, amount=4000)
    keep(state, con, FACTS, [asked], 1)
    with state.write() as writing:
        [period_id] = writing.scalars(select(budget_periods.c.period_id)).all()
        more = {"adjustment_id": "a", "period_id": period_id, "reason": "a launch", "who": "ana"}
        writing.execute(budget_adjustments.insert(), {**more, "amount": 6000 * 10**9, "at": 2})
    keep(state, con, FACTS, [asked], 3)
    assert kept(state)["{}"][1] == Decimal("10000.00")


def test_cost_that_went_away_is_spent_no_more(state: State) -> None:
    con, asked = small_company(), budget(**{"for": {"team": "*"}, "amount": 4000})
    keep(state, con, FACTS, [asked], 1)
    con.execute("DELETE FROM daily_costs WHERE team = 'growth'")
    keep(state, con, FACTS, [asked], 2)
    assert kept(state)['{"team": "growth"}'][0] == 0


@pytest.fixture
def app(tmp_path: Path) -> App:
    """A company with one team's bill of October, and a budget that it has used up to 92 %."""
    (tmp_path / "apportion.yaml").write_text(WORKSPACE)
    bill(tmp_path, 460)
    made = App(tmp_path)
    made.ingest_declared()
    made.allocate()
    return made


WORKSPACE = """
company: Juniper
sources: {aws: {connector: focus, location: "bill.csv"}}
dimensions: {team: [{tag: team}]}
perspectives: {team: {to: team, rules: [{name: own, match: {team: "*"}, method: direct}]}}
budgets:
  cloud: {title: Cloud cost, of: cost, perspective: team, for: {team: "*"}, amount: 5000}
alerts: {routes: [{when: {team: payments}, to: payments}], channels: {payments: {type: log}, finops: {type: log}}}
"""
COLUMNS = (
    "BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ChargeCategory,ServiceName,ServiceCategory,"
    "BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,Tags"
)


def bill(directory: Path, daily: int, days: int = 10) -> None:
    rows = [
        f"{daily},{daily},{daily},{daily},USD,Usage,EC2,Compute,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,"
        f'2026-10-{day:02}T00:00:00Z,2026-10-{day + 1:02}T00:00:00Z,"{{""team"": ""payments""}}"'
        for day in range(1, days + 1)
    ]
    (directory / "bill.csv").write_text("\n".join([COLUMNS, *rows]) + "\n")


def test_a_team_hears_once_that_its_budget_is_nearly_used(app: App, tmp_path: Path) -> None:
    job = next(job for job in JOBS if job.name == "budgets")
    assert run_job(app, job, str).said == "3 thresholds reached"
    [message] = app.watch_alerts().messages
    assert (message.channel, message.event) == ("payments", "opened")
    assert message.title == "budget: Cloud cost, payments: 90 % of the budget is used, and 2 more"
    bill(tmp_path, 100)  # restated, and again
    for cost in (100, 470):
        bill(tmp_path, cost)
        app.ingest_declared()
        app.allocate()
        app.keep_budgets()
        assert app.watch_alerts().messages == []
    assert run_job(app, job, str).said == "nothing new"


def test_thresholds_are_those_of_a_day_where_one_asks_for_a_day(app: App) -> None:
    app.keep_budgets()
    found = app.evaluate_alerts(date(2026, 10, 6)).signals["budget"]
    assert [s.limit for s in found] == [50]


def test_reports_are_as_of_the_last_day_of_the_data(app: App) -> None:
    found = app.list_budgets()
    assert found.headline == "The one budget is near its limit, as of 10 October 2026."
    [row] = found.budgets
    assert (row.entity, row.spent, row.percent, row.state) == ({"team": "payments"}, 4600, 92, "near")
    assert (row.as_of, row.forecast) == (datetime(2026, 10, 10, 23, 59, 59, 999999, tzinfo=UTC), None)
    app.keep_budgets()
    assert [mark.threshold for mark in app.list_budgets().budgets[0].crossings] == [50, 80, 90]


def test_a_report_of_a_day_knows_nothing_of_later_ones(app: App) -> None:
    app.keep_budgets()
    [row] = app.list_budgets(at="2026-10-06").budgets
    assert (row.spent, [mark.threshold for mark in row.crossings]) == (2760, [50])
    one = app.budget("cloud", "payments", "2026-10-06")
    assert [(day.day.day, day.spent, day.total) for day in one.by_day][-2:] == [
        (5, 460, 2300),
        (6, 460, 2760),
    ]
    assert "as of 6 October 2026" in one.headline
    with pytest.raises(BadInput, match="no day or time"):
        app.list_budgets(at="yesterday")


def test_a_limit_of_cost_is_raised_for_its_period(app: App) -> None:
    app.adjust_budget("cloud", "payments", Decimal(5000), "a launch", "ana")
    assert (app.list_budgets().budgets[0].limit, app.list_budgets().budgets[0].state) == (10000, "within")
    app.keep_budgets()
    assert app.list_budgets().budgets[0].limit == 10000


def test_days_to_come_are_forecast_with_their_interval() -> None:
    con, asked = small_company(), budget(**TEAMS)
    live = Allocated(con, FACTS, [asked], MID)
    with State("sqlite://").read() as state:
        state.execute(text("CREATE TABLE budget_adjustments (period_id TEXT, amount BIGINT)"))
        [growth, _] = live.counters(state, "cloud")
    so_far, ahead = live.days(growth)
    assert (so_far[-1].day, so_far[-1].total) == (MID, 2600)
    assert [day.day.day for day in ahead] == list(range(21, 31))
    end = live.ending(growth)
    assert end is not None
    last = [round(sum_, 2) for sum_ in (ahead[-1].total, ahead[-1].low, ahead[-1].high) if sum_ is not None]
    assert last == [end.expected, end.low, end.high]
    assert so_far[-1].ideal == Decimal("2666.666666666")


def test_what_is_expected_of_small_cost_goes_on_from_it_to_the_last_digit() -> None:
    slot = Slot("cloud", "{}", 0, 0, "p", 0, "USD")
    one = Spending(slot, ("payments",), ((MID, Decimal("0.065234567891")),), MID)
    days = (Decimal("0.0001"), Decimal("0.0002"))
    known = Coming(MID, {("USD", ("payments",)): ToCome(days, days, days)})
    end = _ending(one, known, budget(amount=1))
    assert [expected for expected, _, _ in end.days] == [
        Decimal("0.065334567891"),
        Decimal("0.065434567891"),
    ]
    assert end.expected == Decimal("0.065435")


def test_operations_that_go_on_like_this_are_expected_to_exceed_their_budget(
    desk: Callable[..., Desk],
) -> None:
    made = desk(ai={"title": "AI", "for": {"team": "*"}, "amount": 10})
    made.now = datetime(2026, 10, 5, tzinfo=UTC)
    made.spend("one", "4", team="search")
    with made.state.read() as con:
        [found] = expected_operations(con, made.budgets.declared, made.now)
    assert (found.entity, found.spent, found.expected, found.low) == ({"team": "search"}, 4, 31, None)
    assert round(found.passed, 2) == Decimal("12.90")


def test_what_operations_reached_is_told_a_while_after_their_period_too(desk: Callable[..., Desk]) -> None:
    made = desk(ai={"title": "AI", "for": {"team": "*"}, "amount": 10, "period": "daily"})
    made.spend("one", "8.5", team="search")
    for days, marks in ((0, [50, 80]), (13, [50, 80]), (16, [])):
        now = made.now + timedelta(days=days)
        with made.state.read() as con:
            found = reached(con, made.budgets.declared.all, now, now, "UTC")
        assert [one.threshold for one in found] == marks


def test_one_that_the_run_cannot_answer_stops_no_other(app: App, tmp_path: Path) -> None:
    known = WORKSPACE.replace("dimensions: {", "dimensions: {product: [{tag: product}], ")
    more = "  new: {of: cost, for: {product: '*'}, amount: 1}\nalerts:"
    (tmp_path / "apportion.yaml").write_text(known.replace("alerts:", more))
    changed = App(tmp_path)
    assert [row.budget for row in changed.list_budgets().budgets] == ["cloud"]
    with pytest.raises(BadInput, match="product"):
        changed.budget("new", "a")
    with pytest.raises(BadInput, match="budgets.new"):
        changed.keep_budgets()
    assert len(changed.watch_alerts().opened) == 3
