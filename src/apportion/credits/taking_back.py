"""Takes grants back that were a mistake: what is left of one goes, what was used of it stays covered."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, select

from apportion.core.errors import NotFound, Refused
from apportion.credits.account import About
from apportion.credits.book import Book
from apportion.credits.grant import Grant
from apportion.credits.units import credits_of
from apportion.database import credit_balances, credit_grants


@dataclass(frozen=True)
class TakeBackOrder:
    """A grant to take back, once however often it is said."""

    grant_id: str
    reason: str = ""
    who: str = ""


@dataclass(frozen=True)
class TakenBack:
    """What became of a grant: granted = taken + used + expired. `anew` where it stood until now."""

    grant_id: str
    granted: Decimal
    taken: Decimal
    used: Decimal
    expired: Decimal
    anew: bool


def take_back(book: Book, customer: str, order: TakeBackOrder) -> TakenBack:
    """Take what is left of a grant; nothing more where it was taken back before.

    Raises NotFound where the customer has no such grant, and Refused for what a plan includes.
    """
    _check(book.con, customer, order.grant_id)
    book.load([order.grant_id])
    account = book.ready(customer)
    grant = account.grants[order.grant_id]
    anew = grant.taken is None
    if anew:
        account.take_back(order.grant_id, book.now, About(reason=order.reason, who=order.who))
    return _taken(grant, anew=anew)


def was_taken(con: Connection, grant_id: str) -> bool:
    """Whether a grant was taken back."""
    taken = select(credit_balances.c.taken).where(credit_balances.c.grant_id == grant_id)
    return con.scalar(taken) is not None


def _check(con: Connection, customer: str, grant_id: str) -> None:
    row = con.execute(select(credit_grants).where(credit_grants.c.grant_id == grant_id)).one_or_none()
    if row is None or row.customer != customer:
        raise NotFound(
            f"'{customer}' has no grant '{grant_id}'.",
            hint=f"'apportion credits show {customer}' lists its grants.",
        )
    if row.kind == "included":
        raise Refused(
            f"'{grant_id}' is included in a plan, and cannot be taken back.",
            hint="Give the customer another plan: its credits are cut to the days it had.",
        )


def _taken(grant: Grant, *, anew: bool) -> TakenBack:
    return TakenBack(
        grant.grant_id,
        granted=credits_of(grant.amount),
        taken=credits_of(grant.taken or 0),
        used=credits_of(grant.used),
        expired=credits_of(grant.expired),
        anew=anew,
    )
