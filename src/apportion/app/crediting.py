"""Plans of customers, their credits, and what they may do."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from apportion.app.rating import Rating
from apportion.core.errors import BadInput
from apportion.core.times import read_at
from apportion.engine import connect

if TYPE_CHECKING:  # databases, which most commands do without
    from pathlib import Path

    from apportion.credits.customers import Customers, Terms
    from apportion.credits.entitlements import Entitlements
    from apportion.credits.page import UsagePage
    from apportion.credits.refunding import RefundOrder
    from apportion.credits.report import CreditsList, OneAccount, PlanList, Refunded, TakeBack
    from apportion.credits.service import Credits, GrantOrder, SubscriptionOrder
    from apportion.credits.standing import Standing
    from apportion.credits.taking_back import TakeBackOrder
    from apportion.metering.changed import Follower

CONTACT = "contact"
"""The column of the list of customers that says who is told of their use."""
WHO = ("customers", "identities")
"""Tables of the ledger that say who customers are."""
LONGEST = 200
"""Characters of a name, as of operations."""


class Crediting(Rating):
    """Credits of a workspace."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self._knowing = threading.Lock()
        self._known: tuple[tuple[int, ...], Customers] | None = None

    def credit_followers(self) -> list[Follower]:
        """Who counts operations against credits; nobody where no plan is offered."""
        from apportion.credits.counting import Counting  # noqa: PLC0415

        return [Counting(self.credit_terms, self.clock)] if self.workspace.plans.offered else []

    def credit_terms(self) -> Terms:
        """Plans, and who customers are by the newest lists."""
        from apportion.credits.customers import Terms  # noqa: PLC0415

        reporting = self.workspace.reporting
        zone = ZoneInfo(reporting.time_zone)
        return Terms(self.workspace.plans, zone, reporting.currency, self._customers())

    def entitlements(self, customer: str, feature: str | None = None) -> Entitlements:
        """What a customer, by any of its names, may do now."""
        from apportion.credits.entitlements import entitlements  # noqa: PLC0415

        credits_, terms = self._credits, self.credit_terms()
        found = credits_.standing(self.customer_meant(customer))
        return entitlements(terms, found, credits_.now, feature)

    def customer_usage(self, customer: str, window: str = "period", at: str = "") -> UsagePage:
        """The customer's own page. Raises NotFound where nobody knows the customer."""
        from apportion.credits.customers import no_customer  # noqa: PLC0415

        credits_, meant = self._credits_at(at), self.customer_meant(customer)
        if not credits_.knows(meant):
            raise no_customer(customer)
        return credits_.page(meant, window)

    def plans(self) -> PlanList:
        """Plans that are offered."""
        return self._credits.plans()

    def credits(self, cursor: str = "", limit: int = 100, at: str = "") -> CreditsList:
        """A page of customers with their plan and credits: now, where the newest use ends, or at a time."""
        return self._credits_at(at).listed(cursor, limit)

    def credit_account(self, customer: str, cursor: str = "", limit: int = 100, at: str = "") -> OneAccount:
        """A customer with its grants and a page of its ledger. Raises NotFound."""
        return self._credits_at(at).account(self.customer_meant(customer), cursor, limit)

    def grant_credits(self, customer: str, order: GrantOrder) -> OneAccount:
        """Give credits to a customer, once for one id. Raises BadInput and Refused.

        The customer may be one whom nobody knows: credits may come before the list of customers.
        """
        credits_, meant = self._credits, self.customer_meant(customer)
        known = self._known_before(credits_, meant)
        anew = credits_.grant(meant, order)
        return credits_.account(meant).model_copy(update={"known": known, "done_before": not anew})

    def refund_credits(self, customer: str, order: RefundOrder) -> Refunded:
        """Pay back credits of an operation, once for one id. Raises NotFound and Refused."""
        from apportion.credits.report import refunded  # noqa: PLC0415

        back = self._credits.refund(self.customer_meant(customer), order)
        return refunded(order.operation_id, back)

    def take_back_credits(self, customer: str, order: TakeBackOrder) -> TakeBack:
        """Take back what is left of a grant that was a mistake. Raises NotFound and Refused."""
        from apportion.credits.report import taken_back  # noqa: PLC0415

        return taken_back(self._credits.take_back(self.customer_meant(customer), order))

    def subscribe_customer(self, customer: str, order: SubscriptionOrder) -> OneAccount:
        """Give a customer, who may be new, a plan from a day on.

        Raises NotFound for a plan that is not offered, and BadInput for a contact that is nobody's address.
        """
        from apportion.alerts.channels.contacts import is_contact  # noqa: PLC0415

        if order.contact and not is_contact(order.contact):
            hint = "Write one address like ops@acme.example: alerts go there."
            raise BadInput(f"'{order.contact[:100]}' is no e-mail address.", where="contact", hint=hint)
        credits_, meant = self._credits, self.customer_meant(customer)
        known = self._known_before(credits_, meant)
        credits_.subscribe(meant, order)
        return credits_.account(meant).model_copy(update={"known": known})

    def customer_like(self, name: str) -> str:
        """The customer that is called most like a name that is not its own; '' where none is."""
        return self._credits.like(name)

    def customer_meant(self, name: str) -> str:
        """The customer that a name stands for. Raises BadInput for what can be nobody's name."""
        if len(name) > LONGEST or "\0" in name:
            raise BadInput(f"A customer's name has up to {LONGEST} characters.", where="customer")
        return self._customers().means(name)

    def credit_standings(self) -> list[Standing]:
        """How every customer with a plan stands: percent, state, and who is to be told."""
        credits_ = self._credits
        return [found for found in credits_.standings(credits_.everyone()) if found.plan is not None]

    def _known_before(self, credits_: Credits, customer: str) -> bool:
        """Whether a list, an alias, a plan or credits speak of a customer."""
        return credits_.knows(customer) or customer in self._customers().aliases.values()

    @property
    def _credits(self) -> Credits:
        """The ledger of credits as it is now."""
        from apportion.credits.service import Credits  # noqa: PLC0415

        return Credits(self._opened(), self.credit_terms(), self.clock())

    def _credits_at(self, at: str) -> Credits:
        """The same for reports: as of a day or time, or the newest use where that is long ago."""
        if at:
            now = read_at(at, self.workspace.reporting.time_zone).moment
            return replace(self._credits, now=now, as_of=now)
        return self._credits.where_uses_end()

    def _customers(self) -> Customers:
        """Read again when the list or the identities change."""
        versions = tuple(self.ledger.table(name).version() for name in WHO)
        with self._knowing:
            if self._known is None or self._known[0] != versions:
                self._known = versions, self._read_customers(versions)
            return self._known[1]

    def _read_customers(self, versions: tuple[int, ...]) -> Customers:
        from apportion.credits.customers import Customers  # noqa: PLC0415

        if max(versions) < 0:
            return Customers()
        con = connect(temp=self.spill)
        try:
            self.ledger.facts_at(dict(zip(WHO, versions, strict=True))).register(con)
            aliases = con.execute(
                "SELECT alias, min(customer_id) FROM identities WHERE dimension = 'customer' GROUP BY alias"
            ).fetchall()
            listed = con.execute(
                "SELECT customer_id, plan, customer_name, attributes[?] FROM customers", [CONTACT]
            ).fetchall()
        finally:
            con.close()
        plans = {customer: plan for customer, plan, _, _ in listed if plan}
        names = {customer: name or customer for customer, _, name, _ in listed}
        contacts = {customer: contact.strip() for customer, _, _, contact in listed if contact}
        return Customers(dict(aliases), plans, names, contacts)
