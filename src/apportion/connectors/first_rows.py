"""What the first rows of a bill show: its month, and how its values are written."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from apportion.connectors.dialect import Given

_FORMATS = ("%m/%d/%y", "%m/%d/%Y", "%Y%m")

Sample = Sequence[Mapping[str, str]]


def first_period(sample: Sample, column: str) -> str:
    """The month of the first value of `column` that can be read, as 'YYYY-MM', or ''.

    It is only what is expected of the rows to come; each row's own month is what counts.
    """
    for row in sample:
        if moment := _moment(row.get(column) or ""):
            return f"{moment:%Y-%m}"
    return ""


def shows_loose(sample: Sample, columns: Collection[Given]) -> bool:
    """Whether a value of the text columns `columns` is written otherwise than FOCUS wants."""
    return any(_is_loose(c, row[c.name]) for row in sample for c in columns if row.get(c.name))


def _is_loose(column: Given, value: str) -> bool:
    if column.allowed:
        return value not in column.allowed
    if column.stored == "time":
        return not value.endswith("Z")
    if column.stored in ("money", "number"):
        return len(value.partition(".")[2]) > 12 or any(sign in value for sign in "eE_")
    return column.stored == "map" and value.startswith("[")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        pass
    for written in _FORMATS:
        try:
            return datetime.strptime(text.strip(), written)  # noqa: DTZ007  # only its month is used
        except ValueError:
            continue
    return None
