"""Operations priced by the rate card, against genai-prices on the same operations, on one core."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from genai_prices import Usage, calc_price

from apportion.core.money import to_units
from apportion.pricing import Priced, RateCard, seeded
from benchmarks.measure import Ratio, alternate

MOST = 50_000
FIRST = date(2026, 11, 1)
MODELS = (
    ("openai", "gpt-4o-2024-08-06"),
    ("openai", "gpt-4o-mini"),
    ("openai", "gpt-5"),
    ("openai", "text-embedding-3-small"),
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("anthropic", "claude-haiku-4-5"),
    ("google", "gemini-2.5-flash"),
    ("aws", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ("mistral", "mistral-large-latest"),
    ("deepseek", "deepseek-v4-pro"),
)
CACHE_WRITTEN = {"anthropic", "aws"}
THEIRS = {"cache_write_1h_tokens", "cache_write_tokens", "cache_read_tokens", "input_tokens", "output_tokens"}


def operations(count: int) -> list[dict[str, Any]]:
    """Calls of a month: mostly chats with caches, some embeddings, some long contexts."""
    drawn = random.Random(5)
    return [_operation(drawn, number) for number in range(count)]


def _operation(drawn: random.Random, number: int) -> dict[str, Any]:
    provider, model = drawn.choice(MODELS)
    read = drawn.randint(50, 400_000 if drawn.random() < 0.05 else 12_000)
    began = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=drawn.randrange(30 * 86_400))
    call: dict[str, Any] = {
        "id": f"op-{number}", "time": began, "provider": provider, "model": model,
        "customer": f"customer-{number % 40}", "input_tokens": read, "output_tokens": drawn.randint(1, 2_000),
    }  # fmt: skip
    if "embedding" in model:
        return call | {"output_tokens": 0}
    call["cache_read_tokens"] = drawn.randint(0, read // 2)
    if provider in CACHE_WRITTEN:
        call["cache_write_tokens"] = drawn.randint(0, read // 4)
        call["cache_write_1h_tokens"] = call["cache_write_tokens"] // 3
    return call


def ours(card: RateCard, calls: Sequence[dict[str, Any]]) -> list[Priced]:
    return [card.price(call, call["time"].date()) for call in calls]


def theirs(calls: Sequence[dict[str, Any]]) -> list[Any]:
    return [
        calc_price(
            Usage(**{key: count for key, count in call.items() if key in THEIRS}),
            call["model"],
            provider_id=call["provider"],
            genai_request_timestamp=call["time"],
        )
        for call in calls
    ]


def run(box: Path, rows: int, rounds: int) -> list[Ratio]:  # noqa: ARG001  nothing is written
    calls = operations(min(rows, MOST))
    card = seeded()
    for call, a, b in zip(calls, ours(card, calls), theirs(calls), strict=True):
        if (a.state, a.cost) != ("priced", to_units(b.total_price)):
            raise SystemExit(f"different prices, nothing to compare: {call}: {a} against {b}")
    times = alternate({"ours": lambda: ours(card, calls), "theirs": lambda: theirs(calls)}, rounds)
    return [Ratio("pricing an operation, against genai-prices", 0.2, times["ours"], times["theirs"])]
