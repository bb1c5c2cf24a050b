"""Buckets of a usage report as operations: complete ones alone, each group under an id that stays."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import ModuleType
from typing import Any

from apportion.core.buckets import Bucket, Result
from apportion.core.errors import BadInput
from apportion.metering.operation import COUNTS
from apportion.metering.reports import anthropic, openai

PROVIDERS: Mapping[str, ModuleType] = {"openai": openai, "anthropic": anthropic}
WIDTHS = {timedelta(minutes=1): "1m", timedelta(hours=1): "1h", timedelta(days=1): "1d"}
LATE = timedelta(hours=1)
"""How long after its end a bucket may still grow: calls are reported some minutes after they were made."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ADDED = (*COUNTS, "requests")


@dataclass(frozen=True)
class Told:
    """What a report tells: operations as they would be posted, all of `provider` ('' where it tells nothing).

    `ids` are those of each complete bucket, by its beginning and width; `growing` counts buckets that are not
    complete, `others` results that count no tokens, by their kind.
    """

    provider: str = ""
    operations: list[dict[str, Any]] = field(default_factory=list)
    spans: dict[tuple[datetime, timedelta], set[str]] = field(default_factory=dict)
    growing: int = 0
    others: Mapping[str, int] = field(default_factory=dict)

    @property
    def days(self) -> list[date]:
        """The days (UTC) on which something was used."""
        return sorted({operation["time"].date() for operation in self.operations})


def told(buckets: Iterable[Bucket], seen: datetime, where: str) -> Told:
    """Operations of the buckets that were complete when they were seen. Raises BadInput for a cost report."""
    provider, growing, others = "", 0, Counter[str]()
    operations: dict[str, dict[str, Any]] = {}
    spans: dict[tuple[datetime, timedelta], set[str]] = {}
    for bucket in buckets:
        if not bucket.results:
            continue
        width = bucket.end - bucket.start
        if width not in WIDTHS or (bucket.start - _EPOCH) % width or bucket.end + LATE > seen:
            growing += 1
            continue
        found: dict[str, dict[str, Any]] = {}
        for result in bucket.results:
            maker = _provider(result, where)
            if provider not in ("", maker):
                raise BadInput("It is of two providers.", where=where, hint="Give each its own file.")
            provider = maker
            one = _operation(result, bucket, maker, where)
            if one is None:
                others[str(result.get("object") or "results")] += 1
            else:
                _add(found, one)
        used = {name: one for name, one in found.items() if any(one.get(count) for count in _ADDED)}
        operations |= used
        spans.setdefault((bucket.start, width), set()).update(used)
    return Told(provider, list(operations.values()), spans, growing, others)


def _provider(result: Result, where: str) -> str:
    if "amount" in result:
        raise BadInput(
            "This is a report of costs, which is a bill.",
            where=where,
            hint="Load it with 'apportion ingest openai FILE' or 'apportion ingest anthropic FILE'.",
        )
    found = next((name for name, maker in PROVIDERS.items() if maker.kind_of(result)), "")
    if found or str(result.get("object", "")).startswith("organization.usage."):
        return found or "openai"
    raise BadInput(
        "This is no usage report that is known.",
        where=where,
        hint="Save what OpenAI answers at /v1/organization/usage/…, or Anthropic at usage_report/messages.",
    )


def _operation(result: Result, bucket: Bucket, provider: str, where: str) -> dict[str, Any] | None:
    maker = PROVIDERS[provider]
    kind = maker.kind_of(result)
    if kind is None:
        return None
    name, done = kind
    try:
        counted = {k: v for k, v in maker.counts(result).items() if k != "requests" or v}
        fields = {k: v for k, v in maker.fields(result).items() if v not in (None, "")}
    except (TypeError, AttributeError):
        raise BadInput(
            "A result is not written as reports are.",
            where=f"{where}, {bucket.start:%Y-%m-%d %H:%M}",
            hint="Save the report again.",
        ) from None
    if not all(isinstance(count, int) for count in counted.values()):
        raise BadInput("A count is no whole number.", where=f"{where}, {bucket.start:%Y-%m-%d %H:%M}")
    fields["dimensions"] = {k: v for k, v in fields["dimensions"].items() if v}
    keys = {key: result[key] for key in maker.KEYS if result.get(key) not in (None, "")}
    return {
        "id": f"{_prefix(provider, name, bucket)}{_digest(keys)}",
        "time": bucket.start,
        "provider": provider,
        "operation": done,
        **{k: v for k, v in fields.items() if v != {}},
        **counted,
    }


def _prefix(provider: str, name: str, bucket: Bucket) -> str:
    return f"{provider}:{name}:{WIDTHS[bucket.end - bucket.start]}:{bucket.start:%Y%m%dT%H%M}:"


def _digest(keys: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(keys, sort_keys=True, default=str).encode()).hexdigest()[:20]


def _add(found: dict[str, dict[str, Any]], one: dict[str, Any]) -> None:
    """Two results of one group, as where the report is not grouped by all it has, are one operation."""
    known = found.setdefault(one["id"], one)
    if known is not one:
        for count in _ADDED:
            if count in known or count in one:
                known[count] = (known.get(count) or 0) + (one.get(count) or 0)


def in_batches(operations: list[dict[str, Any]], most: int) -> Iterator[list[dict[str, Any]]]:
    """`operations` in lists of at most `most`."""
    for at in range(0, len(operations), most):
        yield operations[at : at + most]
