"""Operations priced again after a correction: what changes, and by how much."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from apportion.pricing import OwnRate, RateCard, rerate, utc_day

CORRECTED = RateCard.seeded(
    [OwnRate(provider="openai", discount=20), OwnRate(provider="acme", per_request=1)]
)


def stored(number: int, card: RateCard, **more: Any) -> dict[str, Any]:
    """An operation as it was priced by `card` and kept."""
    operation = {
        "id": f"op-{number}", "time": datetime(2026, 11, 1, 10, tzinfo=UTC), "provider": "openai",
        "model": "gpt-4o", "input_tokens": 1000, "output_tokens": 100, **more,
    }  # fmt: skip
    state, cost, currency, rate = card.price(operation, operation["time"].date())
    return {**operation, "price_state": state, "cost": cost, "currency": currency, "rate": rate}


def test_a_correction_is_told_operation_by_operation(card: RateCard) -> None:
    kept = [
        stored(1, card),
        stored(2, card, provider="anthropic", model="claude-sonnet-4-5"),
        stored(3, card, provider="acme", model="x"),
    ]
    changes = {c.id: (c.before, c.after) for c in rerate(kept, CORRECTED)}
    assert list(changes) == ["op-1", "op-3"]
    before, after = changes["op-1"]
    assert (before.cost, after.cost) == (3_500_000_000, 2_800_000_000)
    assert (before.rate, after.rate) == (
        f"openai/gpt-4o#{card.version}",
        f"openai/gpt-4o;own=1#{CORRECTED.version}",
    )
    before, after = changes["op-3"]
    assert (before.state, after.state, after.cost) == ("unpriced", "priced", 10**12)


def test_without_a_correction_nothing_changes(card: RateCard) -> None:
    assert list(rerate([stored(1, card), stored(2, card, model="gpt-99")], card)) == []


def test_the_day_is_that_of_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    assert utc_day(datetime(2026, 11, 2, 0, 30, tzinfo=berlin)) == date(2026, 11, 1)
    assert utc_day(datetime(2026, 11, 2, 0, 30)) == date(2026, 11, 2)  # noqa: DTZ001


def test_each_is_priced_by_the_rates_of_its_own_day(card: RateCard) -> None:
    dated = RateCard.seeded([OwnRate(discount=50, valid_from=datetime(2026, 11, 2, tzinfo=UTC).date())])
    kept = [stored(day, card, time=datetime(2026, 11, day, tzinfo=UTC)) for day in (1, 2)]
    assert [change.id for change in rerate(kept, dated)] == ["op-2"]
