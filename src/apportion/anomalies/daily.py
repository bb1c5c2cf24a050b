"""The daily detector: what a day of each series usually costs, and whether the newest one did."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from apportion.anomalies import daily_channels as channels
from apportion.anomalies.daily_calendar import allowance
from apportion.anomalies.daily_past import WEEK, WEEKS, Flags, Past, Said, from_log, look_back, to_log
from apportion.anomalies.daily_shape import Shape, shape_of
from apportion.anomalies.daily_sparse import SPARSE, judge_sparse
from apportion.anomalies.daily_usual import REPORTED, Usual, usual_of
from apportion.anomalies.detector import CHANNELS, Floats, Frequency, Memory, Times, Verdict

KEPT = WEEK * WEEKS
BLOCK = 1024
"""So many series are judged at a time: their arrays fit the processor's cache, and memory stays small."""
RANGE = 3.0
"""The usual range reaches so many standard deviations."""
SAME = 14
"""Days in which the same is not reported again, while it lasts."""
OVER = 3
"""So many usual days in a row end it: what comes after them is new."""
WORSE = 1.5
"""Unless its score is so many times as high as before."""
HELD_BACK = 4.9
"""The score of what would be a report, had it not been reported before."""
YOUNG = 2 * WEEK
"""Nothing is said of a series of which fewer days are known."""
POINT, RUN, SLOW, TOTAL = range(len(CHANNELS))


