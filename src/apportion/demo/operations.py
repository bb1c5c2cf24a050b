"""The calls that Fernway's AI features make, as the company's own services would post them."""

import hashlib
import json
import random
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, TypeVar

from apportion.demo.ai_features import MESSAGES, Call, Feature, Way, features
from apportion.demo.company import LAST_DAY, PRODUCTION
from apportion.demo.customers import CUSTOMERS, Customer
from apportion.demo.rhythm import HOURS, WEEKDAY, growth

_T = TypeVar("_T")
Operation = dict[str, Any]
"""As JSON, in the fields of an operation."""

END = datetime.combine(LAST_DAY + timedelta(days=1), time(), UTC)
"""When all operations are over."""
_LANGUAGES = ("en", "en", "en", "nl", "de", "fr")
_CACHED_FROM = 1024  # tokens; shorter prompts are not cached by anybody
_WARM = 0.7
_LAST_START = 3400  # of an hour's seconds: a run ends in the hour and so on the day on which it began
_FAILED_SCORE = 0.3


@dataclass(frozen=True)
class _Run:
    """One run of a feature, of several calls, that came out well or not."""

    id: str
    feature: Feature
    way: Way
    customer: Customer
    user: str
    start: datetime
    success: bool


def make_operations(days: Sequence[date], seed: int) -> list[Operation]:
    """About 330 a day, in the order of their days; of a day in the order of their times."""
    found: list[Operation] = []
    yielded: Counter[tuple[str, str]] = Counter()
    for day in days:
        today = [
            operation
            for feature in features()
            if feature.since is None or feature.since <= day
            for operation in _of_day(feature, day, seed, yielded)
        ]
        found += sorted(today, key=lambda o: (o["time"], o["id"]))
    return found


def write_operations(directory: Path, operations: Sequence[Operation]) -> list[Path]:
    """One file a month, an operation on each line; returns their paths."""
    folder, paths = directory / "operations", []
    folder.mkdir(parents=True, exist_ok=True)
    for month, part in groupby(operations, lambda o: str(o["time"])[:7]):
        path = folder / f"calls-{month}.jsonl"
        lines = (json.dumps(o, separators=(",", ":")) for o in part)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
        paths.append(path)
    return paths


def _of_day(feature: Feature, day: date, seed: int, yielded: Counter[tuple[str, str]]) -> Iterator[Operation]:
    dice = random.Random(f"{seed}/operations/{feature.name}/{day}")
    ways = [way for way in feature.ways if way.on(day)]
    customers = [c for c in CUSTOMERS if c.active(day) and c.plan in feature.plans]
    weights = [4 + c.monthly // 1000 for c in customers]
    level = growth(day) * WEEKDAY[day.weekday()] * (0.9 + 0.2 * dice.random())
    for number in range(round(feature.runs * level)):
        way = _one(ways, [w.share for w in ways], dice)
        customer = _one(customers, weights, dice)
        run = _Run(
            id=f"{feature.project}-{day:%Y%m%d}-{number:03}",
            feature=feature,
            way=way,
            customer=customer,
            user=f"{customer.id}/{1 + int((2 + customer.monthly // 4000) * dice.random() * dice.random())}",
            start=_start(day, dice),
            success=_succeeds(yielded[feature.name, way.name], way.success),
        )
        yielded[feature.name, way.name] += 1
        yield from _calls(run, dice)


def _succeeds(before: int, percent: int) -> bool:
    """Spread evenly, so that the shares are those that were planted and no matter of luck."""
    return (before + 1) * percent // 100 > before * percent // 100


def _start(day: date, dice: random.Random) -> datetime:
    hour = _one(range(24), HOURS, dice)
    midnight = datetime.combine(day, time(), UTC)
    return midnight + timedelta(hours=hour, milliseconds=int(1000 * _LAST_START * dice.random()))


def _calls(run: _Run, dice: random.Random) -> Iterator[Operation]:
    start = run.start
    variant = {"variant": run.way.name} if run.feature.name == MESSAGES else {}
    for number, call in enumerate(run.way.calls, 1):
        last = number == len(run.way.calls)
        tokens = _tokens(call, dice)
        latency = 180 + 9 * tokens["output_tokens"] + int(120 * dice.random())
        yield {
            "id": f"{run.id}-{number}",
            "time": f"{start.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z",
            **_dimensions(run),
            "operation": call.operation,
            "provider": call.provider,
            "model": call.model,
            **tokens,
            "prompt": call.prompt,
            **(variant if last else {}),
            **_prefix(call, run),
            "latency_ms": latency,
            **(_outcome(run, dice) if last else {}),
        }
        start += timedelta(milliseconds=latency + 25)


def _dimensions(run: _Run) -> Operation:
    of_messages, talk = run.feature.name == MESSAGES, run.feature.unit == "answer"
    language = _LANGUAGES[len(run.customer.id) % len(_LANGUAGES)]
    return {
        "customer": run.customer.id,
        "plan": run.customer.plan,
        "feature": run.feature.name,
        "team": run.feature.team,
        "project": run.feature.project,
        "user": run.user,
        "workflow": run.id,
        **({"conversation": f"{run.user}/{run.start:%Y%m%d}"} if talk else {}),
        "environment": PRODUCTION,
        **({"dimensions": {"language": language}} if of_messages else {}),
    }


def _tokens(call: Call, dice: random.Random) -> dict[str, int]:
    """Counts with their parts included, as an operation has them."""
    found = {"input_tokens": call.prefix + _about(call.read, dice)}
    if call.operation == "embeddings":
        return {**found, "output_tokens": 0}
    warm = call.prefix >= _CACHED_FROM and dice.random() < _WARM
    found["cache_read_tokens"] = call.prefix if warm else 0
    if call.kept:
        found["cache_write_tokens"] = 0 if warm else call.prefix
    if call.kept == "1h":
        found["cache_write_1h_tokens"] = found["cache_write_tokens"]
    thought = _about(call.thought, dice)
    found["output_tokens"] = _about(call.written, dice) + thought
    if call.thought:
        found["reasoning_tokens"] = thought
    return {**found, "max_tokens": 4 * (call.written + call.thought)}


def _about(usual: int, dice: random.Random) -> int:
    """From 0.3 to 3.45 times what is usual, seldom much; by multiplication alone, so every machine agrees."""
    once = dice.random()
    cube = once * once * once
    return round(usual * (0.3 + 0.7 * dice.random() + 2.45 * cube * cube))


def _prefix(call: Call, run: _Run) -> dict[str, str]:
    if call.prefix < _CACHED_FROM:
        return {}
    return {"prefix_hash": hashlib.sha256(f"{run.feature.name}/{call.prompt}".encode()).hexdigest()[:16]}


def _outcome(run: _Run, dice: random.Random) -> Operation:
    score = (run.way.score if run.success else _FAILED_SCORE) + 0.08 * (dice.random() - 0.5)
    return {"units": "1", "unit": run.feature.unit, "success": run.success, "value": f"{score:.3f}"}


def _one(things: Sequence[_T], weights: Sequence[int], dice: random.Random) -> _T:
    sums = list(accumulate(weights))
    return things[bisect(sums, int(sums[-1] * dice.random()))]
