"""Answers that Cost Explorer gives, in the order in which it is asked."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

METRICS = ("UnblendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost")


def group(keys: Sequence[str], *costs: str, quantity: str = "0", unit: str = "N/A") -> dict[str, Any]:
    """One group: its costs in the order of METRICS; those left out are as without commitments and discounts."""
    unblended, amortized, *net = [*costs, costs[0]] if len(costs) == 1 else costs
    amounts = dict(zip(METRICS, [unblended, amortized, *(net or (unblended, amortized))], strict=True))
    metrics = {name: {"Amount": amount, "Unit": "USD"} for name, amount in amounts.items() if amount}
    return {"Keys": list(keys), "Metrics": {**metrics, "UsageQuantity": {"Amount": quantity, "Unit": unit}}}


def span(start: str, *groups: Mapping[str, Any], estimated: bool = False) -> dict[str, Any]:
    """The groups of one day or month."""
    return {
        "TimePeriod": {"Start": start, "End": start},
        "Total": {},
        "Groups": list(groups),
        "Estimated": estimated,
    }


def page(*spans: Mapping[str, Any], more: str = "", names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """One page; `more` is the token of the next, `names` are those of accounts."""
    described = [{"Value": k, "Attributes": {"description": v}} for k, v in (names or {}).items()]
    token = {"NextPageToken": more} if more else {}
    return {"ResultsByTime": list(spans), "DimensionValueAttributes": described, **token}


class Costs:
    """Cost Explorer at `endpoint`: each new question takes the next answer, the same question the same one."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.forget()

    def forget(self) -> None:
        httpx.post(f"{self.endpoint}/moto-api/reset").raise_for_status()

    def answer(self, *pages: Mapping[str, Any]) -> None:
        """Queue pages."""
        path = "/moto-api/static/ce/cost-and-usage-results"
        httpx.post(f"{self.endpoint}{path}", json={"results": list(pages)}).raise_for_status()
