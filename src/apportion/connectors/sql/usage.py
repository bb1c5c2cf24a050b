"""Usage from an SQL database: whole months, each asked for by itself."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from apportion.connectors.sql.database import Database
from apportion.connectors.sql.rows import columns, stream
from apportion.connectors.stores import Said
from apportion.connectors.usage.contract import Batch, UsageColumns
from apportion.connectors.usage.settings import SqlMeasure
from apportion.connectors.usage.spans import months, whole_months
from apportion.core.errors import BadInput
from apportion.core.periods import Window


@dataclass(frozen=True)
class SqlUsage:
    """See `UsageConnector`."""

    settings: SqlMeasure
    directory: Path
    name: str = "sql"

    @cached_property
    def database(self) -> Database:
        """Where the query is asked."""
        return Database(self.settings.url, self.directory)

    @property
    def place(self) -> str:
        return self.database.place

    @property
    def columns(self) -> UsageColumns:
        given = self.settings
        return UsageColumns(given.time, given.quantity, given.dimensions, given.unit_column, given.unit)

    @property
    def mark(self) -> str:
        given = self.settings.model_dump_json(exclude={"days"})
        return f"sql {hashlib.sha256(given.encode()).hexdigest()[:16]}"

    def span(self, loaded: Window | None, today: date) -> Window:
        return whole_months(loaded, self.settings.since, self.settings.days, today)

    def fetch(self, span: Window | None, folder: Path, said: Said) -> Iterator[Batch]:
        with self.database.connected() as con:
            for month in months(span) if span else ():
                said(f"Asking {self.place} for {month.start:%B %Y}")
                name = f"sql-{month.start:%Y-%m}"
                answer = stream(con, self.settings.query, self._given(month), folder / name, name)
                if answer.rows:
                    yield Batch([answer.file], month)

    def check(self, today: date) -> str:
        """Asks for no time at all, which names the columns."""
        with self.database.connected() as con:
            found = columns(con, self.settings.query, self._given(Window(today, today)))
        wanted = self.columns
        named = [wanted.time, wanted.quantity, *wanted.dimensions.values(), wanted.unit_column]
        known = {column.casefold() for column in found}
        if lacks := [column for column in named if column and column.casefold() not in known]:
            raise BadInput(
                f"The query answers no {', '.join(lacks)} (it answers {', '.join(found)}).",
                where=self.place,
                hint="Name its columns with AS, or the right ones in apportion.yaml.",
            )
        return f"{self.place} answers {', '.join(found)}"

    def _given(self, span: Window) -> dict[str, object]:
        return {"from": self.database.moment(span.start), "to": self.database.moment(span.end)}
