"""Plans may change as often as they like, and also be backdated: nobody gets more than the days are worth."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from apportion.core.errors import BadInput
from apportion.credits.customers import Customers, Terms
from apportion.credits.settings import Plans
from apportion.credits.units import to_credits
from apportion.database import State
from unit.credits.counted import Ledger

INCLUDED = {"free": 10, "pro": 1000, "max": 2000, "none": 0}
FIRST = datetime(2026, 10, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def plans(included: dict[str, int], **more: object) -> dict[str, object]:
    offered = {name: {"included": n, "starts": "calendar"} | more for name, n in included.items()}
    return {"usage": [{"by": "cost", "credits": 1}], "offered": offered}


def terms(included: dict[str, int]) -> Terms:
    return Terms(Plans.model_validate(plans(included)), ZoneInfo("UTC"), "USD", Customers())


def covered(ledger: Ledger, month: str = "") -> Decimal:
    """What grants of plans cover, all or those that begin in a month."""
    some = ledger.grants().items()
    return sum((used for name, (_, used, _) in some if name.split("/")[3].startswith(month)), Decimal(0))


def use_all(ledger: Ledger) -> Decimal:
    """An operation that takes all that is left."""
    left = ledger.balance()
    if left > 0:
        ledger.put(f"op{ledger.standing().account.number}", left)
    return left


class Changes(RuleBasedStateMachine):
    """A customer of calendar months that changes plans and uses credits; counted by hand, day by day."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.ledger = Ledger(State.file(Path(self.folder.name) / "state.db"), plans(INCLUDED))
        self.ledger.now = FIRST
        self.most = dict(INCLUDED)
        self.given: dict[date, tuple[str, date | None]] = {}
        self.names = 0

    def teardown(self) -> None:
        self.ledger.state.close()
        self.folder.cleanup()

    def plan(self, day: date) -> str:
        since = max((d for d in self.given if d <= day), default=None)
        name, until = self.given[since] if since else ("none", None)
        return "none" if until and day >= until else name

    def worth(self, day: date) -> Fraction:
        """What the days of a month are worth if the plan of one goes on to its end."""
        first = day.replace(day=1)
        number = 31 if day.month == 10 else 30
        found = Fraction(self.most[self.plan(day)] * (number - day.day), number)
        days = (first + n * DAY for n in range(day.day))
        return found + sum(Fraction(self.most[self.plan(one)], number) for one in days)

    @initialize(name=st.sampled_from(sorted(INCLUDED)))
    def begins(self, name: str) -> None:
        self.changes(name, 0, None)

    @rule(days=st.integers(1, 9))
    def time_passes(self, days: int) -> None:
        if self.ledger.now + days * DAY < datetime(2026, 12, 1, tzinfo=UTC):
            self.ledger.now += days * DAY

    @rule(
        name=st.sampled_from(sorted(INCLUDED)),
        days=st.integers(-12, 2),
        lasts=st.one_of(st.none(), st.integers(1, 9)),
    )
    def changes(self, name: str, days: int, lasts: int | None) -> None:
        before = self.ledger.overage(), covered(self.ledger)
        since = max(self.ledger.now.date() + days * DAY, FIRST.date())
        until = None if lasts is None else since + lasts * DAY
        self.ledger.subscribe(name, since, until=until)
        self.given[since] = name, until
        assert (self.ledger.overage(), covered(self.ledger)) == before

    @rule(name=st.sampled_from(["free", "pro"]), included=st.sampled_from([0, 10, 500, 1500]))
    def is_offered_otherwise(self, name: str, included: int) -> None:
        before = self.ledger.overage(), covered(self.ledger)
        offered = {n: int(p.included or 0) for n, p in self.ledger.terms.plans.offered.items()}
        self.ledger.terms = terms(offered | {name: included})
        self.most[name] = max(self.most[name], included)
        assert (self.ledger.overage(), covered(self.ledger)) == before

    @rule(amount=st.one_of(st.none(), st.integers(1, 3000)), late=st.one_of(st.just(0), st.integers(0, 9)))
    def uses(self, amount: int | None, late: int) -> None:
        when = max(self.ledger.now - late * DAY, FIRST)
        month, over, used = f"{when:%Y-%m}", self.ledger.overage(), self.ledger.used()
        before, some = covered(self.ledger, month), amount or self.ledger.balance()
        self.names += 1
        self.ledger.put(f"op{self.names}", some, time=when)
        taken = self.ledger.used() - used
        assert taken in (0, some)  # nothing on a day without a plan
        new = covered(self.ledger, month) - before
        assert new + self.ledger.overage() - over == taken
        days = [when.date() + n * DAY for n in range((self.ledger.now.date() - when.date()).days + 1)]
        most = max(self.worth(day) for day in days if day.month == when.month)
        rounded = Fraction(len(self.given) + 2, 10**9)
        assert new == 0 or Fraction(before + new) <= most + rounded

    @invariant()
    def adds_up(self) -> None:
        self.ledger.check()
        assert covered(self.ledger) + self.ledger.overage() == self.ledger.used()
        assert self.ledger.balance() >= 0


