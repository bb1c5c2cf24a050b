"""What a connector for bills does: offer billing periods, fetch one, say as SQL how rows become charges."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import duckdb

from apportion.connectors.dialect import Dialect, Given
from apportion.connectors.stores import Said, Stored
from apportion.core.errors import ApportionError

BROKEN = 1 << 62
"""Bit of x_Repairs that marks a row which cannot be a charge; such rows never reach the ledger."""

ODD = 1 << 61
"""Bit of x_Repairs that marks a row which only a loose reading can judge; the file is then read so."""


@dataclass(frozen=True)
class SourceFile:
    """One file as found; `name` is how people are told of it, `size` its bytes.

    `content` is a digest of what it says, where whoever made it knows one that its rows' order leaves alone.
    """

    path: Path
    name: str
    size: int
    content: str = ""


@dataclass(frozen=True)
class Flag:
    """What bit number `bit` of x_Repairs means: which repair was made, in which column."""

    bit: int
    repair: str
    column: str


@dataclass(frozen=True)
class Form:
    """How a file has to be read, learned while reading it.

    A reading that is not loose marks no row broken: it fails with the engine's error where a value cannot be
    read, and leaves out what `ingestion.inspection` finds in what was written.
    `nulls`: words such as NULL stand for missing values. `loose`: values are not all written as FOCUS wants,
    so each is examined and repaired. `guarded` (and loose): some tags repeat a key, so each row is checked
    before its tags are cast. Each costs time, so it is left out until the file shows the need.
    """

    nulls: bool = False
    loose: bool = False
    guarded: bool = False


@dataclass(frozen=True)
class Origin:
    """What is written beside each row: its source, its load, and the month most rows are expected to have."""

    source: str
    load_id: str
    period: str


@dataclass(frozen=True)
class Stream:
    """Rows of a file, or of a part of it, as an SQL table expression.

    `line` is SQL for the number of a row in the file: records are counted in text files, the header (of
    `header` lines) being the first; rows in Parquet. `part` numbers the stream, and `before` is how many line
    ends of rows stand ahead of it in the file: the number of rows there, unless a value holds a line end.
    """

    relation: str
    line: str
    part: int = 0
    before: int = 0
    header: int = 1


class Rows(Protocol):
    """The raw rows of one file."""

    @property
    def file(self) -> SourceFile: ...

    @property
    def columns(self) -> Sequence[tuple[str, str]]:
        """Name as the file writes it and DuckDB type, in the order of the file; in SQL they are c0, c1, …"""

    @property
    def in_order(self) -> bool:
        """Whether a stream is read by one thread, so that it can count its rows."""

    def streams(self, parts: int, *, nulls: bool) -> Sequence[AbstractContextManager[Stream]]:
        """The file as at most `parts` streams that may be read at the same time.

        A stream can be read once. Leaving it raises BadInput where the bytes turned out to be damaged.
        """


class Reading(Protocol):
    """One file that has been looked at and found to be a bill."""

    @property
    def rows(self) -> Rows: ...

    @property
    def dialect(self) -> Dialect: ...

    @property
    def version(self) -> str:
        """The FOCUS version that the charges follow."""

    @property
    def outputs(self) -> Sequence[str]:
        """The FOCUS columns that its rows may fill."""

    @property
    def flags(self) -> Sequence[Flag]:
        """What the bits of x_Repairs mean for this file."""

    @property
    def others(self) -> Sequence[str]:
        """Names of the columns that its dialect does not have; they end in x_Columns."""

    @property
    def notes(self) -> Sequence[str]:
        """What people should know of how this file was read, such as optional columns that it lacks."""

    @property
    def form(self) -> Form:
        """What the first rows show."""

    @property
    def period(self) -> str:
        """Billing period of the first row that has one, as 'YYYY-MM'; '' where none has."""

    def given(self, column: str) -> Given:
        """What the dialect says of a column that `flags` or the faults of a row name."""

    def select(self, stream: Stream, form: Form, origin: Origin) -> str:
        """A SELECT of exactly the columns of `charges`, in their order.

        Rows that cannot be charges have bit BROKEN in x_Repairs, and x_Columns holds the text of each value
        at fault by its column.
        """

    def control(self, stream: Stream, form: Form) -> str:
        """A SELECT of what the bill itself adds up to, whatever `select` makes of it.

        Columns: broken, period, account, kind of line, currency, rows, and amount, of every row. Only for
        dialects that have a `body`: in the others a row is a charge.
        """

    def survey(self, stream: Stream, origin: Origin, rounded: Sequence[str]) -> str:
        """A SELECT that counts what `select` could not keep: by period and currency one row.

        Columns: period, currency, a list of {column, rows} of words that stood for nothing, and a list of
        {column, difference} of what rounding the columns `rounded` took away or added.
        """

    def raw_values(self, stream: Stream, wanted: Sequence[tuple[int, str]], last: int) -> str:
        """A SELECT of line, column and text for the (line, column) pairs `wanted`, none after line `last`."""


@dataclass(frozen=True)
class Offer:
    """A billing period as a place offers it.

    `period` is 'YYYY-MM', or '' where only reading the files tells. `fingerprint` changes whenever the
    content does; '' where only fetching tells. `certain` is False where a folder's name alone suggests the
    period.
    `final`: True where it is invoiced, False where it is still open, None where the place does not say.
    `problem` is why the period cannot be fetched, such as a manifest that cannot be read; the others can.
    """

    period: str
    objects: tuple[Stored, ...] = ()
    fingerprint: str = ""
    certain: bool = True
    final: bool | None = None
    notes: tuple[str, ...] = ()
    problem: ApportionError | None = None


@dataclass(frozen=True)
class Place:
    """Where a source's bills are, and what is known of them already.

    `location` and `access` are those of apportion.yaml, paths relative to `directory`. `known` has the
    fingerprint of the offer that each loaded billing period came from; `loaded` when that was.
    """

    location: str
    access: Mapping[str, str] = field(default_factory=dict)
    directory: Path = Path()
    known: Mapping[str, str] = field(default_factory=dict)
    loaded: Mapping[str, datetime] = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


class BillConnector(Protocol):
    """Finds, fetches and reads one provider's bills."""

    @property
    def name(self) -> str: ...

    @property
    def signature(self) -> str:
        """Changes whenever the same file would be read differently: by other settings, or a newer reader."""

    def offers(self, place: Place) -> Sequence[Offer]:
        """The newest complete export of each billing period; NotFound or Terminal naming what is missing."""

    def fetch(self, place: Place, offer: Offer, folder: Path, said: Said) -> Sequence[SourceFile]:
        """The files of an offer, downloaded below `folder` where they are not local."""

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """Look at the beginning of each file of one load; BadInput where one is no bill of this kind."""

    def settle(self, con: duckdb.DuckDBPyConnection, charges: str) -> str | None:
        """What only all rows of a billing period together can tell.

        `charges` is SQL for the period's charges, to be used after FROM. The answer is a SELECT of the
        columns of `charges` to be written in their place, or None where they are right as they are.
        """
