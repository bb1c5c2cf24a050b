"""From what is usual for an hour, and how far it is off, to a verdict."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from apportion.anomalies.detector import Flags, Floats, Times, Verdict
from apportion.anomalies.hourly_newest import NEEDED, Newest, against, explanations, newest, still_on
from apportion.anomalies.hourly_shape import (
    DAY,
    SINGLE,
    SMALL,
    WEEK,
    Hours,
    Shape,
    amounts,
    compressed,
    hour_of_week,
    shape_of,
    small_of,
)
from apportion.anomalies.hourly_spread import LEVEL_REACH, Spread, spread_of

THRESHOLD = 5.0
FIRST = 2 * DAY
"""Known hours from which on a series is judged, at first with great caution."""
YOUNG, GROWN = WEEK, 2 * WEEK
"""Known hours below which a series is judged with great and with some caution."""
SETTLED = 2 * DAY
"""Hours after which the amounts of a late feed are believed to be complete."""
RISE = np.array([5.2, 4.6, 4.6, 4.0, 4.2])
"""Spreads above the usual at which each channel speaks; by tries on generated series."""
FALL = np.array([6.5, 5.0, 5.0, 5.0, np.inf])
"""The same below. One low hour matters little, and a slow decline is nobody's alarm."""
NEW_RISE, NEW_FACTOR = np.log(25), np.log(4)
"""A young series speaks at 4 times the most it had, at 25 times the usual, or in between where far out."""
LEVELLED = 8 * DAY
"""Hours for which a shift is known, after it was reported for SOUNDED hours; from MANY hours on it is one."""
SOUNDED, MANY = 30, 10
OVER = 6
"""Hours near the usual level after which the shift that was reported is over: another one is new."""
STILL = 0.5
"""Noises by which the last three hours have to be off for a run of hours to be going on."""
RESTATED = 1.02
"""An hour of a late feed is judged again once it grew by this factor, or came in."""
CHANNEL = np.array([0, 1, 1, 1, 2])
"""Which of detector.CHANNELS each channel is, and how many hours before the newest it begins at least."""
BEGINS = np.array([0, 2, 11, 23, 23])
RECENT = NEEDED + DAY
"""Hours that a verdict needs beside what was learned."""


class Learned(NamedTuple):
    """What is usual for S series: `known` [S] hours were learned from; `charged` [S]: not all were 0."""

    shape: Shape
    spread: Spread
    known: NDArray[np.int64]
    charged: NDArray[np.bool_]


@dataclass(slots=True)
class Told:
    """What was said: signs [S, LEVELLED] of hours that were anomalies, and amounts [S, SETTLED] seen then."""

    signs: NDArray[np.int8]
    seen: Floats


class Needed(NamedTuple):
    """How far each channel [C, S] may be off before it speaks."""

    up: Floats
    down: Floats


def learned(values: Floats, times: Times, late: NDArray[np.bool_]) -> Learned:
    """Learn from whole days of amounts [S, D * 24]; of `late` series not from what is not settled."""
    values = values.astype(SINGLE)
    values[late, -SETTLED:] = np.nan
    small = small_of(values)
    charged = np.isfinite(small) & (small > 0)
    mornings = hour_of_week(times[:, ::DAY])
    shape, rest = shape_of(values, mornings, np.where(charged, small, 1.0).astype(np.float64))
    return Learned(shape, spread_of(rest), np.isfinite(values).sum(axis=1), charged)


def judged(times: Times, values: Floats, late: NDArray[np.bool_], usual: Learned, told: Told) -> Verdict:
    """Judge the newest hour of `values` [S, n]; of `late` series also the hours that may still change."""
    hours = hour_of_week(times[:, -RECENT - SETTLED :])
    recent = values[:, -RECENT - SETTLED :]
    verdict = _plain(hours[:, -RECENT:], recent[:, -RECENT:], usual, told.signs)
    if late.any() and recent.shape[1] > FIRST + SETTLED:
        rows = np.flatnonzero(late)
        again = _late(hours[rows], recent[rows], _rows(usual, rows), Told(told.signs[rows], told.seen[rows]))
        for whole, part in zip(verdict, again, strict=True):
            whole[rows] = part
    return verdict


