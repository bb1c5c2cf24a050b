"""Credits of customers in a state database: what is asked of them, granted, paid back, and by which plan."""

from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from apportion.access import audit
from apportion.core.errors import BadInput, NotFound, Refused
from apportion.core.nearest import nearest
from apportion.core.times import AT_REST
from apportion.credits import report
from apportion.credits.book import Book
from apportion.credits.customers import Terms, no_customer
from apportion.credits.grant import PRIORITIES, Grant
from apportion.credits.kept import upsertion
from apportion.credits.page import UsagePage, page, window_of
from apportion.credits.periods import day_of, midnight
from apportion.credits.refunding import PaidBack, RefundOrder, pay_back
from apportion.credits.report import CreditsList, OneAccount, PlanList
from apportion.credits.standing import Standing, day_rows, standings
from apportion.credits.taking_back import TakeBackOrder, TakenBack, take_back, was_taken
from apportion.credits.units import MOST, credits_of, digits, moment, short, time_of, to_credits
from apportion.database import State, credit_accounts, credit_days, credit_grants, subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

FIRST_YEAR, LAST_YEAR = 2000, 2200
"""Within these, months can be added to days."""
Given = Literal["top_up", "promotion", "refund", "adjustment"]


@dataclass(frozen=True)
class GrantOrder:
    """Credits to give. Given twice under one id, they count once; `priority` None is that of their kind."""

    grant_id: str
    kind: Given
    amount: Decimal
    expires: datetime | None = None
    priority: int | None = None
    reason: str = ""
    who: str = ""


@dataclass(frozen=True)
class SubscriptionOrder:
    """A plan from a day on, today where left out; until another begins, or a day that is not included."""

    plan: str
    since: date | None = None
    until: date | None = None
    contact: str = ""
    reason: str = ""
    who: str = ""


