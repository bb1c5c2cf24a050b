"""Medians and means over rows with gaps: arrays of shape [R, n] with NaN where nothing is known."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]
Counts = NDArray[np.int64]
MAD_TO_SIGMA = 1.4826
"""A normal distribution's standard deviation over its median absolute deviation."""


def median(rows: Floats) -> Floats:
    """The median along the last axis, gaps left out; NaN where there are only gaps."""
    ordered = np.sort(rows, axis=-1)  # NaN go last
    count = (~np.isnan(ordered)).sum(-1)
    low = np.maximum(count - 1, 0) // 2
    high = np.minimum(count // 2, rows.shape[-1] - 1)
    found = [np.take_along_axis(ordered, at[..., None], -1)[..., 0] for at in (low, high)]
    return np.where(count > 0, (found[0] + found[1]) / 2, np.nan)


def mean(rows: Floats) -> Floats:
    """The mean along the last axis, gaps left out; NaN where there are only gaps."""
    known = ~np.isnan(rows)
    count = known.sum(-1)
    return np.where(count > 0, np.where(known, rows, 0).sum(-1) / np.maximum(count, 1), np.nan)


def scale(deviations: Floats) -> Floats:
    """Standard deviation by the median of the deviations' sizes."""
    return MAD_TO_SIGMA * median(np.abs(deviations))


def clipped_mean(rows: Floats, centre: Floats, reach: Floats) -> Floats:
    """The mean of values no farther than `reach` from `centre`; those beyond count as if at that distance."""
    return mean(np.clip(rows, (centre - reach)[:, None], (centre + reach)[:, None]))
