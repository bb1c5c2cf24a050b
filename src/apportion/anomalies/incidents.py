"""An incident: one event over all the steps it lasted and the levels it was seen at."""

import hashlib
import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent
from apportion.anomalies.detector import Frequency
from apportion.anomalies.ground import Ground
from apportion.anomalies.ground import Kind as Origin
from apportion.core.money import percent

State = Literal["open", "acknowledged", "expected", "resolved"]
Severity = Literal["warning", "critical"]
Kind = Literal["rise", "fall", "launch"]
GAP = {"D": 3, "H": 6}
"""Steps without a finding after which an incident is over."""
CENT = Decimal("0.01")
HALF_AS_LARGE_AGAIN = Decimal("1.5")
MOST_OF_IT = 60
SMALL = Decimal("0.000001")


class Driver(Part):
    """One value of a field, and by how much its cost differs from what it usually is."""

    field: str
    value: str
    current: Amount
    usual: Amount
    excess: Amount
    share_pct: Percent | None


class Level(Part):
    """One series in which an incident is seen, at the step where it was largest."""

    grouping: str = Field(examples=["service"])
    fields: dict[str, str] = Field(examples=[{"service": "exports"}])
    perspective: str | None = None
    step: datetime
    current: Amount = Field(description="What the step cost, exactly.")
    expected: Amount
    lower: Amount
    upper: Amount
    excess: Amount = Field(description="What the steps so far cost more than expected; less where negative.")
    score: float
    channel: str = Field(description="point, run, slow or total: what it rests on.")


class Incident(Part):
    """One event: since when, how much, what made it, what is to be done with it."""

    incident_id: str
    grain: Frequency = Field(description="D: judged by day; H: by hour.")
    kind: Kind
    state: State
    severity: Severity
    currency: str
    metric: str
    first_step: datetime
    last_step: datetime
    worst_step: datetime
    found: datetime = Field(description="When it was first seen.")
    title: str
    where: dict[str, str] = Field(description="What all levels say of it, the narrowest first.")
    current: Amount
    expected: Amount
    lower: Amount
    upper: Amount
    deviation_pct: Percent | None
    excess: Amount
    of: Origin = Field(default="charges", description="What it was seen in.")
    measure: str = Field(default="", description="Whose usage it is, where it was seen in usage.")
    estimated: bool = Field(default=False, description="Whether it rests on live usage instead of a bill.")
    same_as: str = Field(
        default="",
        description="The anomaly that told of it first: by day and by hour, live and billed.",
    )
    levels: list[Level]
    drivers: list[Driver]
    affected: list[Driver] = Field(default_factory=list)
    new_resources: int = 0
    reason: str = Field(default="", description="Why it is expected, in the words of who said so.")
    reopened: bool = Field(default=False, description="Whether somebody says that it is not over.")
    backfilled: bool = Field(default=False, description="Whether it was over when it was first looked for.")

    @property
    def direction(self) -> int:
        return -1 if self.kind == "fall" else 1

    @property
    def names(self) -> set[tuple[str, tuple[str, ...]]]:
        """The series it was seen in."""
        return {(level.grouping, tuple(level.fields.values())) for level in self.levels}


def estimate(amount: float) -> Decimal:
    """An estimated amount as it is shown: to the cent, or six digits after the point where it is less."""
    if not math.isfinite(amount):
        return Decimal(0)
    found = Decimal(repr(float(amount)))
    return found.quantize(SMALL if abs(found) < CENT * 10 else CENT)


def incident_id(ground: Ground, first: datetime, level: Level, currency: str, direction: int) -> str:
    """The same for the same event, whenever and however often it is found."""
    of = [ground.freq, ground.kind, ground.metric, ground.measure]
    series = [level.grouping, *level.fields.values(), currency, str(direction)]
    said = "\x1f".join([*of, first.isoformat(), *series])
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def joined(old: Incident, new: Incident) -> Incident:
    """An incident that goes on: seen at more steps, as large as it ever was, in what state people left it."""
    billed_now = old.estimated and not new.estimated
    larger = new if billed_now or abs(new.excess) >= abs(old.excess) else old
    other = old if larger is new else new
    levels = {(level.grouping, tuple(level.fields.values())): level for level in larger.levels}
    for level in other.levels:
        name = (level.grouping, tuple(level.fields.values()))
        if name not in levels or abs(level.excess) > abs(levels[name].excess):
            levels[name] = level
    graver = "critical" if "critical" in (old.severity, new.severity) else "warning"
    together = larger.model_copy(
        update={
            "incident_id": old.incident_id,
            "state": old.state,
            "reason": old.reason,
            "same_as": old.same_as if graver == old.severity else "",
            "reopened": old.reopened,
            "severity": graver,
            "kind": old.kind if graver == old.severity else new.kind,
            "found": old.found,
            "first_step": min(old.first_step, new.first_step),
            "last_step": max(old.last_step, new.last_step),
            "levels": list(levels.values()),
            "backfilled": old.backfilled,
        }
    )
    return titled(together)


