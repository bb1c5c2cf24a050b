"""Statistics that outliers do not move."""

from collections.abc import Callable

import numpy as np
import pytest

from apportion.anomalies import robust
from apportion.anomalies.detector import Floats

NOISE = np.random.default_rng(5).normal(0.0, 2.0, (3, 400))


def test_one_wild_value_does_not_move_the_median() -> None:
    assert robust.median(np.array([[1.0, 2.0, 3.0, 4.0, 1e9]])) == [3.0]


def test_unknown_steps_are_left_out() -> None:
    known = np.array([[np.nan, 1.0, np.nan, 3.0], [np.nan] * 4])
    np.testing.assert_array_equal(robust.median(known), [2.0, np.nan])


@pytest.mark.parametrize("q", [0.0, 0.25, 0.9, 1.0])
def test_quantiles_are_numpys(q: float) -> None:
    np.testing.assert_allclose(robust.quantile(NOISE, q), np.quantile(NOISE, q, axis=-1))


@pytest.mark.parametrize("scale", [robust.mad, robust.tail_scale])
def test_both_scales_estimate_the_standard_deviation_of_normal_noise(
    scale: Callable[[Floats], Floats],
) -> None:
    np.testing.assert_allclose(scale(NOISE), 2.0, rtol=0.2)


def test_the_tail_scale_sees_heavy_tails() -> None:
    heavy = np.random.default_rng(1).standard_t(2, (1, 2000))
    assert robust.tail_scale(heavy) > 1.1 * robust.mad(heavy)


@pytest.mark.parametrize("width", [3, 5, 7, 9])
def test_sliding_medians_are_the_medians_of_their_windows(width: int) -> None:
    half = width // 2
    found = robust.sliding_median(NOISE, width)
    for at in range(half, 400 - half):
        np.testing.assert_array_equal(found[:, at], np.median(NOISE[:, at - half : at + half + 1], axis=-1))
    np.testing.assert_array_equal(found[:, 0], found[:, half])


def test_a_sliding_median_removes_a_spike_and_keeps_a_step() -> None:
    series = np.array([[1.0] * 10 + [9.0] + [1.0] * 9 + [5.0] * 20])
    np.testing.assert_array_equal(robust.sliding_median(series, 7), [[1.0] * 20 + [5.0] * 20])


def test_a_slope_survives_a_bad_week() -> None:
    weeks = 2.0 * np.arange(8.0)[None]
    weeks[0, 3] = 900.0
    assert robust.theil_sen(weeks) == pytest.approx(2.0)


def test_the_huber_mean_is_close_to_the_mean_without_its_outliers() -> None:
    spoilt = NOISE.copy()
    spoilt[:, :10] += 1000
    np.testing.assert_allclose(robust.huber_mean(spoilt), NOISE.mean(axis=-1), atol=0.4)


def test_autocorrelation_of_noise_that_lingers() -> None:
    rng = np.random.default_rng(2)
    lingering = np.zeros((1, 3000))
    for t in range(1, 3000):
        lingering[0, t] = 0.5 * lingering[0, t - 1] + rng.normal()
    assert robust.autocorrelation(lingering) == pytest.approx([0.5], abs=0.06)
    assert robust.autocorrelation(rng.normal(size=(1, 3000))) < 0.06


def test_gaps_are_filled_with_what_came_before() -> None:
    gaps = np.array([[np.nan, 1.0, np.nan, 3.0], [np.nan] * 4])
    np.testing.assert_array_equal(robust.filled(gaps), [[1, 1, 1, 3], [0, 0, 0, 0]])
