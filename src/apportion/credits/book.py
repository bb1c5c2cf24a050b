"""The accounts, plans and daily sums that one transaction works with, as they are at one moment."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from apportion.credits.account import Account
from apportion.credits.customers import Terms
from apportion.credits.days import Days
from apportion.credits.included import Includes
from apportion.credits.kept import (
    keep_accounts,
    load_grants,
    load_named,
    load_subscriptions,
    locked,
    looked_at,
)
from apportion.credits.periods import day_of
from apportion.credits.timeline import Subscription, Timeline

if TYPE_CHECKING:
    from apportion.access.audit import Entry


class Book:
    """Customers' accounts; `now` in microseconds, and `since` the earliest moment that is asked about.

    With `write` their rows are locked, and `keep` writes what became of them. Without, what has not happened
    yet in the ledger, like the grant of a new period, has happened in memory alone.
    """

    def __init__(
        self,
        con: Connection,
        terms: Terms,
        customers: Iterable[str],
        now: int,
        *,
        since: int | None = None,
        write: bool = False,
    ) -> None:
        self.con, self.terms, self.now = con, terms, now
        self.told: Entry | None = None  # what the audit log is to be told when all is kept
        names = sorted(set(customers))
        self.accounts = locked(con, names, now) if write else looked_at(con, names)
        load_grants(con, self.accounts, now if since is None else min(now, since))
        self._subscriptions = load_subscriptions(con, names)
        self._timelines: dict[str, Timeline] = {}
        self._ready: set[tuple[str, date]] = set()
        self._includes = Includes(terms.zone)
        self._cut()

    @property
    def today(self) -> date:
        """In the reporting time zone."""
        return day_of(self.now, self.terms.zone)

    def contact(self, customer: str) -> str:
        """Who is told of a customer's credits: by the newest subscription, else the list of customers."""
        begun = [one for one in self.subscriptions(customer) if one.since <= self.today]
        return (begun[-1].contact if begun else "") or self.terms.customers.contacts.get(customer, "")

    def subscriptions(self, customer: str) -> list[Subscription]:
        """As they were made, the earliest first."""
        return self._subscriptions.get(customer, [])

    def timeline(self, customer: str) -> Timeline:
        """Which plans the customer has had, has and will have."""
        if customer not in self._timelines:
            self._timelines[customer] = timeline(self.terms, customer, self.subscriptions(customer))
        return self._timelines[customer]

    def ready(self, customer: str, day: date | None = None) -> Account:
        """The account with what a plan includes on a day, today where left out, and without what is over."""
        account, wanted = self.accounts[customer], day or self.today
        if (customer, wanted) not in self._ready:
            self._ready.add((customer, wanted))
            self._includes.ensure(account, self.timeline(customer), wanted, self.now)
            account.settle(self.now)
        return account

    def load(self, grants: Iterable[str]) -> None:
        """Have these grants, too, however long ago they ended."""
        missing = set(grants) - {name for account in self.accounts.values() for name in account.grants}
        if missing:
            load_named(self.con, self.accounts, missing)
            self._cut()

    def _cut(self) -> None:
        """Mark what plans include that held for a part of their period only."""
        for name, account in self.accounts.items():
            self._includes.cut(account, self.timeline(name), self.now)

    def keep(self, days: Days | None = None) -> None:
        """Write it all."""
        keep_accounts(self.con, self.accounts.values())
        if days:
            days.keep(self.con)


def timeline(terms: Terms, customer: str, subscriptions: list[Subscription]) -> Timeline:
    """The plans of a customer by its subscriptions, the list of customers and the default."""
    return Timeline(terms.plans, subscriptions, terms.customers.plans.get(customer))
