"""What cost more, or less, than it usually does."""

from apportion.anomalies.daily import Daily
from apportion.anomalies.hourly import Hourly

__all__ = ["Daily", "Hourly"]
