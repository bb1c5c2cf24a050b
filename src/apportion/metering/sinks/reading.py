"""How far the changes of operations go, and those that sinks have still to be told."""

from sqlalchemy import func, select

from apportion.database import State, operations
from apportion.metering.changed import Record, changed_after
from apportion.metering.settings import Tree


def changes(state: State, after: int, most: int, tree: Tree) -> list[Record]:
    """Operations whose last change came after number `after`, in order, as the view `operations` has them.

    Withdrawn ones, too, with that as their price state. Where they belong is looked up in `tree`.
    """
    with state.read() as con:
        return changed_after(con, after, tree, most)


def newest(state: State) -> int:
    """The number of the last change; 0 where there is none."""
    with state.read() as con:
        return con.scalar(select(func.max(operations.c.changed))) or 0


def waiting(state: State, after: int) -> int:
    """How many operations have changed since."""
    with state.read() as con:
        query = select(func.count()).select_from(operations).where(operations.c.changed > after)
        return con.scalar(query) or 0
