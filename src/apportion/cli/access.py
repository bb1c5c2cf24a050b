"""Who may come in: people, keys, tokens of customers' pages, and what was done by whom."""

import getpass
import os
import sys
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from apportion.cli import output
from apportion.cli.context import Format, Output, open_app
from apportion.core.errors import BadInput

if TYPE_CHECKING:
    from apportion.access import Caller, Scope, Tenant
    from apportion.access.people import Person
    from apportion.access.service import Access

access = typer.Typer(help="Who may come in, and what was done by whom.", no_args_is_help=True)
people = typer.Typer(help="Accounts of people.", no_args_is_help=True)
keys = typer.Typer(help="Keys of programs.", no_args_is_help=True)
audit = typer.Typer(help="The audit log.", no_args_is_help=True)
rotate = typer.Typer(help="End what was made so far, and begin anew.", no_args_is_help=True)

VARIABLE = "APPORTION_PASSWORD"
PEOPLE = ("login", "name", "role", "tenant", "state", "seen", "waits_until")
KEYS = ("key_id", "name", "scopes", "tenant", "state", "expires", "used", "created_by")
ROWS = ("number", "at", "who", "action", "target", "outcome", "address", "detail")
TIMES = frozenset({"at", "created", "expires", "revoked", "seen", "used", "waits_until"})
"""Shown in tables to the second, in UTC; --format json has every digit."""
BROKEN = 1
PAGE = 1000
Login = Annotated[str, typer.Argument(help="a name or an e-mail address")]
Tenants = Annotated[str, typer.Option("--tenant", help="whose: of the roles team and customer")]


class RoleName(StrEnum):
    """What somebody may see and do; docs/concepts/access.md has the table."""

    owner = "owner"
    finance = "finance"
    engineer = "engineer"
    viewer = "viewer"
    team = "team"
    customer = "customer"


class StateName(StrEnum):
    """Whether somebody can log in."""

    active = "active"
    disabled = "disabled"


class OutcomeName(StrEnum):
    """How it ended."""

    done = "done"
    refused = "refused"
    failed = "failed"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    for name, group in (("people", people), ("keys", keys), ("audit", audit), ("rotate", rotate)):
        access.add_typer(group, name=name)
    app.add_typer(access, name="access")


@people.command("add")
def add_person(
    ctx: typer.Context,
    login: Login,
    role: Annotated[RoleName, typer.Option("--role", help="what they may see and do")],
    name: Annotated[str, typer.Option("--name", help="as others know them")] = "",
    tenant: Tenants = "",
) -> None:
    """Let somebody in. The first is an owner: from then on everybody logs in. Asks for a password."""
    opened = _access(ctx)
    word = _password(login)
    made = opened.people.add(_me(), login, role.value, word, _now(), name=name, tenant=tenant)
    output.out.print(output.plain_text(f"{made.login} can log in, as {made.role}{_of(made)}."))
    _warn_of_unknown(ctx, made.role, made.tenant)
    if made.role == "owner":
        output.out.print("Everybody logs in from now on; 'serve' may use any address.", style="dim")


@people.command("list")
def list_people(ctx: typer.Context, form: Output = Format.table) -> None:
    """Accounts, by login."""
    opened, found, cursor = _access(ctx), [], ""
    while True:
        page = opened.people.listed(_now(), cursor=cursor, limit=PAGE)
        found += [person.model_dump(mode="json") for person in page.people]
        if not (cursor := page.next_cursor or ""):
            break
    output.rows([_short(row) for row in found] if form is Format.table else found, form, columns=PEOPLE)


@people.command("change")
def change_person(
    ctx: typer.Context,
    login: Login,
    role: Annotated[RoleName | None, typer.Option("--role", help="another role")] = None,
    name: Annotated[str | None, typer.Option("--name", help="another name")] = None,
    tenant: Annotated[str | None, typer.Option("--tenant", help="another team or customer")] = None,
    state: Annotated[StateName | None, typer.Option("--state", help="whether they can log in")] = None,
) -> None:
    """Give somebody another role, tenant, name or state. All but a name end their sessions."""
    more: dict[str, Any] = {"role": role and role.value, "name": name, "state": state and state.value}
    made = _access(ctx).people.change(_me(), login, _now(), **more, tenant=tenant)
    output.out.print(output.plain_text(f"{made.login} is {made.role}{_of(made)}, {made.state}."))
    if tenant:
        _warn_of_unknown(ctx, made.role, made.tenant)


