"""What operations count as: revisions, of which the last one holds."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from apportion.credits.days import Key, Sums
from apportion.credits.kept import AT_ONCE
from apportion.database import credit_uses

WITHDRAWN = "withdrawn"
_COLUMNS = [column.name for column in credit_uses.columns]


@dataclass(frozen=True)
class Use:
    """An operation as credits see it. `amount` and `units` in 10⁻⁹; `state` 'withdrawn' counts as nothing."""

    operation_id: str
    revision: int
    customer: str
    feature: str = ""
    unit: str = ""
    day: str = ""
    plan: str = ""
    state: str = "counted"
    basis: str = ""
    amount: int = 0
    calls: int = 0
    units: int = 0
    at: int = 0

    @property
    def key(self) -> Key:
        """The daily sum that it belongs to."""
        return Key(self.customer, self.day, self.feature, self.unit)

    @property
    def sums(self) -> Sums:
        """What it adds to it beside credits."""
        return Sums(self.calls, self.units, uncounted=int(self.state in ("unpriced", "too_large")))


def last_uses(con: Connection, operations: Iterable[str]) -> dict[str, Use]:
    """What operations count as now; those that never counted are left out."""
    found: dict[str, Use] = {}
    names = sorted(set(operations))
    for at in range(0, len(names), AT_ONCE):
        mine = select(credit_uses).where(credit_uses.c.operation_id.in_(names[at : at + AT_ONCE]))
        for row in con.execute(mine.order_by(credit_uses.c.revision)):
            found[row.operation_id] = Use(**row._mapping)  # noqa: SLF001  a public attribute, so named
    return found


def keep_uses(con: Connection, uses: Iterable[Use]) -> None:
    """Add revisions."""
    if rows := [{name: getattr(use, name) for name in _COLUMNS} for use in uses]:
        con.execute(insert(credit_uses), rows)
