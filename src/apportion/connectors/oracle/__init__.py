"""Connector `oracle`: Oracle Cloud Infrastructure's cost reports and FOCUS reports."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from apportion.connectors.contract import Offer, Place, Reading, Rows, SourceFile
from apportion.connectors.dialect import Dialect
from apportion.connectors.exports import ExportConnector, by_folder, offer
from apportion.connectors.oracle.reports import cost_report, focus_report
from apportion.connectors.reading import open_rows, read_rows
from apportion.connectors.stores import Store, Stored
from apportion.core.errors import BadInput

_DAY = re.compile(r"(?:^|/)(20\d\d)/(0[1-9]|1[0-2])/(?:0[1-9]|[12]\d|3[01])/")


class OracleConnector(ExportConnector):
    """Reads the reports that Oracle writes to its own bucket each day."""

    name = "oracle"

    def offers(self, place: Place) -> Sequence[Offer]:
        """See `BillConnector`; a month that still runs is not final."""
        running = f"{place.now():%Y-%m}"
        return [
            replace(found, final=False) if found.period and found.period >= running else found
            for found in super().offers(place)
        ]

    def layout(self, store: Store, listed: Sequence[Stored]) -> list[Offer]:  # noqa: ARG002
        """All days of a month in FOCUS reports; cost reports are numbered, so they are one offer together."""
        data = [s for s in listed if s.key.lower().endswith(tuple(self.endings)) and "usage-csv" not in s.key]
        daily = [s for s in data if _DAY.search(s.key)]
        if not daily:
            return by_folder(data)
        rest = len(data) - len(daily)
        notes = (
            [f"{rest} cost reports beside the FOCUS reports have the same cost: left out."] if rest else []
        )
        months: dict[str, list[Stored]] = defaultdict(list)
        for stored in daily:
            if match := _DAY.search(stored.key):
                months[f"{match[1]}-{match[2]}"].append(stored)
        return [offer(m, days, certain=False, notes=notes) for m, days in sorted(months.items())]

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """See `BillConnector`."""
        found = [open_rows(file, con) for file in files]
        shapes = [_shape(rows) for rows in found]
        if len({dialect.name for dialect in shapes}) > 1:
            raise BadInput(
                "There are cost reports beside FOCUS reports, which have the same cost.",
                where=", ".join(r.file.name for r, d in zip(found, shapes, strict=True) if d.name != "focus"),
                hint="Give one of the two.",
            )
        return [read_rows(rows, dialect, con) for rows, dialect in zip(found, shapes, strict=True)]


def _shape(rows: Rows) -> Dialect:
    headers = [name for name, _ in rows.columns]
    likely = max(dialects(), key=lambda dialect: dialect.likeness(headers))
    if missing := likely.missing(headers):
        raise BadInput(
            f"This is not {likely.title} that can be used: it lacks {', '.join(missing)}.",
            where=rows.file.name,
            hint="Give cost or FOCUS reports, as docs/guides/oracle.md shows; usage reports have no cost.",
        )
    return likely


def dialects() -> Sequence[Dialect]:
    """Every shape of bill that is read."""
    return [cost_report(), focus_report()]
