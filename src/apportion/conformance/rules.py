"""All rules of one FOCUS version: those on single columns, made from columns.csv, and those of rules.csv."""

from collections.abc import Iterator, Sequence
from functools import cache

from apportion import focus
from apportion.conformance.models import Rule
from apportion.engine import quote_ident, quote_text
from apportion.focus.rules import currencies, row_rules

PLACEHOLDERS = (
    "NULL", "null", "Null", "\\N", "N/A", "n/a", "None", "none", "NaN", "nan", "-",
    "Not Applicable", "Not Available", "not applicable", "undefined",
)  # fmt: skip
"""Words that files write where a value is missing; FOCUS wants null."""

UNIT_QUANTITIES = {
    "PricingUnit": "PricingQuantity",
    "ConsumedUnit": "ConsumedQuantity",
    "CommitmentDiscountUnit": "CommitmentDiscountQuantity",
}

SUPPORTED = ("AvailabilityZone", "AllocatedMethodDetails")
"""Recommended columns that are so only where the provider has what they describe."""

_FILE_RULES = (
    Rule("file.records", "MUST", (), "Every record has as many values as the header has names", "records"),
    Rule(
        "columns.named", "MUST", (),
        "A column that FOCUS does not define has a name that begins with x_", "header",
    ),
    Rule(
        "columns.spelling", "MUST", (),
        "A FOCUS column is spelled as FOCUS spells it, capitals included", "header",
    ),
    Rule(
        "columns.custom", "SHOULD", (),
        "The name of a custom column is x_ and Pascal case, up to 50 letters and digits", "header",
    ),
    Rule(
        "columns.order", "SHOULD", (),
        "FOCUS columns stand before custom columns, both in alphabetical order", "header",
    ),
)  # fmt: skip

DATASET_RULES = (
    Rule(  # a MUST over the whole term, which no bill of a month can show to be broken
        "CommitmentDiscountId.sum", "SHOULD", ("CommitmentDiscountId", "EffectiveCost", "BilledCost"),
        "The EffectiveCost of what is used and unused of a commitment discount is the BilledCost of its "
        "purchases, where both cover the same time", "dataset",
    ),
    Rule(
        "SkuPriceId.one-sku", "MUST", ("SkuPriceId", "SkuId"),
        "A SkuPriceId belongs to one SkuId, commitment discounts aside", "dataset",
    ),
    Rule(
        "InvoiceId.one-currency", "MUST", ("InvoiceId", "BillingCurrency"),
        "The charges of an invoice are in one currency", "dataset",
    ),
    Rule(
        "BillingAccountId.one-name", "SHOULD", ("BillingAccountId", "BillingAccountName"),
        "A billing account has one name in a billing period", "dataset",
    ),
)  # fmt: skip


@cache
def rules_of(version: str) -> tuple[Rule, ...]:
    """Every rule of `version` that a file can show. Raises NotFound for a version FOCUS does not have."""
    columns = focus.columns_of(version)
    names = {c.name for c in columns}
    single = [rule for column in columns for rule in _on(column)]
    across = [
        Rule(r.id, r.level, r.columns, r.description, "row", r.when, r.then)
        for r in row_rules()
        if r.applies_to(version)
    ]
    sums = [r for r in DATASET_RULES if names.issuperset(r.columns)]
    return (*_FILE_RULES, *sorted((*single, *across, *sums), key=lambda r: r.column))


def _on(column: focus.Column) -> Iterator[Rule]:
    """The rules on one column alone."""
    name, value = column.name, quote_ident(column.name)
    if column.level == "Mandatory":
        yield Rule(f"{name}.present", "MUST", (name,), f"Every file has a column {name}", "header")
    if column.level == "Recommended" and name not in SUPPORTED:
        yield Rule(f"{name}.present", "SHOULD", (name,), f"A file has a column {name}", "header")
    yield Rule(f"{name}.type", "MUST", (name,), f"{name} is {_KINDS[_kind(column)]}", "type")
    yield Rule(
        f"{name}.null", "MUST", (name,),
        f"Where {name} is missing it is null: no empty text, no blanks, no word such as NULL or N/A",
        "placeholder",
    )  # fmt: skip
    if not column.nullable:
        yield Rule(f"{name}.given", "MUST", (name,), f"{name} is never null", "given")
    if column.allowed:
        listed = f"contains({_one_text(column.allowed)}, '|' || {value} || '|')"
        few = ": " + ", ".join(column.allowed) if len(column.allowed) < 10 else ""
        yield Rule(
            f"{name}.allowed", "MUST", (name,), f"{name} is one of the values FOCUS allows{few}",
            when=f"{value} IS NOT NULL", then=listed,
        )  # fmt: skip
    if column.name == "BillingCurrency":
        yield Rule(
            f"{name}.code", "MUST", (name,), f"{name} is a currency code of ISO 4217",
            when=f"{value} IS NOT NULL",
            then=f"strlen({value}) = 3 AND contains({quote_text(' '.join(currencies()))}, {value})",
        )  # fmt: skip
    if column.format == "Numeric, not negative":
        yield Rule(
            f"{name}.not-negative", "MUST", (name,), f"{name} is not negative",
            when=f"{value} IS NOT NULL", then=f"{value} >= 0",
        )  # fmt: skip
    if column.format == "Unit":
        yield Rule(
            f"{name}.unit", "SHOULD", (name,),
            f"{name} is written as FOCUS writes units: GB, Hours, GB-Hours, 1000 Requests, GB/Hour", "unit",
        )  # fmt: skip


def _one_text(values: Sequence[str]) -> str:
    """A list as one text, so that a membership test is one search."""
    return quote_text(f"|{'|'.join(values)}|")


_KINDS = {
    "number": "a decimal number written plainly: no plus sign, no thousands separator, no unit",
    "time": "a moment in UTC, in text as YYYY-MM-DDTHH:mm:ssZ",
    "pairs": "a flat JSON object whose keys differ",
    "object": "a JSON object whose keys differ",
    "text": "text",
}


def _kind(column: focus.Column) -> str:
    if column.stored in ("money", "number"):
        return "number"
    if column.stored == "time":
        return "time"
    if column.format == "Key-Value":
        return "pairs"
    return "object" if column.stored == "json" else "text"


def kind_of(name: str) -> str:
    """What kind of values the column has: number, time, pairs, object or text."""
    return _kind(focus.column(name))
