"""Tokens that show one customer its own page, in another site, for minutes (signed, HS256)."""

import secrets
from datetime import datetime, timedelta

import jwt
from pydantic import BaseModel, ConfigDict, Field

from apportion.access import audit
from apportion.access.audit import Entry
from apportion.access.caller import Caller, Tenant
from apportion.access.errors import Unauthenticated
from apportion.access.ground import EMBED, Ground, put_mark
from apportion.access.permits import line, may_give, need
from apportion.core.errors import BadInput

ALGORITHM, ISSUER, AUDIENCE = "HS256", "apportion", "apportion-embed"
CLAIMS = ["iss", "aud", "sub", "iat", "exp", "jti"]
LONGEST = timedelta(hours=1)
_SKEW = timedelta(seconds=60)
"""How far the clocks of two servers may be apart."""
_SIZE = 2000


class EmbedToken(BaseModel):
    """A token for one customer's page."""

    model_config = ConfigDict(frozen=True)

    token: str = Field(description="Sent as `Authorization: Bearer TOKEN`.", examples=["eyJhbGciOi…"])
    customer: str = Field(examples=["acme"])
    expires: datetime


class Embedding:
    """Tokens for customers' own pages."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def make(
        self, by: Caller, customer: str, now: datetime, *, minutes: int | None = None, address: str = ""
    ) -> EmbedToken:
        """A token that shows one customer's page. BadInput; Forbidden without the scope or for another's."""
        need(by, "embed")
        customer = line(customer, "customer")
        may_give(by, (), Tenant("customer", customer))
        length = timedelta(minutes=self._ground.settings.embed_minutes if minutes is None else minutes)
        if not timedelta(0) < length <= LONGEST:
            raise BadInput("A token is good for 1 to 60 minutes.", where="minutes")
        begun = now.replace(microsecond=0)
        expires = begun + length
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": customer, "iat": begun, "exp": expires}
        claims["jti"] = secrets.token_urlsafe(12)
        token = jwt.encode(claims, self._ground.held(now).embed_key, algorithm=ALGORITHM)
        with self._ground.state.write() as con:  # a token that no row tells of is not given
            audit.record(con, Entry.of(by, "make_embed_token", customer, address=address), now)
        return EmbedToken(token=token, customer=customer, expires=expires)

    def caller(self, token: str, now: datetime) -> Caller:
        """Whoever shows a token. Raises Unauthenticated where it does not hold."""
        if len(token) > _SIZE:
            raise refused()
        try:
            claims = jwt.decode(
                token,
                self._ground.held(now).embed_key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # Times are compared below, with the time of the request instead of the library's clock.
                options={"require": CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.InvalidTokenError:
            raise refused() from None
        begun, until = claims["iat"], claims["exp"]
        if (
            not isinstance(begun, int)
            or not isinstance(until, int)
            or until - begun > LONGEST.total_seconds()
        ):
            raise refused()
        if not begun - _SKEW.total_seconds() <= now.timestamp() < until or not claims["sub"]:
            raise refused()
        customer = str(claims["sub"])
        return Caller(customer, "embed", frozenset({"read"}), Tenant("customer", customer), "customer")

    def rotate(self, by: Caller, now: datetime, *, address: str = "") -> None:
        """No token that was made so far opens anything: here at once, on other servers within seconds."""
        need(by, "people")
        with self._ground.state.write() as con:
            put_mark(con, EMBED, secrets.token_hex(16))
            audit.record(con, Entry.of(by, "rotate_embed_tokens", address=address), now)
        self._ground.forget()


def refused() -> Unauthenticated:
    """What everybody hears whose token, key or session does not hold, whatever is wrong with it."""
    return Unauthenticated(
        "This key, token or session does not hold, or does no longer.",
        hint="Log in again, or ask an owner for a key.",
    )
