"""How far the newest hour of a series, and the hours up to it, are from what they usually are."""

from typing import NamedTuple

import numpy as np

from apportion.anomalies.detector import Floats
from apportion.anomalies.hourly_shape import DAY, WEEK, Hours, Shape, compressed
from apportion.anomalies.hourly_spread import LATTER, LEVEL_REACH, REACH, SPANS, Spread, agreed
from apportion.anomalies.robust import median

BLOCKS = 14
"""Days before the newest hour that levels come from."""
NEEDED = BLOCKS * DAY + 1
EXPLAINED = 12
"""Newest hours for which other explanations are sought."""
AGAIN = 2.0
"""Noises by which an hour has to be off in two weeks running to be taken for a habit of that hour."""
RISING = 0.12
"""A slow rise that gained less than this share of itself in a day is a level that was reached: no rise."""


class Levels(NamedTuple):
    """Levels [S] on the scale of the series: of the day before, the week before that, and older weeks."""

    short: Floats
    week: Floats
    older: Floats


class Newest(NamedTuple):
    """Of S series: `stray` [C, S], how far each channel is off, with its sign, and what that is seen against.

    `rest` [S, NEEDED] is what is left of the hours once the shape of the week is taken off, `usual` [S] that
    shape at the newest hour; `above` and `below` [S, EXPLAINED] is what neighbouring hours, or the same hour
    of weeks before, explain.
    """

    stray: Floats
    levels: Levels
    rest: Floats
    usual: Floats
    above: Floats
    below: Floats


def newest(values: Floats, hours: Hours, shape: Shape, spread: Spread) -> Newest:
    """Compare the newest of `values` [S, n] at `hours` of the week [S, n] with the hours before."""
    recent = compressed(values[:, -NEEDED:], shape.small)
    rest = recent - np.take_along_axis(shape.week, hours[:, -NEEDED:], axis=1)
    rest = np.pad(rest, ((0, 0), (NEEDED - rest.shape[1], 0)), constant_values=np.nan)
    days = median(rest[:, :-1].reshape(len(rest), BLOCKS, DAY)[:, ::-1])
    levels = _levels(rest, days, spread)
    usual = np.take_along_axis(shape.week, hours[:, -1:], axis=1)[:, 0]
    above, below = explanations(values, hours, shape, levels.week, spread.noise)
    stray = [_point(rest, levels, above, below)]
    stray += [_run(rest, levels, spread, at, above, below) for at in range(1, len(SPANS))]
    stray[-1] = _off_centre(stray[-1], spread.centre[len(SPANS) - 1])
    stray.append(_off_centre(_slow(rest, days, levels, spread.noise), spread.centre[-1]))
    return Newest(np.stack(stray), levels, rest, usual, above, below)


def still_on(rest: Floats, level: Floats, noise: Floats) -> Floats:
    """Mean of the last three hours against `level`, in noises: near none once it is over."""
    return _pulled(rest[:, -3:] - level[:, None], LEVEL_REACH * noise) / noise


def explained(deviations: Floats, above: Floats, below: Floats) -> Floats:
    """What of `deviations` is left once `above` (at least 0) and `below` (at most 0) explain their part."""
    found: Floats = np.where(
        deviations > 0, np.maximum(deviations - above, 0), np.minimum(deviations - below, 0)
    )
    return found


def explanations(
    values: Floats, hours: Hours, shape: Shape, level: Floats, noise: Floats, newest_hours: int = EXPLAINED
) -> tuple[Floats, Floats]:
    """What may lift or lower the `newest_hours` [S, k] for a known reason: at least 0, and at most 0.

    A batch that starts an hour early or late (or a clock put forward) brings the neighbouring hour's amount;
    what was off in the same hour of both weeks before is a habit.
    """
    span = min(newest_hours, values.shape[1])
    at = hours[:, -span:]
    here = np.take_along_axis(shape.week, at, axis=1)
    beside = [np.take_along_axis(shape.week, (at + step) % WEEK, axis=1) - here for step in (-1, 1)]
    above = np.maximum(np.maximum(*beside), 0.0)
    below = np.minimum(np.minimum(*beside), 0.0)
    stop = values.shape[1]
    if stop >= 2 * WEEK + span:
        weeks = [values[:, stop - lag - span : stop - lag] for lag in (WEEK, 2 * WEEK)]
        again = agreed(*(compressed(week, shape.small) - here - level[:, None] for week in weeks))
        again = np.where(np.abs(again) > AGAIN * noise[:, None], again, 0.0)
        above, below = np.maximum(above, again), np.minimum(below, again)
    room = ((0, 0), (newest_hours - span, 0))
    return np.pad(above, room), np.pad(below, room)