def deviation(current: Decimal, expected: Decimal) -> Decimal | None:
    """By how much percent the current amount differs from the expected one."""
    return percent(current - expected, abs(expected))


def may_go_on(old: Incident, new: Incident) -> bool:
    """Whether what was found may be a known incident that goes on: of the same kind, and in time.

    An incident that people called expected only takes up what is like it: what is far larger is news.
    """
    if old.state == "resolved" or _kinds(old) != _kinds(new) or not _of_the_same(old, new):
        return False
    if old.state == "expected" and not alike(old, new):
        return False
    steps = 86400 if old.grain == "D" else 3600
    apart = (new.first_step - old.last_step).total_seconds() / steps
    return apart <= GAP[old.grain] and new.last_step >= old.first_step


def _of_the_same(old: Incident, new: Incident) -> bool:
    """Whether both were seen in the same, or in live usage and in its bill."""
    same = (old.of, old.measure) == (new.of, new.measure)
    return same or {old.of, new.of} == {"estimated", "charges"}


def _kinds(one: Incident) -> tuple[str, str, str, int]:
    return one.grain, one.metric, one.currency, one.direction


def alike(expected: Incident, new: Incident) -> bool:
    """Whether an incident is like one that people called expected: of the same series, not far larger."""
    if _kinds(expected) != _kinds(new):
        return False
    main = (expected.levels[0].grouping, tuple(expected.levels[0].fields.values()))
    largest = max(abs(expected.levels[0].excess), abs(expected.excess))
    return main in new.names and abs(new.excess) <= largest * HALF_AS_LARGE_AGAIN


def told_first(known: Iterable[Incident], new: Incident) -> str:
    """The id of the incident that told of the same before, of another grain or kind; '' where none did.

    Not where this is the graver one: who was warned of an hour wants to hear that the day is critical.
    """
    pace = timedelta(days=1)
    for old in known:
        if old.incident_id == new.incident_id or old.same_as or not _heard(old, new):
            continue
        apart = old.first_step - pace > new.last_step or new.first_step - pace > old.last_step
        if apart or (old.grain, old.of) == (new.grain, new.of) or not old.names & new.names:
            continue
        if (old.severity, new.severity) != ("warning", "critical"):
            return old.incident_id
    return ""


def _heard(old: Incident, new: Incident) -> bool:
    """Whether people heard of the old one what the new one would tell them."""
    money = (old.of == "usage") == (new.of == "usage") and old.currency == new.currency
    launched = old.kind == "launch" and new.kind != "launch"
    return money and old.direction == new.direction and old.state in ("open", "acknowledged") and not launched


def as_expected(known: Iterable[Incident], new: Incident) -> Incident:
    """An incident that is like one which people called expected is expected, too, for the same reason."""
    for old in known:
        if old.state == "expected" and alike(old, new):
            return new.model_copy(update={"state": "expected", "reason": old.reason})
    return new


WORDS = {
    "rise": "costs more than usual",
    "fall": "costs less than usual",
    "launch": "costs more: something new runs",
}
SAYS_LITTLE = ("SkuId", "SubAccountId", "ResourceId")


def titled(incident: Incident) -> Incident:
    """With a title in words: "exports (exports-render) costs more than usual"."""
    main = incident.levels[0]
    values = [value for field, value in main.fields.items() if field not in SAYS_LITTLE]
    driver = leading(incident.drivers)
    service = next((d.value for d in incident.drivers if d.field == "ServiceName"), "")
    name = ", ".join(values) or service or ", ".join(main.fields.values())
    more = f" ({driver.value})" if driver and driver.value != name else ""
    return incident.model_copy(update={"title": f"{name}{more} {WORDS[incident.kind]}"})


def leading(drivers: Sequence[Driver]) -> Driver | None:
    """The resource, or else the kind of charge, that made most of it."""
    for field in ("ResourceName", "ResourceId", "SkuMeter", "ChargeDescription"):
        for driver in drivers:
            if driver.field == field and driver.share_pct is not None and driver.share_pct >= MOST_OF_IT:
                return driver
    return None
