"""Who may come into the small company: nobody has an account until a test makes one."""

import weakref
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from apportion.access import Tenant
from apportion.access.service import Access
from apportion.access.settings import AccessSettings
from apportion.database import State
from unit.access.entry import passwords


class StaysOpen(Access):
    """Whoever is at the machine stays in, whatever accounts there are."""

    configured = False  # type: ignore[assignment]


class AccessKept:
    """Answers for who comes in, in a state database of its own."""

    entrance: type[Access] = Access

    def knows_tenant(self, tenant: Tenant) -> bool:
        return tenant in (Tenant("customer", "acme"), Tenant("team", "payments"))

    @cached_property
    def access(self) -> Access:
        folder = TemporaryDirectory()
        weakref.finalize(self, folder.cleanup)
        home = Path(folder.name)
        file = home / "access.db"
        return self.entrance(
            State.file(file),
            home,
            AccessSettings(embed_origins=["https://app.example.com"]),
            there=file.exists,
            passwords=passwords(),
        )
