"""Operations in InfluxDB's line protocol: one point each, at a nanosecond of its own."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from apportion.metering.store import microseconds

MEASUREMENT = "operation"
TAGS = (
    "cost_center", "customer", "environment", "feature", "model", "operation", "organization", "plan",
    "project", "prompt", "provider", "region", "service_tier", "source", "team", "variant",
)  # fmt: skip
"""Of few values each, which is what InfluxDB's index is for; free dimensions are tags, too."""
STRINGS = (
    "operation_id", "user", "workflow", "conversation", "requested_model", "price_state", "currency", "rate",
    "unit", "trace_id",
)  # fmt: skip
WHOLE = (
    "requests", "input_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens",
    "input_audio_tokens", "cache_audio_read_tokens", "input_image_tokens", "output_tokens",
    "reasoning_tokens", "output_audio_tokens", "output_image_tokens", "max_tokens", "latency_ms",
)  # fmt: skip
DECIMALS = ("cost", "reported_cost", "gpu_seconds", "units", "value")
SWITCHES = ("batch", "success")
EXACT = "cost_units"
"""The cost in whole 10⁻¹² of its currency: InfluxDB's decimals are floats, its whole numbers are exact."""

_OURS = {*TAGS, *STRINGS, *WHOLE, *DECIMALS, *SWITCHES, EXACT, "time"}
_NANOSECONDS = 1000
"""In a microsecond, which is as exactly as operations say when they began."""
_OPEN = ((1_000_000, 10**9), (1_000, 10**6), (1, _NANOSECONDS))
"""A time in whole seconds (of so many microseconds) leaves all nanoseconds of the second open; and so on."""
REMEMBERED = 200_000


class Moments:
    """Gives each operation a nanosecond that no other of the same tags has.

    InfluxDB keeps one point for each set of tags and moment. What the time leaves open, three digits or all
    nanoseconds of a whole second, comes from a hash of the id, so that an operation that is written again
    overwrites itself and nothing else; where they are taken, it gets the next free nanosecond. The last
    `most` moments are remembered, which is enough where operations come in order of time.
    """

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._taken: OrderedDict[tuple[str, int], str] = OrderedDict()
        self._given: dict[tuple[str, str, int], int] = {}
        self._after: dict[tuple[str, int], int] = {}

    def of(self, name: str, series: str, time: int) -> int:
        """The nanosecond since 1970 for an operation that began at `time`, in microseconds."""
        if given := self._given.get((name, series, time)):
            return given
        free = next(finer for whole, finer in _OPEN if time % whole == 0)
        moment = time * _NANOSECONDS + int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) % free
        if (series, moment) in self._taken:
            moment = self._free(series, time, moment)
        self._taken[series, moment] = name
        self._given[name, series, time] = moment
        while len(self._taken) > self._most:
            self._taken.popitem(last=False)
            self._given.pop(next(iter(self._given)))
        return moment

    def _free(self, series: str, time: int, taken: int) -> int:
        """The next nanosecond that nobody has; it goes on from the one before, for they may be thousands."""
        moment = self._after.get((series, time), taken + 1)
        while (series, moment) in self._taken:
            moment += 1
        if len(self._after) >= self._most:
            self._after.clear()
        self._after[series, time] = moment + 1
        return moment


class Points:
    """One point for each operation."""

    media_type = "text/plain; charset=utf-8"
    ending = "lp"

    def __init__(self) -> None:
        self._moments = Moments()

    def head(self) -> str:
        """Nothing."""
        return ""

    def encode(self, records: Iterable[Mapping[str, Any]]) -> str:
        """One line for each."""
        return "".join(map(self._point, records))

    def _point(self, record: Mapping[str, Any]) -> str:
        series = ",".join([MEASUREMENT, *_tags(record)])
        moment = self._moments.of(record["operation_id"], series, microseconds(record["time"]))
        return f"{series} {','.join(_fields(record))} {moment}\n"


def _tags(record: Mapping[str, Any]) -> list[str]:
    """In the order of their names, as InfluxDB likes them. A tag has a value or is not there."""
    found = {name: record.get(name) for name in TAGS}
    for name, value in (record.get("dimensions") or {}).items():
        found[f"dimension_{name}" if name in _OURS or name.startswith("_") else name] = value
    named = ((_escaped(name), _escaped(str(value))) for name, value in found.items() if value)
    return sorted(f"{name}={value}" for name, value in named if name and value)


def _fields(record: Mapping[str, Any]) -> Iterator[str]:
    """Fields keep one type each, whatever comes: 'i' ends whole numbers, text is quoted."""
    known = {name: value for name, value in record.items() if value is not None}
    if known["price_state"] == "withdrawn":  # a point cannot be taken back, only count for nothing
        known |= dict.fromkeys(WHOLE, 0) | {"cost": Decimal(0)}
    for name in STRINGS:
        if known.get(name):
            yield f"{name}={_quoted(known[name])}"
    for name in WHOLE:
        if name in known:
            yield f"{name}={known[name]}i"
    for name in DECIMALS:
        if name in known:
            yield f"{name}={format(known[name], 'f')}"
    if "cost" in known:
        yield f"{EXACT}={int(Decimal(known['cost']).scaleb(12))}i"
    for name in SWITCHES:
        if name in known:
            yield f"{name}={'true' if known[name] else 'false'}"


def _escaped(text: str) -> str:
    """A tag's name or value. There is no way to write line breaks, or a backslash at the end."""
    line = " ".join(text.splitlines()).rstrip("\\")
    return line.replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")


def _quoted(text: str) -> str:
    line = " ".join(str(text).splitlines())
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'
