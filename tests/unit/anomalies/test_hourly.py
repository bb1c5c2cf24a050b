"""The hourly detector on small, drawn series of hours."""

import numpy as np
import pytest

from apportion.anomalies import Hourly
from apportion.anomalies.detector import Floats, Memory, Times, Verdict

DAY, WEEK = 24, 168
MONDAY = np.datetime64("2026-03-02T00", "h")


def clock(hours: int, series: int = 1) -> Times:
    return np.broadcast_to(MONDAY + np.arange(hours), (series, hours))


def workload(weeks: float = 4, *, seed: int = 1, noise: float = 0.08, usual: float = 20.0) -> Floats:
    """A service used by day and on weekdays: one series of so many weeks of hours."""
    at = np.arange(int(weeks * WEEK))
    shape = 1 + 0.5 * np.cos((at % DAY - 14) / DAY * 2 * np.pi)
    weekend = np.where(at // DAY % 7 >= 5, 0.6, 1.0)
    noisy = np.exp(noise * np.random.default_rng(seed).standard_normal(at.size))
    return (usual * shape * weekend * noisy)[None]


def verdicts(values: Floats, start: int, *, late: bool = False, stop: int | None = None) -> list[Verdict]:
    """What is said at each hour from `start` on, having seen nothing before."""
    made = Hourly()
    made.reset(len(values), values.shape[1], "H")
    marks = np.full(len(values), late)
    times = clock(values.shape[1], len(values))
    return [
        made.judge(times[:, : t + 1], values[:, : t + 1], marks)
        for t in range(start, stop or values.shape[1])
    ]


def alarms(said: list[Verdict], row: int = 0) -> list[int]:
    """Places in `said` where series `row` is an anomaly."""
    return [i for i, v in enumerate(said) if abs(v.score[row]) >= Hourly.threshold]


def test_usual_weeks_are_quiet() -> None:
    values = np.vstack([workload(5, seed=seed) for seed in range(8)])
    said = verdicts(values, 3 * WEEK)
    assert all(not alarms(said, row) for row in range(8))


def test_an_hour_at_ten_times_the_usual_speaks_at_once_with_its_range() -> None:
    values = workload()
    values[0, -1] *= 10
    (last,) = verdicts(values, values.shape[1] - 1)
    assert last.score[0] > Hourly.threshold
    assert last.lower[0] < last.expected[0] < last.upper[0] < values[0, -1]
    assert last.expected[0] == pytest.approx(values[0, -1] / 10, rel=0.35)
    assert (last.lag[0], last.channel[0]) == (0, 0)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_the_unit_of_the_series_does_not_matter(factor: float) -> None:
    values = workload()
    values[0, -3:] *= 4
    plain, scaled = verdicts(values, values.shape[1] - 3), verdicts(values * factor, values.shape[1] - 3)
    assert [v.score[0] for v in scaled] == pytest.approx([v.score[0] for v in plain], rel=1e-3)


def test_a_forgotten_weekend_is_a_run_of_hours() -> None:
    values = workload(5)
    saturday = 4 * WEEK + 5 * DAY
    values[0, saturday : saturday + 2 * DAY] = values[0, saturday - 2 * DAY : saturday]
    found = alarms(verdicts(values, 4 * WEEK))
    assert found
    assert 5 * DAY <= found[0] < 6 * DAY


def test_a_rise_by_a_tenth_a_day_is_told_while_it_rises() -> None:
    values = workload(5)
    values[0, -6 * DAY :] *= np.linspace(1, 1.7, 6 * DAY)
    said = verdicts(values, values.shape[1] - 6 * DAY)
    found = alarms(said)
    assert found
    assert said[found[0]].since[0] >= 2


def test_a_deployment_is_reported_once_and_then_the_usual() -> None:
    values = workload(7)
    step = 4 * WEEK + 10
    values[0, step:] *= 1.9
    found = alarms(verdicts(values, 4 * WEEK))
    assert 10 <= found[0] < 24
    assert max(found) < 10 + 3 * DAY


@pytest.mark.parametrize("again", [24, 31, 48])
def test_a_spike_after_usual_hours_is_reported_again(again: int) -> None:
    values = workload(5)
    values[0, [4 * WEEK + 10, 4 * WEEK + 10 + again]] = 4000.0
    assert alarms(verdicts(values, 4 * WEEK, stop=4 * WEEK + 72)) == [10, 10 + again]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_half_a_day_slightly_above_the_usual_is_reported_again_two_days_later(seed: int) -> None:
    values = workload(5, seed=seed)
    for begin in (10, 58):
        values[0, 4 * WEEK + begin : 4 * WEEK + begin + 12] *= 1.45
    found = np.array(alarms(verdicts(values, 4 * WEEK, stop=4 * WEEK + 80)))
    assert ((found >= 10) & (found < 22)).any()
    assert ((found >= 58) & (found < 70)).any()


def test_so_it_is_of_a_late_feed_once_it_is_settled() -> None:
    values = workload(6)
    for begin in (10, 130):
        values[0, 4 * WEEK + begin : 4 * WEEK + begin + 24] *= 1.3
    found = np.array(alarms(verdicts(values, 4 * WEEK, late=True, stop=4 * WEEK + 220)))
    assert ((found >= 58) & (found < 90)).any()
    assert ((found >= 178) & (found < 210)).any()


@pytest.mark.parametrize("late", [False, True])
def test_a_shift_that_lasts_is_not_told_again_once_the_level_follows(late: bool) -> None:
    values = workload(7, seed=3)
    values[0, 4 * WEEK + 10 :] *= 1.4
    found = alarms(verdicts(values, 4 * WEEK, late=late))
    assert found
    assert max(found) < (7 if late else 4) * DAY


def test_a_batch_an_hour_late_is_no_anomaly_and_one_at_midday_is() -> None:
    at = np.arange(4 * WEEK)
    base = np.where((at % DAY >= 2) & (at % DAY < 5), 60.0, 8.0)[None]
    values = base * workload(4, noise=0.05, usual=1) / workload(4, noise=0, usual=1)
    late, stray = values.copy(), values.copy()
    night = 3 * WEEK + 2 * DAY
    late[0, night + 2], late[0, night + 5] = 8.0, 60.0
    stray[0, night + 12] = 60.0
    said = verdicts(np.vstack([late, stray]), night, stop=night + DAY)
    assert not alarms(said, 0)
    assert alarms(said, 1) == [12]


def test_clocks_put_forward_raise_nothing() -> None:
    values = workload(6, noise=0.05)
    values[0, 4 * WEEK :] = np.roll(values[0], -1)[4 * WEEK :]
    assert not alarms(verdicts(values, 4 * WEEK, stop=5 * WEEK))


def test_a_weekly_job_is_known_after_two_weeks() -> None:
    values = workload(5)
    values[0, 3 + 6 * DAY :: WEEK] *= 5
    assert not alarms(verdicts(values, 3 * WEEK))


def test_a_runaway_in_the_first_days_of_a_workspace() -> None:
    values = workload(1)
    values[0, 2 * DAY + 15 :] *= 50
    found = alarms(verdicts(values, 2 * DAY, stop=3 * DAY))
    assert found[0] == 15


def test_nothing_is_said_before_two_days_are_known() -> None:
    values = workload(3)
    values[0, : 2 * WEEK] = np.nan
    said = verdicts(values, WEEK, stop=2 * WEEK + 2 * DAY)
    assert all(np.isnan(v.score[0]) for v in said)


def test_a_drop_of_a_late_feed_is_believed_only_once_settled() -> None:
    values = workload()
    values[0, -5:] = 0.0
    at_once, late = verdicts(values, values.shape[1] - 5), verdicts(values, values.shape[1] - 5, late=True)
    assert alarms(at_once)
    assert not alarms(late)
    longer = np.hstack([values, workload(1)[:, : 3 * DAY]])
    said = verdicts(longer, values.shape[1], late=True)
    found = alarms(said)
    assert found
    assert said[found[0]].score[0] < 0
    assert said[found[0]].lag[0] == 48


def test_a_rise_of_a_late_feed_speaks_in_the_hour_that_the_amount_comes_in() -> None:
    """The hour of ten hours ago was nearly empty, and is suddenly far above the usual."""
    values = workload()
    n = values.shape[1]
    known = values.copy()
    known[0, -10] *= 0.3
    made = Hourly()
    made.reset(1, n, "H")
    late = np.array([True])
    for t in range(n - 11, n - 1):
        assert abs(made.judge(clock(t + 1), known[:, : t + 1], late).score[0]) < made.threshold
    known[0, -10] = values[0, -10] * 8
    said = made.judge(clock(n), known, late)
    assert said.score[0] > made.threshold
    assert said.lag[0] == 9


def test_going_on_from_a_memory_says_the_same() -> None:
    values = np.vstack([workload(5, seed=seed) for seed in range(4)])
    values[1, -30:] *= 2
    values[2, -3:] *= 9
    values[3, -60:-40] = 0
    n, cut = values.shape[1], values.shape[1] - 20
    late = np.array([False, False, True, True])
    walked = Hourly()
    walked.reset(4, n, "H")
    times = clock(n, 4)
    rows = np.full((4, 4, n), np.nan)
    for t in range(3 * WEEK, n):
        rows[:, :, t] = walked.last(times[:, : t + 1], values[:, : t + 1], late)
    resumed = Hourly()
    resumed.reset(4, n, "H")
    resumed.resume(Memory(values[:, :cut], *rows[:, :, :cut]))
    for t in range(cut, n):
        said = resumed.last(times[:, : t + 1], values[:, : t + 1], late)
        np.testing.assert_array_equal(np.array(said), rows[:, :, t])


def test_a_window_of_six_weeks_is_as_good_as_everything() -> None:
    values = workload(9)
    values[0, -1] *= 5
    (whole,) = verdicts(values, values.shape[1] - 1)
    made = Hourly()
    made.reset(1, 6 * WEEK, "H")
    window = made.judge(clock(values.shape[1])[:, -6 * WEEK :], values[:, -6 * WEEK :], np.array([False]))
    np.testing.assert_array_equal(window.score, whole.score)
    np.testing.assert_array_equal(window.upper, whole.upper)


@pytest.mark.parametrize(
    "made",
    [
        np.zeros,
        lambda n: np.full(n, 7.0),
        lambda n: np.full(n, np.nan),
        lambda n: -workload(4)[0, :n],
        lambda n: np.where(np.arange(n) % 97 == 0, 12.0, 0.0),
        lambda n: np.where(np.random.default_rng(3).random(n) < 0.3, np.nan, workload(4)[0, :n]),
        lambda n: np.where(np.arange(n) % 50 < 20, np.nan, 3.0),
    ],
    ids=["zeros", "constant", "unknown", "credits", "rare jobs", "holes", "long holes"],
)
def test_odd_series_are_quiet(made: object) -> None:
    values = made(4 * WEEK)[None]  # type: ignore[operator]
    said = verdicts(values, 2 * DAY)
    assert not [i for i in alarms(said) if i > 3 * WEEK - 2 * DAY]
    known = np.isfinite(values[0, -1])
    assert np.isfinite(said[-1].score[0]) == known


def test_the_first_charge_of_a_service_that_never_cost_anything_speaks() -> None:
    values = np.zeros((1, 3 * WEEK))
    values[0, -1] = 0.5
    (last,) = verdicts(values, values.shape[1] - 1)
    assert last.score[0] > Hourly.threshold


def test_series_that_are_judged_together_do_not_touch_each_other() -> None:
    values = np.vstack([workload(4, seed=seed) for seed in range(300)])
    values[280, -1] *= 10
    (together,) = verdicts(values, values.shape[1] - 1)
    (alone,) = verdicts(values[280:281], values.shape[1] - 1)
    assert together.score[280] == alone.score[0] > Hourly.threshold
