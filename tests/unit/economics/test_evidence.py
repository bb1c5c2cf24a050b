"""Percentages of evidence add up, also where credits are among the amounts."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apportion.economics.evidence import CostEvidence

AMOUNTS = st.decimals(min_value=-1000, max_value=1000, places=12)


def test_what_is_left_over_of_thirds_goes_to_one_of_them() -> None:
    figures = CostEvidence(Decimal(1), Decimal(1), Decimal(1)).figures
    percents = sorted(Decimal(figures[f"{kind}_pct"] or 0) for kind in ("direct", "measured", "assumed"))
    assert percents == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_percentages_add_up_to_a_hundred(direct: Decimal, measured: Decimal, assumed: Decimal) -> None:
    figures = CostEvidence(direct, measured, assumed).figures
    percents = [figures[f"{kind}_pct"] for kind in ("direct", "measured", "assumed")]
    if direct + measured + assumed == 0:
        assert percents == [None, None, None]
    else:
        assert sum(Decimal(percent or 0) for percent in percents) == 100