@people.command("disable")
def disable_person(ctx: typer.Context, login: Login) -> None:
    """Let somebody in no longer; their sessions end at once. 'change --state active' lets them in again."""
    made = _access(ctx).people.change(_me(), login, _now(), state="disabled")
    output.out.print(output.plain_text(f"{made.login} can log in no longer, and is logged out."))
    output.out.print("Keys that they made go on; 'access keys list' says which.", style="dim")


@people.command("password")
def set_password(ctx: typer.Context, login: Login) -> None:
    """Give somebody a new password, also where a login waits after wrong ones. Asks for it."""
    opened = _access(ctx)
    made = opened.people.change(_me(), login, _now(), password=_password(login))
    output.out.print(output.plain_text(f"{made.login} has a new password, and is logged out everywhere."))


@keys.command("create")
def create_key(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="of the program that uses it")],
    scopes: Annotated[list[str], typer.Option("--scope", help="what it may do: read, ingest, spend, …")],
    team: Annotated[str, typer.Option("--team", help="only for what is this team's")] = "",
    customer: Annotated[str, typer.Option("--customer", help="only for what is this customer's")] = "",
    days: Annotated[int | None, typer.Option("--days", min=1, max=3650, help="it expires then")] = None,
) -> None:
    """Make a key and print it, once: nothing shows it again."""
    expires = _now() + timedelta(days=days) if days else None
    wanted = cast("list[Scope]", scopes)  # what is none is refused, with a list of those there are
    tenant = _tenant(team, customer)
    made = _access(ctx).keys.make(_me(), name, wanted, _now(), tenant=tenant, expires=expires)
    print(made.key)  # noqa: T201  alone on the standard output, for a variable of a script
    until = f" until {made.expires:%-d %b %Y}" if made.expires else ""
    words = f"This key is not shown again. It is good for {', '.join(made.scopes)}{until}."
    output.err.print(words, style="dim")
    if made.tenant:
        _warn_of_unknown(ctx, made.tenant.kind, made.tenant.name)


@keys.command("list")
def list_keys(ctx: typer.Context, form: Output = Format.table) -> None:
    """Keys, the newest first, by their beginnings."""
    opened, found, cursor = _access(ctx), [], ""
    while True:
        page = opened.keys.listed(_now(), cursor=cursor, limit=PAGE)
        found += [key.model_dump(mode="json") for key in page.keys]
        if not (cursor := page.next_cursor or ""):
            break
    output.rows([_short(row) for row in found] if form is Format.table else found, form, columns=KEYS)


@keys.command("revoke")
def revoke_key(
    ctx: typer.Context, key_id: Annotated[str, typer.Argument(help="the beginning of the key: apn_Ab12Cd34")]
) -> None:
    """Let a key open nothing any more; running servers know within 5 seconds."""
    made = _access(ctx).keys.revoke(_me(), key_id, _now())
    output.out.print(output.plain_text(f"{made.key_id} ({made.name}) opens nothing any more."))


@access.command("embed-token")
def embed_token(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(help="whose page it shows")],
    minutes: Annotated[
        int | None, typer.Option("--minutes", min=1, max=60, help="else as the settings say")
    ] = None,
) -> None:
    """Print a token that shows one customer its own page, for minutes."""
    opened = _access(ctx)
    made = opened.embedding.make(_me(), customer, _now(), minutes=minutes)
    opened.close()
    print(made.token)  # noqa: T201  alone on the standard output, for a variable of a script
    output.err.print(f"It shows the page of {made.customer} until {made.expires:%H:%M} UTC.", style="dim")
    _warn_of_unknown(ctx, "customer", made.customer)


@rotate.command("embed-tokens")
def rotate_embed_tokens(ctx: typer.Context) -> None:
    """Let no token of a page that was made so far show anything; running servers know within 2 seconds."""
    _access(ctx).embedding.rotate(_me(), _now())
    output.out.print("Tokens made so far show nothing any more.")


