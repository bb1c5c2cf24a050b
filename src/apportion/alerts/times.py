"""Times as the state database has them: microseconds since 1970, UTC."""

from apportion.core.times import microseconds, time_of, time_or_none

__all__ = ["microseconds", "time_of", "time_or_none"]
