"""Times as the state database has them: microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(time: datetime) -> int:
    """Since 1970, UTC. The time has a zone."""
    return (time - _EPOCH) // _MICROSECOND


def time_of(stamp: int) -> datetime:
    """The time, in UTC."""
    return _EPOCH + stamp * _MICROSECOND


def time_or_none(stamp: int | None) -> datetime | None:
    """The time, in UTC; None for none."""
    return None if stamp is None else time_of(stamp)
