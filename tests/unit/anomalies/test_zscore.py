"""The usual rules do what they say, and show why the detector is something else."""

import numpy as np
import pytest

from apportion.anomalies.zscore import ThreeTimesAverage, ZScore
from unit.anomalies.daily_stories import office, reports, steady, walk


def test_three_standard_deviations_off_the_month_are_reported() -> None:
    series = steady(60)
    series[50] = 140.0
    said = walk(series, detector=ZScore())
    assert 50 in reports(said)
    assert said[50].expected[0] == pytest.approx(series[20:50].mean())
    assert said[50].upper[0] == pytest.approx(series[20:50].mean() + 3 * series[20:50].std())


def test_three_times_the_week_is_reported_and_a_little_less_is_not() -> None:
    series = np.full(60, 10.0)
    series[40] = 30.0
    series[55] = 29.9
    assert reports(walk(series, detector=ThreeTimesAverage())) == [40]


def test_neither_sees_that_a_weekend_costs_like_a_weekday() -> None:
    series = office(80)
    series[75:77] = 100.0  # a weekend
    assert reports(walk(series, detector=ZScore())) == []
    assert reports(walk(series, detector=ThreeTimesAverage())) == []


@pytest.mark.parametrize("rule", [ZScore, ThreeTimesAverage])
def test_gaps_and_zeros_are_no_error(rule: type[ZScore | ThreeTimesAverage]) -> None:
    gaps = np.where(np.arange(40) % 3 == 0, np.nan, 5.0)
    assert reports(walk(gaps, np.zeros(40), detector=rule())) == []
