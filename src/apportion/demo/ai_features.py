"""Fernway's AI features: who builds them, in which ways they run, and the calls of each way."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from apportion.demo.tables import rows

ASSISTANT, TRIAGE = "assistant", "ticket triage"
MESSAGES, SUMMARIES = "customer messages", "route summaries"
DEAR_MODEL, CHEAP_MODEL = (
    "claude-opus-4-5",
    "gemini-2.5-flash",
)  # of triage: no ticket goes better with the dear
BRIEF, WITH_EXAMPLES = "brief", "with examples"  # variants of the prompt of messages
MESSAGE_PROMPT = "delivery message"
OWN_PROVIDER, OWN_MODEL = "vllm", "fernway-notes-8b"  # no price list knows it


@dataclass(frozen=True)
class Call:
    """One call of a model, with its usual tokens: `prefix` is the part of the prompt that never changes.

    What is `thought` is written besides; `kept` is how long Anthropic is asked to cache the prefix.
    """

    prompt: str
    operation: str
    provider: str
    model: str
    prefix: int
    read: int
    written: int
    thought: int
    kept: str


@dataclass(frozen=True)
class Way:
    """One way in which a feature does its work: `share` among its ways, `success` in percent.

    `score` is the usual one of what succeeds. It is gone for `first` <= day < `end`.
    """

    name: str
    share: int
    success: int
    score: float
    first: date | None
    end: date | None
    calls: tuple[Call, ...]

    def on(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Feature:
    """`runs` on a usual working day, each of which yields one `unit`, for customers of these `plans`."""

    name: str
    team: str
    project: str
    runs: int
    unit: str
    plans: tuple[str, ...]
    since: date | None
    ways: tuple[Way, ...]


@cache
def features() -> tuple[Feature, ...]:
    """All of them, in a fixed order."""
    return tuple(
        Feature(
            name=row["feature"],
            team=row["team"],
            project=row["project"],
            runs=int(row["runs"]),
            unit=row["unit"],
            plans=tuple(row["plans"].split()),
            since=_day(row["since"]),
            ways=_ways(row["feature"]),
        )
        for row in rows("ai_features")
    )


def _ways(feature: str) -> tuple[Way, ...]:
    return tuple(
        Way(
            name=row["way"],
            share=int(row["share"]),
            success=int(row["success"]),
            score=float(row["score"]),
            first=_day(row["first"]),
            end=_day(row["end"]),
            calls=_calls(feature, row["way"]),
        )
        for row in rows("ai_ways")
        if row["feature"] == feature
    )


def _calls(feature: str, way: str) -> tuple[Call, ...]:
    return tuple(
        Call(
            prompt=row["prompt"],
            operation=row["operation"],
            provider=row["provider"],
            model=row["model"],
            prefix=int(row["prefix"]),
            read=int(row["read"]),
            written=int(row["written"]),
            thought=int(row["thought"]),
            kept=row["kept"],
        )
        for row in rows("ai_calls")
        if (row["feature"], row["way"]) == (feature, way)
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
