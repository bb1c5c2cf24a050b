"""What the sender of a batch is told, now and whenever it asks again with the same key."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from apportion.core.errors import BadInput

SAMPLES = 100
"""So many errors are told with their reason; the numbers of all rejected rows are."""


@dataclass(frozen=True)
class RowError:
    """Why one row was left out. `index` counts the rows of the request from 0; `field` is '' for the row."""

    index: int
    field: str
    value: str
    reason: str


@dataclass(frozen=True)
class Receipt:
    """What became of one batch: rows kept by month, and those left out, of which `errors` has the first."""

    push_id: str
    measure: str
    received_at: str
    accepted: int
    rejected: int
    periods: Mapping[str, int]
    rejected_rows: Sequence[int] = ()
    errors: Sequence[RowError] = field(default_factory=tuple)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Receipt":
        errors = tuple(RowError(**e) for e in given["errors"])
        return cls(**{**given, "rejected_rows": tuple(given["rejected_rows"]), "errors": errors})


class BadRows(BadInput):
    """No row was kept, because of `errors`."""

    def __init__(self, message: str, errors: Sequence[RowError], *, hint: str = "") -> None:
        super().__init__(message, where="rows", hint=hint)
        self.errors = errors
