"""Google's own FOCUS as a dialect: FOCUS's columns, and those beside them that mend it."""

from functools import cache
from string import Template

from apportion import focus
from apportion.connectors.dialect import Dialect, Given, body, outputs
from apportion.connectors.focus import dialect as plain_focus
from apportion.connectors.gcp.billing import PACKAGE, rows_of
from apportion.engine import quote_text

_PAIRS = "STRUCT(key VARCHAR, value VARCHAR)[]"
_CREDIT = "STRUCT(name VARCHAR, fullname VARCHAR, id VARCHAR, type VARCHAR, amount DECIMAL(28,12))"
_OWN = {
    "Tags": Given("Tags", "nested", type="STRUCT(key VARCHAR, value VARCHAR, x_type VARCHAR)[]"),
    "ServiceCategory": Given("ServiceCategory", "text"),
    "x_credits": Given("x_credits", "nested", type=f"{_CREDIT}[]", note="credits in or beside BilledCost"),
    "x_costtype": Given("x_costtype", "text", note="regular, tax, adjustment or rounding_error"),
    "project": Given("project", "text", aliases=("x_Project.Id",), note="the project"),
    "project_name": Given("project_name", "text", aliases=("x_Project.Name",)),
    "x_labels": Given("x_labels", "nested", type=_PAIRS, note="labels of the resource"),
    "x_projectlabels": Given("x_projectlabels", "nested", type=_PAIRS, note="labels of the project"),
    "x_systemlabels": Given("x_systemlabels", "nested", type=_PAIRS, note="what Google says of the resource"),
}
_NOT_OF_CREDITS = {
    "ConsumedQuantity",
    "ConsumedUnit",
    "PricingQuantity",
    "PricingUnit",
    "PricingCategory",
    "ListUnitPrice",
    "ContractedUnitPrice",
    "PricingCurrencyListUnitPrice",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "SkuPriceId",
    "SkuPriceDetails",
    "CommitmentDiscountStatus",
    "CommitmentDiscountQuantity",
    "CommitmentDiscountUnit",
}
_ENTRIES = [
    "x_labels",
    """[t FOR t IN "Tags" IF t.x_type = 'label']""",
    """[t FOR t IN "Tags" IF coalesce(t.x_type, 'tag') = 'tag']""",
    """[t FOR t IN "Tags" IF t.x_type = 'project_label']""",
    "x_projectlabels",
    """[t FOR t IN "Tags" IF t.x_type = 'system_label']""",
    "x_systemlabels",
]


@cache
def google_focus() -> Dialect:
    """The FOCUS export of Cloud Billing, and the view that Google published before it."""
    own = body(PACKAGE, "focus")
    made = {output.name for output in outputs(own)}
    names = [c.name for c in focus.superset().values() if c.name not in made]
    others = [f"    {_of_line(name)} AS {name}{',' * (name != names[-1])}" for name in names]
    pairs = (f"[{{'key': t.key, 'value': t.value}} FOR t IN coalesce({e}, [])]" for e in _ENTRIES)
    return Dialect(
        "gcp-focus",
        "Google Cloud's FOCUS export",
        {**plain_focus().columns, **_OWN},
        Template(own).safe_substitute(
            others="\n".join(others),
            credit=_CREDIT,
            covering="('COMMITTED_USAGE_DISCOUNT', 'COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE')",
            categories=", ".join(map(quote_text, focus.column("ServiceCategory").allowed)),
            services=rows_of("services"),
            entries=f"list_concat({', '.join(pairs)})",
        ),
        period='"BillingPeriodStart"',
        currency='"BillingCurrency"',
        account='"SubAccountId"',
        kind='lower(coalesce(x_costtype, "ChargeCategory"))',
        amount='"BilledCost"',
    )


def _of_line(name: str) -> str:
    return f'CASE WHEN credit IS NULL THEN "{name}" END' if name in _NOT_OF_CREDITS else f'"{name}"'
