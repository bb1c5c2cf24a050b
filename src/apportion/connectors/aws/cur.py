"""The Cost and Usage Report as a dialect: which costs are taken, and what its tags and units become."""

import csv
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from string import Template

from apportion.connectors.dialect import Dialect, body, given
from apportion.engine import quote_text

_PACKAGE = "apportion.connectors.aws"
_NET = {
    "line_item_unblended_cost": "line_item_net_unblended_cost",
    "reservation_effective_cost": "reservation_net_effective_cost",
    "savings_plan_savings_plan_effective_cost": "savings_plan_net_savings_plan_effective_cost",
}
"""The net column of each gross one that a metric rests on."""

_UNITS = {
    "Hrs": "Hours",
    "hours": "Hours",
    "GB-Mo": "GB-Months",
    "GB-mo": "GB-Months",
    "GB-month": "GB-Months",
    "Lambda-GB-Second": "GB-Seconds",
    "GB-Hours": "GB-Hours",
    "vCPU-Hours": "vCPU-Hours",
    "1K tokens": "1000 Tokens",
    "1M tokens": "1000000 Tokens",
}
"""How FOCUS writes the units that AWS names otherwise (unit format of the specification)."""

SPLIT = "AWS split cost allocation"
TITLE = "an AWS Cost and Usage Report"
LEFT_OUT = {
    "SavingsPlanNegation": "it takes back the on-demand cost of covered usage, whose BilledCost is 0 already"
}


@cache
def cur(columns: frozenset[str], *, net: bool) -> Dialect:
    """The dialect for a report that has `columns`; `net`: with the costs after private discounts."""
    return Dialect(
        "aws-cur",
        TITLE,
        given(_PACKAGE),
        Template(body(_PACKAGE, "cur")).safe_substitute(_parts(columns, net=net)),
        version="1.4",
        period="bill_billing_period_start_date",
        currency="line_item_currency_code",
        account="line_item_usage_account_id",
        kind="line_item_line_item_type",
        amount="line_item_unblended_cost",
        left_out=LEFT_OUT,
        ignored=(
            "identity",
            "bill",
            "lineItem",
            "line_item",
            "product",
            "pricing",
            "reservation",
            "savingsPlan",
            "savings_plan",
            "splitLineItem",
            "split_line_item",
        ),
    )


def documented() -> Dialect:
    """The dialect as it is written, before a report's own columns are put in; for the reference."""
    return replace(cur(frozenset(), net=False), body=body(_PACKAGE, "cur"))


def has_net(columns: Collection[str], filled: Collection[str]) -> bool:
    """Whether every gross column of `columns` has its net one, the net cost not all empty (`filled`)."""
    wanted = [net for gross, net in _NET.items() if gross in columns]
    return all(net in columns for net in wanted) and _NET["line_item_unblended_cost"] in filled


def _parts(columns: frozenset[str], *, net: bool) -> Mapping[str, str]:
    amount = "line_item_unblended_cost"
    upfront = "reservation_unused_amortized_upfront_fee_for_billing_period"
    recurring = "reservation_unused_recurring_fee"
    unused = f"coalesce({upfront}, 0) + coalesce({recurring}, 0)"
    sp_unused = "savings_plan_total_commitment_to_date - savings_plan_used_commitment"
    if net:
        amount = "coalesce(line_item_net_unblended_cost, line_item_unblended_cost)"
        of_net = [c.replace("reservation_", "reservation_net_", 1) for c in (upfront, recurring)]
        has_unused = all(c in columns for c in of_net)
        unused = " + ".join(f"coalesce({c}, 0)" for c in of_net) if has_unused else _discounted(unused)
        sp_unused = _discounted(sp_unused)
    has_split = "split_line_item_parent_resource_id" in columns
    return {
        "amount": amount,
        "ri_effective": _NET["reservation_effective_cost"] if net else "reservation_effective_cost",
        "sp_effective": _NET["savings_plan_savings_plan_effective_cost"]
        if net
        else "savings_plan_savings_plan_effective_cost",
        "ri_unused": unused,
        "sp_unused": sp_unused,
        "ri_contracted": "NULL" if net else "pricing_public_on_demand_cost",
        "contracted_rate": "NULL" if net else "line_item_unblended_rate",
        "commitment_type": "CASE WHEN savings_plan_savings_plan_arn IS NOT NULL THEN 'Savings Plan' "
        "WHEN reservation_reservation_arn IS NOT NULL THEN 'Reserved Instance' END",
        "unit": f"CASE pricing_unit {_whens(_UNITS)} ELSE nullif(pricing_unit, '') END",
        "categories": _whens({code: category for code, category, _ in _services()}),
        "subcategories": _whens({code: subcategory for code, _, subcategory in _services()}),
        "tags": _tags(columns),
        "details": _details(columns),
        "split": _SPLIT if has_split else "NULL",
        "allocated_tags": f"CASE WHEN split_line_item_parent_resource_id IS NOT NULL "
        f"THEN {_tags(columns)} END"
        if has_split
        else "CAST(NULL AS MAP(VARCHAR, VARCHAR))",
    }


