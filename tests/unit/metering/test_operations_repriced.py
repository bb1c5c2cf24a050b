"""A correction of rates prices operations again, wherever they are kept."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import update

from apportion.database import operations
from apportion.engine import connect
from apportion.metering.recent import Recent
from apportion.metering.repricing import Repriced, put, reprice
from apportion.metering.service import Meter
from apportion.pricing import OwnRate, RateCard
from operations import NOW, Kept, operation


def again(kept: Kept, *own: OwnRate, apply: bool = True, **where: str) -> list[Repriced]:
    con, meter = connect(), Meter(kept.store, RateCard.seeded(list(own)))
    Recent(con, kept.state, kept.archive).follow()
    price: Any = meter.price
    found = list(reprice(con, price, where))
    if apply:
        put(kept.store, con, iter(found))
    return found


def told(kept: Kept) -> None:
    meter = Meter(kept.store, RateCard.seeded([]), now=lambda: NOW)
    new = operation("new", model="larch-2", provider="acme-ai", output_tokens=200)
    meter.keep([operation("old", cache_read_tokens=600, output_tokens=200), new], "api", NOW)


LARCH = OwnRate(provider="acme-ai", model="larch-2", per_million={"input": Decimal(1), "output": Decimal(5)})
HALF = OwnRate(provider="openai", discount=Decimal(50))


def test_a_rate_that_was_missing_prices_what_had_no_price(kept: Kept) -> None:
    told(kept)
    assert kept.shown("price_state", "cost", "operation_id")[0][:2] == ("unpriced", None)
    found = again(kept, LARCH)
    assert [(f.id, f.before.state, f.after.state) for f in found] == [("new", "unpriced", "priced")]
    assert kept.shown("cost", "operation_id") == [(Decimal("0.002"), "new"), (Decimal("0.00375"), "old")]
    assert again(kept, LARCH) == []


def test_nothing_changes_unless_it_is_put(kept: Kept) -> None:
    told(kept)
    assert len(again(kept, HALF, LARCH, apply=False)) == 2
    assert [f.id for f in again(kept, HALF, LARCH, apply=False, provider="openai")] == ["old"]
    assert again(kept, apply=False) == []


def test_archived_operations_are_priced_again_too(kept: Kept) -> None:
    told(kept)
    kept.put(operation("last"), cost=0)
    before = kept.shown("* EXCLUDE (cost, price_state, rate, changed)")
    kept.tidy(NOW + timedelta(days=100))
    again(kept, HALF, LARCH)
    assert kept.shown("cost", "operation_id")[1:] == [(Decimal("0.002"), "new"), (Decimal("0.001875"), "old")]
    kept.tidy(NOW + timedelta(days=100))
    assert kept.shown("cost", "operation_id")[1:] == [(Decimal("0.002"), "new"), (Decimal("0.001875"), "old")]
    assert kept.shown("* EXCLUDE (cost, price_state, rate, changed)") == before


def test_what_is_withdrawn_or_told_anew_meanwhile_keeps_what_it_has(kept: Kept) -> None:
    kept.put(*(operation(name, output_tokens=0) for name in ("stays", "withdrawn", "anew")))
    found = again(kept, HALF, apply=False)
    assert len(found) == 3
    con = connect()
    Recent(con, kept.state, kept.archive).follow()
    with kept.state.write() as state:
        table = operations
        state.execute(update(table).where(table.c.operation_id == "anew").values(cost=7))
        state.execute(
            update(table)
            .where(table.c.operation_id == "withdrawn")
            .values(price_state="withdrawn", cost=None)
        )
    put(kept.store, con, iter(found))
    assert kept.shown("operation_id", "cost") == [
        ("anew", Decimal("0.000000000007")),
        ("stays", Decimal("0.00125")),
    ]
