"""Operations one by one, the newest first."""

import base64
import binascii
import json
from datetime import datetime
from typing import Literal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part
from apportion.analytics.sentences import count
from apportion.core.errors import BadInput
from apportion.economics.operations.asked import Asked, OperationsMeta
from apportion.economics.operations.overhead import money_of
from apportion.engine import quote_ident

MOST = 1000


class ListedOperation(Part):
    """One operation, with where it belongs looked up, and what its price was made from."""

    operation_id: str
    time: datetime
    received: datetime | None
    source: str | None
    organization: str | None
    cost_center: str | None
    team: str | None
    project: str | None
    user: str | None
    workflow: str | None
    customer: str | None
    plan: str | None
    feature: str | None
    environment: str | None
    region: str | None
    conversation: str | None
    provider: str | None
    model: str | None
    requested_model: str | None
    operation: str | None
    service_tier: str | None
    batch: bool | None
    requests: int | None = Field(description="Calls that the row adds up; null where a report does not say.")
    input_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    cache_write_1h_tokens: int | None
    output_tokens: int | None
    reasoning_tokens: int | None
    max_tokens: int | None
    latency_ms: int | None
    prompt: str | None
    variant: str | None
    units: Amount | None
    unit: str | None
    success: bool | None
    value: Amount | None
    cost: Amount | None = Field(description="Null where it is not priced.")
    currency: str | None = Field(description="Of the cost.")
    price_state: str
    rate: str | None = Field(description="What it was priced by, and after # the rate card's version.")
    reported_cost: Amount | None = Field(description="What someone else says it cost, in USD.")
    trace_id: str | None
    dimensions: dict[str, str]


class CarryingOperation(ListedOperation):
    """One operation, and what it carries of the infrastructure."""

    overhead: Amount | None = Field(description="Null where apportion.yaml has no `overhead`.")
    overhead_is: Literal["allocated", "declared"] | None


class OperationsList(Part):
    """Which calls are behind a number?"""

    meta: OperationsMeta
    headline: str
    operations: list[CarryingOperation] = Field(description="The newest first.")
    next_cursor: str | None = Field(description="For the page that follows; null at the end.")


def operations_list(
    con: duckdb.DuckDBPyConnection, asked: Asked, cursor: str = "", limit: int = 100
) -> OperationsList:
    """A page of what is asked of. Raises BadInput for a cursor that no page gave.

    Pages go on from the last operation seen, so that what comes in meanwhile neither repeats nor hides any.
    """
    before, name = _read(cursor) if cursor else (None, None)
    columns = ", ".join(["overhead_fine", "overhead_is", *map(quote_ident, ListedOperation.model_fields)])
    rows = asked.fetch(con, "listed", parts={"columns": columns}, before=before, id=name, most=limit + 1)
    shown = [
        CarryingOperation.model_validate(
            {
                **row,
                "rate": row["rate"] or None,
                "dimensions": row["dimensions"] or {},
                "overhead": None if row["overhead_fine"] is None else money_of(row["overhead_fine"]),
            }
        )
        for row in rows[:limit]
    ]
    whole = asked.fetch(con, "counted")[0]["operations"]
    return OperationsList(
        meta=asked.meta(),
        headline=f"{count(whole, 'operation')}{asked.whose} {asked.phrase}.",
        operations=shown,
        next_cursor=_written(shown[-1]) if len(rows) > limit else None,
    )


def _written(last: ListedOperation) -> str:
    text = json.dumps([last.time.isoformat(), last.operation_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        time, name = json.loads(text)
        str(name).encode()  # half a character of two cannot be asked for
        return datetime.fromisoformat(time), str(name)
    except (binascii.Error, ValueError, TypeError):
        raise BadInput(
            "This is no cursor of a page.", where="cursor", hint="Take `next_cursor` of the page before."
        ) from None
