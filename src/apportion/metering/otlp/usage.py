"""Token counts from the many ways to tell them: inclusive of their parts, unknown where not told."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from apportion.metering.otlp.names import COUNTS
from apportion.metering.otlp.values import canonical, count, flattened

WITHIN = {name: (slot, rank) for slot, names in COUNTS.items() for rank, name in enumerate(names)}
_HOLDERS = ("usage", "usage_metadata", "token_usage")
_MOST_NODES = 2000
_CACHE_APART = (
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cache_creation_ephemeral_1h_input_tokens",
)
_PARTS_OF_INPUT = {
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
    "write_1h": "cache_write_1h_tokens",
    "input_audio": "input_audio_tokens",
    "cache_audio": "cache_audio_read_tokens",
    "input_image": "input_image_tokens",
}
_PARTS_OF_OUTPUT = {
    "reasoning": "reasoning_tokens",
    "output_audio": "output_audio_tokens",
    "output_image": "output_image_tokens",
}
INPUTS = ("input_tokens", *_PARTS_OF_INPUT.values())
OUTPUTS = ("output_tokens", *_PARTS_OF_OUTPUT.values())

Slots = dict[str, int]


def slots_within(usage: Mapping[str, Any]) -> Slots:
    """The counts of a usage object, by slot of `names.COUNTS`."""
    found: dict[str, tuple[int, int]] = {}
    for name, value in flattened(usage).items():
        slot, rank = WITHIN.get(name, ("", 0))
        number = count(value) if slot else None
        if number is not None and (slot not in found or rank < found[slot][0]):
            found[slot] = (rank, number)
    return {slot: number for slot, (_, number) in found.items()}


def find_usage(answer: dict[str, Any], *, itself: bool) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The usage object in an answer, wherever it sits, and the object that holds it; or nothing.

    `itself` allows the object to be the usage. Of an answer it does not: a model may answer with numbers.
    """
    if itself and _is_usage(answer):
        return answer, {}
    waiting: deque[Any] = deque([answer])
    for _ in range(_MOST_NODES):
        if not waiting:
            break
        one = waiting.popleft()
        if isinstance(one, dict):
            for key, value in one.items():
                if isinstance(value, dict) and canonical(str(key)) in _HOLDERS and _is_usage(value):
                    return value, one
            waiting.extend(v for v in one.values() if isinstance(v, dict | list))
        else:
            waiting.extend(v for v in one[:_MOST_NODES] if isinstance(v, dict | list))
    return None


def _is_usage(value: dict[str, Any]) -> bool:
    slots = slots_within(value)
    return not slots.keys().isdisjoint(("input", "output", "candidates")) and len(slots) > 1


def counted_apart(usage: Mapping[str, Any]) -> bool:
    """Whether a usage object is Anthropic's, whose `input_tokens` leave out what a cache read or wrote."""
    flat = flattened(usage)
    if "input_tokens" not in flat or not any(name in flat for name in _CACHE_APART):
        return False
    return "prompt_tokens" not in flat and "total_tokens" not in flat


def inclusive(slots: Slots, *, apart: bool = False) -> dict[str, int]:
    """Counts under the names of `Operation`, each inclusive of its parts.

    `apart` says that parts are known to be counted apart. Otherwise they are only where nothing else can be:
    they exceed the whole, or the total adds up only with them. No tokens at all, or an answer to nothing, is
    what instrumentations tell of streams that they did not see the usage of: unknown.
    """
    if not slots:
        return {}
    slots = dict(slots)
    if "write_5m" in slots or "write_1h" in slots:
        split = slots.get("write_5m", 0) + slots.get("write_1h", 0)
        slots["cache_write"] = max(slots.get("cache_write", 0), split)
    if "thoughts" in slots:
        slots.setdefault("reasoning", slots["thoughts"])
    written = _output(slots, _input(slots, 0, apart=apart), apart=apart)
    read = _input(slots, written or 0, apart=apart)
    total = slots.get("total")
    if total is not None and read is None and written is not None and total > written:
        read = total - written
    if total is not None and written is None and read is not None and total >= read:
        written = total - read
    counts: dict[str, int] = {}
    if read:
        counts["input_tokens"] = read
        counts |= {n: slots[s] for s, n in _PARTS_OF_INPUT.items() if slots.get(s, read + 1) <= read}
    if written or (written == 0 and read):
        counts["output_tokens"] = written
        counts |= {n: slots[s] for s, n in _PARTS_OF_OUTPUT.items() if slots.get(s, written + 1) <= written}
    return counts


def consistent(counts: dict[str, int]) -> dict[str, int]:
    """The counts without parts that contradict each other: those are unknown."""
    cached = counts.get("cache_read_tokens", 0) + counts.get("cache_write_tokens", 0)
    gone: set[str] = set()
    if cached > counts.get("input_tokens", cached):
        gone = {"cache_read_tokens", "cache_write_tokens", "cache_write_1h_tokens"}
    elif counts.get("cache_write_1h_tokens", 0) > counts.get("cache_write_tokens", 0):
        gone = {"cache_write_1h_tokens"}
    return {name: count for name, count in counts.items() if name not in gone}


def _input(slots: Slots, written: int, *, apart: bool) -> int | None:
    cached = slots.get("cache_read", 0) + slots.get("cache_write", 0)
    read = slots.get("input")
    if "fresh" in slots:
        return max(read or 0, slots["fresh"] + cached)
    if read is None:
        return None
    read += slots.get("tool_prompt", 0)
    if not cached or slots.get("total") == read + written:
        return read if cached <= read else read + cached
    adds_up = written > 0 and slots.get("total") == read + cached + written
    return read + cached if apart or adds_up or cached > read else read


def _output(slots: Slots, read: int | None, *, apart: bool) -> int | None:
    if "candidates" in slots:
        return slots["candidates"] + slots.get("thoughts", 0)
    written = slots.get("output")
    reasoning = slots.get("reasoning", 0)
    if written is None or not reasoning:
        return written
    total = slots.get("total")
    plain, cached = slots.get("input", 0), slots.get("cache_read", 0) + slots.get("cache_write", 0)
    if total in (plain + written, plain + cached + written):
        return written if reasoning <= written else written + reasoning
    adds_up = read is not None and total in (read + written + reasoning, plain + cached + written + reasoning)
    return written + reasoning if apart or adds_up or reasoning > written else written
