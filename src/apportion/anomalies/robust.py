"""Statistics that outliers do not move, over many series at once: NaN is a step nothing is known of."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from apportion.anomalies.detector import Floats

MAD_TO_SIGMA = 1.4826
"""What a median absolute deviation times this estimates is the standard deviation of normal noise."""
P90_TO_SIGMA = 1 / 1.6449
"""The same for the 90th percentile of absolute deviations."""

# Comparisons that put the median of as many rows into the middle one (Smith's and Devillard's networks).
_NETWORKS = {
    3: ((0, 1), (1, 2), (0, 1)),
    5: ((0, 1), (3, 4), (0, 3), (1, 4), (1, 2), (2, 3), (1, 2)),
    7: (
        (0, 5),
        (0, 3),
        (1, 6),
        (2, 4),
        (0, 1),
        (3, 5),
        (2, 6),
        (2, 3),
        (3, 6),
        (4, 5),
        (1, 4),
        (1, 3),
        (3, 4),
    ),
}


def quantile(values: Floats, q: float) -> Floats:
    """The q-quantile of the finite values along the last axis, interpolated; NaN where there are none."""
    ordered = np.sort(values, axis=-1)  # NaN comes last
    last = np.isfinite(values).sum(axis=-1, keepdims=True) - 1
    at = np.maximum(last, 0) * q
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(last, 0))
    low = np.take_along_axis(ordered, below, axis=-1)
    high = np.take_along_axis(ordered, above, axis=-1)
    found: Floats = (low + (at - below) * (high - low))[..., 0]
    return found


def median(values: Floats) -> Floats:
    """The median of the finite values along the last axis; NaN where there are none."""
    return quantile(values, 0.5)


def mad(deviations: Floats) -> Floats:
    """Standard deviation along the last axis by the median of the absolute `deviations`, taken as centred."""
    return MAD_TO_SIGMA * median(np.abs(deviations))


def tail_scale(deviations: Floats) -> Floats:
    """Standard deviation by the 90th percentile of absolute `deviations`: larger where tails are heavy."""
    return P90_TO_SIGMA * quantile(np.abs(deviations), 0.9)


def huber_mean(values: Floats, reach: float = 1.5) -> Floats:
    """Mean along the last axis after pulling in what lies beyond `reach` standard deviations of the median.

    Nearly as efficient as the mean where noise is normal, where a median needs half as many values again.
    """
    centre = median(values)[..., None]
    limit = reach * mad(values - centre)[..., None]
    clipped = np.clip(values, centre - limit, centre + limit)
    count = np.isfinite(values).sum(axis=-1)
    total = np.where(np.isfinite(values), clipped, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def sliding_median(values: Floats, width: int) -> Floats:
    """Centred median over `width` (odd) steps along the last axis; the ends take the nearest whole window's.

    Widths of 3, 5 and 7 go through a network of comparisons, some ten times as fast as sorting; there one NaN
    makes its windows NaN. Other widths leave NaN out.
    """
    half = width // 2
    steps = values.shape[-1]
    if steps < width:
        return np.repeat(median(values)[..., None], steps, axis=-1)
    if width in _NETWORKS:
        lanes = [values[..., i : steps - width + 1 + i] for i in range(width)]
        for a, b in _NETWORKS[width]:
            lanes[a], lanes[b] = np.minimum(lanes[a], lanes[b]), np.maximum(lanes[a], lanes[b])
        inner = lanes[half]
    else:
        inner = median(sliding_window_view(values, width, axis=-1))
    ends = [(0, 0)] * (values.ndim - 1) + [(half, half)]
    return np.pad(inner, ends, mode="edge")


def theil_sen(values: Floats) -> Floats:
    """Median slope per step over all pairs along the last axis: meant for few points, such as weeks."""
    steps = values.shape[-1]
    if steps < 2:
        return np.zeros(values.shape[:-1])
    first, second = np.triu_indices(steps, 1)
    return median((values[..., second] - values[..., first]) / (second - first))


def autocorrelation(deviations: Floats, reach: float = 2.5) -> Floats:
    """Correlation of each step with the one before along the last axis, outliers pulled in to `reach` sigma.

    Shrunk towards none by ten steps' worth of doubt, and kept within 0 and 0.8.
    """
    limit = reach * mad(deviations)[..., None]
    pulled = np.nan_to_num(np.clip(deviations, -limit, limit))
    product = (pulled[..., 1:] * pulled[..., :-1]).sum(axis=-1)
    square = (pulled**2).sum(axis=-1)
    mean_square = square / np.maximum(np.isfinite(deviations).sum(axis=-1), 1)
    found: Floats = np.clip(product / np.maximum(square + 10 * mean_square, 1e-300), 0.0, 0.8)
    return found


def filled(values: Floats) -> Floats:
    """Each NaN takes the value before it along the last axis; leading ones the first value; none: zeros."""
    steps = np.arange(values.shape[-1])
    known = np.isfinite(values)
    before = np.maximum.accumulate(np.where(known, steps, -1), axis=-1)
    first = np.where(known.any(axis=-1), known.argmax(axis=-1), 0)[..., None]
    at = np.where(before >= 0, before, first)
    return np.nan_to_num(np.take_along_axis(values, at, axis=-1))
