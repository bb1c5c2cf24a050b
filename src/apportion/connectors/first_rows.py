"""Which month the first rows of a bill belong to, before any of it has been read in earnest."""

from collections.abc import Mapping, Sequence
from datetime import datetime

_FORMATS = ("%m/%d/%y", "%m/%d/%Y")


def first_period(sample: Sequence[Mapping[str, str]]) -> str:
    """The month of the first BillingPeriodStart that can be read, as 'YYYY-MM', or ''.

    It is only what is expected of the rows to come; each row's own month is what counts.
    """
    for row in sample:
        if moment := _moment(row.get("BillingPeriodStart") or ""):
            return f"{moment:%Y-%m}"
    return ""


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
