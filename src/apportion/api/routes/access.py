"""Logging in and out, people, keys, and tokens of embedded pages: everything about who comes in."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from apportion.access import Caller, Role, Scope, Tenant
from apportion.access.embedding import EmbedToken
from apportion.access.keys import Key, KeyList, MadeKey, OfTenant
from apportion.access.passwords import LONGEST
from apportion.access.people import Person, PersonList, PersonState
from apportion.access.permits import tenant_of
from apportion.access.service import COOKIE, Access
from apportion.api.answers import reply
from apportion.api.deps import Asking, TableParams, the_app
from apportion.api.problems import documented
from apportion.api.routes.reports import REPORT

router = APIRouter(prefix="/access", tags=["Access"])
CHANGES = documented(401, 403, 404, 409, 422, 503)
Login = Annotated[str, Path(max_length=120, description="The login of an account.")]
KeyId = Annotated[str, Path(max_length=60, description="The beginning of a key.")]
Word = Annotated[str, Field(max_length=4 * LONGEST, json_schema_extra={"format": "password"})]
Line = Annotated[str, Field(max_length=200)]


class Given(BaseModel):
    """What a request says; a name that is not one of these is an error."""

    model_config = ConfigDict(extra="forbid")


class LoggingIn(Given):
    """Who somebody says they are, and the password that proves it."""

    login: Annotated[str, Field(max_length=200)] = Field(examples=["ana@example.com"])
    password: Word = Field(examples=["seven green bicycles"])


class NewPassword(Given):
    """The password that was, and the one that is to be."""

    old: Word = Field(examples=["seven green bicycles"])
    new: Word = Field(examples=["nine blue bicycles"])


class NewPerson(Given):
    """An account that is to be."""

    login: Line = Field(examples=["ben@example.com"])
    role: Role = Field(examples=["viewer"])
    password: Word = Field(examples=["eleven red bicycles"])
    name: Line = Field(default="", examples=["Ben Okafor"])
    tenant: Line = Field(default="", description="The team or customer of somebody of such a role.")


class ChangedPerson(Given):
    """What is to change of an account; what is left out stays."""

    name: Line | None = None
    role: Role | None = None
    tenant: Line | None = None
    state: PersonState | None = Field(default=None, examples=["disabled"])
    password: Word | None = None


class NewKey(Given):
    """A key that is to be."""

    name: Line = Field(examples=["checkout service"])
    scopes: list[Scope] = Field(min_length=1, max_length=20, examples=[["ingest", "spend"]])
    tenant: OfTenant | None = Field(default=None, description="The one team or customer it is for.")
    expires: datetime | None = Field(default=None, description="A time without a zone is UTC.")


KNOWN = Field(
    description="Whether a list, a setting, the newest run or an operation names the team or customer; "
    "where none does, it may be a slip. True for what is of no tenant."
)


class AddedPerson(Person):
    """An account that was made."""

    known: bool = KNOWN


class ShownKey(MadeKey):
    """A key as it is shown once."""

    known: bool = KNOWN


class ShownToken(EmbedToken):
    """A token for one customer's page."""

    known: bool = KNOWN


class NewEmbedToken(Given):
    """Whose page is to be shown, and for how long."""

    customer: Line = Field(examples=["acme"])
    minutes: int | None = Field(default=None, ge=1, le=60, description="The setting's where left out.")


class Me(BaseModel):
    """Who asks, and what they may see and do."""

    name: str = Field(examples=["ana@example.com"])
    kind: Literal["local", "person", "key", "embed"]
    role: Role | None
    scopes: list[Scope]
    tenant: OfTenant | None = Field(description="The one team or customer that is shown.")
    configured: bool = Field(description="Whether there are accounts, so that everybody logs in.")
    embed_origins: list[str] = Field(description="Sites that may embed customers' pages.")


