"""GET /audit: what was changed, by whom, and what was refused."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from apportion.access.audit import AuditList
from apportion.api.answers import reply
from apportion.api.routes.access import Door, ListParams
from apportion.api.routes.reports import REPORT
from apportion.core.errors import BadInput

router = APIRouter(prefix="/audit", tags=["Access"])
NAMED = r"^[^\x00]*$"


class AuditParams(ListParams):
    """Which rows."""

    who: str = Field(default="", max_length=200, pattern=NAMED, description="Of a login, or a key's id.")
    action: str = Field(default="", max_length=60, pattern=NAMED, description="Only this action.")
    outcome: Literal["done", "refused", "failed"] | None = Field(default=None, description="Only these.")
    since: datetime | None = Field(
        default=None,
        description="Only what happened at this time, with its zone, or after.",
        examples=["2026-10-01T00:00:00Z"],
    )


@router.get("", summary="The audit log", response_model=AuditList, responses=REPORT)
def list_audit(request: Request, access: Door, params: Annotated[AuditParams, Query()]) -> Response:
    """Rows, the newest first, each chained to the one before it."""
    if params.since and params.since.tzinfo is None:
        raise BadInput("it has no time zone", where="since", hint="Write it like 2026-10-01T00:00:00Z.")
    found = access.audited(
        who=params.who,
        action=params.action,
        outcome=params.outcome or "",
        since=params.since,
        cursor=params.cursor,
        limit=params.limit,
    )
    return reply(request, found, params, "rows")
