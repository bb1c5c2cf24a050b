"""Charges made of Google Cloud's exports are as FOCUS wants them."""

import pytest

from apportion import focus
from apportion.conformance import validate
from google_bills import Google, line

PRICES = {"price__effective_price_default": 1.5}
CREDIT = {"name": "s", "amount": -0.3, "type": "SUSTAINED_USAGE_DISCOUNT"}
OFFSET = {"amount": -1.2, "type": "FEE_UTILIZATION_OFFSET"}
AUGUST = {"usage_start_time": "2026-08-30T10:00:00Z", "usage_end_time": "2026-08-30T11:00:00Z"}
EVERY_KIND = [
    line(credits=[CREDIT], labels=[{"key": "team", "value": "search"}]),
    line(cost_type="tax", cost=0.1, cost_at_list=0.1),
    line(cost_type="adjustment", cost=-0.4, cost_at_list=-0.4),
    line(cost_type="rounding_error", cost=0.001),
    line(project=None, resource=None, location__region=None, location__location="us"),
    line(sku__description="Commitment v1: Cpu", subscription__instance_id="r", cost=1.5, cost_at_list=2),
    line(sku__description="Commitment - dollar based v1: GCE", subscription__instance_id="m"),
    line(sku__description="fee", subscription__instance_id="n", cost_at_list=1.5, price__list_price=1.5, credits=[OFFSET]),
    line(subscription__instance_id="n", consumption_model__description="Flex", cost=1.2, cost_at_effective_price_default=1.5, **PRICES),
    line(credits=[{"name": "c", "amount": -1.5, "type": "COMMITTED_USAGE_DISCOUNT"}]),
    line(cost=-1.5, cost_at_list=-2, adjustment_info={"id": "a-1"}, **AUGUST),
    line(invoice__publisher_type="PARTNER", seller_name="Harbor Data"),
]  # fmt: skip


@pytest.mark.parametrize("version", ["1.2", "1.3", "1.4"])
def test_every_kind_of_line_is_as_focus_wants_it(google: Google, version: str) -> None:
    google.json(*EVERY_KIND)
    columns = [f'"{c.name}"' for c in focus.superset().values() if c.exists_in(version)]
    path = google.folder / "charges.parquet"
    google.rows(f"COPY (SELECT {', '.join(columns)} FROM charges) TO '{path}' (FORMAT parquet)")
    report = validate([path], version)
    assert {f.rule.id: f.samples for f in report.failures} == {}
    assert report.rows == 17
