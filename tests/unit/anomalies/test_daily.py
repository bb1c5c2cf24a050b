"""What the daily detector reports of a service, and what it does not."""

from typing import Any

import numpy as np
import pytest

from apportion.anomalies import Daily
from apportion.anomalies.detector import CHANNELS, Memory
from unit.anomalies.daily_stories import MONDAY, memory_of, office, reports, steady, walk

POINT, RUN, SLOW, TOTAL = range(4)


def test_cheap_weekends_and_dear_mondays_raise_nothing() -> None:
    assert reports(walk(office(200))) == []


def test_growth_raises_nothing() -> None:
    assert reports(walk(office(200) * np.exp(0.004 * np.arange(200)))) == []


def test_a_spike_is_reported_on_its_day() -> None:
    series = office(150)
    series[120] *= 2
    said = walk(series)
    assert reports(said) == [120]
    verdict = said[120]
    assert verdict.score[0] > 10
    assert verdict.expected[0] == pytest.approx(100, rel=0.1)
    assert verdict.lower[0] < 100 < verdict.upper[0] < series[120]
    assert (verdict.lag[0], verdict.since[0], verdict.channel[0]) == (0, 0, POINT)


def test_a_spike_in_the_third_week_of_a_service_is_reported() -> None:
    series = office(30)
    series[19] *= 5
    assert reports(walk(series)) == [19]


def test_a_drop_of_a_settled_feed_is_reported_on_its_day() -> None:
    series = office(150)
    series[120] *= 0.2
    said = walk(series)
    assert reports(said) == [120]
    assert said[120].score[0] < 0


def test_a_weekend_that_costs_like_weekdays_is_reported() -> None:
    series = office(150)
    series[110:112] *= 2  # 110 is a Saturday
    assert reports(walk(series))[0] == 110


def test_every_value_is_seen_before_the_next_is_known() -> None:
    series = office(120)
    changed = series.copy()
    changed[101:] *= 7
    before, after = walk(series), walk(changed)
    for day in range(14, 101):
        np.testing.assert_array_equal(before[day], after[day])


class TestLateFeeds:
    """Yesterday's amount is half of what it will be, the day before's nearly all."""

    KNOWN = (0.5, 0.95, 1.0)

    def test_what_is_missing_is_not_a_drop(self) -> None:
        assert reports(walk(office(150), known=self.KNOWN)) == []

    def test_a_drop_is_believed_once_the_day_is_settled(self) -> None:
        series = office(150)
        series[120] *= 0.2
        said = walk(series, known=self.KNOWN)
        assert reports(said) == [122]
        assert (said[122].lag[0], said[122].since[0]) == (2, 2)

    def test_a_spike_is_reported_as_soon_as_enough_of_it_is_known(self) -> None:
        series = office(150)
        series[120] *= 6
        series[135] *= 1.6
        said = walk(series, known=self.KNOWN)
        assert reports(said) == [120, 136]
        assert said[120].lag[0] == 0
        assert said[136].lag[0] == 1


class TestShifts:
    """Levels that change for good."""

    def test_a_shift_is_reported_once_then_the_new_level_is_usual(self) -> None:
        series = office(200)
        series[120:] *= 1.6
        said = walk(series)
        assert reports(said) == [120]
        assert said[140].expected[0] == pytest.approx(160, rel=0.1)

    def test_a_shift_within_the_noise_of_a_day_is_seen_over_several(self) -> None:
        series = steady(200, noise=0.15)
        series[120:] *= 1.55
        said = walk(series)
        found = reports(said)
        assert 120 < found[0] < 126
        assert len(found) == 1
        assert said[found[0]].channel[0] == RUN
        assert said[found[0]].since[0] > 0

    def test_a_slow_drift_is_reported(self) -> None:
        series = steady(200, noise=0.08)
        series[120:150] *= np.exp(0.018 * np.arange(30))
        series[150:] *= np.exp(0.018 * 30)
        said = walk(series)
        found = reports(said)
        assert found[:1]
        assert 125 < found[0] < 148
        assert CHANNELS[said[found[0]].channel[0]] in {"slow", "run"}

    def test_a_runaway_is_reported_at_once_and_again_when_it_is_much_worse(self) -> None:
        series = steady(150)
        series[120:125] += 100 * np.array([0.4, 1, 2, 4, 8])
        found = reports(walk(series))
        assert found[0] == 120
        assert set(found) >= {121, 122}


