"""What jobs need to know and keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apportion.app.rating import Rating
from apportion.ledger.ledger import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Working(Rating):
    """Jobs of a workspace."""

    def needs_allocation(self) -> bool:
        """Whether facts or rules are others than those of the last run; never without any bill."""
        if self.ledger.table("charges").version() < 0:
            return False
        run = self.ledger.run()
        if run is None or run.rules != self.text:
            return True
        return any(self.ledger.table(name).version() != run.versions.get(name, -1) for name in FACTS)

    def keep_job(self, job: str, outcome: str, said: str, started: datetime, seconds: float) -> None:
        """Remember how the last run of a job went."""
        from apportion.database import jobs  # noqa: PLC0415

        row = {
            "job": job,
            "outcome": outcome,
            "said": said,
            "started": (started - EPOCH) // timedelta(microseconds=1),
            "milliseconds": int(seconds * 1000),
        }
        with self._opened().write() as con:
            if not con.execute(jobs.update().where(jobs.c.job == job).values(**row)).rowcount:
                con.execute(jobs.insert().values(**row))

    def last_jobs(self) -> list[dict[str, Any]]:
        """How the last run of each job went, as far as one ever ran."""
        with self._state_there() as state:
            return list(_last(state)) if state else []


def _last(state: Any) -> Iterator[dict[str, Any]]:
    from apportion.database import jobs  # noqa: PLC0415

    with state.read() as con:
        for row in con.execute(jobs.select().order_by(jobs.c.job)).mappings():
            started = EPOCH + timedelta(microseconds=row["started"])
            told = {"job": row["job"], "outcome": row["outcome"], "said": row["said"]}
            yield {**told, "started": started, "seconds": row["milliseconds"] / 1000}
