"""Reservations: held before a call, settled after it, and let go of where nobody settles them.

All that is asked of a process at the same time is answered in one transaction, one after the other, by
arithmetic over the counters as they stand in it: nobody else writes meanwhile.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from apportion.budgets import amounts
from apportion.budgets.asking import BudgetRoom, Reserve, Reserved, Settle, Settled
from apportion.budgets.declared import Declared, Slot
from apportion.budgets.errors import OverBudget
from apportion.budgets.following import Following
from apportion.budgets.learning import Key, Learned, keys, learn, learned
from apportion.budgets.reads import read
from apportion.budgets.reservations import (
    EXPIRED,
    HELD,
    OPERATIONS,
    RELEASED,
    RESERVATIONS,
    SETTLED,
    Kept,
    Reservation,
)
from apportion.budgets.tally import COUNTERS, ENTRIES, TOLD, Counter, Entry, Tally
from apportion.budgets.tally import HELD as HOLD
from apportion.budgets.writing import Writes
from apportion.core.errors import ApportionError, NotFound, Refused
from apportion.core.money import plain
from apportion.core.times import microseconds, time_of

USUAL = timedelta(minutes=5)
"""How long something is held that no budget concerns."""

LEAST = 1
"""What an enforced budget must have left for any call, be it free or of a cost that nobody knows (10⁻⁹)."""


class Reserving:
    """Answers what is asked of budgets: a desk of the meter's."""

    def __init__(self, following: Following, now: Callable[[], datetime]) -> None:
        self._following, self._now = following, now

    @property
    def declared(self) -> Declared:
        return self._following.declared

    def __call__(
        self, con: Connection, asked: Sequence[Reserve | Settle]
    ) -> list[Reserved | Settled | Exception]:
        """An answer to each, or why it is refused."""
        visit = _Visit(con, self._following, microseconds(self._now()))
        return visit.answered(asked)

    def sweep(self, con: Connection) -> int:
        """Let go of everything that is held for longer than it may; how many reservations."""
        visit = _Visit(con, self._following, microseconds(self._now()))
        count = visit.expire()
        visit.write()
        return count


