"""What rules look at: the results that stand, behind one door, at one moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, Protocol, cast

import duckdb

from apportion.alerts.signals import Severity
from apportion.analytics.models import Facts
from apportion.analytics.sources import SourcesReport
from apportion.budgets.watched import Expected, Reached
from apportion.core.errors import NotFound
from apportion.credits.watched import Used
from apportion.economics.operations import OperationsMargin

Failing = Literal["load", "run", "anomalies", "forecasts", "budgets"]


class Driver(Protocol):
    """What made a part of an excess."""

    @property
    def field(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def excess(self) -> Decimal: ...
    @property
    def share_pct(self) -> Decimal | None: ...


class Level(Protocol):
    """One series that an incident is seen in."""

    @property
    def fields(self) -> Mapping[str, str]: ...


class Incident(Protocol):
    """What alerting needs of anomalies that belong together."""

    @property
    def incident_id(self) -> str: ...
    @property
    def state(self) -> str:
        """open, acknowledged, expected or resolved."""

    @property
    def severity(self) -> Severity: ...
    @property
    def kind(self) -> str:
        """rise, fall, or launch where something new runs that somebody owns."""

    @property
    def title(self) -> str: ...
    @property
    def first_step(self) -> datetime: ...
    @property
    def last_step(self) -> datetime: ...
    @property
    def grain(self) -> str:
        """D for days, H for hours."""

    @property
    def current(self) -> Decimal: ...
    @property
    def expected(self) -> Decimal: ...
    @property
    def excess(self) -> Decimal:
        """Above what was expected; below 0 for falls."""

    @property
    def currency(self) -> str: ...
    @property
    def estimated(self) -> bool: ...
    @property
    def same_as(self) -> str:
        """The incident that told of the same first; '' where none did."""

    @property
    def backfilled(self) -> bool:
        """Whether it was over before anybody looked."""

    @property
    def where(self) -> Mapping[str, str]:
        """What it is about, by field."""

    @property
    def levels(self) -> Sequence[Level]: ...
    @property
    def drivers(self) -> Sequence[Driver]: ...


@dataclass(frozen=True)
class Failure:
    """What was refused or failed when it was last tried.

    Bringing something in, running the allocation, looking for anomalies, keeping forecasts or budgets.
    """

    what: Failing
    message: str
    at: datetime


@dataclass(frozen=True)
class Loaded:
    """When a source was loaded, each day once."""

    source: str
    days: tuple[date, ...]


def _no_incidents() -> Sequence[Incident]:
    return ()


def _no_failures() -> Sequence[Failure]:
    return ()


def _no_features(window: str) -> OperationsMargin:
    raise NotFound(f"Nothing is known of features in {window}.")


def _no_thresholds(_: datetime) -> Sequence[Reached]:
    return ()


def _no_budgets(_: datetime) -> Sequence[Expected]:
    return ()


def _no_plans(_: datetime) -> Sequence[Used]:
    return ()


class _GoingOn:
    """An incident that is over, as it was on one of its days; what people called expected still is."""

    def __init__(self, incident: Incident) -> None:
        self._incident = incident
        self.state = "open" if incident.state == "resolved" else incident.state
        self.backfilled = False

    def __getattr__(self, name: str) -> object:
        return getattr(self._incident, name)


def _going_on(incidents: Sequence[Incident], day: date) -> list[Incident]:
    found = [i for i in incidents if i.first_step.date() <= day <= i.last_step.date()]
    return [cast("Incident", _GoingOn(incident)) for incident in found]


@dataclass(frozen=True)
class Results:
    """The results that stand at `now`. What a rule does not ask for is not computed.

    `con` and `facts` are those of the last run; None before the first.
    """

    now: datetime
    con: duckdb.DuckDBPyConnection | None
    facts: Facts | None
    sources: Callable[[], SourcesReport]
    loaded: Callable[[], Sequence[Loaded]] = tuple
    incidents: Callable[[], Sequence[Incident]] = _no_incidents
    failures: Callable[[], Sequence[Failure]] = _no_failures
    features: Callable[[str], OperationsMargin] = _no_features
    reached: Callable[[datetime], Sequence[Reached]] = _no_thresholds
    """Thresholds that budgets had reached by a time."""
    expected: Callable[[datetime], Sequence[Expected]] = _no_budgets
    """What periods of budgets will come to, as it is known at a time."""
    used: Callable[[datetime], Sequence[Used]] = _no_plans
    """What customers have used of their plans."""
    owners: frozenset[str] = field(default_factory=frozenset)
    """Dimensions that decide whom a signal concerns."""

    @property
    def run(self) -> tuple[duckdb.DuckDBPyConnection, Facts]:
        """A cursor over the last run, and its facts. Raises NotFound before the first."""
        if self.con is None or self.facts is None:
            raise NotFound("Nothing has been allocated yet.", hint="Run 'apportion allocate'.")
        return self.con, self.facts

    def as_of(self, day: date) -> "Results":
        """The same results as they would have been with `day` as the last complete day, the morning after.

        Bills are taken as they are known today; only what rules compute from the run goes back in time, and
        thresholds of budgets, which have their day.
        """
        con, facts = self.run
        if not facts.first_day <= day <= facts.last_day:
            raise NotFound(
                f"The data has no {day}.", hint=f"It covers {facts.first_day} to {facts.last_day}."
            )
        then = datetime.combine(day + timedelta(days=1), time(9), UTC)

        def sources() -> SourcesReport:
            report = self.sources()
            known = [
                row.model_copy(update={"newest_charge": newest, "days_behind": (then.date() - newest).days})
                for row in report.sources
                if row.newest_charge and (newest := min(row.newest_charge, day))
            ]
            return report.model_copy(update={"sources": known})

        return replace(
            self,
            now=then,
            con=con,
            facts=replace(facts, last_day=day),
            sources=sources,
            loaded=tuple,
            incidents=lambda: _going_on(self.incidents(), day),
            failures=_no_failures,
            expected=_no_budgets,
            used=_no_plans,
        )
