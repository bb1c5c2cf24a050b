"""Pays credits of operations back, to the grants they came from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from apportion.core.errors import BadInput, NotFound, Refused
from apportion.credits.account import OVERAGE, About, Entry, parts_of
from apportion.credits.book import Book
from apportion.credits.days import Days, Sums
from apportion.credits.grant import Grant
from apportion.credits.kept import entries_of
from apportion.credits.units import credits_of, to_credits
from apportion.credits.uses import Use, last_uses


@dataclass(frozen=True)
class RefundOrder:
    """Credits of an operation to pay back, all of them where `amount` is None; counts once under one id."""

    operation_id: str
    amount: Decimal | None = None
    refund_id: str = ""
    reason: str = ""
    who: str = ""


@dataclass(frozen=True)
class PaidBack:
    """What came back to a grant, or with '' is owed no more; `expired` of it is gone, as its grant is.

    `anew` where it had not been paid back before.
    """

    grant_id: str
    reason: str
    credits: Decimal
    expired: Decimal
    anew: bool = True


def pay_back(book: Book, customer: str, order: RefundOrder) -> list[PaidBack]:
    """What came back, by grant; the same again where it was paid back before under this id.

    Raises NotFound, BadInput for a part without an id, and Refused for more than there is.
    """
    if order.amount is not None and not order.refund_id:
        raise BadInput("A part needs an id, so that it is paid back once.", where="refund_id")
    use, entries = _taken(book, customer, order)
    reference = order.refund_id or f"all of {order.operation_id}"
    if done := [e for e in entries if e.kind == "refund" and e.reference == reference]:
        return _again(book, customer, order, done)
    parts = parts_of(iter(entries))
    there = sum(part for _, part in parts)
    amount = there if order.amount is None else to_credits(order.amount)
    if not 0 < amount <= there:
        raise Refused(f"'{order.operation_id}' has {credits_of(there).normalize():f} credits to pay back.")
    account = book.ready(customer)
    before = {name: _gone(grant) for name, grant in account.grants.items()}
    about = About(use.operation_id, use.feature, use.day, reference, order.reason, order.who)
    back = account.give_back(parts, amount, book.now, "refund", about)
    days = Days(book.con, [customer], [use.day])
    days.add(use.key, Sums(credits=amount, over=dict(back).get(OVERAGE, 0)), -1)
    days.keep(book.con)
    return [
        _paid(book, customer, name, n, _gone(account.grants[name]) - before[name] if name else 0)
        for name, n in back
    ]


def _taken(book: Book, customer: str, order: RefundOrder) -> tuple[Use, Sequence[Entry]]:
    """The operation, and what it has taken; the grants it came from are there."""
    entries = entries_of(book.con, [order.operation_id]).get((customer, order.operation_id), [])
    use = last_uses(book.con, [order.operation_id]).get(order.operation_id)
    if use is None or not entries:
        raise NotFound(
            f"'{customer}' has no operation '{order.operation_id}' that took credits.",
            hint=f"'apportion credits show {customer}' lists what took credits.",
        )
    book.load({entry.grant_id for entry in entries} - {OVERAGE})
    return use, entries


def _again(book: Book, customer: str, order: RefundOrder, done: Sequence[Entry]) -> list[PaidBack]:
    """What was paid back before. Refused where that was another amount."""
    before = sum(entry.amount for entry in done)
    if order.amount is not None and to_credits(order.amount) != before:
        raise Refused(
            f"'{order.refund_id}' was paid back before: {credits_of(before).normalize():f} credits.",
            hint="Give this another id.",
        )
    found = [_paid(book, customer, entry.grant_id, entry.amount, 0) for entry in done]
    return [replace(one, anew=False) for one in found]


def _gone(grant: Grant) -> int:
    """What nobody can use any more."""
    return grant.expired + (grant.taken or 0)


def _paid(book: Book, customer: str, grant_id: str, amount: int, expired: int) -> PaidBack:
    grant = book.accounts[customer].grants.get(grant_id)
    return PaidBack(grant_id, grant.reason if grant else "", credits_of(amount), credits_of(expired))