class TestAgain:
    """What comes after usual days is new; what goes on is not."""

    @pytest.mark.parametrize(
        "spikes",
        [
            {60: 4000.0, 66: 12_000.0},
            {61: 10_000.0, 66: 10_000.0, 70: 10_000.0},
            {60: 10_000.0, 64: 5000.0},
            {60: 90.0, 64: 90.0},
            {60: 3.0, 64: 3.0},
        ],
        ids=["larger", "three alike", "half", "small ones", "drops"],
    )
    @pytest.mark.parametrize("seed", [1, 2, 3])
    def test_a_spike_after_usual_days_is_reported_again(self, spikes: dict[int, float], seed: int) -> None:
        series = steady(80, 30.0, seed=seed)
        series[list(spikes)] = list(spikes.values())
        assert reports(walk(series)) == list(spikes)

    def test_so_it_is_of_a_late_feed_and_of_a_rare_job(self) -> None:
        series = steady(80, 30.0)
        series[[61, 65]] = 10_000.0
        assert reports(walk(series, known=TestLateFeeds.KNOWN)) == [61, 65]
        jobs = TestYoungAndSparse.jobs(120)
        jobs[101:106] = 0.0
        jobs[[100, 106]] = 1500.0
        assert reports(walk(jobs)) == [100, 106]

    def test_a_drop_of_a_late_feed_is_reported_again(self) -> None:
        series = steady(80, 30.0)
        series[[61, 65]] = 3.0
        assert reports(walk(series, known=TestLateFeeds.KNOWN)) == [63, 67]

    @pytest.mark.parametrize("seed", [1, 4])
    def test_a_run_of_days_after_usual_days_is_reported_again(self, seed: int) -> None:
        series = steady(130, noise=0.1, seed=seed)
        series[110:114] *= 1.6
        series[121:125] *= 1.6
        said = walk(series)
        first, second = reports(said)
        assert 110 <= first < 114
        assert 121 <= second < 125
        assert said[first].channel[0] == said[second].channel[0] == RUN

    @pytest.mark.parametrize("days", [[60, 61, 62], [60, 62], [60, 63], [60, 62, 65]])
    def test_with_fewer_usual_days_between_it_goes_on(self, days: list[int]) -> None:
        series = steady(70, 30.0)
        series[days] = 4000.0
        said = walk(series)
        assert [day for day in reports(said) if said[day].score[0] > 0] == [60]

    def test_unknown_days_are_no_usual_days(self) -> None:
        series = steady(70, 30.0)
        series[60:65] = [4000.0, np.nan, np.nan, np.nan, 4000.0]
        assert reports(walk(series)) == [60]

    def test_a_total_that_stays_high_is_told_once_in_a_fortnight(self) -> None:
        series = TestYoungAndSparse.jobs(250)
        series[200:230] = 100.0
        found = reports(walk(series))
        assert len(found) == 2
        assert np.diff(found) > 14

    def test_three_times_what_happened_in_three_weeks_is_reported(self) -> None:
        series = steady(100, 30.0)
        series[[60, 67, 74]] = 10_000.0
        series[81], series[88] = 10_000.0, 30_000.0
        assert reports(walk(series)) == [60, 67, 74, 88]


