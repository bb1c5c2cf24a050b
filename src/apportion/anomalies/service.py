"""Looks for anomalies: judges what came in since the last time, and keeps what was found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from apportion.analytics.models import Facts
from apportion.anomalies.book import keep_look, known, last_look, put
from apportion.anomalies.detector import Detector, Frequency, Memory
from apportion.anomalies.drivers import read_lines
from apportion.anomalies.events import Cells, events
from apportion.anomalies.findings import Finding, findings
from apportion.anomalies.following import follow
from apportion.anomalies.ground import Ground
from apportion.anomalies.incidents import Incident, as_expected, joined, may_go_on, told_first
from apportion.anomalies.judging import Judged, judge_panel, nothing_said
from apportion.anomalies.kept import keep, remember, vintages
from apportion.anomalies.series import HOURS_MATTER, Panel, read_panels
from apportion.anomalies.telling import Teller
from apportion.database import State
from apportion.ledger import Table

Said = Callable[[str], None]


@dataclass(frozen=True)
class Looked:
    """What was judged: `steps` of `series` series, and the incidents that are new, or went on."""

    freq: Frequency
    series: int
    steps: int
    found: list[Incident]


def look(
    con: duckdb.DuckDBPyConnection,
    facts: Facts | None,
    ground: Ground,
    table: Table,
    state: State,
    now: datetime,
    said: Said,
) -> Looked:
    """Judge the steps that nobody has judged yet, and keep what was found.

    `facts` are those of the run behind `con`, None where operations are judged. Wherever this is interrupted,
    the next call finds the same again: incidents are kept first, under ids that they will have again, then
    that their steps were judged.
    """
    before_this, key = last_look(state, ground.name), ground.key(facts.run_id if facts else "")
    if key and before_this == key:
        return Looked(ground.freq, 0, 0, [])
    made, everything = detector(ground.freq), known(state)
    standing = {i.incident_id: i for i in everything if _followed(i, ground)}
    before, changed, parts, steps = dict(standing), set(), [], 0
    for panel in read_panels(con, ground):
        memory, through = remember(con, table, panel)
        if before_this is None:  # a database that knows of no look has no incidents of one, either
            through = 0
        judged = judge_panel(made, panel, memory, through, said)
        teller = Teller(con, facts, panel, now)
        found = _gather(teller, memory, judged, made().threshold, standing)
        _follow(panel, memory, standing, found, first=through == 0)
        changed |= found
        parts.append((panel, judged))
        steps = max(steps, len(judged))
    news = [_said_before(everything, standing[name]) for name in sorted(changed)]
    quiet = [i for name, i in standing.items() if name not in changed and i != before[name]]
    put(state, [*news, *quiet], now)
    keep(con, table, parts, now, facts.run_id if facts else "")
    keep_look(state, ground.name, key, now)
    return Looked(ground.freq, sum(len(panel.series) for panel, _ in parts), steps, news)


def _followed(incident: Incident, ground: Ground) -> bool:
    """Whether an incident may go on in what is judged; those of live usage do in its bill."""
    same = (incident.of, incident.measure) == (ground.kind, ground.measure)
    billed = (incident.of, ground.kind) in (("estimated", "charges"), ("charges", "estimated"))
    return incident.grain == ground.freq and incident.metric == ground.metric and (same or billed)


def _follow(
    panel: Panel, memory: Memory, standing: dict[str, Incident], found: set[str], *, first: bool
) -> None:
    """Bring what stands up to the newest step.

    What was found just now stays open until the next look, so that somebody is told of it, however late its
    bill came; but of what was over before anybody ever looked, nobody is.
    """
    for name, incident in list(standing.items()):
        if (incident.of, incident.measure) != (panel.ground.kind, panel.ground.measure):
            continue
        now = follow(panel, memory, incident)
        if now is None:
            continue
        if name in found and now.state == "resolved":
            now = now.model_copy(update={"backfilled": True} if first else {"state": incident.state})
        standing[name] = now


def _said_before(everything: Sequence[Incident], incident: Incident) -> Incident:
    """With the incident that told of the same first, where another did."""
    if incident.same_as or any(incident.incident_id == i.incident_id for i in everything):
        return incident
    return incident.model_copy(update={"same_as": told_first(everything, incident)})


def replay(
    con: duckdb.DuckDBPyConnection,
    facts: Facts | None,
    ground: Ground,
    table: Table,
    now: datetime,
    said: Said,
) -> Looked:
    """What would have been found in the past, judged step by step from nothing; keeps nothing.

    Steps that were looked at as they came in are judged by the amounts that were known then.
    """
    made = detector(ground.freq)
    found: dict[str, Incident] = {}
    series = steps = 0
    for panel in read_panels(con, ground):
        memory = nothing_said(len(panel.series), panel.times.size)
        judged = judge_panel(made, panel, memory, 0, said, vintages(con, table, panel))
        _gather(Teller(con, facts, panel, now), memory, judged, made().threshold, found)
        for name, incident in list(found.items()):
            found[name] = follow(panel, memory, incident) or incident
        series, steps = series + len(panel.series), max(steps, len(judged))
    return Looked(ground.freq, series, steps, list(found.values()))


def detector(freq: Frequency) -> Callable[[], Detector]:
    """The detector for days or hours."""
    from apportion import anomalies  # noqa: PLC0415

    return anomalies.Daily if freq == "D" else anomalies.Hourly


def _gather(
    teller: Teller, memory: Memory, judged: Sequence[Judged], threshold: float, standing: dict[str, Incident]
) -> set[str]:
    """The ids of the incidents of some steps, joined to those of `standing`, which is brought up to date."""
    panel = teller.panel
    changed: set[str] = set()
    least = float(panel.ground.asked.warning) / (HOURS_MATTER if panel.freq == "H" else 1)
    found = {one.step: list(findings(panel, memory, one, threshold, least)) for one in judged}
    if not (everything := [f for some in found.values() for f in some]):
        return changed
    read_lines(teller.con, panel, everything)
    for some in found.values():
        for step in sorted({f.step for f in some}):
            for now in _of_step(teller, [f for f in some if f.step == step], standing):
                standing[now.incident_id] = now
                changed.add(now.incident_id)
    return changed


def _of_step(teller: Teller, found: list[Finding], standing: Mapping[str, Incident]) -> Iterator[Incident]:
    """What becomes of the findings of one step beside the incidents that stand."""
    cells = Cells(teller.con, teller.panel, found[0].step)
    for event in events(cells, found):
        new = teller.tell(event)
        going_on = [old for old in standing.values() if may_go_on(old, new)]
        same = [old for old in going_on if old.names & new.names or cells.is_same_money(event, old)]
        latest = max(same, key=lambda old: old.last_step, default=None)
        yield joined(latest, new) if latest else as_expected(standing.values(), new)