def _discounted(cost: str) -> str:
    """A part of a fee's gross `cost` as dear as the fee itself is after private discounts, in whole 10⁻¹²."""
    cost_units, net, gross = (
        f"CAST(({part}) * 1000000000000 AS HUGEINT)"
        for part in (cost, "line_item_net_unblended_cost", "line_item_unblended_cost")
    )
    return (
        "CASE WHEN line_item_unblended_cost <> 0 "
        "AND line_item_net_unblended_cost <> line_item_unblended_cost "
        f"THEN CAST(CAST({cost_units} * {net} // {gross} AS DECIMAL(26,0)) * 0.000000000001 "
        "AS DECIMAL(28,12)) "
        f"ELSE {cost} END"
    )


_SPLIT = """concat('{"Elements":[{"AllocatedRatio":', coalesce(split_line_item_split_usage_ratio, 0),
    ',"UsageUnit":"', coalesce(replace(line_item_usage_type, '"', ''), 'Units'),
    '","UsageQuantity":', coalesce(split_line_item_split_usage, 0),
    '}],"x_SplitCost":"', coalesce(split_line_item_net_split_cost, split_line_item_split_cost, 0)
        + coalesce(split_line_item_net_unused_cost, split_line_item_unused_cost, 0),
    '","x_ParentResourceId":"', replace(split_line_item_parent_resource_id, '"', ''), '"}')"""


def _tags(columns: frozenset[str]) -> str:
    """Tags and cost categories; CUR 2.0 has them in maps whose keys tell who made the tag."""
    if not {"resource_tags", "cost_category"} & columns:
        return "tag_columns"
    keys = (
        "[{'key': CASE WHEN starts_with(e.key, 'user_') THEN substr(e.key, 6) "
        "WHEN starts_with(e.key, 'aws_') THEN 'aws:' || substr(e.key, 5) ELSE e.key END, 'value': e.value} "
        "FOR e IN map_entries(resource_tags)]"
    )
    categories = (
        "[{'key': 'aws:cost_category:' || e.key, 'value': e.value} FOR e IN map_entries(cost_category)]"
    )
    return f"map_from_entries(list_filter(list_concat({keys}, {categories}), lambda e: e.value IS NOT NULL))"


def _details(columns: frozenset[str]) -> str:
    """Details of the price as JSON, under FOCUS's keys and, with x_, under our own."""
    known = {
        "InstanceType": "product_instance_type",
        "OperatingSystem": "product_operating_system",
        "x_DatabaseEngine": "product_database_engine",
        "x_VolumeType": "product_volume_type",
    }
    has = {key: name for key, name in known.items() if name in columns}
    if not has and "product" in columns:
        has = {key: f"product['{name.removeprefix('product_')}']" for key, name in known.items()}
    if not has:
        return "NULL"
    parts = ", ".join(
        f"CASE WHEN {name} IS NOT NULL THEN '\"{key}\":' || to_json({name}) END" for key, name in has.items()
    )
    any_ = " OR ".join(f"{name} IS NOT NULL" for name in has.values())
    return f"CASE WHEN NOT unused_row AND ({any_}) THEN '{{' || concat_ws(',', {parts}) || '}}' END"


def _whens(values: Mapping[str, str]) -> str:
    return " ".join(f"WHEN {quote_text(key)} THEN {quote_text(value)}" for key, value in values.items())


@cache
def _services() -> list[tuple[str, str, str]]:
    text = files(_PACKAGE).joinpath("services.csv").read_text(encoding="utf-8")
    return [(r["product_code"], r["category"], r["subcategory"]) for r in csv.DictReader(text.splitlines())]