class TestCalendar:
    """Dates explain charges."""

    @staticmethod
    def with_charges(days: int, start: np.datetime64, amount: float = 800.0) -> Any:
        series = office(days)
        dates = start + np.arange(days)
        first = dates.astype("datetime64[M]").astype("datetime64[D]") == dates
        return series + np.where(first, amount, 0)

    @pytest.mark.parametrize("begin", ["2026-01-05", "2026-02-09", "2026-03-16", "2026-04-20", "2026-05-25"])
    def test_charges_of_the_first_of_the_month_raise_nothing_from_the_start(self, begin: str) -> None:
        start = np.datetime64(begin)
        assert reports(walk(self.with_charges(90, start), start=start)) == []

    def test_a_charge_seen_in_each_month_is_expected(self) -> None:
        said = walk(self.with_charges(130, MONDAY), start=MONDAY)
        first_of_july = int((np.datetime64("2026-07-01") - MONDAY).astype(int))
        assert said[first_of_july].expected[0] == pytest.approx(900, rel=0.1)
        assert said[first_of_july].lower[0] < 110
        assert said[first_of_july + 1].expected[0] == pytest.approx(100, rel=0.15)

    def test_three_times_the_usual_charge_is_reported(self) -> None:
        series = self.with_charges(130, MONDAY)
        first_of_july = int((np.datetime64("2026-07-01") - MONDAY).astype(int))
        series[first_of_july] += 1800
        assert reports(walk(series)) == [first_of_july]

    def test_an_invoice_of_the_last_day_of_the_month_may_come_on_the_28th_or_31st(self) -> None:
        start = np.datetime64("2026-01-05")
        dates = start + np.arange(140)
        last = (dates + 1).astype("datetime64[M]") != dates.astype("datetime64[M]")
        assert reports(walk(office(140) + np.where(last, 500, 0), start=start)) == []

    def test_a_holiday_that_falls_like_a_weekend_raises_nothing(self) -> None:
        start = np.datetime64("2025-09-01")
        series = office(150)
        for holiday in ("2025-11-27", "2025-11-28", "2025-12-24", "2025-12-25", "2025-12-26", "2026-01-01"):
            series[int((np.datetime64(holiday) - start).astype(int))] *= 0.5
        assert reports(walk(series, start=start)) == []


class TestYoungAndSparse:
    """Little is known of a service, or it seldom costs anything."""

    def test_nothing_is_said_before_two_weeks_are_known(self) -> None:
        said = walk(np.r_[np.full(60, np.nan), office(40)])
        assert np.isnan(said[70].score[0])
        assert np.isfinite(said[80].score[0])

    @pytest.mark.parametrize("before", [0.0, np.nan])
    def test_a_new_service_is_no_spike_on_every_day(self, before: float) -> None:
        assert len(reports(walk(np.r_[np.full(80, before), office(60)]))) <= 1

    def test_a_service_that_only_runs_on_weekdays_has_a_shape(self) -> None:
        series = steady(150) * np.where(np.arange(150) % 7 >= 5, 0.0, 1.0)
        spoilt = series.copy()
        spoilt[103] = 100.0  # a Saturday
        said = walk(series, spoilt)
        assert reports(said, 0) == []
        assert reports(said, 1) == [103]

    @staticmethod
    def jobs(days: int, share: float = 0.2) -> Any:
        rng = np.random.default_rng(7)
        return np.where(rng.random(days) < share, steady(days, noise=0.3, seed=8), 0.0)

    def test_jobs_that_run_now_and_then_raise_nothing(self) -> None:
        said = walk(self.jobs(250))
        assert reports(said) == []
        assert said[-1].expected[0] == 0.0
        assert said[-1].lower[0] == 0.0
        assert said[-1].upper[0] > 150

    def test_one_job_of_eight_times_the_size_is_reported(self) -> None:
        series = self.jobs(250)
        series[200] = 800.0
        assert reports(walk(series)) == [200]

    def test_a_job_that_now_runs_every_day_is_reported_by_its_total(self) -> None:
        series = self.jobs(250)
        series[200:215] = 100.0
        said = walk(series)
        found = reports(said)
        assert 200 < found[0] < 210
        assert said[found[0]].channel[0] == TOTAL
        assert said[found[0]].since[0] > 0


