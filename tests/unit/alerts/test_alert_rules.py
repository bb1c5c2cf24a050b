"""What each kind of rule finds in the small company, and what it leaves alone."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apportion.alerts.evaluate import evaluate
from apportion.alerts.rules.results import Failure, Loaded, Results
from apportion.alerts.settings import Alerts
from apportion.alerts.signals import Signal
from apportion.analytics.sources import Declared, sources_report
from apportion.forecasting import MonthEnd
from unit.analytics.small_company import FACTS, small_company

NOW = datetime(2026, 10, 1, 9, tzinfo=UTC)


@pytest.fixture
def company() -> Results:
    """The results of the small company on the morning after its last day."""
    behind = date(2026, 9, 30)
    report = sources_report([Declared("aws", "focus", "bills")], [], {"aws": behind}, NOW.date())
    return Results(NOW, small_company(), FACTS, lambda: report)


def found(company: Results, name: str, **given: Any) -> list[Signal]:
    """What a rule finds; its settings are those that ship, but for those given."""
    rules = Alerts.model_validate({"rules": {name: given or True}})
    evaluation = evaluate(company, rules)
    assert name in evaluation.signals, evaluation.left_out
    return list(evaluation.signals[name])


def test_margin_names_customers_below_the_limits(company: Results) -> None:
    report = {s.key: s for s in found(company, "margin", warning=80, critical=20, at_least=0)}
    assert report, "somebody is below 80 %"
    for signal in report.values():
        assert signal.value is not None
        assert signal.severity == ("critical" if signal.value < 20 else "warning")
        assert signal.limit == (20 if signal.value < 20 else 80)
        assert signal.dimensions["customer"] == signal.key.removeprefix("customer=")


def test_margin_leaves_small_ones_and_those_who_pay_nothing_alone(company: Results) -> None:
    everyone = found(company, "margin", warning=100, at_least=0)
    assert found(company, "margin", warning=100, at_least=10**9) == []
    with_ghosts = found(company, "margin", warning=100, at_least=0, without_revenue="warning")
    assert {s.key for s in with_ghosts} - {s.key for s in everyone} == {"customer=ghost"}


def test_margin_of_one_customer(company: Results) -> None:
    [signal] = found(company, "margin", warning=100, at_least=0, where={"customer": "b*"})
    assert signal.key == "customer=birch"


def test_months_whose_revenue_is_not_there_yet_are_no_losses(company: Results) -> None:
    before = found(company, "margin", warning=100, at_least=0)
    con, _ = company.run
    con.execute("DELETE FROM daily_revenue WHERE day >= '2026-09-20'")
    after = found(company, "margin", warning=100, at_least=0)
    assert {s.key: s.severity for s in after} == {s.key: s.severity for s in before}
    assert "2026-08-21 to 2026-09-19" in after[0].text


def test_a_cost_jump_is_found_on_its_day_alone(company: Results) -> None:
    for day, keys in ((13, []), (14, ["service=search"]), (15, []), (21, [])):
        signals = found(company.as_of(date(2026, 9, day)), "cost_jump")
        assert [s.key for s in signals] == keys, day
    [jump] = found(company.as_of(date(2026, 9, 14)), "cost_jump")
    assert (jump.value, jump.limit, jump.severity) == (Decimal(510), Decimal(330), "warning")
    assert jump.text == "$400 more than the average of the seven days before, $110: 4.6 times as much."


def test_a_jump_tells_who_owns_it_where_a_route_asks(company: Results) -> None:
    asked = replace(company.as_of(date(2026, 9, 14)), owners=frozenset({"team", "rule"}))
    [jump] = found(asked, "cost_jump")
    assert jump.dimensions == {"service": "search", "team": "growth"}


def test_a_jump_seen_by_service_and_by_team_is_one(company: Results) -> None:
    day = company.as_of(date(2026, 9, 14))
    [jump] = found(day, "cost_jump", by=["service", "team", "ServiceName"], warning=2)
    assert jump.key == "service=search"
    assert set(jump.lines) == {"also seen at team growth", "also seen at ServiceName AWS Lambda"}


def test_a_small_jump_and_one_that_was_there_before_are_left_alone(company: Results) -> None:
    day = company.as_of(date(2026, 9, 14))
    assert found(day, "cost_jump", at_least=500) == []
    con, _ = company.run
    monthly = "day IN ('2026-08-14', '2026-09-14') AND service = 'cdn'"
    con.execute(f"UPDATE daily_costs SET EffectiveCost = 900 WHERE {monthly}")
    assert [s.key for s in found(day, "cost_jump", where={"service": "cdn"})] == []
    assert [s.key for s in found(day, "cost_jump", where={"service": "cdn"}, unless_seen=0)] == [
        "service=cdn"
    ]


def test_a_jump_that_goes_on_is_found_until_the_average_has_caught_up(company: Results) -> None:
    con, _ = company.run
    con.execute("UPDATE daily_costs SET EffectiveCost = 500 WHERE day >= '2026-09-10' AND service = 'cdn'")
    days = [date(2026, 9, n) for n in range(9, 18)]
    raised = [d.day for d in days if found(company.as_of(d), "cost_jump", where={"service": "cdn"})]
    assert raised == [10, 11, 12]


@dataclass(frozen=True)
class Series:
    fields: dict[str, str]


@dataclass(frozen=True)
class Made:
    field: str = "ResourceName"
    value: str = "exports-render"
    excess: Decimal = Decimal(3800)
    share_pct: Decimal | None = Decimal("98.20")


@dataclass(frozen=True)
class Known:
    """An incident as the anomaly service keeps it."""

    incident_id: str = "8f2c"
    state: str = "open"
    severity: Any = "critical"
    kind: str = "rise"
    title: str = "search (fn-1) costs more than usual"
    first_step: datetime = datetime(2026, 9, 14, tzinfo=UTC)
    last_step: datetime = datetime(2026, 9, 14, tzinfo=UTC)
    grain: str = "D"
    current: Decimal = Decimal(4025)
    expected: Decimal = Decimal(150)
    excess: Decimal = Decimal(3875)
    currency: str = "USD"
    estimated: bool = False
    same_as: str = ""
    backfilled: bool = False
    where: Any = None
    levels: Any = (Series({"service": "search"}), Series({"team": "growth"}))
    drivers: Any = (Made(),)

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", self.where or {"service": "search", "team": "growth"})


def with_incident(company: Results, **more: Any) -> Results:
    return replace(company, incidents=lambda: [Known(**more)])


def test_an_anomaly_is_one_alert_with_its_drivers(company: Results) -> None:
    [signal] = found(with_incident(company), "anomaly")
    assert (signal.key, signal.severity) == ("incident=8f2c", "critical")
    assert signal.title == "search (fn-1) costs more than usual: $3,875 more"
    assert signal.text.startswith("On 14 Sep 2026: $4,025 a day where $150 was expected")
    assert signal.lines == ("ResourceName exports-render: $3,800 (98.2 % of it)",)
    assert signal.dimensions == {"service": "search", "team": "growth"}


@pytest.mark.parametrize(
    "more",
    [
        {"state": "expected"},
        {"state": "resolved"},
        {"backfilled": True},
        {"kind": "launch"},
        {"excess": Decimal(20)},
    ],
    ids=["called expected", "over", "over before anybody looked", "a launch", "small"],
)
def test_anomalies_that_are_no_news_are_left_alone(company: Results, more: dict[str, Any]) -> None:
    assert found(with_incident(company, **more), "anomaly") == []


def test_a_day_of_before_has_the_anomalies_that_went_on_then(company: Results) -> None:
    over = with_incident(company, state="resolved", backfilled=True)
    assert found(over, "anomaly") == []
    assert [s.key for s in found(over.as_of(date(2026, 9, 14)), "anomaly")] == ["incident=8f2c"]
    assert found(over.as_of(date(2026, 9, 15)), "anomaly") == []
    expected = with_incident(company, state="expected")
    assert found(expected.as_of(date(2026, 9, 14)), "anomaly") == []


def test_what_an_anomaly_tells_of_no_jump_tells_again(company: Results) -> None:
    assert jumps_beside(company) == []
    assert jumps_beside(company, state="acknowledged") == []
    assert jumps_beside(company, first_step=datetime(2026, 9, 12, tzinfo=UTC)) == []


def jumps_beside(company: Results, **more: Any) -> list[str]:
    """Jumps of the day on which search jumps, with an incident known."""
    day = replace(company.as_of(date(2026, 9, 14)), incidents=lambda: [Known(**more)])
    return [signal.key for signal in found(day, "cost_jump")]


@pytest.mark.parametrize(
    "more",
    [
        {"state": "expected"},
        {"state": "resolved"},
        {"backfilled": True},
        {"kind": "launch"},
        {"kind": "fall", "excess": Decimal(-60)},
        {"currency": "EUR"},
        {"same_as": "1a2b"},
        {"first_step": datetime(2026, 9, 11, tzinfo=UTC), "last_step": datetime(2026, 9, 13, tzinfo=UTC)},
        {
            "first_step": datetime(2026, 9, 15, 3, tzinfo=UTC),
            "last_step": datetime(2026, 9, 15, 4, tzinfo=UTC),
        },
        {"where": {"service": "cdn"}, "levels": (Series({"service": "cdn"}), Series({"service": "search"}))},
    ],
    ids=[
        *("called expected", "over", "over before anybody looked", "a launch", "a fall", "another currency"),
        *("told by another", "ended before", "begins after", "it only passes by"),
    ],
)
def test_an_anomaly_of_which_nobody_hears_hides_no_jump(company: Results, more: dict[str, Any]) -> None:
    assert jumps_beside(company, **more) == ["service=search"]


def test_unallocated_cost_above_its_share(company: Results) -> None:
    assert found(company, "unallocated", at_least=0) == []  # 240 of 10,090
    [signal] = found(company, "unallocated", warning=2, at_least=0)
    assert (signal.key, signal.value, signal.unit) == ("perspective=customer", Decimal("2.38"), "percent")
    assert found(company, "unallocated", warning=2) == [], "it is less than $500"


def at(company: Results, days: int, loaded: tuple[date, ...] = ()) -> Results:
    """The company's source so many days after its newest charge."""
    now = NOW + timedelta(days=days - 1)
    report = sources_report([Declared("aws", "focus", "bills")], [], {"aws": date(2026, 9, 30)}, now.date())
    return replace(company, now=now, sources=lambda: report, loaded=lambda: [Loaded("aws", loaded)])