class _Visit:
    """One transaction."""

    def __init__(self, con: Connection, following: Following, now: int) -> None:
        self.con, self.now = con, now
        self.declared = following.declared
        self.tally: Tally = following.tally(con, now)
        self.kept = Kept(con, now)
        self._slots: dict[int, list[Slot]] = {}
        self._learned: Mapping[Key, Learned] = {}
        self._seen: list[tuple[str | None, str | None, int]] = []
        self._expired = False

    def answered(self, asked: Sequence[Reserve | Settle]) -> list[Reserved | Settled | Exception]:
        ids = sorted({one.id for one in asked})
        new = sorted({one.id for one in asked if isinstance(one, Reserve)})
        self._slots = {n: self.declared.slots(a.fields, a.at) for n, a in _reserves(asked)}
        periods = {slot.period_id for slots in self._slots.values() for slot in slots}
        questions = ((RESERVATIONS, ids), (OPERATIONS, new), (ENTRIES, ids), (COUNTERS, periods))
        known, operations, entries, counters = read(self.con, *questions)
        self.kept.taken(known, operations)
        self.tally.taken(ids, entries)
        self.tally.loaded(periods, counters)
        self._prepare(asked)
        answers: list[Reserved | Settled | Exception] = []
        for one in asked:
            try:
                answers.append(self.reserve(one) if isinstance(one, Reserve) else self.settle(one))
            except ApportionError as why:  # said before anything of it was changed
                answers.append(why)
        self.write()
        return answers

    def write(self) -> None:
        writes = Writes(self.con)
        self.tally.write(writes)
        self.kept.write(writes)
        learn(self.con, writes, self._seen)
        writes.run()

    def _prepare(self, asked: Sequence[Reserve | Settle]) -> None:
        """Read at once what else they need: where costs that are told count, and what was learned."""
        unknown: list[Key] = []
        for one in asked:
            if isinstance(one, Settle) and one.cost is not None and (known := self.kept.get(one.id)):
                self._slots[id(one)] = self.declared.slots(known.told, time_of(known.created))
        for _, reserve in _reserves(asked):
            if reserve.estimate.basis not in ("given", "rates"):
                unknown += keys(reserve.fields.get("feature"), reserve.fields.get("model"))
        self.tally.open(slot for slots in self._slots.values() for slot in slots)
        self._learned = learned(self.con, unknown) if unknown else {}

    def reserve(self, asked: Reserve) -> Reserved:
        known = self.kept.get(asked.id)
        if known and known.asked != asked.asked:
            raise Refused(
                f"Something else was reserved as '{asked.id}'.",
                where="id",
                hint="Give each call an id of its own.",
            )
        if known and known.state == HELD and known.expires > self.now:
            return self._reserved(known)
        if self.kept.is_operation(asked.id) or (known and known.state == SETTLED):
            what = "settled" if known else "recorded"
            raise Refused(
                f"The operation '{asked.id}' has been {what} already.",
                where="id",
                hint="Reserve before a call, under an id of its own.",
            )
        if known and known.state == HELD:  # for longer than it may, which nobody has noticed yet
            self._let_go(known, EXPIRED)
        slots = self._slots[id(asked)]
        basis, cost = self._estimated(asked, slots)
        self._admit(asked, slots, cost)
        held = {slot.period_id: cost or 0 for slot in slots if slot.currency == asked.estimate.currency}
        for period_id, units in held.items():
            self.tally.put(asked.id, period_id, Entry(HOLD, units, microseconds(asked.at)))
        lasts = max((self.declared.all[slot.budget].held for slot in slots), default=USUAL)
        made = Reservation(
            asked.id, HELD, basis, asked.estimate.currency, json.dumps(dict(asked.fields), sort_keys=True),
            asked.asked, cost or 0, microseconds(asked.at), microseconds(asked.at + lasts),
        )  # fmt: skip
        self.kept.add(made)
        return self._reserved(made)

    def _estimated(self, asked: Reserve, slots: Sequence[Slot]) -> tuple[str, int | None]:
        """Basis and amount; None where nothing says what it may cost."""
        given = asked.estimate
        if given.basis in ("given", "rates"):
            return given.basis, given.cost
        found = [
            self._learned[key]
            for key in keys(asked.fields.get("feature"), asked.fields.get("model"))
            if key in self._learned
        ]
        least = max(given.cost or 0, given.least)
        if sure := next((one for one in found if one.sure), None):
            return "learned", max(sure.cost, least)
        if given.basis == "output":
            return given.basis, given.cost
        usual = [
            amounts.held(budget.estimate)
            for slot in slots
            if (budget := self.declared.all[slot.budget]).estimate is not None
        ]
        if usual:
            return "default", max(*usual, least)
        return ("learned", max(found[0].cost, least)) if found else ("none", None)

    def _admit(self, asked: Reserve, slots: Sequence[Slot], cost: int | None) -> None:
        """Raise OverBudget where an enforced budget has no room, or would have to guess."""
        for slot in slots:
            budget = self.declared.all[slot.budget]
            if not budget.enforced:
                continue
            known = cost is not None and slot.currency == asked.estimate.currency
            if budget.unpriced == "deny" and (not known or asked.estimate.unpriced):
                raise self._refusal(slot, asked, None)
            needed = (cost or 0) if known else 0
            if self.tally.counters[slot.period_id].room < max(needed, LEAST):
                self.expire()
            if self.tally.counters[slot.period_id].room < max(needed, LEAST):
                raise self._refusal(slot, asked, needed)

    def settle(self, asked: Settle) -> Settled:
        known = self.kept.get(asked.id)
        if known is None and (asked.cost is not None or asked.release):
            raise NotFound(
                f"Nothing was reserved as '{asked.id}'.",
                hint="Settle with the operation: it counts also without a reservation.",
            )
        if known is not None and known.state != SETTLED:
            if asked.cost is not None:
                self._told(known, asked)
            elif asked.release:
                self._let_go(known, RELEASED)
        return self._settled(asked.id, self.kept.get(asked.id))

    def _told(self, known: Reservation, asked: Settle) -> None:
        """Count a cost under the id of an operation that has not come yet."""
        assert asked.cost is not None  # noqa: S101  the caller has looked
        cost = amounts.spent(asked.cost)
        self._drop_holds(known.reservation_id)
        for slot in self._slots[id(asked)]:
            if slot.currency == known.currency:
                self.tally.put(known.reservation_id, slot.period_id, Entry(TOLD, cost, known.created))
        self.kept.change(known, state=SETTLED, cost=cost, settled=self.now)
        self._seen.append((known.told.get("feature"), known.told.get("model"), cost))

    def _let_go(self, known: Reservation, state: str) -> None:
        self._drop_holds(known.reservation_id)
        self.kept.change(known, state=state)

    def _drop_holds(self, name: str) -> None:
        for period_id, entry in self.tally.entries(name).items():
            if entry.state == HOLD:
                self.tally.put(name, period_id, None)

    def expire(self) -> int:
        """Let go of what is held for longer than it may; how many. Once in a transaction."""
        if self._expired:
            return 0
        self._expired = True
        over = self.kept.over()
        self.tally.take(one.reservation_id for one in over)
        for one in over:
            self._let_go(one, EXPIRED)
        return len(over)

    def _reserved(self, known: Reservation) -> Reserved:
        return Reserved(
            id=known.reservation_id,
            state=known.state,  # type: ignore[arg-type]
            estimate=amounts.amount(known.estimate),
            currency=known.currency,
            basis=known.basis,  # type: ignore[arg-type]
            expires_at=time_of(known.expires),
            budgets=self._rooms(self.tally.entries(known.reservation_id)),
        )

    def _settled(self, name: str, known: Reservation | None) -> Settled:
        rooms = self._rooms(self.tally.entries(name))
        cost = known.cost if known else None
        above = max(cost - known.estimate, 0) if known and cost is not None else 0
        return Settled(
            id=name,
            state=known.state if known else None,  # type: ignore[arg-type]
            estimate=amounts.amount(known.estimate) if known else None,
            cost=None if cost is None else amounts.amount(cost),
            currency=known.currency if known else self.declared.currency,
            above_estimate=amounts.amount(above),
            over=max((room.over for room in rooms), default=amounts.amount(0)),
            budgets=rooms,
        )

    def _rooms(self, period_ids: Iterable[str]) -> list[BudgetRoom]:
        counters = [self.tally.counters[name] for name in period_ids]
        known = sorted(
            (c for c in counters if c.budget in self.declared.all), key=lambda c: (c.budget, c.entity)
        )
        return [room_of(counter, self.declared) for counter in known]

    def _refusal(self, slot: Slot, asked: Reserve, needed: int | None) -> OverBudget:
        room = room_of(self.tally.counters[slot.period_id], self.declared)
        whose = ", ".join(f"{field} {name}" for field, name in room.entity.items())
        name = f"'{room.budget}'" + (f" of {whose}" if whose else "")
        told = room.model_dump(mode="json")
        about = ("budget", "entity", "limit", "spent", "reserved", "remaining", "currency", "resets_at")
        members: dict[str, Any] = {**{name: told[name] for name in about}, "reason": "unpriced"}
        if needed is None:
            model = asked.fields.get("model") or "(none)"
            return OverBudget(
                f"Nobody knows what a call of model {model} costs, and the budget {name} is enforced.",
                members,
                hint="Give an estimate, or name its price in `rates`; the budget may say `unpriced: allow`.",
            )
        members |= {"reason": "over", "estimate": plain(amounts.amount(needed))}
        costs = f", and this call may cost {plain(amounts.amount(needed))}" if needed else ""
        until = f"{room.resets_at:%Y-%m-%d %H:%M} UTC"
        return OverBudget(
            f"The budget {name} {_left(room)} until {until}{costs}.",
            members,
            hint=f"Raise the limit of this period, as by 'apportion budgets adjust', or wait until {until}.",
        )


