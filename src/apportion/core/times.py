"""Times as the state database has them, microseconds since 1970, UTC; and as people write them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apportion.core.errors import BadInput

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
FIRST_YEAR, LAST_YEAR = 1970, 2200
AT_REST = timedelta(days=7)
"""Where nothing is newer, nothing more is coming in: reports then look at where it ends, not at now."""


def microseconds(time: datetime) -> int:
    """Since 1970, UTC. The time has a zone."""
    return (time - _EPOCH) // _MICROSECOND


def time_of(stamp: int) -> datetime:
    """The time, in UTC."""
    return _EPOCH + stamp * _MICROSECOND


def time_or_none(stamp: int | None) -> datetime | None:
    """The time, in UTC; None for none."""
    return None if stamp is None else time_of(stamp)


class At(NamedTuple):
    """A time, and the last UTC day that was complete then, or the day itself where a day was meant."""

    moment: datetime
    day: date


def read_at(text: str, zone: str) -> At:
    """A day like 2026-10-31, which is its end in the time zone, or a time like 2026-10-31T12:00Z.

    A time without a zone is one of the time zone. Raises BadInput.
    """
    found: At | None
    try:
        if len(text) == len("2026-10-31"):
            day = date.fromisoformat(text)
            found = At(datetime.combine(day, time.max, ZoneInfo(zone)).astimezone(UTC), day)
        else:
            moment = datetime.fromisoformat(text)
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
            found = At(moment, (moment - timedelta(days=1)).date())
    except (ValueError, OverflowError):
        found = None
    if found is None or not FIRST_YEAR < found.day.year < LAST_YEAR:
        hint = "Write 2026-10-31 or 2026-10-31T12:00:00Z."
        raise BadInput(f"'{text[:40]}' is no day or time of these centuries", where="at", hint=hint)
    return found