class ListParams(TableParams):
    """Which page of a list."""

    cursor: str = Field(default="", max_length=200, description="From `next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1000)


def the_access(request: Request) -> Access:
    """Who may come in. Raises Forbidden where another route answers than the one that was let in."""
    the_app(request)
    found: Access = request.app.state.app.access
    return found


Door = Annotated[Access, Depends(the_access)]
Listed = Annotated[ListParams, Query()]


@router.get("/me", summary="Who asks", responses=documented(401))
def me(access: Door, by: Asking) -> Me:
    """As whom the server knows whoever asks."""
    return _me(access, by)


@router.post("/login", summary="Log in", responses=documented(401, 422, 503))
def log_in(access: Door, given: LoggingIn, request: Request, response: Response) -> Me:
    """With login and password. The answer sets a cookie that no script can read; send it from then on."""
    proof = access.by_password(given.login, given.password, address_of(request))
    token, caller = access.log_in(proof, _now(), address=address_of(request))
    _hand_over(request, response, token, access)
    return _me(access, caller)


@router.post("/logout", status_code=204, summary="Log out", responses=documented(401))
def log_out(access: Door, request: Request, response: Response) -> None:
    """End the session of the cookie; without one, nothing happens."""
    if cookie := request.cookies.get(COOKIE):
        access.log_out(cookie, _now(), address=address_of(request))
    response.delete_cookie(COOKIE, secure=_https(request), httponly=True, samesite="strict")


@router.post("/password", summary="Change one's own password", responses=CHANGES)
def change_password(access: Door, by: Asking, given: NewPassword, request: Request, response: Response) -> Me:
    """All sessions of whoever asks end; the answer sets the cookie of a new one."""
    token, caller = access.change_password(by, given.old, given.new, _now(), address=address_of(request))
    _hand_over(request, response, token, access)
    return _me(access, caller)


@router.get("/people", summary="People", response_model=PersonList, responses=REPORT)
def list_people(request: Request, access: Door, params: Listed) -> Response:
    """Accounts, by login; passwords are shown to nobody."""
    found = access.people.listed(_now(), cursor=params.cursor, limit=params.limit)
    return reply(request, found, params, "people")


@router.post("/people", status_code=201, summary="Let somebody in", responses=CHANGES)
def add_person(access: Door, by: Asking, given: NewPerson, request: Request) -> AddedPerson:
    """A new account. The first is an owner's: from then on everybody logs in."""
    known = _knows(request, by, tenant_of(given.role, given.tenant.strip()))
    made = access.people.add(
        by,
        given.login,
        given.role,
        given.password,
        _now(),
        name=given.name,
        tenant=given.tenant,
        address=address_of(request),
    )
    return AddedPerson(**dict(made), known=known)


@router.post("/people/{login}", summary="Change an account", responses=CHANGES)
def change_person(access: Door, by: Asking, login: Login, given: ChangedPerson, request: Request) -> Person:
    """Role, tenant, state, name or password. All but a name end the sessions at once."""
    more = given.model_dump(exclude_none=True)
    return access.people.change(by, login, _now(), **more, address=address_of(request))


@router.get("/keys", summary="Keys", response_model=KeyList, responses=REPORT)
def list_keys(request: Request, access: Door, params: Listed) -> Response:
    """Keys of programs, the newest first, by their beginnings."""
    found = access.keys.listed(_now(), cursor=params.cursor, limit=params.limit)
    return reply(request, found, params, "keys")


@router.post("/keys", status_code=201, summary="Make a key", responses=CHANGES)
def make_key(access: Door, by: Asking, given: NewKey, request: Request) -> ShownKey:
    """The answer has the key, and nothing else ever shows it again."""
    tenant = Tenant(given.tenant.kind, given.tenant.name.strip()) if given.tenant else None
    known = _knows(request, by, tenant)
    expires = given.expires
    if expires and expires.tzinfo is None:
        expires = expires.replace(tzinfo=UTC)
    address = address_of(request)
    made = access.keys.make(
        by, given.name, given.scopes, _now(), tenant=tenant, expires=expires, address=address
    )
    return ShownKey(**dict(made), known=known)


@router.post("/keys/{key_id}/revoke", summary="Revoke a key", responses=CHANGES)
def revoke_key(access: Door, by: Asking, key_id: KeyId, request: Request) -> Key:
    """It opens nothing any more: here at once, on other servers of the same workspace within 5 seconds."""
    return access.keys.revoke(by, key_id, _now(), address=address_of(request))


@router.post("/embed-tokens", status_code=201, summary="Make a token for a page", responses=CHANGES)
def make_embed_token(access: Door, by: Asking, given: NewEmbedToken, request: Request) -> ShownToken:
    """A token that shows one customer its own page for minutes, in a site of yours."""
    known = _knows(request, by, Tenant("customer", given.customer.strip()))
    address = address_of(request)
    made = access.embedding.make(by, given.customer, _now(), minutes=given.minutes, address=address)
    return ShownToken(**dict(made), known=known)


def address_of(request: Request) -> str:
    """Where a request comes from, as the server knows it."""
    return request.client.host if request.client else ""


def _knows(request: Request, by: Caller, tenant: Tenant | None) -> bool:
    """Whether anything names a tenant. Whoever belongs to one hears of no other, not even by the time."""
    return tenant is None or by.tenant is not None or bool(request.app.state.app.knows_tenant(tenant))


def _me(access: Access, by: Caller) -> Me:
    return Me(
        name=by.name,
        kind=by.kind,
        role=by.role,
        scopes=sorted(by.scopes),
        tenant=OfTenant(kind=by.tenant.kind, name=by.tenant.name) if by.tenant else None,
        configured=access.configured,
        embed_origins=access.settings.embed_origins,
    )


def _hand_over(request: Request, response: Response, token: str, access: Access) -> None:
    """Give the browser a session, which only goes back to this server, and no script reads."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=access.settings.session_hours * 3600,
        secure=_https(request),
        httponly=True,
        samesite="strict",
    )


def _https(request: Request) -> bool:
    return request.url.scheme == "https"


def _now() -> datetime:
    return datetime.now(UTC)
