"""A measure of the workspace's own operations: what each day's calls cost or took, by whom they were made."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from apportion.connectors.usage import Batch, OperationsMeasure, Shares, UsageColumns, columns_of, written
from apportion.core.errors import BadInput, NotFound
from apportion.core.periods import Window
from apportion.engine import quote_ident, quote_text, statement
from apportion.metering.fields import LISTED, OWN

AT_ONCE = 10_000
_QUANTITIES = {
    "tokens": "CASE WHEN input_tokens IS NOT NULL OR output_tokens IS NOT NULL "
    "THEN coalesce(input_tokens, 0) + coalesce(output_tokens, 0) END"
}

Reader = Callable[[], AbstractContextManager[duckdb.DuckDBPyConnection]]


@dataclass(frozen=True)
class OperationsUsage:
    """See `UsageConnector`. All complete days are asked for each time, as prices may have been corrected."""

    settings: OperationsMeasure
    reader: Reader
    name: str = "operations"
    mark: str = ""
    place: str = "operations"

    @property
    def columns(self) -> UsageColumns:
        return columns_of(self.settings.dimensions)

    def span(self, loaded: Window | None, today: date) -> None:  # noqa: ARG002
        """Operations are always everything."""
        return

    def fetch(self, span: Window | None, folder: Path, said: Callable[[str], None]) -> Iterator[Batch]:  # noqa: ARG002
        said("operations")
        name = "operations.csv"
        with self.reader() as con, written(folder / name, name, self.columns) as made:
            notes = self._notes(con)
            sql, params = self._statement(datetime.now(UTC).date())
            found = con.execute(sql, params)
            while rows := found.fetchmany(AT_ONCE):
                made.add([Shares(time, quantity, tuple(by)) for time, quantity, *by in rows])
        if not made.rows:
            raise NotFound(
                "There is no operation of a complete day that this measure counts.",
                where=self.place,
                hint="Those of today count from tomorrow on; look at `where` and at 'apportion ai list'.",
            )
        yield Batch([made.file], notes=notes)

    def check(self, today: date) -> str:
        sql, params = self._statement(today)
        with self.reader() as con:
            found = con.execute(f"SELECT count(DISTINCT day), count(*) FROM ({sql})", params).fetchall()
        days, rows = found[0]
        return f"{days:,} days, {rows:,} rows"

    def _statement(self, today: date) -> tuple[str, dict[str, object]]:
        given = self.settings
        conditions, params = self._where()
        quantity = _QUANTITIES.get(given.quantity, given.quantity)
        by = {quote_ident(f"by {name}"): _value(field) for name, field in given.dimensions.items()}
        parts = {
            "quantity": quantity,
            "answers": "".join(f", {value} AS {name}" for name, value in by.items()),
            "keys": "".join(f", {name}" for name in by),
            "conditions": conditions,
        }
        return statement("apportion.ingestion", "operations", **parts), {**params, "today": today}

    def _where(self) -> tuple[str, dict[str, object]]:
        params: dict[str, object] = {}
        tests = ["true"]
        for n, (field, wanted) in enumerate(self.settings.where.items()):
            params[f"wanted_{n}"] = [wanted] if isinstance(wanted, str) else wanted
            tests.append(f"list_contains($wanted_{n}, {_value(field)})")
        return " AND ".join(tests), params

    def _notes(self, con: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        """What the measure leaves out. Raises BadInput where it would add up two currencies."""
        quantity = self.settings.quantity
        conditions, params = self._where()
        query = (
            "SELECT list(DISTINCT currency ORDER BY currency) FILTER (WHERE cost IS NOT NULL), "
            f"count(*) FILTER (WHERE ({_QUANTITIES.get(quantity, quantity)}) IS NULL) "
            f"FROM operations WHERE {conditions}"
        )
        currencies, unknown = con.execute(query, params).fetchall()[0]
        if quantity == "cost" and len(currencies or ()) > 1:
            raise BadInput(
                f"These operations are priced in {' and '.join(currencies)}, which do not add up.",
                where=self.place,
                hint=f"Choose one: where: {{currency: {currencies[0]}}}.",
            )
        return (f"{unknown:,} operations have no known {quantity}, and no part in this.",) if unknown else ()


def _value(field: str) -> str:
    """A field of an operation as SQL; '' where it has none."""
    if field == LISTED:
        return "regexp_extract(coalesce(rate, ''), '^[^/]*/([^;#]*)', 1)"
    if field.startswith(OWN):
        return f"coalesce(dimensions[{quote_text(field.removeprefix(OWN))}], '')"
    return f"coalesce({quote_ident(field)}, '')"
