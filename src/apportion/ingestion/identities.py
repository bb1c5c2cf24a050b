"""Loads the identity map: which names mean the same customer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import duckdb

from apportion.connectors import Field
from apportion.engine import quote_text, statement
from apportion.ingestion.limits import Limits
from apportion.ingestion.records import LoadRecord, Reject
from apportion.ingestion.sources import find_sources
from apportion.ingestion.table_load import TableLoad
from apportion.ingestion.tables import Paths, load_whole, optional_columns
from apportion.ingestion.tabling import StagedTable
from apportion.ledger import Ledger
from apportion.ledger.schemas import IDENTITIES


def ingest_identities(
    ledger: Ledger,
    paths: Paths,
    columns: Mapping[str, str] | None = None,
    *,
    dimension: str = "customer",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    connector: str = "files",
) -> LoadRecord:
    """Make the files the whole identity map; `columns` renames: our name → theirs.

    Names are compared without case and without blanks around them. The map is for the customers that
    `dimension` names. Refused where a row cannot be used or a name means two customers.
    """
    named = dict(columns or {})
    fields = [
        Field("customer_id", "text", named.get("customer_id", "customer_id"), required=True),
        Field("value", "text", named.get("value", "value"), required=True),
        Field("kind", "text", named.get("kind", "kind")),
    ]
    settings = f"identities {named} {dimension}"
    job = TableLoad(
        ledger, "identities", "", settings, find_sources(paths), Limits(), now(), connector=connector
    )
    optional = optional_columns(named, ["kind"])
    return load_whole(job, fields, optional, IDENTITIES, [_ambiguous], dimension=quote_text(dimension))


def _ambiguous(con: duckdb.DuckDBPyConnection, table: StagedTable, fields: Sequence[Field]) -> list[Reject]:
    names = {"value": fields[1].column, "customer_id": fields[0].column}
    rows = con.execute(statement("apportion.ingestion", "identities_ambiguous", rows=table.usable)).fetchall()
    return [
        Reject(file, line, names[column], value, f"a name that {place} gives to customer {other!r} already")
        for file, line, column, value, place, other in rows
    ]
