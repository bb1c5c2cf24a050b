"""What cost will be by the end of the month and after, with how sure that is."""

from apportion.forecasting.kept import Given, given_forecasts, keep_forecasts
from apportion.forecasting.models import ForecastReport, MonthEnd
from apportion.forecasting.numerics import month_total
from apportion.forecasting.periods import Coming, coming
from apportion.forecasting.service import Asked, forecast, month_end

__all__ = [
    "Asked",
    "Coming",
    "ForecastReport",
    "Given",
    "MonthEnd",
    "coming",
    "forecast",
    "given_forecasts",
    "keep_forecasts",
    "month_end",
    "month_total",
]
