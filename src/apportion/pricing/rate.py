"""A rate: what one kind of token, request or hour costs, for whom, since when, and who says so."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, time
from decimal import Decimal
from operator import attrgetter

COUNTED = {
    "input": "million tokens",
    "cache_read": "million tokens",
    "cache_write": "million tokens",
    "cache_write_1h": "million tokens",
    "input_audio": "million tokens",
    "cache_audio_read": "million tokens",
    "input_image": "million tokens",
    "output": "million tokens",
    "output_reasoning": "million tokens",
    "output_audio": "million tokens",
    "output_image": "million tokens",
    "request": "request",
    "gpu": "hour",
}
"""Kinds that an operation has counts for, with what their prices are for. Lists know others besides."""

TOKENS = tuple(kind for kind, unit in COUNTED.items() if unit == "million tokens")
DISCOUNT, NONE = "discount", "none"
"""Kinds that are no price: a percentage off the list's; a model that the list knows without a price."""
ANY = "*"
FINAL, SO_FAR, MISSING = "final", "so far", "missing"
"""What a price derived from a cluster's cost is of: of a complete month, of less, of no month yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One row of the table of rates. Rows before others win.

    `price` is for one `unit` (a million tokens, a request, an hour; of a discount: percent). `pattern` says
    which names mean `model`; see `patterns`. Days are half-open, None is open. `above` is the number of input
    tokens that a call has to exceed, `from_time` to `to_time` (UTC) the hours of the day. `override` counts
    the workspace's own rates from 1; 0 is the price list. `derived` says of a price that comes from a
    cluster's cost how complete that was.
    """

    provider: str
    model: str
    kind: str
    price: Decimal
    pattern: str = ""
    unit: str = "million tokens"
    currency: str = "USD"
    service_tier: str = ""
    region: str = ""
    batch: bool | None = False
    above: int = 0
    valid_from: date | None = None
    valid_to: date | None = None
    from_time: time | None = None
    to_time: time | None = None
    source: str = ""
    version: str = ""
    override: int = 0
    derived: str = ""

    def valid(self, day: date) -> bool:
        """Whether it holds on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )

    @property
    def counted(self) -> bool:
        """Whether operations have a count for what it prices."""
        return COUNTED.get(self.kind) == self.unit


_FIELDS = attrgetter(*(field.name for field in fields(Rate)))
"""`derived` is the last of them: it is '' in all rates that lists have."""


def content_hash(rates: Iterable[Rate], *more: object) -> str:
    """Twelve hexadecimal digits that change with any row, with their order, and with `more`."""
    digest = hashlib.sha256(repr(more).encode())
    for rate in rates:
        digest.update("\t".join(map(str, _FIELDS(rate))).encode())
    return digest.hexdigest()[:12]