def test_a_source_is_stale_when_it_is_later_than_it_usually_comes(company: Results) -> None:
    daily = tuple(date(2026, 9, n) for n in range(1, 31))
    weekly = tuple(date(2026, 9, n) for n in (1, 8, 15, 22, 29))
    for days, loaded, stale in ((3, daily, 0), (4, daily, 1), (10, weekly, 0), (15, weekly, 1), (7, (), 0)):
        assert len(found(at(company, days, loaded), "stale_source")) == stale, (days, loaded)
    assert found(at(company, 60, daily), "stale_source") == [], "it has ended, it is not late"


def test_a_statement_that_does_not_add_up_is_critical(company: Results) -> None:
    assert found(company, "reconciliation") == []
    con, _ = company.run
    con.execute(
        "UPDATE reconciliation SET difference = 1 WHERE perspective = 'team' AND metric = 'EffectiveCost'"
    )
    signals = found(company, "reconciliation")
    assert {s.severity for s in signals} == {"critical"}
    assert signals[0].title == "aws in 2026-07 does not add up"
    assert found(company, "reconciliation", where={"source": "gcp"}) == []
    assert len(found(company, "reconciliation", where={"source": "a*"})) == len(signals)


def test_what_failed_when_it_was_last_tried_is_told(company: Results) -> None:
    failed = [Failure("load", "aws: 12 % of the rows cannot be read.", NOW), Failure("run", "Refused.", NOW)]
    signals = found(replace(company, failures=lambda: failed), "reconciliation")
    assert [(s.key, s.severity) for s in signals] == [("failed=load", "warning"), ("failed=run", "critical")]
    assert found(replace(company, failures=lambda: failed), "reconciliation", failures=False) == []


