"""Plans, customers' credits, and what they may do."""

import getpass
import json
import shlex
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from apportion.app import App
    from apportion.credits.entitlements import Entitlements
    from apportion.credits.report import OneAccount

credit = typer.Typer(help="Credits: who has how many, granted, used and paid back.", no_args_is_help=True)
LISTED = ("customer", "plan", "state", "used", "included", "used_pct", "balance", "resets", "contact")
PLANS = ("name", "title", "included", "period", "beyond", "features", "customers")
GRANTS = ("grant_id", "kind", "granted", "used", "expired", "taken_back", "left", "expires", "reason")
ENTRIES = ("number", "at", "kind", "credits", "grant_id", "operation_id", "feature", "reason", "who")
Customer = Annotated[str, typer.Argument(help="a customer, by any of its names")]
At = Annotated[str, typer.Option("--at", help="a day (its end) or a time; now, or where the data ends")]
Reason = Annotated[str, typer.Option("--reason", help="why; it stays in the ledger")]
REASONS = {
    "no_plan": "it has no plan",
    "not_included": "its plan does not include this",
    "limit_reached": "the limit of this in its plan is reached",
    "no_credits": "its credits are used up",
    "overage_cap": "what may be used beyond its credits is used up, too",
}
UNLIMITED = "unlimited"
BEFORE = "This was done before."


class Kind(StrEnum):
    """What credits are given for."""

    top_up = "top_up"
    promotion = "promotion"
    refund = "refund"
    adjustment = "adjustment"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(credit, name="credits")
    app.command("plans")(plans)


def plans(ctx: typer.Context, form: Output = Format.table) -> None:
    """Every plan of apportion.yaml: what it includes, and what happens beyond it."""
    found = open_app(ctx).plans()
    rows = [row.model_dump(mode="json") for row in found.plans]
    if form is Format.table:
        rows = [{**row, "features": _features(row["features"]), "period": row["period"]} for row in rows]
    output.rows(rows, form, columns=PLANS)
    if form is Format.table:
        default = f" Customers without one have '{found.default}'." if found.default else ""
        output.out.print(output.plain_text(found.headline + default), style="dim")


@credit.command("list")
def list_credits(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="at most so many")] = 100,
    after: Annotated[str, typer.Option("--after", help="only customers whose name comes after this")] = "",
    at: At = "",
    form: Output = Format.table,
) -> None:
    """Customers by name: plan, credits used of what is included, and what is left."""
    found = open_app(ctx).credits(after, limit, at)
    rows = [row.model_dump(mode="json") for row in found.credits]
    if form is Format.table:
        rows = [_short(row) for row in rows]
    output.rows(rows, form, columns=LISTED)
    if form is Format.table:
        more = f" --after '{found.next_cursor}' shows more." if found.next_cursor else ""
        output.out.print(output.plain_text(found.headline + more), style="dim")


@credit.command("show")
def show(
    ctx: typer.Context,
    customer: Customer,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="entries of the ledger")] = 20,
    before: Annotated[str, typer.Option("--before", help="only entries before this number")] = "",
    at: At = "",
    form: Output = Format.table,
) -> None:
    """One customer: its plan, every grant with what is left, and its ledger, the newest entry first."""
    found = open_app(ctx).credit_account(customer, before, limit, at)
    if form is not Format.table:
        output.rows([found.model_dump(mode="json")], form)
        return
    _say(found)
    grants = [_timed(row.model_dump(mode="json"), "expires") for row in found.grants]
    output.rows(grants, form, columns=GRANTS, title="Grants")
    entries = [_timed(row.model_dump(mode="json"), "at") for row in found.entries]
    output.rows(entries, form, columns=ENTRIES, title="Ledger")
    if found.next_cursor:
        output.out.print(f"--before {found.next_cursor} shows earlier ones.", style="dim")