@rotate.command("pepper")
def rotate_pepper(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Begin anew with another pepper: all keys are revoked, everybody is logged out. Passwords stay."""
    opened = _access(ctx)
    if not yes:
        typer.confirm("All keys will be revoked, and everybody logged out. Go on?", abort=True)
    revoked = opened.rotate_pepper(_me(), _now())
    ended = "1 key was revoked" if revoked == 1 else f"{revoked} keys were revoked"
    output.out.print(f"There is a new pepper. {ended}, and all sessions have ended.")


@audit.command("list")
def list_audit(
    ctx: typer.Context,
    who: Annotated[str, typer.Option("--who", help="only of this login, or key")] = "",
    action: Annotated[str, typer.Option("--action", help="only this action")] = "",
    outcome: Annotated[OutcomeName | None, typer.Option("--outcome", help="only these")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="at most so many")] = 50,
    form: Output = Format.table,
) -> None:
    """What was done by whom, and what was refused, the newest first."""
    ended = outcome.value if outcome else ""
    found = _access(ctx).audited(who=who, action=action, outcome=ended, limit=limit)
    rows = [row.model_dump(mode="json") for row in found.rows]
    output.rows(
        [_with_names(_short(row)) for row in rows] if form is Format.table else rows, form, columns=ROWS
    )


@audit.command("verify")
def verify_audit(
    ctx: typer.Context,
    head: Annotated[str, typer.Option("--head", help="one that was printed before and kept elsewhere")] = "",
) -> None:
    """Check that no row was changed, taken out or moved, and print the head. Exit code 1 where one was."""
    found = _access(ctx).verify_audit(head)
    print(found.head)  # noqa: T201  alone on the standard output, to be kept elsewhere
    for broken in found.breaks:
        output.err.print(output.plain_text(f"At row {broken.number}: {broken.said}."), style="red")
    if found.breaks:
        raise typer.Exit(BROKEN)
    output.err.print(f"{found.rows:,} rows are as they were written. Keep the head elsewhere.", style="dim")


@access.command("status")
def show_status(ctx: typer.Context, form: Output = Format.table) -> None:
    """How many people, keys and sessions there are, and whether the pepper holds."""
    found = _access(ctx).status(_now()).model_dump(mode="json")
    if form is not Format.table:
        output.rows([found], form)
        return
    told = {**found, "people": ", ".join(f"{n} {role}" for role, n in found["people"].items()) or "nobody"}
    told["configured"] = "everybody logs in" if found["configured"] else "nobody needs to; only loopback"
    for name, value in told.items():
        output.out.print(f"{name.replace('_', ' '):<12} {value}", markup=False)


def _password(login: str) -> str:
    """From the environment, the standard input, or whoever sits there, twice; never from the command line."""
    if found := os.environ.get(VARIABLE):
        return found
    if not sys.stdin.isatty():
        if found := sys.stdin.readline().rstrip("\r\n"):
            return found
        hint = f"Set {VARIABLE}, or give it on the standard input."
        raise BadInput("There is no password.", where=VARIABLE, hint=hint)
    found = getpass.getpass(f"Password for {login}: ")
    if getpass.getpass("The same again: ") != found:
        raise BadInput("The two are not the same.", where="password", hint="Try again.")
    return found


def _tenant(team: str, customer: str) -> "Tenant | None":
    from apportion.access import Tenant

    if team and customer:
        raise BadInput("A key is for one team or one customer.", where="--team, --customer")
    if team:
        return Tenant("team", team)
    return Tenant("customer", customer) if customer else None


def _warn_of_unknown(ctx: typer.Context, kind: str, name: str) -> None:
    """Say that nothing names a team or customer: it may be a slip, and whoever belongs to it sees nothing."""
    from apportion.access import Tenant

    if not name:
        return
    opened, tenant = open_app(ctx), Tenant("team" if kind == "team" else "customer", name)
    if opened.knows_tenant(tenant):
        return
    like = opened.tenant_like(tenant)
    meant = f" Did you mean '{like}'?" if like else ""
    said = f"No list, setting, run or operation names a {tenant.kind} '{name}' yet.{meant}"
    output.err.print(output.plain_text(said), style="yellow")


def _of(made: "Person") -> str:
    return f" of {made.tenant}" if made.tenant else ""


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose lists, maps and times are short enough for a table."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, list):
            found[name] = ", ".join(value)
        elif name in TIMES and value:
            found[name] = value[:19].replace("T", " ")
        elif name == "tenant" and isinstance(value, dict):
            found[name] = f"{value['kind']} {value['name']}"
        elif isinstance(value, dict):
            told = {key: one for key, one in value.items() if one not in (None, "", [])}
            found[name] = ", ".join(f"{key} {_word(one)}" for key, one in told.items())
        else:
            found[name] = value
    return found


def _with_names(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the audit log whose keys have their names beside them."""
    both = {word: f"{row[word]} ({row[f'{word}_name']})" for word in ("who", "target") if row[f"{word}_name"]}
    return {**row, **both}


def _word(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _access(ctx: typer.Context) -> "Access":
    return open_app(ctx).access


def _me() -> "Caller":
    """Whoever has the files of the workspace may do everything; the audit log says their name."""
    from apportion.access import LOCAL, Caller

    return Caller(getpass.getuser(), "local", LOCAL.scopes, role="owner")


def _now() -> datetime:
    return datetime.now(UTC)
