"""Who customers are, as the ledger knows them: names they go by, and the plan that their list says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

from apportion.core.errors import NotFound
from apportion.credits.settings import Plans


@dataclass(frozen=True)
class Customers:
    """`aliases` (in small letters) lead to customers; the others are what their list says of each."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    contacts: Mapping[str, str] = field(default_factory=dict)

    def means(self, name: str) -> str:
        """The customer that a name stands for: its id, an alias, or an id or name in other letters.

        Itself where no list says so, or more than one customer is called like that.
        """
        if name in self.names:
            return name
        asked = name.strip()
        if alias := self.aliases.get(asked.lower()):
            return alias
        called = self._called.get(asked.casefold(), ())
        return next(iter(called)) if len(called) == 1 else name

    @cached_property
    def _called(self) -> Mapping[str, set[str]]:
        """Customers by ids and names in small letters."""
        found: dict[str, set[str]] = {}
        for customer, name in self.names.items():
            for called in (customer, name):
                found.setdefault(called.strip().casefold(), set()).add(customer)
        return found


@dataclass(frozen=True)
class Terms:
    """What credits are counted by: plans, the reporting time zone and currency, and who customers are."""

    plans: Plans
    zone: ZoneInfo
    currency: str
    customers: Customers = field(default_factory=Customers)


def no_customer(customer: str) -> NotFound:
    """The same for one whom nobody knows as for one who is somebody else's."""
    return NotFound(f"There is no customer '{customer}' here.")