# Unknown options are arguments here, so that -50 is an amount that is said to be wrong.
@credit.command("grant", context_settings={"ignore_unknown_options": True})
def grant(
    ctx: typer.Context,
    customer: Customer,
    amount: Annotated[str, typer.Argument(help="how many credits")],
    kind: Annotated[Kind, typer.Option("--kind", help="what they are given for")] = Kind.top_up,
    expires: Annotated[str, typer.Option("--expires", help="a day or a time of UTC; never")] = "",
    priority: Annotated[
        int | None, typer.Option("--priority", min=0, max=1000, help="smaller ones are used first")
    ] = None,
    grant_id: Annotated[str, typer.Option("--id", help="given twice under one id, they count once")] = "",
    reason: Reason = "",
) -> None:
    """Give a customer credits that were bought, or are a present."""
    from uuid import uuid4

    from apportion.credits.service import GrantOrder

    order = GrantOrder(
        grant_id or f"cli-{uuid4()}",
        kind.value,
        _amount(amount),
        expires=_time(expires) if expires else None,
        priority=priority,
        reason=reason,
        who=getpass.getuser(),
    )
    app = open_app(ctx)
    found = app.grant_credits(customer, order)
    _say(found)
    if found.done_before:
        output.out.print(BEFORE)
    undo = f"take-back {shlex.quote(found.customer)} {shlex.quote(order.grant_id)}"
    _warn_of_new(app, found, f"To take the grant back: apportion credits {undo}")


@credit.command("take-back")
def take_back(
    ctx: typer.Context,
    customer: Customer,
    grant: Annotated[str, typer.Argument(help="the id of a grant")],
    reason: Reason = "",
    form: Output = Format.table,
) -> None:
    """Take back a grant that was a mistake: what is left of it goes, what was used stays covered."""
    from apportion.credits.taking_back import TakeBackOrder

    found = open_app(ctx).take_back_credits(customer, TakeBackOrder(grant, reason, getpass.getuser()))
    if form is Format.table:
        output.out.print(output.plain_text(found.headline))
    else:
        output.rows([found.model_dump(mode="json")], form)


@credit.command("refund")
def refund(
    ctx: typer.Context,
    customer: Customer,
    operation: Annotated[str, typer.Argument(help="the id of an operation")],
    amount: Annotated[str, typer.Option("--amount", help="how many credits; all of them")] = "",
    refund_id: Annotated[str, typer.Option("--id", help="paid back twice under one id, it counts once")] = "",
    reason: Reason = "",
    form: Output = Format.table,
) -> None:
    """Pay back credits of an operation, to the grants they came from."""
    from apportion.credits.refunding import RefundOrder

    credits_ = _amount(amount) if amount else None
    order = RefundOrder(operation, credits_, refund_id, reason, getpass.getuser())
    found = open_app(ctx).refund_credits(customer, order).model_dump(mode="json")
    if form is not Format.table:
        output.rows([found], form)
        return
    for row in found["returned"]:
        where = f"to {row['grant_id']}" if row["grant_id"] else "of overage"
        gone = (
            f"; {_plain(row['expired'])} of them are gone, for it is over or was taken back"
            if Decimal(row["expired"])
            else ""
        )
        output.out.print(output.plain_text(f"{_plain(row['credits'])} credits back {where}{gone}."))
    if found["done_before"]:
        output.out.print(BEFORE)


@credit.command("plan")
def subscribe(
    ctx: typer.Context,
    customer: Customer,
    plan: Annotated[str, typer.Argument(help="one of 'apportion plans'")],
    since: Annotated[str, typer.Option("--since", help="its first day; today")] = "",
    until: Annotated[str, typer.Option("--until", help="the day after its last; until another")] = "",
    contact: Annotated[
        str, typer.Option("--contact", help="the e-mail address of who is told when credits run out")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="why; the audit log keeps it")] = "",
) -> None:
    """Give a customer a plan from a day on."""
    from apportion.credits.service import SubscriptionOrder

    order = SubscriptionOrder(
        plan,
        _day(since, "--since") if since else None,
        until=_day(until, "--until") if until else None,
        contact=contact,
        reason=reason,
        who=getpass.getuser(),
    )
    app = open_app(ctx)
    found = app.subscribe_customer(customer, order)
    _say(found)
    began = found.subscriptions[-1].since
    ends = f"--since {began} --until {began + timedelta(days=1)}"
    undo = f"plan {shlex.quote(found.customer)} {shlex.quote(plan)} {ends}"
    _warn_of_new(app, found, f"To end the plan: apportion credits {undo}")


