"""Our prices against genai-prices' own answer, for every provider and model that it lists.

Where the two differ, they differ on purpose, in the ways that the tests name.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from genai_prices import Usage, calc_price
from genai_prices import types as listed
from genai_prices.data import providers

from apportion.core.money import to_units
from apportion.pricing import RateCard

MOMENTS = [
    datetime(2023, 1, 1, 12, tzinfo=UTC),
    datetime(2025, 6, 1, 2, 30, tzinfo=UTC),
    datetime(2026, 9, 15, 9, tzinfo=UTC),
    datetime(2026, 11, 20, 23, 59, tzinfo=UTC),
    datetime(2027, 3, 1, tzinfo=UTC),
]
PLAIN = {"input_tokens": 1_237, "output_tokens": 911}
USAGES: dict[str, dict[str, int]] = {
    "plain": PLAIN,
    "read from a cache": {**PLAIN, "cache_read_tokens": 601},
    "written to a cache": {**PLAIN, "cache_read_tokens": 601, "cache_write_tokens": 307},
    "written for an hour": {**PLAIN, "cache_write_tokens": 307, "cache_write_1h_tokens": 101},
    "a long context": {"input_tokens": 600_001, "output_tokens": 64_003, "cache_read_tokens": 400_000},
    "at a threshold": {"input_tokens": 200_000, "output_tokens": 7},
    "reasoning": {**PLAIN, "reasoning_tokens": 503},
    "audio": {**PLAIN, "input_audio_tokens": 409, "output_audio_tokens": 53},
    "audio from a cache": {
        **PLAIN, "cache_read_tokens": 601, "input_audio_tokens": 409, "cache_audio_read_tokens": 211,
    },
    "images": {**PLAIN, "input_image_tokens": 509, "output_image_tokens": 307},
    "nothing": {"input_tokens": 0, "output_tokens": 0},
}  # fmt: skip
THEIR_NAMES = {"reasoning_tokens": "output_reasoning_tokens"}
MODELS = [(provider, model) for provider in providers for model in provider.models]


def names(model: listed.ModelInfo) -> list[str]:
    """Names that a model goes by, or nearly: it is for both sides to say whose they are."""
    return sorted({model.id, *(text for text in _texts(model.match) if text)})


def _texts(match: Any) -> Iterator[str]:
    match match:
        case listed.ClauseEquals(equals=text):
            yield text
        case listed.ClauseStartsWith(starts_with=text):
            yield from (text, f"{text}-20260102")
        case listed.ClauseEndsWith(ends_with=text):
            yield f"some{text}"
        case listed.ClauseContains(contains=text):
            yield f"some-{text}-thing"
        case listed.ClauseOr(or_=parts) | listed.ClauseAnd(and_=parts):
            for part in parts:
                yield from _texts(part)


def theirs(
    provider: str, name: str, counts: Mapping[str, int], at: datetime, **context: str
) -> listed.PriceCalculation | None:
    """genai-prices' answer; None where it does not know the model, or refuses the usage."""
    usage = Usage(**{THEIR_NAMES.get(kind, kind): count for kind, count in counts.items()})
    try:
        return calc_price(
            usage, name, provider_id=provider, genai_request_timestamp=at, price_context=context
        )
    except (LookupError, ValueError):
        return None


def prices_of(answer: listed.PriceCalculation) -> set[str]:
    return {key for key, price in vars(answer.model_price).items() if price is not None}


def is_free(answer: listed.PriceCalculation) -> bool:
    return not prices_of(answer) and (answer.model.id.endswith(":free") or answer.model.id == "moderation")


def lacks_a_price(answer: listed.PriceCalculation, counts: Mapping[str, int]) -> bool:
    """Whether it took a count for free because it has no price for it. Here that is 'unpriced', not 0."""
    has = prices_of(answer)
    sides = [side for side in ("input", "output") if counts[f"{side}_tokens"] and f"{side}_mtok" not in has]
    nothing_counted = not has & {"input_mtok", "output_mtok", "requests_kcount"}
    return not is_free(answer) and (bool(sides) or nothing_counted)


@pytest.mark.parametrize("usage", USAGES)
def test_every_model_costs_what_genai_prices_says_to_the_last_digit(card: RateCard, usage: str) -> None:
    counts, compared, differing = USAGES[usage], Counter[str](), []
    moments = MOMENTS if usage == "plain" else MOMENTS[1::2]
    for provider, model in MODELS:
        for name in names(model):
            for at in moments:
                answer = theirs(provider.id, name, counts, at)
                if answer is None:
                    compared["refused"] += 1
                    continue
                ours = card.price({"provider": provider.id, "model": name, "time": at, **counts}, at.date())
                wanted = to_units(answer.total_price)
                if lacks_a_price(answer, counts):
                    compared["unpriced"] += 1
                    same = ours.state == "unpriced"
                else:
                    compared["priced"] += 1
                    same = (ours.state, ours.cost) == ("priced", wanted)
                if not same:
                    differing.append((provider.id, name, at, ours, wanted))
    assert differing == []
    assert compared["priced"] > 2_000 * len(moments)


@pytest.mark.parametrize("usage", ["plain", "written for an hour", "a long context"])
def test_every_batch_and_tier_that_is_listed_costs_what_genai_prices_says(card: RateCard, usage: str) -> None:
    """From the first day on which genai-prices has the variant; before it, it answers the standard price."""
    counts, compared, differing = USAGES[usage], 0, []
    for provider, model in MODELS:
        for variant in model.price_variants or ():
            [(key, word)] = variant.when.items()
            if key not in ("processing", "service_tier", "speed"):
                continue  # search_type, route: nothing that an operation says
            asked = {"batch": True} if key == "processing" else {"service_tier": word}
            for at in MOMENTS:
                if isinstance(
                    variant.constraint, listed.StartDateConstraint
                ) and not variant.constraint.active(at):
                    continue
                answer = theirs(provider.id, model.id, counts, at, **variant.when)
                if answer is None or answer.model is not model or lacks_a_price(answer, counts):
                    continue
                operation = {"provider": provider.id, "model": model.id, **asked, **counts}
                ours, compared = card.price(operation, at.date()), compared + 1
                if ours[:2] != ("priced", to_units(answer.total_price)):
                    differing.append((provider.id, model.id, asked, at, ours, answer.total_price))
    assert differing == []
    assert compared > 200


def test_a_model_that_neither_knows_is_unpriced(card: RateCard) -> None:
    for provider in providers:
        assert theirs(provider.id, "no such model", PLAIN, MOMENTS[3]) is None
        ours = card.price({"provider": provider.id, "model": "no such model", **PLAIN}, MOMENTS[3].date())
        assert ours == ("unpriced", 0, "USD", "")
