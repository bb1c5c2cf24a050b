"""Counts operations against credits, in the transaction that keeps them: a follower of the store."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from apportion.credits.account import OVERAGE, About, parts_of
from apportion.credits.book import Book, timeline
from apportion.credits.converting import basis, convert
from apportion.credits.customers import Terms
from apportion.credits.days import NONE, Days, Sums
from apportion.credits.kept import entries_of, load_subscriptions
from apportion.credits.periods import day_of
from apportion.credits.timeline import Timeline
from apportion.credits.units import MOST, moment, to_credits
from apportion.credits.uses import WITHDRAWN, Use, keep_uses, last_uses
from apportion.metering.changed import Record


@dataclass(frozen=True)
class _Change:
    """What an operation counted as, and counts as from now on."""

    when: int
    before: Use | None
    after: Use


class Counting:
    """A follower of operations. `terms` are asked anew for every transaction: lists of customers change."""

    def __init__(
        self, terms: Callable[[], Terms], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._terms, self._now = terms, now

    def __call__(self, con: Connection, changed: Sequence[Record]) -> None:
        """Count what is new, correct what changed, give back what was withdrawn."""
        terms, now = self._terms(), moment(self._now())
        changes = list(_changes(con, terms, changed, now))
        if not changes:
            return
        uses = [use for change in changes for use in (change.before, change.after) if use]
        known = [change.after.operation_id for change in changes if change.before]
        customers = {use.customer for use in uses if use.customer}
        book = Book(con, terms, customers, now, since=min(c.when for c in changes), write=True)
        ledger = _Ledger(book, Days(con, customers, {use.day for use in uses}), known)
        keep_uses(con, [ledger.count(change) for change in changes])
        book.keep(ledger.days)


def _changes(con: Connection, terms: Terms, changed: Sequence[Record], now: int) -> Iterable[_Change]:
    """Operations that count otherwise than before; those of nobody, or of who has no plan, never counted."""
    before = last_uses(con, [record["operation_id"] for record in changed])
    named = {name: terms.customers.means(name) for r in changed if (name := r["customer"])}
    subscribed = load_subscriptions(con, named.values())
    timelines = {c: timeline(terms, c, subscribed.get(c, [])) for c in set(named.values())}
    for record in changed:
        last = before.get(record["operation_id"])
        customer = named.get(record["customer"], "")
        use = _use(record, customer, timelines.get(customer), terms, now)
        if last is None and (use.state == WITHDRAWN or not use.plan):
            continue
        if last is not None and (last.basis, last.customer) == (use.basis, use.customer):
            continue
        if last is not None:
            use = replace(use, revision=last.revision + 1)
        yield _Change(moment(record["time"]), last, use)


def _use(record: Record, customer: str, plans: Timeline | None, terms: Terms, now: int) -> Use:
    """What an operation counts as by the plan of its day."""
    name, day = record["operation_id"], day_of(moment(record["time"]), terms.zone)
    gone = Use(name, 1, customer, day=day.isoformat(), state=WITHDRAWN, basis=WITHDRAWN, at=now)
    if record["price_state"] == WITHDRAWN or not customer or plans is None:
        return gone
    if (spell := plans.on(day)) is None:
        return replace(gone, state="free", basis=basis(record))
    found = convert(record, terms.plans.conversions(spell.plan), terms.currency)
    units = max(0, to_credits(record["units"])) if record["units"] is not None else 0
    use = Use(
        name,
        1,
        customer,
        feature=record["feature"] or "",
        unit=(record["unit"] or "") if units else "",
        day=gone.day,
        plan=spell.plan,
        state=found.state,
        basis=basis(record),
        amount=found.amount,
        calls=record["requests"] or 0,
        units=units,
        at=now,
    )
    return replace(use, state="too_large", units=MOST) if units > MOST else use


def _as_far_as(use: Use, room: Sums) -> Use:
    """What cannot be held counts as far as it can, is said to be so, and holds up nothing else."""
    calls, units, amount = (
        min(use.calls, room.calls),
        min(use.units, room.units),
        min(use.amount, room.credits),
    )
    return replace(use, state="too_large", calls=calls, units=units, amount=amount)


class _Ledger:
    """Accounts and days of the customers of one transaction."""

    def __init__(self, book: Book, days: Days, known: Iterable[str]) -> None:
        self.book, self.days = book, days
        self._entries: Mapping[tuple[str, str], Any] = entries_of(book.con, known)
        there = [some for (customer, _), some in self._entries.items() if customer in book.accounts]
        book.load({entry.grant_id for entries in there for entry in entries} - {OVERAGE})

    def count(self, change: _Change) -> Use:
        """Move credits and sums from what an operation counted as to what it counts as."""
        before, after = change.before, change.after
        if before and before.customer and before.customer != after.customer:
            self._move(replace(before, amount=0), before, change.when, NONE)
            before = None
        if not after.customer:
            return after
        there = before.sums.plus(Sums(credits=before.amount)) if before and before.key == after.key else NONE
        room = self.days.room(after.key).plus(there)
        if max(after.calls - room.calls, after.units - room.units, after.amount - room.credits) > 0:
            after = _as_far_as(after, room)
        self._move(after, before, change.when, after.sums)
        return after

    def _move(self, use: Use, before: Use | None, when: int, sums: Sums) -> None:
        """Take or give back credits: an operation takes what it counts as, less what was refunded of it."""
        entries = self._entries.get((use.customer, use.operation_id), [])
        parts, refunded = parts_of(entries), sum(e.amount for e in entries if e.kind == "refund")
        about = About(use.operation_id, use.feature, use.day)
        net, over = sum(n for _, n in parts), dict(parts).get(OVERAGE, 0)
        if before:
            self.days.add(before.key, before.sums.plus(Sums(credits=net, over=over)), -1)
        account = self.book.ready(use.customer, date.fromisoformat(use.day))
        target = max(0, use.amount - refunded)
        if target > net:
            over += account.use(when, target - net, self.book.now, about)
        elif target < net:
            back = account.give_back(parts, net - target, self.book.now, "return", about)
            over -= dict(back).get(OVERAGE, 0)
        self.days.add(use.key, sums.plus(Sums(credits=target, over=over)))
