"""What made an excess: the SKUs, resources, accounts, customers whose cost differs from the usual."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import duckdb

from apportion.analytics.filters import Bindings
from apportion.analytics.models import NONE, Facts
from apportion.anomalies.findings import Finding
from apportion.anomalies.ground import listed, value_of
from apportion.anomalies.incidents import Driver
from apportion.anomalies.series import PACKAGE, REFERENCE, STEP, Panel
from apportion.core.money import percent
from apportion.engine import quote_ident, statement

MOST = 3
LEAST = Decimal(10)
"""Percent of the excess below which nothing is called a driver of it."""
CENT = Decimal("0.01")
RAMP = timedelta(days=3)
"""An excess is rarely seen in full on the first day of what made it."""
LOOK_BACK = 35
"""Days in which a resource that is not seen before an excess counts as new."""


@dataclass(frozen=True)
class Launch:
    """How much of an excess new resources made, how many they are, and whether each has an owner.

    `share` is in percent of the excess, `churn` what resources of the week before made of the day before.
    """

    share: Decimal
    resources: int
    owned: bool
    churn: Decimal


def read_lines(con: duckdb.DuckDBPyConnection, panel: Panel, found: Sequence[Finding]) -> None:
    """The table `lines`: what was charged at the steps of these findings, and at those compared with them."""
    moments = sorted({moment for finding in found for moment in moments_of(panel, finding)})
    bindings = Bindings()
    rows = panel.ground.rows(bindings, sorted({moment.date() for moment in moments}))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE lines AS SELECT step, currency{listed(panel.ground.drivers)},"
        f" SUM(amount) AS amount FROM {rows}"
        f" WHERE step IN (SELECT UNNEST({bindings.bind(moments)}::TIMESTAMP[])) GROUP BY ALL",
        bindings.values,
    )


def moments_of(panel: Panel, finding: Finding) -> list[datetime]:
    """The step of a finding, and those that it is compared with."""
    at, pace = panel.at(finding.worst).replace(tzinfo=None), STEP[panel.freq]
    return [at, *(at - n * pace for n in REFERENCE[panel.freq] if n <= finding.worst)]


class About:
    """The charges of one finding at its step and at those it is compared with, out of `lines`."""

    def __init__(
        self, con: duckdb.DuckDBPyConnection, facts: Facts | None, panel: Panel, finding: Finding
    ) -> None:
        self._con, self._facts, self._panel, self._finding = con, facts, panel, finding
        own = set(finding.series.grouping.by)
        self.fields = [name for name in panel.ground.drivers if name not in own]
        self._at, *self._before = moments_of(panel, finding)
        self._read()

    @property
    def whole(self) -> Decimal:
        """The exact difference of the finding's step from its references."""
        return sum((d.excess for d in self._by("currency")), Decimal(0))

    def drivers(self) -> list[Driver]:
        """The values that made most of the excess, of each field that has such."""
        return [driver for name in self.fields for driver in self._top(self._by(name))]

    def affected(self) -> list[Driver]:
        """Who bears it: targets of the customer perspective, where its pools know the finding's fields."""
        if self._facts is None or self._panel.freq == "H":
            return []
        perspective = self._facts.perspective_to("customer")
        names = [n for n in self._finding.series.grouping.by if n in self._facts.dimensions]
        if perspective is None or len(names) < len(self._finding.series.key):
            return []
        bindings, days = Bindings(), [moment.date() for moment in (self._at, *self._before)]
        keys = [
            f"COALESCE({quote_ident(n)}, '{NONE}') = {bindings.bind(self._finding.series.fields[n])}"
            for n in names
        ]
        sql = (
            f"SELECT target, day, SUM({quote_ident(self._panel.metric)}) FROM allocations"
            f" WHERE perspective = {bindings.bind(perspective)} "
            " AND target_kind = 'allocated'"
            f" AND currency = {bindings.bind(self._finding.series.currency)}"
            f" AND day IN (SELECT UNNEST({bindings.bind(days)}::DATE[]))"
            f" AND {' AND '.join(keys)} GROUP BY ALL"
        )
        now: dict[str, Decimal] = {}
        then: dict[str, Decimal] = {}
        for target, day, amount in self._con.execute(sql, bindings.values).fetchall():
            into = now if day == self._at.date() else then
            into[target] = into.get(target, Decimal(0)) + amount
        return list(self._top(self._compared("customer", now, then)))

    def launch(self) -> Launch:
        """How far the excess is made of resources that were not there before."""
        if self._facts is None:
            return Launch(Decimal(0), 0, owned=False, churn=Decimal(0))
        first = self._panel.at(self._finding.since).date() - RAMP
        owner = "team" if "team" in self._facts.dimensions else next(iter(self._facts.dimensions), "")
        bindings = Bindings()
        parts = {
            "first": bindings.bind(first),
            "start": bindings.bind(first - timedelta(days=LOOK_BACK)),
            "at": bindings.bind(self._at.date()),
            "metric": quote_ident(self._panel.metric),
            "owner": f"COALESCE({quote_ident(owner)}, '{NONE}') <> '{NONE}'" if owner else "false",
            "condition": self._condition(bindings),
        }
        rows = self._con.execute(statement(PACKAGE, "launch", **parts), bindings.values).fetchall()
        new, resources, unowned, churned, before = rows[0]
        excess = max(abs(self.whole), CENT)
        share = Decimal(100) * Decimal(new or 0) / excess
        churn = Decimal(100) * Decimal(churned or 0) / Decimal(before) if before else Decimal(0)
        return Launch(share, int(resources or 0), not unowned, churn)

    def _condition(self, bindings: Bindings) -> str:
        series = self._finding.series
        if series.grouping.perspective:
            return "true"
        keys = [f"{value_of(name)} = {bindings.bind(value)}" for name, value in series.fields.items()]
        return " AND ".join([f"currency = {bindings.bind(series.currency)}", *keys])

    def _read(self) -> None:
        """The table `about`: the lines of the finding."""
        bindings = Bindings()
        moments = bindings.bind([self._at, *self._before])
        self._con.execute(
            f"CREATE OR REPLACE TEMP TABLE about AS SELECT * FROM lines"
            f" WHERE step IN (SELECT UNNEST({moments}::TIMESTAMP[])) AND {self._condition(bindings)}",
            bindings.values,
        )

    def _by(self, name: str) -> list[Driver]:
        sql = f"SELECT {quote_ident(name)}, step = $at, SUM(amount) FROM about GROUP BY ALL"
        now: dict[str, Decimal] = {}
        then: dict[str, Decimal] = {}
        for value, current, amount in self._con.execute(sql, {"at": self._at}).fetchall():
            (now if current else then)[value] = amount
        return self._compared(name, now, then)

    def _compared(self, name: str, now: dict[str, Decimal], then: dict[str, Decimal]) -> list[Driver]:
        steps, found = max(1, len(self._before)), []
        usual = {value: (amount / steps).quantize(CENT) for value, amount in then.items()}
        differ = {v: now.get(v, Decimal(0)) - usual.get(v, Decimal(0)) for v in now | usual}
        whole = sum(differ.values(), Decimal(0))
        for value, excess in differ.items():
            found.append(
                Driver(
                    field=name,
                    value=value,
                    current=now.get(value, Decimal(0)),
                    usual=usual.get(value, Decimal(0)),
                    excess=excess,
                    share_pct=percent(excess, whole),
                )
            )
        return found

    def _top(self, found: Sequence[Driver]) -> Iterator[Driver]:
        """The largest that went the way of the whole, and are no small part of it."""
        towards = [d for d in found if d.excess * self._finding.direction > 0 and d.value != NONE]
        ranked = sorted(towards, key=lambda d: (-abs(d.excess), d.value))
        yield from [d for d in ranked if d.share_pct is not None and d.share_pct >= LEAST][:MOST]