class Daily:
    """Judges days: weekday shape, trend, calendar, noise; by point, run, slow change and totals."""

    threshold: float = REPORTED
    start: int = 2 * WEEK

    def __init__(self) -> None:
        self.reset(0, 0, "D")

    def reset(self, n_series: int, n_steps: int, freq: Frequency) -> None:
        """Forget everything; only a quarter is kept, however many `n_steps` there may be."""
        del n_steps
        if freq != "D":
            raise ValueError(f"{freq!r} is not a day: hourly series have a detector of their own")
        self._kept = np.full((len(Said.__annotations__), n_series, KEPT), np.nan)
        self._judged = 0

    def resume(self, memory: Memory) -> None:
        """Go on after the steps of `memory`; to be called after `reset`."""
        self._judged = memory.score.shape[1]
        for part, said in zip(
            self._kept, (memory.score, memory.expected, memory.lower, memory.upper), strict=True
        ):
            newest = said[:, -KEPT:]
            part[:, KEPT - newest.shape[1] :] = newest

    def last(
        self, times: Times, values: Floats, late: NDArray[np.bool_]
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """The first four of `judge`."""
        verdict = self.judge(times, values, late)
        return verdict.score, verdict.expected, verdict.lower, verdict.upper

    def judge(self, times: Times, values: Floats, late: NDArray[np.bool_]) -> Verdict:
        """Judge the newest step: `times` [S, t+1], `values` [S, t+1] as known now, `late` [S]."""
        self._go_to(values.shape[1] - 1)
        blocks = [slice(at, at + BLOCK) for at in range(0, len(values), BLOCK)]
        found = [_judge(Said(*self._kept[:, b]), times[b, -1], values[b], late[b]) for b in blocks]
        verdict = Verdict(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
        self._go_to(values.shape[1])
        for part, said in zip(self._kept, verdict, strict=False):
            part[:, -1] = said
        return verdict

    def _go_to(self, step: int) -> None:
        """Make the column after the last kept one that of `step`; of steps left out nothing is known."""
        ahead = min(step - self._judged, KEPT)
        if ahead > 0:
            self._kept[..., : KEPT - ahead] = self._kept[..., ahead:]
            self._kept[..., KEPT - ahead :] = np.nan
        self._judged = step


class _Grades(NamedTuple):
    """The worst grade so far, and what it rests on; [S]."""

    score: Floats
    lag: NDArray[np.int64]
    since: NDArray[np.int64]
    channel: NDArray[np.int64]

    def or_worse(self, grade: Floats, lag: int, since: NDArray[np.int64] | int, channel: int) -> "_Grades":
        worse = np.abs(grade) > np.abs(self.score)
        return _Grades(
            np.where(worse, grade, self.score),
            np.where(worse, lag, self.lag),
            np.where(worse, since, self.since).astype(np.int64),
            np.where(worse, channel, self.channel),
        )


def _judge(said: Said, today: Times, values: Floats, late: Flags) -> Verdict:
    """Judge the last of `values` [S, t+1], of which `said` is what was said of the steps before."""
    newest = values[:, -1].astype(np.float64)
    past = look_back(values[:, :-1], said, late, today)
    shape = shape_of(past, today)
    usual = usual_of(past, shape)
    allowed = allowance(past, shape, usual, today)
    sigma = channels.cautious(past, usual)
    log = to_log(newest, past.floor[:, 0])
    off = log - usual.log
    miss = np.where(off > 0, np.maximum(off - allowed.up, 0.0), np.minimum(off + allowed.down, 0.0))
    grades = _graded(past, shape, usual, sigma, miss, log)
    expected, lower, upper = (
        from_log(usual.log + by, past.floor[:, 0])
        for by in (allowed.charge, -allowed.down - RANGE * sigma, allowed.up + RANGE * sigma)
    )
    rows = np.flatnonzero(past.active < SPARSE)
    if rows.size:
        few = judge_sparse(values[rows], today[rows], late[rows])
        found = (few.score, few.lag, few.days - 1, np.where(few.total, TOTAL, POINT))
        for part, of_few in zip(grades, found, strict=True):
            part[rows] = of_few
        expected[rows] = few.expected
        lower[rows], upper[rows] = np.minimum(few.upper, 0), np.maximum(few.upper, 0)
    grades = _held_back(grades, past)
    never_negative = ~(np.nan_to_num(past.amounts) < 0).any(axis=1)
    lower = np.where(never_negative, np.maximum(lower, 0.0), lower)
    unknown = np.isnan(newest) | (past.age < YOUNG)
    score = np.where(unknown, np.nan, grades.score)
    return Verdict(score, expected, lower, upper, grades.lag, grades.since, grades.channel)


def _graded(past: Past, shape: Shape, usual: Usual, sigma: Floats, miss: Floats, log: Floats) -> _Grades:
    """The worst of all channels of `miss` [S], the judged day's distance, and `log`, its amount."""
    zeros = np.zeros(len(miss), np.int64)
    believed = np.where(past.late, np.maximum(miss, 0.0), miss)
    grades = _Grades(channels.point(np.nan_to_num(believed), sigma, past), zeros, zeros, zeros + POINT)
    for lag, grade in enumerate(channels.late_point(past, sigma), start=1):
        grades = grades.or_worse(grade, lag, lag, POINT)
    misses = np.concatenate([past.misses, miss[:, None]], axis=1)
    of_run, days = channels.run(misses, usual, sigma)
    grades = grades.or_worse(_settled(of_run, past), 0, days - 1, RUN)
    of_weeks = channels.slow(past, shape, usual, np.nan_to_num(log), misses)
    return grades.or_worse(_settled(of_weeks, past), 0, WEEK, SLOW)


def _settled(grade: Floats, past: Past) -> Floats:
    """Falls over several days are not believed of late feeds: their newest days are always short."""
    return np.where(past.late & (grade < 0), 0.0, grade)


def _held_back(grades: _Grades, past: Past) -> _Grades:
    """While what was reported lasts it is not reported again, unless it is much worse by now."""
    score = grades.score
    for sign in (1, -1):
        before = (sign * past.score[:, -SAME:]).max(axis=1)
        again = (before >= REPORTED) & (sign * score >= REPORTED) & (sign * score < WORSE * before)
        again &= ~_is_over(grades, past, sign)
        score = np.where(again, sign * HELD_BACK, score)
    return grades._replace(score=score)


def _is_over(grades: _Grades, past: Past, sign: int) -> Flags:
    """Whether OVER usual days lie between the newest report in the direction of `sign` and what is graded.

    For a day by itself, days within their range are usual; for a run, their runs were, too. Slow changes and
    totals may go on while each day is within its range: of them three days do not tell.
    """
    within = (past.at_most if sign > 0 else past.at_least)[:, -SAME:]
    said = sign * past.score[:, -SAME:]
    by_itself, in_a_run = (grades.channel == channel for channel in (POINT, RUN))
    usual = within & (by_itself[:, None] | (in_a_run[:, None] & (said < HELD_BACK)))
    days = said.shape[1]
    reported = days - 1 - (said[:, ::-1] >= REPORTED).argmax(axis=1)
    # of a late feed the report may be of one of the two days before it
    after = np.where(past.late, reported - 2, reported + 1)[:, None]
    began = (days - grades.since)[:, None]
    at = np.arange(days)
    usual &= (at >= after) & (at < began)
    in_a_row: Flags = np.all(sliding_window_view(usual, OVER, axis=1), axis=2)
    ended: Flags = np.any(in_a_row, axis=1)
    return ended
