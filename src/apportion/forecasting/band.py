"""The default method: a robust level with a damped trend, weekdays, holidays and recurring charges."""

import numpy as np

from apportion.core.holidays import is_holiday
from apportion.forecasting.charges import recurring
from apportion.forecasting.level import Standing, mean_over_median, standing
from apportion.forecasting.paths import Paths
from apportion.forecasting.robust import Counts, Days, Flags, Floats, mean, median
from apportion.forecasting.sparse import sparse_paths
from apportion.forecasting.weekdays import WEEK, back, weekdays

WIDTH = 140
"""Days that a forecast is made of: twenty weeks."""
RECENT = 56
MOSTLY_ACTIVE = 0.7
"""A series with cost on fewer of the recent days is a sparse one."""
RETURNED = 14
"""Days of cost in a row that end being sparse."""
FLOOR = 0.02
"""What is below this share of the usual amount counts as that: a logarithm has no zero."""
DAMPING = 0.99
HOLIDAY = 0.4
"""Of the drop on weekends, what a holiday brings where nothing is known of the series' own: half of all
series know holidays at all."""
LARGE, LARGE_NOISE = 0.05, 4.0


class Band:
    """Made for daily cost; how it was measured stands in docs/concepts/forecasts.md."""

    name = "band"

    def paths(self, values: Floats, origins: Days, horizon: int, /) -> Paths:
        """Forecasts of `values` [R, n], n of any size."""
        window = _since_its_return(_window(values, WIDTH))
        recent = window[:, -RECENT:]
        known = np.maximum((~np.isnan(recent)).sum(1), 1)
        signed: Flags = np.any(window < 0, axis=1)
        active = (recent > 0).sum(1) / known
        dense = (active >= MOSTLY_ACTIVE) & ((recent < 0).sum(1) <= 0.1 * known)
        expected, day_sd, sum_sd = (np.full((len(window), horizon), np.nan) for _ in range(3))
        for chosen, make in ((dense, _dense), (~dense, sparse_paths)):
            if chosen.any():
                made = make(window[chosen], origins[chosen], horizon)
                expected[chosen], day_sd[chosen], sum_sd[chosen] = made
        return Paths(expected, day_sd, sum_sd, signed)


def _window(values: Floats, width: int) -> Floats:
    """The last `width` columns, gaps before where there are fewer."""
    cut = values[:, -width:]
    return np.pad(cut, ((0, 0), (width - cut.shape[1], 0)), constant_values=np.nan)


def _since_its_return(window: Floats) -> Floats:
    """A series that is active every day again after it was not for weeks is known since its return only."""
    active = np.nan_to_num(window) != 0
    streak = np.argmin(active[:, ::-1], axis=1)
    back_again = ~active.all(1) & (streak >= RETURNED)
    quiet = WIDTH - 1 - streak[:, None] >= np.arange(WIDTH)
    idle = 1 - active[:, -RECENT:].sum(1) / RECENT
    return np.where((back_again & (idle > 1 - MOSTLY_ACTIVE))[:, None] & quiet, np.nan, window)


def _dense(values: Floats, origins: Days, horizon: int) -> tuple[Floats, Floats, Floats]:
    days = origins[:, None] + np.arange(1 - WIDTH, 1)
    ahead = origins[:, None] + np.arange(1, horizon + 1)
    recent = values[:, -RECENT:]
    usual = median(np.where(recent > 0, recent, np.nan))[:, None]
    logs = np.log(np.maximum(values, FLOOR * usual))
    closed = _closed(days)
    shape = weekdays(np.where(closed, np.nan, logs))
    plain = logs - shape.effect[:, back(WIDTH)]
    now = standing(np.where(closed, np.nan, plain), shape.noise)
    lift = mean_over_median(shape.residual[:, -RECENT:], shape.noise)
    steps = np.arange(1, horizon + 1)
    heading = now.trend[:, None] * np.cumsum(DAMPING**steps)
    expected = np.exp(now.level[:, None] + heading + shape.effect[:, -steps % WEEK]) * lift[:, None]
    quiet = np.exp(_holiday(plain, closed, shape.effect, days))
    expected = np.where(_closed(ahead), expected * quiet[:, None], expected)
    base = np.exp(_weekly_level(plain) + shape.effect[:, back(WIDTH)])
    large = np.abs(values - base) > np.maximum(LARGE_NOISE * shape.noise[:, None], LARGE) * base
    charges = recurring(values - base, large, origins, horizon)
    known = (~np.isnan(values)).sum(1)
    day, sums = _spread(expected, now, shape.noise, known)
    sums = np.sqrt(sums**2 + np.cumsum(charges.sd**2, axis=1))
    return expected + charges.amount, np.sqrt(day**2 + charges.sd**2), sums


def _closed(days: Days) -> Flags:
    """Holidays that fall on a working day."""
    return is_holiday(days) & ((days.astype(np.int64) + 3) % WEEK < 5)


def _holiday(plain: Floats, closed: Flags, effect: Floats, days: Days) -> Floats:
    """What a holiday does, in logarithms: the series' own past holidays, and what is usual, as one more."""
    weekend = (days[:, -WEEK:].astype(np.int64) + 3) % WEEK >= 5
    by_day = effect[:, back(WEEK)]
    drop = 1 - np.exp(mean(np.where(weekend, by_day, np.nan)) - mean(np.where(weekend, np.nan, by_day)))
    usual = np.log(1 - HOLIDAY * np.clip(drop, 0, 1))
    own = np.where(closed, plain - _weekly_level(np.where(closed, np.nan, plain)), np.nan)
    own = np.clip(own, -2, 0.5)
    count = (~np.isnan(own)).sum(1)
    effect_of_one: Floats = (usual + np.nan_to_num(mean(own)) * count) / (1 + count)
    return effect_of_one


def _weekly_level(plain: Floats) -> Floats:
    """The median of the week that each day lies in, weeks counted back from the origin."""
    weeks = median(plain.reshape(len(plain), -1, WEEK))
    return np.repeat(weeks, WEEK, axis=1)


LEVEL_DRIFT, UNFORESEEN = 0.005, 40
"""Standard deviation, in logarithms, by which the level drifts from day to day; after so many days, what
nobody foresees (deployments, incidents) has added as much again."""
CORRELATED = 2.3
"""How much more a sum of days varies than if they were independent."""
YOUNG, GROWN = 0.15, 56
"""How uncertain the level of a new series is, and after how many days it is none."""


def _spread(expected: Floats, now: Standing, noise: Floats, known: Counts) -> tuple[Floats, Floats]:
    """Standard deviations of each day's error and of the sums', from the noise and what may change."""
    steps = np.arange(1, expected.shape[1] + 1)
    young = (YOUNG * np.clip(1 - known / GROWN, 0, 1))[:, None] ** 2
    level = now.level_sd[:, None] ** 2 + young
    trend = now.trend_sd[:, None] ** 2
    drift = (LEVEL_DRIFT * (1 + noise[:, None] * 4)) ** 2 * (1 + steps / UNFORESEEN)
    own = noise[:, None] ** 2
    per_day = level + trend * steps**2 + drift * steps + own
    per_sum = level + trend * ((steps + 1) / 2) ** 2 + drift * steps / 3 + own * CORRELATED / steps
    return expected * np.sqrt(per_day), np.cumsum(expected, axis=1) * np.sqrt(per_sum)