@credit.command("entitlements")
def entitlements(
    ctx: typer.Context,
    customer: Customer,
    feature: Annotated[str, typer.Option("--feature", help="what it wants to use")] = "",
    form: Output = Format.table,
) -> None:
    """What a customer may do now, and why not; the exit code is 1 where it may not."""
    found = open_app(ctx).entitlements(customer, feature or None)
    if form is Format.table:
        _say_entitled(found)
    elif form is Format.json:
        typer.echo(json.dumps(found.model_dump(mode="json"), indent=2))
    else:
        output.rows([row.model_dump(mode="json") for row in found.features], form)
    if not found.allowed:
        raise typer.Exit(1)


def _say_entitled(found: "Entitlements") -> None:
    allowed = "allowed" if found.allowed else f"not allowed: {REASONS[found.reason]}"
    named = f"{found.customer}, {found.feature}" if found.feature else found.customer
    output.out.print(output.plain_text(f"{named}: {allowed}"), style="bold")
    plan = found.plan.title if found.plan else "no plan"
    left = "unlimited" if found.credits.unlimited else f"{_plain(found.credits.balance)} left"
    used = f"{_plain(found.credits.used)} used"
    resets = f"{found.resets_at:%Y-%m-%d %H:%M} UTC"
    output.out.print(output.plain_text(f"{plan}: {used}, {left}; resets {resets}"))
    for row in found.features:
        said: str = "yes" if row.allowed else f"no, {REASONS[row.reason]}"
        if row.limit:
            said += f", {_plain(row.limit.left)} of {_plain(row.limit.limit)} {row.limit.of} left"
        output.out.print(output.plain_text(f"• {row.feature}: {said}"))
    if found.throttle:
        output.out.print(f"At most {found.throttle} calls a minute from now on.")


def _warn_of_new(app: "App", found: "OneAccount", undo: str) -> None:
    """Say that nobody knew the customer: its name may be mistyped, and `undo` says what helps then."""
    if found.known:
        return
    like = app.customer_like(found.customer)
    meant = f" Did you mean '{like}'?" if like else ""
    said = f"Nothing else is known of '{found.customer}' yet.{meant} {undo}"
    output.err.print(output.plain_text(said), style="yellow")


def _say(found: "OneAccount") -> None:
    row = _short(found.model_dump(mode="json"))
    of = "" if row["included"] is None else f" of {_plain(row['included'])}"
    left = row["balance"] if row["balance"] == UNLIMITED else f"{_plain(row['balance'])} left"
    used = f"{_plain(row['used'])}{of} used, {left}"
    said = f"{found.customer}: {row['plan'] or 'no plan'}, {found.state}; {used} until {row['resets']}."
    output.out.print(output.plain_text(said), style="bold")


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """A row that fits a table."""
    plan = row["plan"]["title"] if row["plan"] else ""
    balance = UNLIMITED if plan and row["unlimited"] else row["balance"]
    more = {"used_pct": row["percent"], "balance": balance, "resets": row["resets_at"][:10]}
    return {**row, "plan": plan, **more}


def _timed(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return row | {name: row[name] and f"{datetime.fromisoformat(row[name]):%Y-%m-%d %H:%M}" for name in names}


def _features(given: dict[str, Any] | None) -> str:
    return "all" if given is None else ", ".join(given)


def _plain(amount: Any) -> str:
    """Without the zeros behind it."""
    return f"{Decimal(str(amount)).normalize():,f}"


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise BadInput(f"'{text}' is no amount", where="AMOUNT", hint="Write it like 500 or 2.5.")
    return found


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"'{text}' is no day", where=where, hint="Write it like 2026-09-01.") from None


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        hint = "Write 2026-12-01 or 2026-12-01T08:00."
        raise BadInput(f"'{text}' is no time", where="--expires", hint=hint) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
