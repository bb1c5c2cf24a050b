"""Operations as they are posted: read, checked one by one, and told apart from what cannot be used."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json
from typing_extensions import TypedDict

from apportion.core.errors import BadInput
from apportion.metering.operation import Operation

MOST = 1_000
MOST_BYTES = 8 * 2**20
AHEAD = timedelta(days=1)
"""How far a clock elsewhere may be ahead of ours."""


class _Posted(TypedDict):
    operations: Annotated[list[Operation], Field(min_length=1, max_length=MOST)]


_ONE = TypeAdapter(Operation)
_BATCH = TypeAdapter(_Posted)


@dataclass(frozen=True)
class Rejected:
    """Why an operation was left out: its place in the batch from 0, its id, and the field at fault."""

    index: int
    id: str
    field: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """The operations of a batch that can be used, each with its time in UTC, and the others."""

    operations: Sequence[Operation]
    rejected: Sequence[Rejected] = field(default_factory=list)


def read_batch(body: bytes, now: datetime) -> Batch:
    """A batch from JSON: one operation, a list of them, or `{"operations": [...]}`.

    Raises BadInput for what is no batch, or one of more than a thousand; operations that cannot be used are
    rejected one by one.
    """
    if len(body) > MOST_BYTES:
        raise BadInput(f"the batch has more than {MOST_BYTES // 2**20} MiB", hint="Send smaller batches.")
    try:  # the way of nearly all batches: read and checked in one go
        quick = _BATCH.validate_json(body)["operations"]
    except ValidationError:
        return check(_given(body), now)
    return _judged(list(enumerate(quick)), [], now)


def _given(body: bytes) -> list[Any]:
    try:
        found = from_json(body)
    except ValueError as why:
        raise BadInput(f"this is no JSON: {why}", hint='Send {"operations": [...]}.') from None
    given = found.get("operations", [found]) if isinstance(found, dict) else found
    if not isinstance(given, list) or not 1 <= len(given) <= MOST:
        raise BadInput(
            f"a batch is a list of 1 to {MOST:,} operations",
            where="operations",
            hint="Split it, or send one.",
        )
    return given


def check(given: list[Any], now: datetime) -> Batch:
    """Those of `given` that are operations, and why the others are not."""
    kept, rejected = [], []
    for index, one in enumerate(given):
        try:
            kept.append((index, _ONE.validate_python(one)))
        except ValidationError as why:
            fault = why.errors(include_url=False, include_input=False)[0]
            name = str(one.get("id", ""))[:200] if isinstance(one, dict) else ""
            rejected.append(Rejected(index, name, ".".join(map(str, fault["loc"])), fault["msg"]))
    return _judged(kept, rejected, now)


def _judged(numbered: list[tuple[int, Operation]], rejected: list[Rejected], now: datetime) -> Batch:
    kept = []
    for index, operation in numbered:
        if fault := _fault(operation, now):
            rejected.append(Rejected(index, operation["id"], *fault))
        else:
            kept.append(operation)
    return Batch(kept, sorted(rejected, key=lambda r: r.index))


def _fault(operation: Operation, now: datetime) -> tuple[str, str] | None:
    """The field and the reason where an operation contradicts itself; its time is made UTC on the way."""
    time = operation.get("time") or now
    time = time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    if time > now + AHEAD:
        return "time", "more than a day ahead of our clock"
    if time.year < 2000:
        return "time", "before the year 2000; seconds or milliseconds since 1970 are understood, too"
    operation["time"] = time
    read, written = operation.get("input_tokens"), operation.get("output_tokens")
    cached = (operation.get("cache_read_tokens") or 0) + (operation.get("cache_write_tokens") or 0)
    if cached and read is not None and cached > read:
        return "input_tokens", "fewer than those read from and written to the cache, which it includes"
    if (operation.get("cache_write_1h_tokens") or 0) > (operation.get("cache_write_tokens") or 0):
        return "cache_write_tokens", "fewer than those kept for an hour, which it includes"
    if written is not None and (operation.get("reasoning_tokens") or 0) > written:
        return "output_tokens", "fewer than those of reasoning, which it includes"
    return None