def _plain(hours: Hours, values: Floats, usual: Learned, signs: NDArray[np.int8]) -> Verdict:
    usual = _scaled(usual, values[:, -1])
    found = newest(values, hours, usual.shape, usual.spread)
    needed = _needed(found, usual)
    return _verdict(found, needed, _scores(found, needed, usual, signs), usual, values[:, -1])


def _late(hours: Hours, values: Floats, usual: Learned, told: Told) -> Verdict:
    """Rises as soon as they show, in any hour that still changes; falls and runs where all is settled."""
    settled = _scaled(usual, values[:, -SETTLED - 1])
    found = newest(values[:, :-SETTLED], hours[:, :-SETTLED], settled.shape, settled.spread)
    needed = _needed(found, settled)
    scores = _scores(found, needed, settled, told.signs, SETTLED)
    scores[0] = np.minimum(scores[0], 0.0)
    base = _verdict(found, needed, scores, settled, values[:, -SETTLED - 1])
    base = base._replace(lag=base.lag + SETTLED, since=base.since + SETTLED)
    rise = _rises(hours, values, settled, found, needed, told)
    wins = ~(np.nan_to_num(rise.score) < np.abs(np.nan_to_num(base.score)))
    return Verdict(*(np.where(wins, one, other) for one, other in zip(rise, base, strict=True)))


def _rises(
    hours: Hours, values: Floats, usual: Learned, found: Newest, needed: Needed, told: Told
) -> Verdict:
    """The hour of the unsettled ones that is furthest above the usual: the newest, or one that grew."""
    shape, spread, rows = usual.shape, usual.spread, np.arange(len(values))
    amount, at = values[:, -SETTLED:], hours[:, -SETTLED:]
    week = np.take_along_axis(shape.week, at, axis=1)
    above, _ = explanations(values, hours, shape, found.levels.week, spread.noise, SETTLED)
    off = np.maximum(against(compressed(amount, shape.small) - week, found.levels) - above, 0.0)
    score = THRESHOLD * off / needed.up[0][:, None]
    before = np.concatenate([told.seen[:, 1:], np.full((len(values), 1), np.nan)], axis=1)
    grown = ((amount > RESTATED * before) | np.isnan(before)) & (told.signs[:, -1:] <= 0)
    grown[:, -1] = True
    high = score >= THRESHOLD
    score = np.where(grown & (usual.known >= FIRST)[:, None], score, np.nan)
    pick = np.where(np.isfinite(score), score, -1.0)[:, ::-1].argmax(axis=1)  # the newest of equals
    best = SETTLED - 1 - pick
    centre = found.levels.week + week[rows, best]
    least = shape.least
    expected, lower, upper = (
        np.maximum(amounts(centre + shift, shape.small), least)
        for shift in (np.zeros(len(rows)), -needed.down[0], needed.up[0] + above[rows, best])
    )
    lag = pick.astype(np.int64)
    later = np.arange(SETTLED) >= best[:, None]
    began = np.logical_and.accumulate((high | later)[:, ::-1], axis=1).sum(axis=1, dtype=np.int64) - 1
    return Verdict(score[rows, best], expected, lower, upper, lag, began, np.zeros(len(rows), np.int64))


def _needed(found: Newest, usual: Learned) -> Needed:
    """Thresholds of every channel; wider while little is known."""
    days = np.maximum(usual.known / DAY, 1.0)
    doubt = np.vstack([np.ones((1, len(days))), np.tile(np.sqrt(1 + 4 / days), (len(RISE) - 1, 1))])
    doubt = doubt * np.where(usual.known < GROWN, 1.5, 1.0)
    up, down = RISE[:, None] * usual.spread.up * doubt, FALL[:, None] * usual.spread.down * doubt
    young = usual.known < YOUNG
    before = found.rest[:, :-1] - found.levels.short[:, None]
    most = np.where(np.isfinite(before), before, 0.0).max(axis=1)
    new = np.clip(2 * up[0], NEW_FACTOR + most, np.maximum(NEW_RISE, NEW_FACTOR + most))
    up[0] = np.where(young, new, up[0])
    down[0] = np.where(young, np.maximum(2 * down[0], NEW_RISE), down[0])
    return Needed(up, down)


