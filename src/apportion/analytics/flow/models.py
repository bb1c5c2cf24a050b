"""A flow of cost as it is answered: columns, the nodes in them, the bands between them."""

from typing import Literal

from pydantic import Field

from apportion.analytics.models import Amount, Part, Percent
from apportion.analytics.scope import Meta

Stage = Literal["provider", "origin", "node", "target"]
Kind = Literal["named", "others", "allocated", "idle", "unallocated"]


class FlowNode(Part):
    """Something that cost passes; `amount` is all that passes it."""

    id: str
    stage: Stage
    kind: Kind = Field(description="others: the sum of all beyond the limit.")
    name: str
    label: str = Field(description="What a person calls it: a customer's name, 'no service'.")
    amount: Amount
    members: int = Field(description="How many it stands for: 1, or as many as others sums up.")
    explain: str | None = Field(description="Where the amount is explained.")


class FlowBand(Part):
    """Cost that goes from one node to another; credits can make it negative."""

    source: str = Field(description="The node it leaves.")
    target: str = Field(description="The node it enters.")
    source_name: str
    target_name: str
    amount: Amount
    share_pct: Percent | None = Field(description="Of all cost.")
    explain: str | None


class FlowColumn(Part):
    """What enters a column of nodes, and what leaves it."""

    stage: Stage
    title: str = Field(examples=["service"])
    entered: Amount
    left: Amount
    difference: Amount = Field(description="0: nothing is lost on the way.")


class Flow(Part):
    """Cost of a window from providers to the targets of a perspective."""

    meta: Meta
    headline: str
    origin: str = Field(description="The dimension whose values are the origins.")
    to: str = Field(description="The dimension whose values are the targets.")
    total: Amount
    columns: list[FlowColumn]
    nodes: list[FlowNode]
    bands: list[FlowBand]
