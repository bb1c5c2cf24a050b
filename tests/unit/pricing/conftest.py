"""The price list's card, made once."""

import pytest

from apportion.pricing import RateCard, seeded


@pytest.fixture(scope="session")
def card() -> RateCard:
    return seeded()