def _scores(found: Newest, needed: Needed, usual: Learned, signs: NDArray[np.int8], lag: int = 0) -> Floats:
    """Signed scores [C, S]; runs that are over, and shifts that are known, say nothing.

    `lag` is how many hours before the newest of `signs` the judged ones end.
    """
    on = still_on(found.rest, found.levels.week, usual.spread.noise)
    up = found.stray > 0
    score = THRESHOLD * np.where(up, found.stray / needed.up, found.stray / needed.down)
    going = np.where(up[1:], on > STILL, on < -STILL) & (usual.known >= YOUNG)
    past = signs[:, : LEVELLED - SOUNDED]
    known = np.where(up[1:], *(_lasts(found, usual.spread.noise, way * past, lag, way) for way in (1, -1)))
    score[1:] = np.where(going & ~known, score[1:], 0.0)
    return score


def _lasts(found: Newest, noise: Floats, told: NDArray[np.int8], lag: int, way: int) -> Flags:
    """Whether what was `told` [S, hours] (1: it was) lasts: no OVER hours at the usual level came after."""
    known: Flags = (told > 0).sum(axis=1) >= MANY
    rows = np.flatnonzero(known)
    levels = way * np.stack([found.levels.week[rows], found.levels.older[rows]])
    before = way * np.fmin(*levels)  # the week's own level has followed a shift after some days
    off = way * (found.rest[rows, -LEVELLED:] - before[:, None]) / noise[rows, None]
    near = sliding_window_view(np.clip(off, -LEVEL_REACH, LEVEL_REACH), OVER, axis=1).mean(axis=2) < STILL
    newest_told = told.shape[1] - 1 - (told[rows, ::-1] > 0).argmax(axis=1)
    after = np.arange(near.shape[1]) >= newest_told[:, None] + lag
    known[rows] = ~(near & after).any(axis=1)
    return known


def _verdict(found: Newest, needed: Needed, scores: Floats, usual: Learned, amount: Floats) -> Verdict:
    """The loudest channel, and the usual range of the hour."""
    loudest = np.abs(scores).argmax(axis=0)
    score = np.take_along_axis(scores, loudest[None], axis=0)[0]
    score = np.where(np.isfinite(amount) & (usual.known >= FIRST), score, np.nan)
    short, week, older = found.levels
    high = np.fmax(np.maximum(short, week), older) + found.above[:, -1] + needed.up[0]
    low = np.fmin(np.minimum(short, week), older) + found.below[:, -1] - needed.down[0]
    expected, lower, upper = (
        np.maximum(amounts(level + found.usual, usual.shape.small), usual.shape.least)
        for level in ((short + week) / 2, low, high)
    )
    since = np.maximum(_since(found, score, usual.spread.noise), BEGINS[loudest])
    return Verdict(score, expected, lower, upper, np.zeros(len(score), np.int64), since, CHANNEL[loudest])


def _since(found: Newest, score: Floats, noise: Floats) -> NDArray[np.int64]:
    """Hours before the newest that were off the same way without a break."""
    off = (found.rest[:, -WEEK:-1] - found.levels.week[:, None]) * np.sign(score)[:, None] > noise[:, None]
    hours: NDArray[np.int64] = np.logical_and.accumulate(off[:, ::-1], axis=1).sum(axis=1, dtype=np.int64)
    return hours


def _scaled(usual: Learned, amount: Floats) -> Learned:
    """A series in which nothing was ever charged takes the scale of what is charged now."""
    own = np.where(np.isfinite(amount) & (amount != 0), SMALL * np.abs(amount), 1.0)
    small = np.where(usual.charged, usual.shape.small, own)
    return usual._replace(shape=usual.shape._replace(small=small))


def _rows(usual: Learned, rows: NDArray[np.int64]) -> Learned:
    """What was learned of the chosen series."""
    shape, spread = usual.shape, usual.spread
    return Learned(
        Shape(shape.small[rows], shape.week[rows], shape.least[rows]),
        Spread(
            spread.noise[rows],
            spread.up[:, rows],
            spread.down[:, rows],
            spread.centre[:, rows],
            spread.days[rows],
        ),
        usual.known[rows],
        usual.charged[rows],
    )
