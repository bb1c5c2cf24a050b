"""The part of apportion.yaml that says what to watch, and who is told when, where and how often."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from apportion.alerts.actions.settings import Actions
from apportion.alerts.channel_settings import AnyChannel, LogChannel
from apportion.alerts.rules.settings import DECLARED, AnyRule, Patterns, PlanRule, Watched, completed
from apportion.alerts.signals import Severity
from apportion.core.settings import Name, Part
from apportion.core.spans import Span, span

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NEVER = "00:00-00:00"
LOG = "log"
"""Where everything goes as long as no channel is named."""
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def _hours(text: str) -> str:
    if not _HOURS.fullmatch(text):
        raise ValueError(f"'{text}' are no hours; write them like 20:00-08:00")
    return text


def _zone(name: str) -> str:
    from zoneinfo import available_timezones  # noqa: PLC0415  reads a thousand files, rarely needed

    if name not in ("", "UTC") and name not in available_timezones():
        raise ValueError(f"'{name}' is not a time zone; write it like Europe/Berlin")
    return name


Zone = Annotated[str, AfterValidator(_zone)]


def _off(given: object) -> object:
    """`off` is no hours at all, which is another thing than nothing said."""
    return {"between": NEVER} if given is False else given


class QuietHours(Part):
    """When warnings wait: hours of the day, on the days on which they begin, and whole days."""

    between: Annotated[str, AfterValidator(_hours)]
    days: list[Day] = Field(default_factory=lambda: list(DAYS))
    whole_days: list[Day] = Field(default_factory=list)
    time_zone: Zone = ""
    critical: Literal["send", "wait"] = "send"

    @property
    def hours(self) -> tuple[time, time]:
        """When they begin and end; the end may be on the day after."""
        begin, end = (time.fromisoformat(part) for part in self.between.split("-"))
        return begin, end


class Escalation(Part):
    """Where an alert goes next that nobody has acknowledged for so long."""

    after: Span
    to: Patterns
    severity: Severity = "critical"

    @property
    def wait(self) -> timedelta:
        return span(self.after)


class Route(Part):
    """Who is told of alerts that `when` fits; the first route that fits wins."""

    when: dict[str, Patterns] = Field(default_factory=dict)
    to: Patterns
    quiet_hours: Annotated[QuietHours | None, BeforeValidator(_off)] = None
    escalate: list[Escalation] | None = None


class Alerts(Part):
    """What is watched, and who is told."""

    base_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    time_zone: Zone = ""
    channels: dict[Name, AnyChannel] = Field(default_factory=dict)
    rules: Annotated[dict[Name, AnyRule], BeforeValidator(completed)] = Field(
        default_factory=lambda: completed({})
    )
    routes: list[Route] = Field(default_factory=list)
    otherwise: Patterns = Field(default_factory=list)
    quiet_hours: QuietHours | None = None
    escalate: list[Escalation] = Field(default_factory=list)
    actions: Actions = Field(default_factory=dict)

    @property
    def known_channels(self) -> dict[str, AnyChannel]:
        """The channels; with the log where none is named that is for the people of the house."""
        inside = any(not channel.to_contacts for channel in self.channels.values())
        return dict(self.channels) if inside else {**self.channels, LOG: LogChannel(type="log")}

    @property
    def paging(self) -> list[str]:
        """Channels that every critical alert goes to."""
        return [name for name, channel in self.known_channels.items() if channel.page]

    @property
    def hooks(self) -> list[str]:
        """Channels of webhook actions: only these use them, unless a route names them, too."""
        return [action.channel for action in self.actions.values() if action.kind == "webhook"]

    @property
    def writes_to_contacts(self) -> frozenset[str]:
        """Channels that write to customers' own contacts: no other message goes there."""
        return frozenset(name for name, channel in self.channels.items() if channel.to_contacts)

    def contacts_of(self, rule: str) -> str:
        """The channel by which a rule reaches customers' own contacts; '' for none."""
        given = self.rules.get(rule)
        return given.contacts if isinstance(given, PlanRule) else ""

    @property
    def owners(self) -> frozenset[str]:
        """What routes ask about an alert."""
        asking = [*self.routes, *self.actions.values()]
        return frozenset(field for one in asking for field in one.when)

    def rule(self, name: str) -> Watched:
        """How alerts of a rule behave; as usual, for one that is not in the file."""
        return self.rules.get(name) or Watched()

    def holds(self, name: str) -> bool:
        """Whether a rule is there and on."""
        return name in self.rules and not self.rules[name].off

    def in_zone(self, time_zone: str) -> "Alerts":
        """The same, with the time zone of reports where none of its own is given."""
        return self if self.time_zone else self.model_copy(update={"time_zone": time_zone})

    def declaring(self, *, budgets: bool, plans: bool) -> "Alerts":
        """The same, with the rules that hold where there are budgets and plans."""
        more = {
            name: DECLARED[name]
            for name, there in (("budget", budgets), ("plan", plans))
            if there and name not in self.rules
        }
        return self.model_copy(update={"rules": {**self.rules, **more}}) if more else self

    def mistakes(self) -> Iterator[tuple[list[int | str], str]]:
        """Names of channels that are not there, or are not for what they are named for, below `alerts`."""
        yield from self._contact_mistakes()
        named: list[tuple[list[int | str], Patterns]] = [(["otherwise"], self.otherwise)]
        named += [(["rules", name, "to"], rule.to) for name, rule in self.rules.items()]
        named += [(["escalate", i, "to"], step.to) for i, step in enumerate(self.escalate)]
        named += [
            (["actions", n, "channel"], a.channel) for n, a in self.actions.items() if a.kind == "webhook"
        ]
        for i, route in enumerate(self.routes):
            named.append((["routes", i, "to"], route.to))
            named += [
                (["routes", i, "escalate", n, "to"], step.to) for n, step in enumerate(route.escalate or [])
            ]
        for path, given in named:
            for channel in listed(given):
                if channel not in self.known_channels:
                    known = ", ".join(sorted(self.known_channels))
                    yield path, f"there is no channel '{channel}' (declared: {known})"
                elif channel in self.writes_to_contacts:
                    yield (
                        path,
                        f"'{channel}' writes to customers: only `contacts` of a rule on plans may name it",
                    )

    def _contact_mistakes(self) -> Iterator[tuple[list[int | str], str]]:
        for name, rule in self.rules.items():
            given = rule.contacts if isinstance(rule, PlanRule) else ""
            if given and given not in self.writes_to_contacts:
                words = f"'{given}' is no channel that writes to customers: it needs `contacts: true`"
                yield ["rules", name, "contacts"], words
        for name in self.writes_to_contacts & set(self.paging):
            yield ["channels", name, "page"], "a channel that writes to customers pages nobody"


def listed(given: Patterns) -> list[str]:
    """One or several names as a list."""
    return [given] if isinstance(given, str) else list(given)
