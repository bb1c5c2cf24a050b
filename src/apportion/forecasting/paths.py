"""What a method says of the days to come, before its errors of the past are looked at."""

from typing import NamedTuple

from apportion.forecasting.robust import Flags, Floats


class Paths(NamedTuple):
    """Forecasts of R series for H days, in the unit of the series.

    `expected` [R, H] is each day's amount, `day_sd` [R, H] the standard deviation of its error and `sum_sd`
    [R, H] that of the sum of the days up to it: sums of errors that go together, so it is not made of the
    days' own. `signed` [R] are series that may fall below zero. NaN where nothing can be said.
    """

    expected: Floats
    day_sd: Floats
    sum_sd: Floats
    signed: Flags
