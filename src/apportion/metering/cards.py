"""The rate cards that ever priced an operation, each kept whole in the state database."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import duckdb
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import inspect, select

from apportion.database import State, rate_cards
from apportion.engine import statement
from apportion.metering.store import EPOCH, microseconds
from apportion.pricing import RateCard
from apportion.pricing.kept import read, written

PACKAGE = "apportion.metering"


class CardUse(BaseModel):
    """A rate card and what it priced."""

    model_config = ConfigDict(frozen=True)

    version: str = Field(examples=["71feb7016ce3"])
    current: bool = Field(description="Whether operations that come in now are priced by it.")
    created: datetime | None = Field(description="When it was kept; null if it was not.")
    operations: int = Field(description="Operations whose price is its.")
    first_day: date | None = Field(description="Of those operations, in UTC.")
    last_day: date | None


def keep_card(state: State, card: RateCard, now: datetime) -> None:
    """Keep a card that is about to price something. One whose version is there is left as it is."""
    with state.read() as con:
        if con.scalar(select(rate_cards.c.version).where(rate_cards.c.version == card.version)):
            return
    mark = "?" if state.is_sqlite else "%s"
    once = f"INSERT INTO rate_cards (version, created, body) VALUES ({mark}, {mark}, {mark})"
    with state.write() as con:
        con.exec_driver_sql(
            f"{once} ON CONFLICT (version) DO NOTHING", (card.version, microseconds(now), written(card))
        )


def kept_card(state: State, version: str) -> RateCard | None:
    """The card of that version as it priced; None where none was kept."""
    with state.read() as con:
        if not inspect(con).has_table(rate_cards.name):
            return None
        body = con.scalar(select(rate_cards.c.body).where(rate_cards.c.version == version))
    return read(body) if body else None


def kept_since(state: State) -> dict[str, datetime]:
    """When each kept card first priced something, by version."""
    with state.read() as con:
        if not inspect(con).has_table(rate_cards.name):
            return {}
        found = con.execute(select(rate_cards.c.version, rate_cards.c.created)).all()
    return {version: EPOCH + timedelta(microseconds=created) for version, created in found}


def card_uses(con: duckdb.DuckDBPyConnection, since: Mapping[str, datetime], current: str) -> list[CardUse]:
    """Every card that was kept, or that an operation of the view `operations` names; the newest first."""
    found = {row[0]: row[1:] for row in con.execute(statement(PACKAGE, "card_uses")).fetchall()}
    uses = [
        CardUse(
            version=version,
            current=version == current,
            created=since.get(version),
            operations=count,
            first_day=first,
            last_day=last,
        )
        for version in {*found, *since}
        for count, first, last in [found.get(version, (0, None, None))]
    ]
    return sorted(uses, key=lambda use: (use.created or EPOCH, use.version), reverse=True)
