"""Connector `aws`: Cost and Usage Reports, legacy and 2.0, and AWS's FOCUS exports."""

from collections.abc import Sequence
from string import Template

import duckdb

from apportion.connectors import focus
from apportion.connectors.aws import layout
from apportion.connectors.aws.cur import SPLIT, TITLE, cur, documented, has_net
from apportion.connectors.contract import Offer, Reading, Rows, SourceFile
from apportion.connectors.dialect import Dialect, body
from apportion.connectors.exports import ExportConnector, everything
from apportion.connectors.reading import BillReading, open_rows, read_rows
from apportion.connectors.recognise import hint
from apportion.connectors.stores import Store, Stored
from apportion.core.errors import BadInput
from apportion.engine import quote_text


class AwsConnector(ExportConnector):
    """Reads what AWS Data Exports and Cost and Usage Reports write."""

    name = "aws"

    def layout(self, store: Store, listed: Sequence[Stored]) -> list[Offer]:
        """See `ExportConnector`; a file that is named by itself is read as it is."""
        return layout.offers(store, listed) if len(listed) > 1 else [everything(listed)] if listed else []

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """See `BillConnector`; net costs are taken where every file has them."""
        found = [open_rows(file, con) for file in files]
        first = [self._first(rows, con) for rows in found]
        net = all(has_net(r.positions, _filled(r, con)) for r in first if r.dialect.body)
        return [r if not r.dialect.body else read_rows(r.rows, _of(r.rows, net=net), con) for r in first]

    def _first(self, rows: Rows, con: duckdb.DuckDBPyConnection) -> BillReading:
        headers = [name for name, _ in rows.columns]
        if focus.dialect().likeness(headers) > _of(rows, net=False).likeness(headers):
            return focus.read_focus(rows, con)
        if missing := _of(rows, net=False).missing(headers):
            raise BadInput(
                f"This is not {TITLE} that can be used: it lacks {', '.join(missing)}.",
                where=rows.file.name,
                hint=hint(headers, "aws", "Export it with all columns, as docs/guides/aws.md shows."),
            )
        return read_rows(rows, _of(rows, net=False), con)

    def settle(self, con: duckdb.DuckDBPyConnection, charges: str) -> str | None:
        """See `BillConnector`; the hour of an instance is split among its pods and tasks."""
        found = con.execute(f"SELECT 1 FROM {charges} WHERE AllocatedMethodId = {quote_text(SPLIT)} LIMIT 1")
        if not found.fetchone():
            return None
        con.execute(body("apportion.connectors.aws", "shares"))
        return Template(body("apportion.connectors.aws", "split")).substitute(charges=charges)


def dialects() -> Sequence[Dialect]:
    """The shapes of bill that this connector has words of its own for."""
    return [documented()]


def _of(rows: Rows, *, net: bool) -> Dialect:
    headers = [name for name, _ in rows.columns]
    plain = cur(frozenset(), net=False)
    return cur(frozenset(plain.positions(headers)), net=net)


def _filled(reading: BillReading, con: duckdb.DuckDBPyConnection) -> set[str]:
    """The net cost, if a row has it: reports of months without private discounts leave it empty."""
    name = "line_item_net_unblended_cost"
    if name not in reading.positions:
        return set()
    if any(row.get(name) for row in reading.sample):
        return {name}
    with reading.rows.streams(1, nulls=True)[0] as stream:
        query = f"SELECT 1 FROM {stream.relation} WHERE c{reading.positions[name]} IS NOT NULL LIMIT 1"
        return {name} if con.execute(query).fetchone() else set()
