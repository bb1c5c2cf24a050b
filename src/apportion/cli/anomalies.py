"""What costs more or less than usual: look, list, explain, say what it was, and replay the past."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from apportion.anomalies.incidents import Incident
    from apportion.anomalies.report import AnomalyReport, AnomalyRow
    from apportion.anomalies.service import Looked
    from apportion.app.watching import Span

anomalies = typer.Typer(help="Anomalies: what costs more or less than usual, since when, and what made it.")
LISTED = ("anomaly", "since", "until", "severity", "state", "what", "current", "expected", "excess")
DRIVERS = ("field", "value", "current", "usual", "excess", "share_pct")
LEVELS = ("grouping", "value", "current", "expected", "lower", "upper", "excess", "score", "channel")
ASKED_STATES = ("going_on", "open", "acknowledged", "expected", "resolved")


class Steps(StrEnum):
    """What is judged in one go."""

    day = "day"
    hour = "hour"
    live = "live"


STEPS: "dict[Steps, Span]" = {Steps.day: "day", Steps.hour: "hour", Steps.live: "live"}
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help="only what is about, like service=exports; repeated, all must hold"),
]
Name = Annotated[str, typer.Argument(help="the id of an anomaly, or the beginning of it")]
Reason = Annotated[str, typer.Option("--reason", help="why, in a few words; kept with who said it")]
Who = Annotated[str, typer.Option("--by", help="who says so", envvar="USER")]
Grain = Annotated[str, typer.Option("--grain", help="day or hour; else both")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(anomalies, name="anomalies", no_args_is_help=True)


@anomalies.command()
def look(ctx: typer.Context, form: Output = Format.table) -> None:
    """Judge the days and hours that came in since the last time, and show what was found."""
    app = open_app(ctx)
    with output.progress("Looking") as said:
        found = app.look_for_anomalies(said)
    _looked(found, form)


@anomalies.command("list")
def list_anomalies(
    ctx: typer.Context,
    state: Annotated[str, typer.Option("--state", help=" or ".join(ASKED_STATES) + "; else any")] = "",
    severity: Annotated[str, typer.Option("--severity", help="warning or critical; else both")] = "",
    grain: Grain = "",
    where: Where = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 100,
    form: Output = Format.table,
) -> None:
    """The anomalies that are known, the one seen last first."""
    from apportion.anomalies.report import Asked

    pairs = tuple(_pair(text) for text in where or [])
    asked = Asked(_one_of(state, ASKED_STATES), _one_of(severity, ("warning", "critical")), where=pairs)
    asked = Asked(asked.state, asked.severity, grain=_grain(grain), where=pairs)
    report = open_app(ctx).anomalies(asked, limit)
    if form is Format.table:
        output.out.print(report.sentence)
    _rows(report.anomalies, form)


@anomalies.command()
def show(ctx: typer.Context, name: Name, form: Output = Format.table) -> None:
    """One anomaly: its days, what made it, at which levels it is seen, and what people said of it."""
    found = open_app(ctx).anomaly(name)
    if form is not Format.table:
        output.rows([point.model_dump() for point in found.chart], form)
        return
    output.out.print(f"[bold]{found.title}[/bold]  {found.severity}, {found.state}", markup=True)
    output.out.print(_told(found))
    if found.reason:
        output.out.print(f"Reason: {found.reason}")
    output.rows([d.model_dump() for d in found.drivers], form, title="What made it", columns=DRIVERS)
    if found.affected:
        affected = [d.model_dump() for d in found.affected]
        output.rows(affected, form, title="Who bears it", columns=DRIVERS)
    levels = [{**level.model_dump(), "value": ", ".join(level.fields.values())} for level in found.levels]
    output.rows(levels, form, title="Where it is seen", columns=LEVELS)


def _told(found: "AnomalyReport") -> str:
    """The worst step and the whole of it in one sentence."""
    from apportion.analytics.sentences import money

    moment = "%-d %b %Y" if found.grain == "D" else "%-d %b %Y, %H:%M UTC"
    usual = " to ".join(money(amount, found.currency) for amount in (found.lower, found.upper))
    excess, less = money(abs(found.excess), found.currency), found.excess < 0
    return (
        f"{money(found.current, found.currency)} on {found.worst_step:{moment}}, usually {usual}; "
        f"{excess} {'less' if less else 'more'} than expected since {found.first_step:{moment}}."
    )


@anomalies.command()
def acknowledge(ctx: typer.Context, name: Name, reason: Reason = "", by: Who = "") -> None:
    """Somebody looks after it: no reminders any more."""
    _mark(ctx, name, "acknowledged", reason, by)


@anomalies.command()
def expect(ctx: typer.Context, name: Name, reason: Reason = "", by: Who = "") -> None:
    """It was meant to be: nobody is told any more, of this and of what is like it. Needs --reason."""
    _mark(ctx, name, "expected", reason, by)


@anomalies.command()
def resolve(ctx: typer.Context, name: Name, reason: Reason = "", by: Who = "") -> None:
    """It is over."""
    _mark(ctx, name, "resolved", reason, by)


@anomalies.command()
def reopen(ctx: typer.Context, name: Name, reason: Reason = "", by: Who = "") -> None:
    """It is not over, or was not expected after all."""
    _mark(ctx, name, "open", reason, by)


@anomalies.command()
def backtest(
    ctx: typer.Context,
    grain: Annotated[Steps, typer.Option("--grain", help="days, hours, or AI calls live")] = Steps.day,
    form: Output = Format.table,
) -> None:
    """What would have been found in the past, judged step by step from what came before; keeps nothing."""
    app = open_app(ctx)
    with output.progress("Judging") as said:
        found = app.backtest_anomalies(STEPS[grain], said)
    _looked(found, form)


def _mark(
    ctx: typer.Context,
    name: str,
    state: Literal["open", "acknowledged", "expected", "resolved"],
    reason: str,
    by: str,
) -> None:
    found = open_app(ctx).mark_anomaly(name, state, reason, by)
    output.out.print(f"{found.incident_id} is {found.state}: {found.title}.")


def _looked(found: "list[Looked]", form: Format) -> None:
    from apportion.anomalies.report import rows

    changed: list[Incident] = [incident for looked in found for incident in looked.found]
    if form is Format.table:
        for looked in found:
            words = ("day", "days") if looked.freq == "D" else ("hour", "hours")
            if not looked.series:
                continue
            steps = f"{looked.steps:,} {words[looked.steps != 1]}"
            output.out.print(f"Judged {steps} of {looked.series:,} series: {_count(len(looked.found))}.")
    if form is Format.table and not any(looked.series for looked in found):
        output.out.print("Nothing has come in since the last look.")
        return
    changed.sort(key=lambda incident: (incident.last_step, abs(incident.excess)), reverse=True)
    _rows(rows(changed), form)


def _rows(found: "Sequence[AnomalyRow]", form: Format) -> None:
    """Every column for machines; for people those that fit."""
    told = [row.model_dump() for row in found]
    if form is Format.table:
        told = [{**row.model_dump(), **_words(row)} for row in found]
    output.rows(told, form, columns=LISTED)


def _words(row: "AnomalyRow") -> dict[str, str]:
    moments = "%-d %b %Y" if row.grain == "D" else "%-d %b %H:%M"
    return {
        "anomaly": row.incident_id,
        "since": f"{row.first_step:{moments}}",
        "until": f"{row.last_step:{moments}}",
        "what": row.title,
    }


def _count(found: int) -> str:
    return f"{found} anomal{'y' if found == 1 else 'ies'}" if found else "nothing unusual"


def _pair(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise BadInput(f"'{text}' is no condition.", where="--where", hint="Write it like service=exports.")
    return field, value


def _one_of(given: str, known: tuple[str, ...]) -> str:
    if given and given not in known:
        raise BadInput(f"'{given}' is not known here.", hint=f"Use {', '.join(known)}.")
    return given


def _grain(given: str) -> str:
    return {"": "", "day": "D", "hour": "H"}[_one_of(given, ("day", "hour"))]