class TestOtherNumbers:
    """Gaps, zeros, credits, constants, and other units."""

    def test_gaps_are_no_drops(self) -> None:
        series = office(150)
        series[100:104] = np.nan
        said = walk(series)
        assert reports(said) == []
        assert np.isnan(said[102].score[0])
        assert said[102].expected[0] > 0

    def test_a_constant_series_raises_nothing_until_it_moves(self) -> None:
        series = np.full(150, 30.0)
        series[120] = 60.0
        assert reports(walk(series)) == [120]

    def test_a_series_of_zeros_says_nothing(self) -> None:
        said = walk(np.zeros(60))
        assert reports(said) == []
        assert (said[-1].expected[0], said[-1].upper[0]) == (0.0, 0.0)

    def test_credits_are_judged_by_their_size(self) -> None:
        series = -office(150)
        series[120] *= 3
        said = walk(series)
        assert reports(said) == [120]
        assert said[120].score[0] < 0
        assert said[119].upper[0] < 0

    def test_one_credit_is_a_drop_and_spoils_nothing_after_it(self) -> None:
        series = office(150)
        series[120] = -400.0
        said = walk(series)
        assert reports(said) == [120]
        assert said[121].expected[0] == pytest.approx(100, rel=0.15)

    @pytest.mark.parametrize("unit", [1e-7, 1e7])
    def test_the_unit_does_not_matter(self, unit: float) -> None:
        series = np.stack([office(100), TestYoungAndSparse.jobs(100)])
        series[:, 80] *= 3
        one, other = walk(*series), walk(*(series * unit))
        for day in range(14, 100):
            np.testing.assert_allclose(one[day].score, other[day].score, rtol=1e-6, atol=1e-6)

    def test_the_range_of_what_was_never_negative_is_not_negative(self) -> None:
        said = walk(steady(80, noise=0.9))
        assert all(verdict.lower[0] >= 0 for verdict in said[14:])


class TestGoingOn:
    """A process that stopped goes on where it ended."""

    @pytest.mark.parametrize("known", [None, (0.6, 0.9, 1.0)])
    @pytest.mark.parametrize("stopped", [20, 60, 130])
    def test_resuming_equals_having_walked(self, stopped: int, known: Any) -> None:
        series = np.stack([office(140), TestCalendar.with_charges(140, MONDAY), TestYoungAndSparse.jobs(140)])
        series[0, 100:] *= 1.7
        series[2, 90] *= 9
        walked = walk(*series, known=known)
        resumed = Daily()
        resumed.reset(*series.shape, "D")
        resumed.resume(memory_of(walked[:stopped], series))
        times = np.broadcast_to(MONDAY + np.arange(140), series.shape)
        for day in range(stopped, 140):
            seen = series[:, : day + 1].copy()
            for lag, share in enumerate(known or ()):
                seen[:, day - lag] *= share
            verdict = resumed.judge(times[:, : day + 1], seen, np.full(3, known is not None))
            for now, then in zip(verdict, walked[day], strict=True):
                np.testing.assert_array_equal(now, then)

    def test_series_do_not_touch_each_other(self) -> None:
        both = walk(office(80), steady(80, 3.0))
        alone = walk(steady(80, 3.0))
        for day in range(14, 80):
            assert both[day].score[1] == alone[day].score[0]

    def test_days_left_out_are_days_nothing_was_said_of(self) -> None:
        series, detector = office(100)[None], Daily()
        times = (MONDAY + np.arange(100))[None]
        detector.reset(1, 100, "D")
        for day in (60, 61, 65, 99):
            verdict = detector.judge(times[:, : day + 1], series[:, : day + 1], np.array([False]))
            assert abs(verdict.score[0]) < 5

    def test_nothing_remembered_is_no_reason_to_fail(self) -> None:
        detector = Daily()
        detector.reset(1, 30, "D")
        detector.resume(Memory(*(np.full((1, 20), np.nan) for _ in range(5))))
        verdict = detector.judge((MONDAY + np.arange(21))[None], office(21)[None], np.array([False]))
        assert abs(verdict.score[0]) < 5

    def test_hours_are_refused(self) -> None:
        with pytest.raises(ValueError, match="hourly"):
            Daily().reset(1, 1, "H")
