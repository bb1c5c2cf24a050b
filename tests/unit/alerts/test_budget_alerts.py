"""Thresholds of budgets, each told once in a period, and budgets that will not last."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from apportion.alerts.evaluate import evaluate
from apportion.alerts.rules.results import Results
from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Signal
from apportion.alerts.state import Outcome
from apportion.alerts.watching import find, watch
from apportion.analytics.sources import SourcesReport, sources_report
from apportion.budgets.watched import Expected, Reached
from apportion.database import State
from unit.alerts.watched import LOG

OCTOBER, NOVEMBER = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
PAYMENTS = {
    "budget": "cloud", "title": "Cloud cost", "entity": {"team": "payments"}, "start": OCTOBER,
    "until": NOVEMBER, "currency": "USD", "limit": Decimal(5000), "spent": Decimal(4600),
}  # fmt: skip


def october(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def reached(*marks: int, day: int = 27, **more: Any) -> list[Reached]:
    return [Reached(**{**PAYMENTS, "threshold": Decimal(m), "at": october(day, 0), **more}) for m in marks]


def expects(**more: Any) -> list[Expected]:
    sums = {"expected": Decimal(5400), "low": Decimal(4900), "high": Decimal(5900), "passed": Decimal(60)}
    return [Expected(**{**PAYMENTS, "spent": Decimal(3000), **sums, **more})]


def settings(**more: Any) -> Alerts:
    given = {"channels": {"finops": LOG, "payments": LOG}, "otherwise": "finops", **more}
    return Alerts.model_validate(given).declaring(budgets=True, plans=False).in_zone("UTC")


def no_sources() -> SourcesReport:
    return sources_report([], [], {}, OCTOBER.date())


def found(
    now: datetime, marks: Sequence[Reached] = (), ahead: Sequence[Expected] = (), **more: Any
) -> list[Signal]:
    """What the rule finds; its settings are those that ship, but for those given."""
    asked = Results(now, None, None, no_sources, reached=lambda _: marks, expected=lambda _: ahead)
    rules = settings(rules={"budget": more or True})
    return list(evaluate(asked, rules).signals["budget"])


def tells(state: State, now: datetime, marks: Sequence[Reached], **more: Any) -> Outcome:
    return watch(state, settings(**more), {"budget": found(now, marks)}, now)


def test_each_threshold_is_told_once_whatever_the_jump(state: State) -> None:
    [message] = tells(state, october(28), reached(50, 80, 90)).messages
    assert message.title == "budget: Cloud cost, payments: 90 % of the budget is used, and 2 more"
    first = message.body["alerts"][0]  # type: ignore[index]
    assert (
        first["text"] == "$4,600 of $5,000 from 1 Oct 2026 to 31 Oct 2026. 90 % was reached on 27 Oct 2026."
    )
    assert tells(state, october(28, 10), reached(50, 80, 90)).messages == []


def test_a_sum_that_sinks_and_rises_again_tells_nothing_new(state: State) -> None:
    assert len(tells(state, october(20), reached(50, 80)).messages) == 1
    for day in (21, 24, 28):
        spent = Decimal(3000 if day == 21 else 4400)
        again = tells(state, october(day), reached(50, 80, spent=spent))
        assert (again.messages, again.opened, again.resolved) == ([], [], [])


def test_its_end_is_told_to_nobody_and_the_next_period_is_a_new_one(state: State) -> None:
    tells(state, october(20), reached(90))
    ended = tells(state, datetime(2026, 11, 1, 1, tzinfo=UTC), reached(90))
    assert (len(ended.resolved), ended.messages) == (1, [])
    assert tells(state, datetime(2026, 11, 2, tzinfo=UTC), reached(90)).messages == []
    november = reached(90, start=NOVEMBER, until=DECEMBER)
    assert len(tells(state, datetime(2026, 11, 20, tzinfo=UTC), november).messages) == 1


def test_nobody_is_reminded_before_the_period_ends(state: State) -> None:
    tells(state, october(2), reached(90, day=1))
    for day in range(3, 32):
        again = tells(state, october(day), reached(90, day=1))
        assert (again.messages, again.resolved) == ([], [])


def test_what_was_reached_at_night_is_told_in_the_morning_though_the_period_is_over(state: State) -> None:
    quiet = {"quiet_hours": {"between": "20:00-08:00"}}
    day = {"start": october(27, 0), "until": october(28, 0)}
    assert tells(state, october(27, 23), reached(90, **day), **quiet).messages == []
    assert tells(state, october(28, 3), reached(90, **day), **quiet).resolved == []
    [message] = tells(state, october(28, 9), reached(90, **day), **quiet).messages
    assert message.event == "opened"


def test_from_100_percent_on_it_is_critical() -> None:
    marks = reached(90, 100, 120, spent=Decimal(6000))
    severities = {s.limit: s.severity for s in found(october(28), marks)}
    assert severities == {90: "warning", 100: "critical", 120: "critical"}


def test_where_the_limit_is_raised_it_says_what_was_and_tells_nobody_again(state: State) -> None:
    full = reached(100, spent=Decimal(5000))
    assert len(tells(state, october(27), full).messages) == 1

    raised = reached(100, spent=Decimal(5000), limit=Decimal(8000))
    [signal] = found(october(28), raised)
    assert (signal.severity, signal.title) == (
        "warning",
        "Cloud cost, payments: 100 % of the budget was used",
    )
    assert signal.text == (
        "$5,000 of $8,000 from 1 Oct 2026 to 31 Oct 2026. 100 % was reached on 27 Oct 2026, and is not any more."
    )
    again = tells(state, october(28), raised)
    assert (again.messages, again.resolved) == ([], [])
    assert tells(state, october(29), reached(100, spent=Decimal(8000), limit=Decimal(8000))).messages == []


def test_a_team_hears_of_its_own_budget(state: State) -> None:
    routes = [{"when": {"team": "payments"}, "to": "payments"}]
    core = reached(80, entity={"team": "core"})
    messages = tells(state, october(28), [*reached(80), *core], routes=routes).messages
    assert {m.channel: m.body["alerts"][0]["dimensions"] for m in messages} == {  # type: ignore[index]
        "payments": {"team": "payments", "budget": "cloud"},
        "finops": {"team": "core", "budget": "cloud"},
    }


def test_a_budget_that_will_not_last_is_told_once(state: State) -> None:
    [signal] = found(october(18), ahead=expects())
    assert signal.title == "Cloud cost, payments: the budget will be exceeded by $400"
    assert signal.text == (
        "$3,000 of $5,000 from 1 Oct 2026 to 31 Oct 2026. $5,400 is expected by 31 Oct 2026; in four of five "
        "cases it is between $4,900 and $5,900."
    )
    assert len(watch(state, settings(), {"budget": [signal]}, october(18)).messages) == 1
    for day, ahead in ((19, []), (22, expects())):
        again = watch(state, settings(), {"budget": found(october(day), ahead=ahead)}, october(day))
        assert again.messages == []


@pytest.mark.parametrize(
    ("more", "ahead", "signals"),
    [
        ({}, {}, 1),
        ({"forecast": "lower"}, {}, 0),
        ({"forecast": "lower"}, {"low": Decimal(5001)}, 1),
        ({"forecast": "off"}, {}, 0),
        ({"forecast": "lower"}, {"low": None, "high": None}, 0),
        ({}, {"low": None, "high": None}, 1),
        ({}, {"passed": Decimal(19)}, 0),
        ({"from_share": 10}, {"passed": Decimal(19)}, 1),
        ({}, {"expected": Decimal(5000)}, 0),
        ({}, {"spent": Decimal(5100)}, 0),
    ],
)
def test_when_a_forecast_is_told(more: dict[str, Any], ahead: dict[str, Any], signals: int) -> None:
    assert len(found(october(18), ahead=expects(**ahead), **more)) == signals


def test_only_budgets_that_where_asks_for_are_watched() -> None:
    both = [*reached(80), *reached(80, budget="ai", entity={})]
    assert [s.dimensions["budget"] for s in found(october(28), both, where={"budget": "ai"})] == ["ai"]


def test_the_rule_holds_where_there_are_budgets_unless_it_is_off() -> None:
    without = Alerts.model_validate({})
    assert "budget" not in without.declaring(budgets=False, plans=True).rules
    assert without.declaring(budgets=True, plans=False).holds("budget")
    off = Alerts.model_validate({"rules": {"budget": False}}).declaring(budgets=True, plans=True)
    assert (off.holds("budget"), off.holds("plan")) == (False, True)


def test_what_stands_for_a_time_is_kept_as_it_is(state: State) -> None:
    [alert] = tells(state, october(28), reached(90)).opened
    with state.read() as con:
        assert find(con, alert.alert_id).signal == alert.signal
