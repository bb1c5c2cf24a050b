"""/alerts/messages and /alerts/channels: what was sent, how channels do, and sending once more."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from apportion.alerts.history import ChannelList, MessageList, MessageState, OneMessage
from apportion.api.answers import reply
from apportion.api.deps import TableParams, Tabular, Workspace
from apportion.api.problems import documented
from apportion.api.routes.reports import REPORT
from apportion.core.errors import BadInput

router = APIRouter(prefix="/alerts", tags=["Alerts"])
MessageId = Annotated[str, Path(max_length=80, description="The id of a message.")]
Channel = Annotated[str, Path(max_length=63, description="The name of a channel.")]


class MessageParams(TableParams):
    """Which messages."""

    channel: str = Field(default="", max_length=63, description="Only those to this channel.")
    state: MessageState | None = Field(default=None, description="Only those in this state.")
    since: datetime | None = Field(
        default=None,
        description="Only those put in line at this time, with its zone, or after.",
        examples=["2026-10-01T00:00:00Z"],
    )
    cursor: str = Field(default="", max_length=120, description="`next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1000)


@router.get("/messages", summary="Messages about alerts", response_model=MessageList, responses=REPORT)
def list_messages(request: Request, app: Workspace, params: Annotated[MessageParams, Query()]) -> Response:
    """What was sent or waits, the newest first, and what became of it."""
    if params.since and params.since.tzinfo is None:
        raise BadInput("it has no time zone", where="since", hint="Write it like 2026-10-01T00:00:00Z.")
    found = app.alert_messages(
        channel=params.channel,
        state=params.state or "",
        since=params.since,
        cursor=params.cursor,
        limit=params.limit,
    )
    return reply(request, found, params, "messages")


@router.get("/messages/{message_id}", summary="One message", response_model=OneMessage, responses=REPORT)
def get_message(request: Request, app: Workspace, message_id: MessageId, params: Tabular) -> Response:
    """Its text, and every attempt to send it."""
    return reply(request, app.alert_message(message_id), params, "deliveries")


@router.post(
    "/messages/{message_id}/retry", summary="Send a message again", responses=documented(403, 404, 409, 422)
)
def retry_message(app: Workspace, message_id: MessageId) -> OneMessage:
    """One that failed, is uncertain or was dropped goes out now, under its id. What became of it."""
    return app.retry_message(message_id)


@router.get("/channels", summary="Channels of alerts", response_model=ChannelList, responses=REPORT)
def list_channels(request: Request, app: Workspace, params: Tabular) -> Response:
    """How each does: what was sent last, since when it fails, what waits. Where it leads to is not told."""
    return reply(request, app.alert_channels(), params, "channels")


@router.post("/channels/{name}/test", summary="Test a channel", responses=documented(403, 404, 422))
def test_channel(app: Workspace, name: Channel) -> OneMessage:
    """Send a message that says it is a test. What became of it."""
    return app.test_channel(name)
