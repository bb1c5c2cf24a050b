"""What every way of writing operations has in common."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from apportion.metering.export.csv_rows import CsvRows
from apportion.metering.export.influx import Points
from apportion.metering.export.json_lines import JsonLines

Record = Mapping[str, Any]
"""An operation as the view `operations` has it; a column that is left out is unknown."""


class Encoder(Protocol):
    """Writes operations as text, some at a time. It may remember what it wrote, so each text has its own."""

    media_type: str
    ending: str

    def head(self) -> str:
        """What stands before the first operation."""

    def encode(self, records: Iterable[Record]) -> str:
        """Operations as whole lines."""


FORMATS: Mapping[str, Callable[[], Encoder]] = {"csv": CsvRows, "influx": Points, "json": JsonLines}


def encoder(form: str) -> Encoder:
    """A new encoder for one of FORMATS."""
    return FORMATS[form]()
