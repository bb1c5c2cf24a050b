"""Who comes into a workspace."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from apportion.app.rating import Rating

if TYPE_CHECKING:  # a database, which most commands do without
    from apportion.access.service import Access


class Admitting(Rating):
    """People, keys and the audit log of a workspace."""

    @cached_property
    def access(self) -> Access:
        """Made when it is first needed; asking whether anybody has an account makes no database."""
        from apportion.access.service import Access  # noqa: PLC0415

        given = self.workspace
        return Access(
            self._state, self.directory, given.access, there=lambda: given.database.there(self.directory)
        )

    def stop(self) -> None:
        """Write what waits to be written."""
        if "access" in self.__dict__:
            self.access.close()
        super().stop()
