"""Which findings are one event: those whose excess is the same money, seen at several levels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import duckdb
import numpy as np

from apportion.analytics.models import NONE
from apportion.anomalies.detector import Flags, Floats
from apportion.anomalies.findings import Finding
from apportion.anomalies.incidents import Incident
from apportion.anomalies.series import PACKAGE, REFERENCE, STEP, Panel
from apportion.engine import quote_ident, statement

SAME = 0.5
"""Two findings are one event where so much of the larger one's excess is the other's, too."""
NEARLY_ALL = 0.8
PIECE = ("SkuId",)


@dataclass
class Event:
    """Findings of one step that are the same money, the narrowest first.

    `parts` are what that one adds up from, by cell; `widest` is the most of any of them.
    """

    findings: list[Finding]
    parts: Floats
    widest: Floats


class Cells:
    """By how much each cell of a step differs from what it usually is."""

    def __init__(self, con: duckdb.DuckDBPyConnection, panel: Panel, step: int) -> None:
        self._con, self._panel, self._step = con, panel, step
        self._metric = panel.metric
        self.fields = panel.ground.fields
        self._read()

    def _moments(self) -> dict[str, object]:
        at, pace = self._panel.at(self._step).replace(tzinfo=None), STEP[self._panel.freq]
        before = [at - n * pace for n in REFERENCE[self._panel.freq] if n <= self._step]
        return {"at": at, "before": before or [at - timedelta(days=1)]}

    def _read(self) -> None:
        listed = "".join(f", {quote_ident(name)}" for name in self.fields)
        sql = statement(PACKAGE, "differences", fields=listed, cells="cells", condition="true")
        found = self._con.execute(sql, self._moments()).fetchnumpy()
        self.currency = np.asarray(found["currency"], dtype=object)
        self.difference = np.asarray(found["difference"], dtype=np.float64)
        self.size = np.asarray(found["size"], dtype=np.float64)
        self._values = {name: np.asarray(found[name], dtype=object) for name in self.fields}
        self._place = {key: i for i, key in enumerate(self._dimension_keys())}

    def _dimension_keys(self) -> list[tuple[str, ...]]:
        names = self._shared = [n for n in self._values if n in self._panel.ground.dimensions]
        rows = zip(self.currency, *(self._values[name] for name in names), strict=True)
        return [tuple(map(str, row)) for row in rows]

    def parts(self, finding: Finding) -> Floats:
        """What each cell adds to the excess of a finding; never less than nothing."""
        if finding.series.grouping.perspective:
            return self._attributed(finding)
        series = finding.series
        parts = self._masked(series.currency, series.fields, finding.direction)
        if parts.sum() < SAME * abs(finding.current - finding.expected):
            # Compared with other days nothing differs: all of it, then.
            return np.where(self._mask(series.currency, series.fields), self.size, 0.0)
        return parts

    def is_same_money(self, event: Event, incident: Incident) -> bool:
        """Whether an event is the excess of an incident's main level at this step, or a part of it.

        A part is no larger than the incident: what dwarfs it is something else.
        """
        level, direction = incident.levels[0], event.findings[0].direction
        if level.perspective or any(name not in self._values for name in level.fields):
            return False
        parts = self._masked(incident.currency, level.fields, direction)
        shared = float(np.minimum(parts, event.widest).sum())
        whole = float(event.parts.sum())
        smaller = abs(event.findings[0].excess) <= float(abs(incident.excess))
        return shared >= SAME * max(float(parts.sum()), whole, 1e-9) or (
            smaller and shared >= NEARLY_ALL * whole > 0
        )

    def _masked(self, currency: str, fields: Mapping[str, str], direction: int) -> Floats:
        mask = self._mask(currency, fields)
        return np.maximum(np.where(mask, self.difference * direction, 0.0), 0.0)

    def _mask(self, currency: str, fields: Mapping[str, str]) -> Flags:
        mask: Flags = self.currency == currency
        for name, value in fields.items():
            mask &= self._values[name] == value
        return mask

    def _attributed(self, finding: Finding) -> Floats:
        """Of a target of a perspective: by the answers of the pools that its cost came from."""
        series, out = finding.series, np.zeros(len(self.difference))
        names = [name for name in self._shared if name not in series.grouping.by]
        listed = "".join(f", {quote_ident(name)}" for name in [*self._shared])
        keys = " AND ".join(
            f"COALESCE({quote_ident(n)}, '{NONE}') = $v{i}" for i, n in enumerate(series.grouping.by)
        )
        cells = (
            f"(SELECT *, day::TIMESTAMP AS step, {quote_ident(self._metric)} AS amount"
            " FROM allocations WHERE perspective = $p)"
        )
        sql = statement(PACKAGE, "differences", fields=listed, cells=cells, condition=keys)
        values = {f"v{i}": value for i, value in enumerate(series.key)}
        rows = self._con.execute(
            sql, {**self._moments(), **values, "p": series.grouping.perspective}
        ).fetchall()
        for currency, *answers, difference, _ in rows:
            place = self._place.get((currency, *map(str, answers)))
            if names and place is not None:
                out[place] += max(0.0, float(difference or 0) * finding.direction)
        return out


def events(cells: Cells, found: Sequence[Finding]) -> list[Event]:
    """Findings of one step as events.

    From the narrowest level to the widest: a finding joins the event that most of its excess is, and where
    none is most of it but several together are, those are one event, too.
    """
    with_parts = [(finding, cells.parts(finding)) for finding in found]
    made: list[Event] = []
    for finding, parts in sorted(
        with_parts, key=lambda pair: (np.count_nonzero(pair[1]), -abs(pair[0].excess))
    ):
        alike = [e for e in made if _may_join(e, finding)]
        whole = float(parts.sum())
        shared = [float(np.minimum(parts, e.parts).sum()) for e in alike]
        same = [s / max(whole, float(e.parts.sum()), 1e-9) for s, e in zip(shared, alike, strict=True)]
        if same and max(same) >= SAME:
            event = alike[int(np.argmax(same))]
            event.findings.append(finding)
            event.widest = np.maximum(event.widest, parts)
            continue
        within = [e for s, e in zip(shared, alike, strict=True) if s >= SAME * float(e.parts.sum()) > 0]
        if sum(s for s, e in zip(shared, alike, strict=True) if e in within) >= SAME * whole > 0:
            made = [e for e in made if e not in within]
            inner = [f for e in within for f in e.findings]
            made.append(Event([finding, *inner], parts, parts))
        else:
            made.append(Event([finding], parts, parts))
    return _with_pieces(made)


def _with_pieces(made: list[Event]) -> list[Event]:
    """Events that are seen in products alone join what they are a piece of."""
    wider = [e for e in made if not _pieces(e)]
    for event in made:
        if not _pieces(event):
            continue
        whole = float(event.parts.sum())
        around = [
            e for e in wider if _may_join(e, event.findings[0]) and _within(event, e) >= NEARLY_ALL * whole
        ]
        if around and whole:
            min(around, key=lambda e: float(e.widest.sum())).findings.extend(event.findings)
        else:
            wider.append(event)
    return wider


def _pieces(event: Event) -> bool:
    return all(f.series.grouping.by == list(PIECE) for f in event.findings)


def _within(event: Event, other: Event) -> float:
    return float(np.minimum(event.parts, other.widest).sum())


def _may_join(event: Event, finding: Finding) -> bool:
    first = event.findings[0]
    return first.direction == finding.direction and first.series.currency == finding.series.currency
