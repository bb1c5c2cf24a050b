"""Two hundred numbers of the demo, drawn at random, are explained through the API, and every level adds up."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from apportion.analytics import usage_days
from apportion.api import create_app
from apportion.app import App

pytestmark = pytest.mark.slow
NUMBERS = 200
LEVELS = {"rules", "pools", "days", "paths", "line_items"}


@pytest.fixture(scope="module")
def workspace(allocated_weeks: Path) -> App:
    """Three weeks of Fernway, loaded and allocated."""
    app = App(allocated_weeks)
    with app.reader() as (con, _):  # as a table, for which each statement need not plan the answers anew
        con.execute("CREATE TABLE kept AS FROM charge_days; DROP VIEW charge_days")
        con.execute("ALTER TABLE kept RENAME TO charge_days")
        usage_days.prepare(con)
    return app


def drawn(app: App) -> Iterator[dict[str, str]]:
    """Questions as pages ask them: what a target carries in a window, of a service, of an evidence."""
    chance = random.Random(20261001)
    found = app.sql(
        "SELECT DISTINCT perspective, target, service, evidence, CAST(day AS VARCHAR) AS day FROM allocations ORDER BY ALL",
        [],
    )
    first, last = min(row["day"] for row in found), max(row["day"] for row in found)
    for _ in range(NUMBERS):
        row = chance.choice(found)
        window = chance.choice([f"{first}..{last}", "7d", "30d"])
        more = {name: row[name] for name in ("service", "evidence") if chance.random() < 0.3}
        metric = chance.choice(["EffectiveCost", "BilledCost"])
        yield {
            "perspective": row["perspective"], "target": row["target"], "window": window, "metric": metric, **more
        }  # fmt: skip


@dataclass
class Walker:
    """Asks the API, and keeps what it has seen."""

    client: httpx.AsyncClient
    chance: random.Random
    levels: set[str] = field(default_factory=set)
    chains: int = 0

    async def walk(self, question: dict[str, str]) -> None:
        """Down from a number, each time into a part drawn at random."""
        expected: str | None = None
        while True:
            told, parts = await self._all_pages(question)
            total = sum(Decimal(part["amount"]) for part in parts)
            assert total == Decimal(told["node"]["amount"]) == Decimal(told["parts_total"]), question
            assert expected in (None, told["node"]["amount"]), question
            self.levels.add(told["level"])
            self.chains += len((told["basis"] or {}).get("steps", [])) > 1
            deeper = [part for part in parts if part["pins"] is not None]
            if not deeper:
                return
            part = self.chance.choice(deeper)
            question, expected = {**question, **part["pins"]}, part["amount"]

    async def _all_pages(self, question: dict[str, str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        asked = {**question, "limit": "500"}
        first = await self._get(asked)
        told, parts = first, list(first["parts"])
        while told["next_cursor"]:
            told = await self._get({**asked, "cursor": told["next_cursor"]})
            parts += told["parts"]
        return first, parts

    async def _get(self, params: dict[str, str]) -> dict[str, Any]:
        answer = await self.client.get("/api/v1/explain", params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def test_two_hundred_numbers_are_the_sums_of_their_parts_at_every_level(workspace: App) -> None:
    async def ask() -> Walker:
        transport = httpx.ASGITransport(create_app(workspace))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
            walker = Walker(client, random.Random(7))
            for question in drawn(workspace):
                await walker.walk(question)
            return walker

    walker = asyncio.run(ask())
    assert walker.levels >= LEVELS - {"paths"}
    assert walker.chains > 0
