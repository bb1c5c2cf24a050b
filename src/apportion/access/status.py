"""How it stands with who may come in, at a glance."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, or_, select

from apportion.access import audit, people, pepper
from apportion.access.ground import Ground
from apportion.access.pepper import PepperLost
from apportion.core.errors import BadInput
from apportion.core.times import microseconds
from apportion.database import api_keys, sessions
from apportion.database import people as accounts


class Status(BaseModel):
    """Who may come in, in numbers."""

    model_config = ConfigDict(frozen=True)

    configured: bool = Field(description="Whether everybody logs in.")
    people: dict[str, int] = Field(description="Active accounts by role.")
    disabled: int
    keys: int = Field(description="Keys that open something.")
    sessions: int = Field(description="Sessions that are not over.")
    pepper: str = Field(description="Where it is, and what is wrong with it.")
    audit_head: str


def status(ground: Ground, now: datetime) -> Status:
    """How it stands; where nothing was ever kept, nothing is made."""
    place = ground.settings.pepper.place if ground.settings.pepper else f"{pepper.FOLDER}/{pepper.FILE}"
    if not ground.there():
        nothing = {"people": {}, "disabled": 0, "keys": 0, "sessions": 0, "audit_head": f"0:{audit.START}"}
        return Status.model_validate({"configured": False, "pepper": f"{place} (not needed yet)", **nothing})
    stamp, open_key = microseconds(now), api_keys.c.revoked.is_(None)
    unexpired = or_(api_keys.c.expires.is_(None), api_keys.c.expires > stamp)
    by_role = select(accounts.c.role, accounts.c.state, func.count()).group_by(
        accounts.c.role, accounts.c.state
    )
    with ground.state.read() as con:
        counted = con.execute(by_role.order_by(accounts.c.role)).all()
        found = {
            "configured": people.some_owner(con),
            "people": {role: n for role, state, n in counted if state == "active"},
            "disabled": sum(n for _, state, n in counted if state != "active"),
            "keys": con.scalar(select(func.count()).select_from(api_keys).where(open_key, unexpired)),
            "sessions": con.scalar(select(func.count()).where(sessions.c.expires > stamp)),
            "audit_head": audit.head(con),
        }
    return Status.model_validate({"pepper": f"{place} ({_pepper(ground, now)})", **found})


def _pepper(ground: Ground, now: datetime) -> str:
    try:
        ground.held(now)
    except (PepperLost, BadInput) as why:
        return f"{why.message} {why.hint}"
    return "holds"
