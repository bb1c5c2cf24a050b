"""Who comes into a workspace."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING

from apportion.app.reading import Reading
from apportion.core.errors import ApportionError
from apportion.core.nearest import nearest
from apportion.engine import quote_ident

if TYPE_CHECKING:  # a database, which most commands do without
    from collections.abc import Callable, Collection, Iterator

    from apportion.access import Tenant
    from apportion.access.service import Access


class Admitting(Reading):
    """People, keys and the audit log of a workspace."""

    @cached_property
    def access(self) -> Access:
        """Made when it is first needed; asking whether anybody has an account makes no database."""
        from apportion.access.service import Access  # noqa: PLC0415

        given = self.workspace
        return Access(
            self._state, self.directory, given.access, there=lambda: given.database.there(self.directory)
        )

    def knows_tenant(self, tenant: Tenant) -> bool:
        """Whether a list, a setting, the newest run or an operation names a team or customer."""
        nobody = tenant.name.startswith("(")  # (none), (unallocated)
        return not nobody and any(tenant.name in names for names in self._names_of(tenant.kind))

    def tenant_like(self, tenant: Tenant) -> str:
        """The known team or customer that is called most like one that nobody knows; '' where none is."""
        if tenant.kind == "customer" and (meant := self.customer_meant(tenant.name)) != tenant.name:
            return meant
        known = [name for names in self._names_of(tenant.kind) for name in names if name[:1] != "("]
        return nearest(tenant.name, dict(zip(known, known, strict=True)))

    def _names_of(self, kind: str) -> Iterator[Collection[str]]:
        """Names of all teams or customers, the quickest to find first; what cannot be read has none."""
        found: list[Callable[[], Collection[str]]]
        found = [self._listed, self._with_credits] if kind == "customer" else [self._in_tree]
        found += [partial(self._in_run, kind), partial(self._in_operations, kind)]
        for names in found:
            with suppress(ApportionError):
                yield names()

    def _listed(self) -> Collection[str]:
        return self.credit_terms().customers.names.keys()

    def _with_credits(self) -> Collection[str]:
        return self._credits.everyone()

    def _in_tree(self) -> Collection[str]:
        tree = self.workspace.tree
        below = (*tree.projects.values(), *tree.users.values(), *tree.workflows.values())
        return {*tree.teams, *(place.team for place in below if place.team)}

    def _in_run(self, kind: str) -> Collection[str]:
        """Values of the dimension, and whom perspectives attribute cost to."""
        with self.reader() as (con, facts):
            asked = "SELECT DISTINCT target FROM allocations WHERE target_kind = 'allocated'"
            asked += " AND list_contains($names, perspective)"
            if kind in facts.dimensions:
                asked += f" UNION SELECT DISTINCT {quote_ident(kind)} FROM daily_costs"
            names = [name for name, to in facts.perspectives.items() if to == kind]
            return {name for (name,) in con.execute(asked, {"names": names}).fetchall()}

    def _in_operations(self, kind: str) -> Collection[str]:
        with self.operations_reader() as con:
            asked = f"SELECT DISTINCT {quote_ident(kind)} FROM operations"
            return {name for (name,) in con.execute(asked).fetchall() if name}

    def stop(self) -> None:
        """Write what waits to be written."""
        if "access" in self.__dict__:
            self.access.close()
        super().stop()
