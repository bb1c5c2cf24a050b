"""What a connector for usage does: say which days to ask for, and make files of what they hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol

from apportion.connectors.contract import SourceFile
from apportion.connectors.stores import Said
from apportion.core.periods import Window


@dataclass(frozen=True)
class UsageColumns:
    """Which columns of a usage file say when, how much, and by whom (dimension → column).

    Where `unit_column` is not '', it has each row's unit, and the right one is `unit`.
    """

    time: str = "time"
    quantity: str = "quantity"
    dimensions: Mapping[str, str] = field(default_factory=dict)
    unit_column: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Batch:
    """Files that are one load, and what people should know of how they were made.

    `within` are the days of one month that they were asked for. Where they are not `whole`, the ledger keeps
    the month's other days, and there is one file, made by `written`. Where `within` is None they are the
    usage of the months they hold.
    """

    files: Sequence[SourceFile | Path | str]
    within: Window | None = None
    whole: bool = True
    notes: tuple[str, ...] = ()


class UsageConnector(Protocol):
    """Brings the usage of one measure."""

    @property
    def name(self) -> str: ...

    @property
    def place(self) -> str:
        """What people are told of where the usage comes from; never a secret."""

    @property
    def columns(self) -> UsageColumns:
        """The columns of the files it makes."""

    @property
    def mark(self) -> str:
        """Changes whenever the same days would be asked for differently; '' where no days are asked for."""

    def span(self, loaded: Window | None, today: date) -> Window | None:
        """The days (UTC) to ask for, where `loaded` were before; None where there is only everything."""

    def fetch(self, span: Window | None, folder: Path, said: Said) -> Iterator[Batch]:
        """What these days hold, oldest first, in files below `folder`; nothing for a month without usage.

        BadInput, NotFound, Terminal or Transient where it cannot be had; no message tells a secret.
        """

    def check(self, today: date) -> str:
        """What was found where little is asked, as a sentence; the same errors where it cannot be had."""