def test_no_order_of_changes_and_uses_gives_more_than_the_days_are_worth() -> None:
    given = settings(
        max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Changes, settings=given)


@pytest.fixture
def ledger(state: State) -> Ledger:
    found = Ledger(state, plans(INCLUDED))
    found.now = FIRST
    return found


def test_another_plan_every_day_gives_no_more_than_the_best_of_them(ledger: Ledger) -> None:
    for day in range(30):
        ledger.now = FIRST + day * DAY
        ledger.subscribe("free" if day % 2 else "pro")
        use_all(ledger)
    assert (covered(ledger), ledger.overage()) == (1000, 0)


def test_another_plan_every_hour_gives_no_more_than_the_best_of_them(ledger: Ledger) -> None:
    for n in range(10):
        ledger.subscribe("max" if n % 2 else "pro")
        use_all(ledger)
    assert covered(ledger) == 2000


def test_a_plan_that_is_backdated_again_and_again_includes_its_credits_once(state: State) -> None:
    ledger = Ledger(state, plans({"pro": 1000}, starts="subscription"))
    ledger.now = FIRST + 19 * DAY
    for days in range(20):
        ledger.subscribe("pro", ledger.now.date() - days * DAY)
        use_all(ledger)
    assert covered(ledger) == 1000


def test_a_period_that_begins_with_every_change_gives_no_more_than_its_days_and_the_longest_one(
    state: State,
) -> None:
    offered = {
        "own": {"included": 300},
        "calendar": {"included": 310, "starts": "calendar"},
        "year": {"included": 3650, "period": "yearly"},
    }
    ledger = Ledger(state, plans({}) | {"offered": offered})
    for day in range(40):
        ledger.now = FIRST + day * DAY
        ledger.subscribe([*offered][day % 3])
        use_all(ledger)
    assert covered(ledger) <= 40 * 11 + 3650


def test_days_of_a_period_that_was_backdated_answer_for_what_they_used(state: State) -> None:
    ledger = Ledger(state, plans({"pro": 1000}, starts="subscription"))
    ledger.now = FIRST + 19 * DAY
    ledger.subscribe("pro")
    use_all(ledger)
    ledger.now = FIRST + 25 * DAY
    ledger.subscribe("pro", date(2026, 9, 25))
    assert ledger.balance() == 1000  # from the 25th on there is a new period
    use_all(ledger)
    ledger.now += DAY
    ledger.subscribe("pro", date(2026, 9, 1))
    assert ledger.balance() == 0


def test_what_was_covered_is_taken_off_what_comes_and_a_correction_gives_it_back(ledger: Ledger) -> None:
    ledger.subscribe("pro")
    ledger.put("a", 900)
    ledger.now += 15 * DAY
    ledger.subscribe("max")
    assert ledger.balance() == Decimal("616.129032259")  # 15 of 31 days and 16, less 900
    ledger.reprice("a", 100)
    assert ledger.overage() == 0
    assert round(ledger.balance(), 6) == Decimal("1416.129032")
    ledger.check()


def test_a_late_call_is_covered_as_if_it_had_come_in_time_and_taken_off_what_came(ledger: Ledger) -> None:
    ledger.subscribe("pro")
    ledger.now += 10 * DAY
    ledger.subscribe("free")
    ledger.put("b", ledger.balance() - 1)
    ledger.put("late", 1000, time=FIRST)
    assert ledger.balance() == 0
    assert covered(ledger) == 1000
    ledger.check()


def test_other_credits_of_a_plan_hold_from_the_next_period_or_change_on(ledger: Ledger) -> None:
    ledger.subscribe("pro")
    ledger.terms = terms(INCLUDED | {"pro": 500})
    assert ledger.balance() == 1000
    ledger.now += 31 * DAY
    assert ledger.balance() == 500


def test_a_plan_that_ends_keeps_what_its_days_are_worth(ledger: Ledger) -> None:
    ledger.subscribe("pro", until=date(2026, 10, 2))
    ledger.now += DAY
    ledger.subscribe("none")
    assert ledger.balance() == Decimal("32.258064517")
    ledger.now += 9 * DAY
    ledger.subscribe("pro")
    assert ledger.balance() == Decimal("32.258064517") + Decimal("677.419354839")  # one day, and 21 of 31


def test_one_huge_operation_takes_all_that_is_left(ledger: Ledger) -> None:
    ledger.subscribe("pro")
    ledger.put("huge", 2 * 10**6)
    ledger.put("rest", 1)
    assert (covered(ledger), ledger.balance()) == (1000, 0)


def test_more_than_one_operation_can_take_counts_as_that_and_is_said_to_be_more(state: State) -> None:
    ledger = Ledger(state, {"usage": [{"by": "call", "credits": 1}], "offered": {"pro": {"included": 1000}}})
    ledger.subscribe("pro")
    ledger.put("huge", requests=2 * 10**9)
    assert (ledger.balance(), ledger.overage()) == (0, 10**9 - 1000)
    assert sum(row.sums.uncounted for row in ledger.standing().rows) == 1
    ledger.check()


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(amount: str) -> None:
    with pytest.raises(BadInput, match="no number"):
        to_credits(Decimal(amount))