def _left(room: BudgetRoom) -> str:
    """How much room there is; what is held counts as spent."""
    if room.remaining >= 0:
        return f"has {plain(room.remaining)} {room.currency} left"
    held = ", with what is held," if room.reserved else ""
    return f"is overspent by {plain(-room.remaining)} {room.currency}{held}"


def _reserves(asked: Sequence[Reserve | Settle]) -> list[tuple[int, Reserve]]:
    return [(id(one), one) for one in asked if isinstance(one, Reserve)]


@lru_cache(4_096)
def _entity(known: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(known)
    return found  # which a room copies


def room_of(counter: Counter, declared: Declared, expired: int = 0) -> BudgetRoom:
    """A counter as it is told; `expired` of what is reserved holds no longer."""
    budget = declared.all[counter.budget]
    reserved = counter.reserved - expired
    return BudgetRoom(
        budget=counter.budget,
        entity=_entity(counter.entity),
        title=budget.title or counter.budget,
        enforced=budget.enforced,
        currency=counter.currency,
        limit=amounts.amount(counter.amount),
        spent=amounts.amount(counter.spent),
        reserved=amounts.amount(reserved),
        remaining=amounts.amount(counter.amount - counter.spent - reserved),
        over=amounts.amount(max(counter.spent - counter.amount, 0)),
        resets_at=time_of(counter.until),
    )