def test_a_forecast_above_an_amount(company: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = {"last_month": None, "change": None, "change_pct": None, "reason": None}
    days = {"month": "2026-09", "origin": date(2026, 9, 30), "so_far": Decimal(9690)}
    amounts = {"forecast": Decimal(12000), "low": Decimal(11000), "high": Decimal(13000)}
    total = MonthEnd(keys={}, currency="USD", others=False, method="band", **days, **amounts, **nothing)
    asked: list[Any] = []
    monkeypatch.setattr(
        "apportion.alerts.rules.forecast.month_end", lambda con, facts, query: [asked.append(query) or total]
    )
    rule = {"kind": "forecast", "above": 11500, "where": {"team": "growth"}}
    [signal] = found(company, "growth_month", **rule)
    assert (signal.key, signal.value, signal.limit) == ("month=2026-09", Decimal(12000), Decimal(11500))
    assert signal.title == "growth will cost $12,000 in 2026-09"
    assert asked[0].filter == {"and": [{"team": ["growth"]}]}
    assert found(company, "growth_month", **rule, bound="lower") == []
    assert found(company.as_of(date(2026, 9, 3)), "growth_month", **rule) == [], "too early to say"


def test_a_rule_that_lacks_what_it_needs_is_left_out_and_says_why(company: Results) -> None:
    given = Alerts.model_validate({"rules": {"unallocated": {"perspective": "gone"}}})
    found = evaluate(company, given)
    assert "unallocated" not in found.signals
    assert "There is no perspective gone." in found.left_out["unallocated"]
    before_first_run = evaluate(replace(company, con=None, facts=None), Alerts())
    assert set(before_first_run.signals) == {"anomaly", "stale_source", "reconciliation"}


def test_a_rule_that_the_database_refuses_leaves_the_others_alone(
    company: Results, caplog: pytest.LogCaptureFixture
) -> None:
    con, _ = company.run
    con.execute("DROP TABLE reconciliation")
    found = evaluate(company, Alerts())
    assert set(found.left_out) == {"reconciliation"}
    assert found.left_out["reconciliation"].startswith("DuckDB refused it: Catalog Error: Table with name")
    assert "\n" not in found.left_out["reconciliation"]
    assert set(found.signals) == {"margin", "cost_jump", "anomaly", "unallocated", "stale_source"}
    assert "the rule reconciliation could not be evaluated" in caplog.text
