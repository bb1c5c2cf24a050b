"""What cost will be by the end of the month and after, with how sure that is."""

from apportion.forecasting.models import ForecastReport, MonthEnd
from apportion.forecasting.numerics import month_total
from apportion.forecasting.service import month_end

__all__ = ["ForecastReport", "MonthEnd", "month_end", "month_total"]
