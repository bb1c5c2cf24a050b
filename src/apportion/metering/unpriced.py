"""Operations that no rate is known for: which models they name, and what is missing."""

from datetime import date
from typing import Any

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from apportion.engine import statement
from apportion.pricing import RateCard

NONE = "(none)"
KNOWN_NOW = "a rate is known now; 'apportion rates rerate --apply' uses it"


class Unpriced(BaseModel):
    """A model whose operations have no price."""

    model_config = ConfigDict(frozen=True)

    provider: str = Field(description="As operations say it; (none) where they do not.", examples=["acme-ai"])
    model: str = Field(examples=["larch-2"])
    why: str = Field(description="What is missing.", examples=["no rate for acme-ai/larch-2"])
    operations: int
    input_tokens: int | None = Field(description="Null where none of them says.")
    output_tokens: int | None
    first_day: date = Field(description="Of these operations, in UTC.")
    last_day: date


def unpriced(con: duckdb.DuckDBPyConnection, card: RateCard) -> list[Unpriced]:
    """Unpriced operations of the view `operations` by model and by what `card` lacks, the most first."""
    result = con.execute(statement("apportion.metering", "unpriced"))
    names = [column[0] for column in result.description or []]
    found: dict[tuple[str, str, str], Unpriced] = {}
    for values in result.fetchall():
        one = _one(dict(zip(names, values, strict=True)), card)
        key = (one.provider, one.model, one.why)
        found[key] = _both(found[key], one) if key in found else one
    return sorted(found.values(), key=lambda one: (-one.operations, one.provider, one.model, one.why))


def _one(row: dict[str, Any], card: RateCard) -> Unpriced:
    why = card.why(row, row["time"].date()) or KNOWN_NOW
    named = {name: row[name] or NONE for name in ("provider", "model")}
    return Unpriced.model_validate({**row, **named, "why": why})


def _both(one: Unpriced, other: Unpriced) -> Unpriced:
    return one.model_copy(
        update={
            "operations": one.operations + other.operations,
            "input_tokens": _sum(one.input_tokens, other.input_tokens),
            "output_tokens": _sum(one.output_tokens, other.output_tokens),
            "first_day": min(one.first_day, other.first_day),
            "last_day": max(one.last_day, other.last_day),
        }
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)
