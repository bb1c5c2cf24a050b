"""The settings of a bill whose columns people name themselves, checked."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, cast

from apportion import focus
from apportion.core.errors import BadInput
from apportion.engine import quote_text

Lasts = Literal["hour", "day", "month"]

_LASTS = ("hour", "day", "month")
_COST = "BilledCost, or PricingQuantity and ContractedUnitPrice"
_NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    _COST: (("BilledCost",), ("EffectiveCost",), ("PricingQuantity", "ContractedUnitPrice")),
    "ChargePeriodStart or BillingPeriodStart": (("ChargePeriodStart",), ("BillingPeriodStart",)),
    "BillingCurrency": (("BillingCurrency",),),
    "ServiceProviderName": (("ServiceProviderName",), ("ProviderName",)),
}
"""What a bill has to say, and by which columns together it may."""


@dataclass(frozen=True)
class Settings:
    """Which of the file's columns means which FOCUS column, and what is the same in every row.

    `columns`: FOCUS column → header. `values`: FOCUS column → what it is where no column says. `tags`:
    headers that become tags. `lasts`: how long a charge is where no ChargePeriodEnd says. `inclusive_end`:
    whether ends are last days. `skip`: header → values of rows that are no charges, such as totals.
    """

    columns: Mapping[str, str]
    values: Mapping[str, str]
    tags: tuple[str, ...]
    lasts: Lasts
    inclusive_end: bool
    skip: Mapping[str, tuple[str, ...]]

    def has(self, name: str) -> bool:
        """Whether the bill says anything of a FOCUS column."""
        return name in self.columns or name in self.values


def checked(columns: Any, values: Any, tags: Any, lasts: Any, inclusive_end: Any, skip: Any) -> Settings:
    """The settings, or BadInput naming the first that cannot be used."""
    found = Settings(
        _texts("columns", columns),
        _texts("values", values),
        tuple(_listed("tags", tags)),
        _one_of("lasts", lasts),
        inclusive_end is True,
        {key: tuple(_listed(f"skip.{key}", value)) for key, value in _mapping("skip", skip).items()},
    )
    if not isinstance(inclusive_end, bool):
        raise BadInput("It is either true or false.", where="inclusive_end")
    for where, names in (("columns", found.columns), ("values", found.values)):
        for name in names:
            _known(name, where)
    for name, value in found.values.items():
        literal(name, value)
    for what, ways in _NEEDED.items():
        if not any(all(found.has(name) for name in way) for way in ways):
            raise BadInput(
                f"Nothing says {what}.", where="columns", hint="Add it under 'columns' or 'values'."
            )
    return found


def literal(name: str, value: str) -> str:
    """SQL for a value that is the same in every row; BadInput where the FOCUS column cannot hold it."""
    column = focus.column(name)
    if column.allowed and value not in column.allowed:
        raise BadInput(
            f"'{value}' is not allowed.", where=f"values.{name}", hint=f"One of: {', '.join(column.allowed)}."
        )
    if column.stored in ("money", "number"):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise BadInput(f"'{value}' is not a number.", where=f"values.{name}")
        return f"CAST({quote_text(f'{number:f}')} AS {focus.sql_type(column)})"
    if column.stored in ("time", "map", "json"):
        raise BadInput("It cannot be the same in every row.", where=f"values.{name}", hint="Name a column.")
    return quote_text(value)


def _known(name: str, where: str) -> None:
    if name in focus.superset():
        return
    close = difflib.get_close_matches(name, focus.superset(), 1, 0.6)
    hint = f"Did you mean {close[0]}?" if close else "See docs/reference/focus-columns.md."
    raise BadInput(f"FOCUS has no column '{name}'.", where=where, hint=hint)


def _mapping(where: str, given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise BadInput("Write it like {BilledCost: Amount}.", where=where)
    return {str(key): value for key, value in given.items()}


def _texts(where: str, given: Any) -> Mapping[str, str]:
    found = {key: _text(f"{where}.{key}", value) for key, value in _mapping(where, given).items()}
    return {key: value for key, value in found.items() if value}


def _listed(where: str, given: Any) -> Sequence[str]:
    many = given if isinstance(given, Iterable) and not isinstance(given, str | Mapping) else [given]
    return [_text(where, one) for one in many]


def _text(where: str, given: Any) -> str:
    if isinstance(given, Mapping | list | bool) or given is None:
        raise BadInput("It should be text.", where=where)
    return str(given).strip()


def _one_of(where: str, given: Any) -> Lasts:
    if given not in _LASTS:
        raise BadInput(f"'{given}' is none of {', '.join(_LASTS)}.", where=where)
    return cast("Lasts", given)
