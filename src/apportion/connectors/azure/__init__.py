"""Connector `azure`: Microsoft Cost Management's exports: FOCUS, actual and amortized cost."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from apportion.connectors.azure import basis
from apportion.connectors.azure.cost_details import TITLE, cost_details
from apportion.connectors.azure.focus_export import focus_export
from apportion.connectors.azure.layout import AzureLayout
from apportion.connectors.contract import Reading, Rows, SourceFile
from apportion.connectors.dialect import Dialect
from apportion.connectors.reading import BillReading, open_rows, read_rows
from apportion.core.errors import BadInput

_ACTUAL = (
    "has actual costs only: purchases of reservations and savings plans count in the month they were made."
)
_AMORTIZED = "has amortized costs only: BilledCost lacks purchases of reservations and savings plans."


class AzureConnector(AzureLayout):
    """Reads what Cost Management exports and what can be downloaded from Cost analysis.

    `currency`: the billing currency of files that do not name one.
    """

    name = "azure"

    def __init__(self, currency: str = "") -> None:
        super().__init__()
        if currency and not re.fullmatch("[A-Z]{3}", currency):
            raise BadInput(f"'{currency}' is no currency.", hint="Write three capital letters, such as EUR.")
        self.currency = currency

    @property
    def signature(self) -> str:
        """See `BillConnector`."""
        return f"{super().signature} {self.currency}".strip()

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """See `BillConnector`; beside a month's amortized costs its actual ones only add purchases."""
        found = [_Seen.of(open_rows(file, con)) for file in files]
        refuse_twice(found)
        given = self._bases([seen for seen in found if not seen.focus], con)
        return [
            read_rows(seen.rows, focus_export(), con) if seen.focus else self._read(seen, given, con)
            for seen in found
        ]

    def _bases(self, found: Sequence["_Seen"], con: duckdb.DuckDBPyConnection) -> Mapping[str, "_Basis"]:
        """By the name of each file, whether its costs are actual or amortized, and of which months."""
        groups: dict[str, list[_Seen]] = defaultdict(list)
        for seen in found:
            groups[basis.group(seen.rows.file.name)].append(seen)
        result: dict[str, _Basis] = {}
        for group in groups.values():
            shown = [basis.shown(self._plain(seen, con), con) for seen in group]
            kind = basis.together(shown)
            names = [
                self.kinds.get(seen.rows.file.name) or basis.named(seen.rows.file.name) for seen in group
            ]
            kind = kind or next(filter(None, names), "")
            for seen, its in zip(group, shown, strict=True):
                result[seen.rows.file.name] = _Basis(kind, its.months, sum(its.signs.values()) > 0)
        return result

    def _plain(self, seen: "_Seen", con: duckdb.DuckDBPyConnection) -> BillReading:
        return read_rows(seen.rows, cost_details(seen.headers, currency=self.currency), con)

    def _read(
        self, seen: "_Seen", given: Mapping[str, "_Basis"], con: duckdb.DuckDBPyConnection
    ) -> BillReading:
        name = seen.rows.file.name
        own, remarks = given[name], []
        amortized = frozenset[str]().union(*(b.months for b in given.values() if b.kind == "amortized"))
        actual = frozenset[str]().union(*(b.months for b in given.values() if b.kind == "actual"))
        if own.kind == "actual" and own.commitments and not own.months <= amortized:
            remarks.append(f"{name} {_ACTUAL}")
        if own.kind == "amortized" and own.commitments and not own.months <= actual:
            remarks.append(f"{name} {_AMORTIZED}")
        currency = self.currency
        if "billing_currency" not in self._plain(seen, con).positions and not currency:
            currency = "USD"
            remarks.append(f"{name} names no currency: read as USD. Set `currency` of the source.")
        months = amortized & own.months if own.kind == "actual" else frozenset()
        dialect = cost_details(seen.headers, own.kind or "amortized", currency, months)
        return read_rows(seen.rows, dialect, con, remarks=remarks)


@dataclass(frozen=True)
class _Basis:
    """The costs of a file: `kind` actual, amortized or '' (the same), `commitments`: whether it has any."""

    kind: str
    months: frozenset[str]
    commitments: bool


@dataclass(frozen=True)
class _Seen:
    """A file whose header has been read."""

    rows: Rows
    focus: bool

    @property
    def headers(self) -> list[str]:
        return [name for name, _ in self.rows.columns]

    @classmethod
    def of(cls, rows: Rows) -> "_Seen":
        """BadInput where it is neither a FOCUS export nor one of cost details."""
        headers = [name for name, _ in rows.columns]
        details = cost_details(headers)
        if not focus_export().missing(headers) and focus_export().likeness(headers) > details.likeness(
            headers
        ):
            return cls(rows, focus=True)
        if missing := details.missing(headers):
            if focus_export().likeness(headers) > details.likeness(headers):
                missing = focus_export().missing(headers)
            raise BadInput(
                f"This is not {TITLE} that can be used: it lacks {', '.join(missing)}.",
                where=rows.file.name,
                hint="Export cost details, or cost and usage in FOCUS, as docs/guides/azure.md shows.",
            )
        return cls(rows, focus=False)


def refuse_twice(found: Collection[_Seen]) -> None:
    """BadInput where the same cost is given as FOCUS and as cost details."""
    kinds = {seen.focus for seen in found}
    if len(kinds) > 1:
        names = ", ".join(seen.rows.file.name for seen in found if not seen.focus)
        raise BadInput(
            "These are cost details beside a FOCUS export, which has their cost already.",
            where=names,
            hint="Give one of the two.",
        )


def dialects() -> Sequence[Dialect]:
    """Every shape of bill that is read, for the reference."""
    return [cost_details(None), focus_export()]