def against(deviations: Floats, levels: Levels) -> Floats:
    """What of `deviations` [S, k] the week before and, where there are any, older weeks agree on."""
    week = deviations - levels.week[:, None]
    older = deviations - levels.older[:, None]
    found: Floats = np.where(np.isfinite(older), agreed(week, older), week)
    return found


def _levels(rest: Floats, days: Floats, spread: Spread) -> Levels:
    week = median(days[:, 1:8])
    week = np.where(np.isfinite(week), week, days[:, 0])
    older = np.full(len(rest), np.nan)
    if spread.days.shape[1] >= BLOCKS:
        older = median(spread.days[:, :-7][:, -BLOCKS:])
    return Levels(_day_before(rest, 1, spread.noise, week), week, older)


def _day_before(rest: Floats, newest_hours: int, noise: Floats, other: Floats) -> Floats:
    """Level of the day that ended `newest_hours` ago, or `other` [S] where nothing is known of it."""
    stop = rest.shape[1] - newest_hours
    found = _pulled_to_median(rest[:, stop - DAY : stop], noise)
    return np.where(np.isfinite(found), found, other)


def _pulled_to_median(hours: Floats, noise: Floats) -> Floats:
    centre = median(hours)
    return centre + _pulled(hours - centre[:, None], LEVEL_REACH * noise)


def _pulled(deviations: Floats, limit: Floats) -> Floats:
    """Mean [S] of the finite `deviations` [S, k], each kept within `limit` [S]; 0 where there are none."""
    known = np.isfinite(deviations)
    kept = np.clip(np.where(known, deviations, 0.0), -limit[:, None], limit[:, None])
    found: Floats = kept.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return found


def _point(rest: Floats, levels: Levels, above: Floats, below: Floats) -> Floats:
    hour = rest[:, -1:]
    off = agreed(against(hour, levels), hour - levels.short[:, None])
    return explained(off, above[:, -1:], below[:, -1:])[:, 0]


def _run(rest: Floats, levels: Levels, spread: Spread, at: int, above: Floats, below: Floats) -> Floats:
    """The mean of the newest SPANS[at] hours against every level that was there before them."""
    span, limit = SPANS[at], REACH[at] * spread.noise
    known = [levels.week]
    if span < DAY:
        known.append(_day_before(rest, span, spread.noise, levels.week))
    means = [_held(rest[:, -span:] - level[:, None], limit, above, below) for level in known]
    found = means[0] if len(means) == 1 else agreed(*means)
    older = _held(rest[:, -span:] - levels.older[:, None], limit, above, below)
    return np.where(np.isfinite(levels.older), agreed(found, older), found)


def _held(deviations: Floats, limit: Floats, above: Floats, below: Floats) -> Floats:
    """Mean of `deviations`, of long runs no more than their latter half supports."""
    span = deviations.shape[1]
    if span <= EXPLAINED:
        deviations = explained(deviations, above[:, -span:], below[:, -span:])
    whole = _pulled(deviations, limit)
    if span < DAY // 2:
        return whole
    return agreed(whole, LATTER * _pulled(deviations[:, span // 2 :], limit))


def _slow(rest: Floats, days: Floats, levels: Levels, noise: Floats) -> Floats:
    """A rise over days: the last day against the week that ended a week ago, while it still goes on."""
    base = np.where(np.isfinite(days[:, 7:]).sum(axis=1) >= 4, median(days[:, 7:]), np.nan)
    today = _pulled_to_median(rest[:, -DAY:], noise)
    yesterday = _pulled_to_median(rest[:, -2 * DAY : -DAY], noise)
    half = _pulled_to_median(rest[:, -DAY // 2 :], noise)
    risen = today - base
    rising = (today - yesterday > RISING * risen) & (risen > 0) & (today > levels.week)
    return np.where(rising, np.maximum(agreed(risen, LATTER * (half - base)), 0.0), 0.0)


def _off_centre(stray: Floats, centre: Floats) -> Floats:
    """`stray` from its usual centre; none stays none."""
    found: Floats = np.where(stray == 0, 0.0, stray - centre)
    return found