@dataclass(frozen=True)
class Credits:
    """The ledger of credits of a workspace at one moment, `now` (UTC).

    `as_of` is that moment where it is not the clock's: the period and its uses are those of then, grants and
    the ledger as they are known today.
    """

    state: State
    terms: Terms
    now: datetime
    as_of: datetime | None = None

    def where_uses_end(self) -> "Credits":
        """The same at the end of the newest day with a use, where nothing more is coming in.

        A quiet weekend is not that: the page would show the month before, and entitlements the new one.

        Credits that were granted since, or a plan, are news, too: then it is now.
        """
        given = select(func.max(credit_grants.c.at)).where(credit_grants.c.kind != "included")
        with self.state.read() as con:
            last = con.scalar(select(func.max(credit_days.c.day)))
            news = [con.scalar(given), con.scalar(select(func.max(subscriptions.c.at)))]
        today = day_of(moment(self.now), self.terms.zone)
        if last is None or abs((day := date.fromisoformat(last)) - today) <= AT_REST:
            return self
        if any(at is not None and day_of(at, self.terms.zone) > day for at in news):
            return self
        end = time_of(midnight(day + timedelta(days=1), self.terms.zone) - 1)
        return replace(self, now=end, as_of=end)

    def standing(self, customer: str) -> Standing:
        """How a customer stands; one who is not known stands as the default plan says."""
        return self.standings([customer])[0]

    def standings(self, customers: Sequence[str]) -> list[Standing]:
        """How customers stand, in the order given."""
        with self.state.read() as con:
            return standings(Book(con, self.terms, customers, moment(self.now)), customers)

    def page(self, customer: str, window: str) -> UsagePage:
        """The customer's own page, with the days of a window. Raises BadInput for what is no window."""
        with self.state.read() as con:
            book = Book(con, self.terms, [customer], moment(self.now))
            found = standings(book, [customer])[0]
            asked = window_of(window, found, book.today)
            rows = day_rows(con, [customer], asked.start, asked.until).get(customer, [])
        return page(self.terms, found, asked, rows, self.now)

    def listed(self, cursor: str, limit: int) -> CreditsList:
        """Customers by name, those after `cursor`."""
        after = [name for name in self.everyone() if name > cursor]
        some = after[:limit]
        more = some[-1] if len(after) > limit else None
        return report.listed(self.terms, self.standings(some), more, self.as_of)

    def account(self, customer: str, cursor: str = "", limit: int = 100) -> OneAccount:
        """One customer with its grants and a page of its ledger. Raises NotFound."""
        if not self.knows(customer):
            raise no_customer(customer)
        if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
            raise BadInput("This is no cursor of an answer.", where="cursor")
        before = int(cursor) if cursor else None
        with self.state.read() as con:
            book = Book(con, self.terms, [customer], moment(self.now))
            found, subscribed = standings(book, [customer])[0], book.subscriptions(customer)
            page = report.account(con, self.terms, found, subscribed, before=before, limit=limit)
            return page.model_copy(update={"as_of": self.as_of})

    def plans(self) -> PlanList:
        """Every plan, and how many customers have it today."""
        return report.plans(self.terms, self.standings(self.everyone()))

    def everyone(self) -> list[str]:
        """Customers that the list, a subscription or the ledger of credits knows, by name.

        Where no plan is declared, whoever only the list knows has no credits to speak of.
        """
        listed = self.terms.customers.names if self.terms.plans.offered else ()
        with self.state.read() as con:
            accounts = con.execute(select(credit_accounts.c.customer)).scalars().all()
            subscribed = con.execute(select(subscriptions.c.customer).distinct()).scalars().all()
        return sorted({*accounts, *subscribed, *listed})

    def like(self, name: str) -> str:
        """The customer that is called most like a name that is not its own; '' where none is."""
        titles = self.terms.customers.names
        return nearest(name, {one: titles.get(one, one) for one in self.everyone() if one != name})

    def knows(self, customer: str) -> bool:
        """Whether `everyone` has the customer."""
        if customer in self.terms.customers.names:
            return True
        with self.state.read() as con:
            return any(
                con.scalar(select(table.c.customer).where(table.c.customer == customer).limit(1))
                for table in (credit_accounts, subscriptions)
            )

    def grant(self, customer: str, order: GrantOrder) -> bool:
        """Give credits; False where they were given before under this id.

        Raises BadInput, and Refused where the id stands for something else.
        """
        amount = to_credits(order.amount)
        if not 0 < amount <= MOST:
            said = "Credits to grant are above 0 and at most 1,000,000,000."
            raise BadInput(said, where="amount", hint="A grant that was a mistake can be taken back.")
        if order.expires and order.expires <= self.now:
            raise BadInput("They would expire before anybody could use them.", where="expires")
        if order.expires and order.expires.year > LAST_YEAR:
            raise BadInput(f"Credits expire by {LAST_YEAR}, or never.", where="expires")
        if not order.grant_id or order.grant_id.startswith("included/"):
            raise BadInput("An id is needed, and 'included/' begins those of plans.", where="grant_id")
        expires = moment(order.expires) if order.expires else None
        priority = PRIORITIES[order.kind] if order.priority is None else order.priority
        starts = moment(self.now)
        made = (order.grant_id, order.kind, amount, priority, starts)
        grant = Grant(*made, expires=expires, ends=expires, reason=order.reason, who=order.who)
        try:
            return self._grant(customer, replace(grant), order)
        except IntegrityError:  # another customer was given the same id at the same moment; now it is there
            return self._grant(customer, grant, order)

    def _grant(self, customer: str, grant: Grant, order: GrantOrder) -> bool:
        terms = (customer, grant.kind, grant.amount, grant.expires, grant.priority)
        with self._writing(customer) as book:
            anew = not self._granted(book.con, grant.grant_id, terms)
            if anew:
                book.ready(customer).grant(grant, book.now)
                detail = {"credits": digits(order.amount), "kind": order.kind, "reason": order.reason}
                book.told = audit.Entry.named(order.who, "grant_credits", customer, **detail)
            return anew

    def refund(self, customer: str, order: RefundOrder) -> list[PaidBack]:
        """Pay back credits of an operation, to the grants they came from.

        Raises NotFound where the customer has no such operation, and Refused for more than it has taken.
        """
        with self._writing(customer) as book:
            back = pay_back(book, customer, order)
            if any(one.anew for one in back):
                paid = digits(sum((one.credits for one in back), Decimal(0)))
                detail = {"operation": order.operation_id, "credits": paid, "reason": order.reason}
                book.told = audit.Entry.named(order.who, "refund_credits", customer, **detail)
            return back

    def take_back(self, customer: str, order: TakeBackOrder) -> TakenBack:
        """Take back what is left of a grant; what was used of it stays covered.

        Raises NotFound where the customer has no such grant, and Refused for what a plan includes.
        """
        with self._writing(customer) as book:
            found = take_back(book, customer, order)
            if found.anew:
                detail = {"grant": order.grant_id, "credits": digits(found.taken), "reason": order.reason}
                book.told = audit.Entry.named(order.who, "take_back_credits", customer, **detail)
            return found

    def subscribe(self, customer: str, order: SubscriptionOrder) -> None:
        """Give a customer a plan from a day on, in place of one from that very day.

        Raises NotFound for a plan that is not offered.
        """
        plans = self.terms.plans
        name = plans.named(order.plan)
        if name is None or name not in plans.offered:
            hint = f"apportion.yaml has: {', '.join(plans.offered) or 'none'}."
            raise NotFound(f"There is no plan '{order.plan}'.", hint=hint)
        since = order.since or day_of(moment(self.now), self.terms.zone)
        if order.until is not None and order.until <= since:
            raise BadInput("It would end before it begins.", where="until")
        if not FIRST_YEAR <= since.year <= LAST_YEAR or (order.until and order.until.year > LAST_YEAR):
            raise BadInput(f"A plan holds from {FIRST_YEAR} to {LAST_YEAR}.", where="since")
        row: dict[str, Any] = {"plan": name, "until": order.until.isoformat() if order.until else None}
        row |= {name: getattr(order, name) for name in ("contact", "who", "reason")}
        row["at"] = moment(self.now)
        with self.state.write() as con:
            made = upsertion(con, subscriptions).values(customer=customer, since=since.isoformat(), **row)
            con.execute(made.on_conflict_do_update(index_elements=["customer", "since"], set_=row))
            book = Book(con, self.terms, [customer], moment(self.now), write=True)
            book.ready(customer)
            book.keep()
            detail = {"plan": name, "since": since.isoformat(), "until": row["until"], "reason": order.reason}
            audit.record(
                con, audit.Entry.named(order.who, "subscribe_customer", customer, **detail), self.now
            )

    @contextmanager
    def _writing(self, customer: str) -> "Iterator[Book]":
        with self.state.write() as con:
            book = Book(con, self.terms, [customer], moment(self.now), write=True)
            yield book
            book.keep()
            if book.told:
                audit.record(con, book.told, self.now)

    def _granted(self, con: "Connection", grant_id: str, terms: tuple[object, ...]) -> bool:
        """Whether it was granted before. Refused where that was something else, or was taken back."""
        row = con.execute(select(credit_grants).where(credit_grants.c.grant_id == grant_id)).one_or_none()
        if row is None:
            return False
        if (row.customer, row.kind, row.amount, row.expires, row.priority) != terms:
            said = f"'{grant_id}' was granted before: {self._told(row)}."
            raise Refused(said, hint="Give this another id.")
        if was_taken(con, grant_id):
            raise Refused(f"'{grant_id}' was granted and taken back.", hint="Give this another id.")
        return True

    def _told(self, grant: Any) -> str:
        """A grant in words: how many credits, to whom, when, and what else makes it another one."""
        on, until = (t and f"{day_of(t, self.terms.zone):%-d %b %Y}" for t in (grant.at, grant.expires))
        lasts = f"until {until}" if until else "without an end"
        what = f"{short(credits_of(grant.amount))} credits ({grant.kind}, priority {grant.priority})"
        return f"{what} to '{grant.customer}' on {on}, {lasts}"
