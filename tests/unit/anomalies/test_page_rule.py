"""When an hourly anomaly wakes somebody."""

import numpy as np
import pytest

from apportion.anomalies.pages import pages

NAN = np.nan


@pytest.mark.parametrize(
    ("score", "values", "upper", "paged"),
    [
        (9.0, [10, 10, 300], [40, 40, 40], True),
        (9.0, [120, 130, 140], [40, 40, 40], True),
        (4.9, [10, 10, 900], [40, 40, 40], False),
        (9.0, [10, 10, 289], [40, 40, 40], False),
        (9.0, [900, 10, 10, 50], [40, 40, 40, 40], False),
        (-9.0, [900, 900, 0], [40, 40, 40], False),
        (9.0, [NAN, 400, 400], [40, NAN, 40], True),
        (NAN, [900, 900, 900], [40, 40, 40], False),
    ],
    ids=[
        "one hour",
        "three hours",
        "a low score",
        "little money",
        "long ago",
        "a fall",
        "gaps",
        "nothing said",
    ],
)
def test_a_rise_that_already_cost_much_pages(
    score: float, values: list[float], upper: list[float], paged: bool
) -> None:
    found = pages(np.array([score]), np.array([values]), np.array([upper]), threshold=5)
    assert found.tolist() == [paged]


def test_the_excess_is_a_choice() -> None:
    given = np.array([9.0]), np.array([[10.0, 10, 100]]), np.array([[40.0, 40, 40]])
    assert not pages(*given, threshold=5)[0]
    assert pages(*given, threshold=5, excess=50)[0]


def test_series_are_judged_beside_each_other() -> None:
    values, upper = np.array([[900.0] * 3, [30.0] * 3]), np.full((2, 3), 40.0)
    assert pages(np.array([9.0, 9.0]), values, upper, threshold=5).tolist() == [True, False]
