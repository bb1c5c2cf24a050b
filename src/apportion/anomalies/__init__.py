"""What cost more, or less, than it usually does."""

from apportion.anomalies.hourly import Hourly

__all__ = ["Hourly"]
