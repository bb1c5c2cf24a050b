"""What the numbers of a forecast are worth, on cost of known shape and on a benchmark."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apportion.core.holidays import is_holiday
from apportion.forecasting import month_total
from apportion.forecasting.numerics import forecast
from unit.forecasting.daily_cost import LAST, days, noisy, of_month, weekday

BENCH = Path(__file__).parents[4] / "shared" / "bench" / "anomaly"


def path(values: Any, horizon: int = 30, last: Any = LAST) -> Any:
    """The days expected after one series."""
    return forecast(np.asarray(values, float)[None], np.array([last]), horizon).expected[0]


def test_a_weekend_is_expected_on_weekends() -> None:
    expected = path(noisy(np.where(weekday(days(120)) < 5, 100.0, 40.0)))
    ahead = days(30, LAST + 30)
    assert expected[weekday(ahead) < 5] == pytest.approx(100, rel=0.05)
    assert expected[weekday(ahead) >= 5] == pytest.approx(40, rel=0.05)


def test_growth_goes_on_but_not_for_ever() -> None:
    grown = noisy(100 * np.exp(0.004 * np.arange(160)), 0.01)
    total, low, high = month_total(days(160), grown, 20)
    assert low < total < high
    assert total == pytest.approx(np.sum(100 * np.exp(0.004 * np.arange(160, 180))), rel=0.03)
    assert path(grown, 92)[-1] < 100 * np.exp(0.004 * 251)


def test_one_wild_day_and_a_run_of_them_that_is_over_move_nothing() -> None:
    calm = noisy(np.full(120, 100.0))
    wild = calm.copy()
    wild[-2] *= 9
    wild[-12:-7] *= 5
    assert path(wild) == pytest.approx(path(calm), rel=0.05)


def test_a_shift_is_adopted_within_days() -> None:
    shifted = noisy(np.full(120, 100.0))
    shifted[-4:] *= 2
    assert path(shifted).mean() == pytest.approx(200, rel=0.05)


def test_a_charge_on_a_day_of_the_month_comes_again_in_money() -> None:
    known = days(150)
    growing = 100 * np.exp(0.003 * np.arange(150))
    expected = path(noisy(growing, 0.01) + np.where(of_month(known) == 1, 700.0, 0), 60)
    first = of_month(days(60, LAST + 60)) == 1
    assert expected[first] - expected[np.roll(first, 1)] == pytest.approx(700, rel=0.05)


def test_a_charge_on_the_last_day_of_months_of_any_length_comes_on_the_last_day() -> None:
    known = days(150)
    last_days = of_month(known + 1) == 1
    expected = path(np.where(last_days, 50.0, 0.0) + 10, 82)
    at = days(82, LAST + 82)[expected > 30]
    assert [str(day) for day in at] == ["2026-06-30", "2026-07-31", "2026-08-31"]


def test_a_charge_that_came_once_does_not_come_again() -> None:
    assert path(noisy(np.full(100, 10.0)) + np.where(days(100) == days(100)[-9], 500, 0), 40).max() < 12


def test_holidays_are_quiet_as_this_year_s_others_were() -> None:
    eve = np.datetime64("2026-12-23", "D")
    known = days(150, eve)
    rest = (weekday(known) >= 5) | is_holiday(known)
    expected = path(noisy(np.where(rest, 40.0, 100.0), 0.01), 12, eve)
    christmas, working = expected[:2], expected[4:7]
    assert christmas.max() < 65
    assert working.min() > 95
    ordinary = path(noisy(np.where(weekday(known) >= 5, 40.0, 100.0), 0.01), 12, eve)
    assert ordinary[:2].min() > 85


def test_sums_know_that_errors_of_days_go_together() -> None:
    made = forecast(noisy(np.full((1, 200), 100.0), 0.1), np.array([LAST]), 90)
    independent = np.sqrt(np.sum((made.high - made.low) ** 2))
    assert made.total_high[0, -1] - made.total_low[0, -1] > 2 * independent
    assert made.total[0] == pytest.approx(np.cumsum(made.expected[0]))


def test_a_sparse_series_has_a_rate_and_no_cost_below_zero() -> None:
    weekly = np.where(weekday(days(120)) == 2, 70.0, 0.0)
    expected = path(weekly, 28)
    assert expected[weekday(days(28, LAST + 28)) == 2].sum() == pytest.approx(280, rel=0.1)
    rare = np.where(np.random.default_rng(3).random(120) < 0.2, 50.0, 0.0)
    total, low, _ = month_total(days(120), rare, 30)
    assert low >= 0
    assert total == pytest.approx(50 * 0.2 * 30, rel=0.5)


def test_what_ended_is_expected_no_more_and_what_began_is_taken_as_it_is() -> None:
    ended = np.r_[np.full(100, 80.0), np.zeros(20)]
    begun = np.r_[np.zeros(100), np.full(20, 80.0)]
    assert path(ended).sum() == 0
    assert path(begun).sum() == pytest.approx(30 * 80, rel=0.1)


def test_credits_make_an_interval_that_reaches_below_zero() -> None:
    total, low, high = month_total(days(120), np.random.default_rng(5).normal(0, 10, 120), 20)
    assert low < 0 < high
    assert low < total < high


def test_too_little_history_gives_nothing_and_gaps_are_passed_over() -> None:
    assert np.isnan(month_total(days(13), np.full(13, 5.0), 10)).all()
    assert month_total(days(14), np.full(14, 5.0), 10)[0] == pytest.approx(50, rel=0.02)
    gaps = noisy(np.full(100, 5.0))
    gaps[[20, 50, -1]] = np.nan
    assert month_total(days(100), gaps, 10)[0] == pytest.approx(50, rel=0.05)
    assert month_total(days(100), np.zeros(100), 10) == (0, 0, 0)


def test_a_series_says_the_same_alone_and_among_others() -> None:
    many = noisy(np.full((40, 150), 100.0), 0.2)
    together = forecast(many, np.full(40, LAST), 30)
    alone = forecast(many[7:8], np.array([LAST]), 30)
    assert together.total_low[7] == pytest.approx(alone.total_low[0])


@pytest.mark.data
@pytest.mark.skipif(not BENCH.exists(), reason="needs the benchmark beside the repository")
def test_the_benchmark_s_bars_on_a_seed_nothing_was_tuned_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(BENCH))
    import costbench

    off, held = [], []
    for series in [s for s in costbench.make_daily(31) if s["kind"] != "sparse"][::6]:
        for origin in range(110, 361, 31):
            first = int(of_month(series["times"][origin : origin + 1])[0]) - 1
            _, now, left = origin - first, origin + 1, 30 - first
            if left < 1 or now + left > 400:
                continue
            said = month_total(series["times"][:now], series["values"][:now], left)
            truth = series["values"][now : now + left].sum()
            whole = series["values"][now - first - 1 : now].sum() + truth
            off.append(abs(said[0] - truth) / whole)
            held.append(said[1] <= truth <= said[2])
    assert np.mean(off) <= 0.05
    assert np.median(off) <= 0.02
    assert 0.74 <= np.mean(held) <= 0.86
