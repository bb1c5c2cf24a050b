"""Every node and band of a flow is a door: the explanation behind it is of the same amount."""

from decimal import Decimal
from typing import Any

import pytest


@pytest.mark.parametrize("asked", ["limit=1", "limit=50", "perspective=team", "metric=BilledCost&limit=2"])
def test_each_band_leads_to_its_amount(client: Any, asked: str) -> None:
    found = client.get(f"/api/v1/flow?window=2026-09&{asked}").json()
    doors = [part for part in [*found["bands"], *found["nodes"]] if part["explain"]]
    assert len(doors) > 3
    for part in doors:
        told = client.get(part["explain"]).json()
        assert Decimal(told["node"]["amount"]) == Decimal(part["amount"]), part


def test_days_can_be_given_instead_of_a_window(client: Any) -> None:
    one, other = (
        client.get(f"/api/v1/flow?{asked}").json()
        for asked in ("window=2026-09", "from=2026-09-01&to=2026-10-01")
    )
    assert one["bands"] == other["bands"]
    assert client.get("/api/v1/flow?from=2026-09-01").status_code == 422
    assert client.get("/api/v1/flow?window=2026-09&from=2026-09-01&to=2026-10-01").status_code == 422
