"""What a rule found to be true at this moment: the input of alerting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

Severity = Literal["warning", "critical"]


@dataclass(frozen=True)
class Signal:
    """One thing that holds now and that somebody should know.

    `rule` is the rule's name in the settings. `key` says what it is about, the same each time the rule finds
    it ("customer=acme", "incident=8f2c…"), so that an alert is opened once and resolved when the rule finds
    it no more. `dimensions` decide whom it concerns. `value` and `limit` are in `unit`: a currency's code,
    or "percent"; `link` is a path of the dashboard. `lines` are facts for the message, one a line, such as
    the drivers below an anomaly. `final` marks what can not be taken back by the rule finding it no more:
    it ends by itself, at `until` or after the rule's cooldown. `contact` is the address of somebody outside,
    whom it concerns: a customer's own. `at` is when it held last: nobody is reminded of
    what did not hold since they were told. `taken` says that somebody has it already, and said so where it
    was found.
    """

    rule: str
    key: str
    severity: Severity
    title: str
    text: str
    at: datetime
    dimensions: Mapping[str, str] = field(default_factory=dict)
    value: Decimal | None = None
    limit: Decimal | None = None
    unit: str = ""
    link: str = ""
    lines: tuple[str, ...] = ()
    final: bool = False
    taken: bool = False
    until: datetime | None = None
    contact: str = ""
