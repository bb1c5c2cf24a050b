"""The dialect that settings describe: what each FOCUS column is made of, and what follows from others."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from apportion import focus
from apportion.connectors.dialect import Dialect, Given, Stored
from apportion.connectors.mapped.settings import Settings, literal
from apportion.core.errors import BadInput
from apportion.engine import quote_ident, quote_text

SKIPPED = "skipped"

_RESERVED = {"line", "broken", "odd", "kept", "repaired"}
_LASTS = {"hour": "INTERVAL 1 HOUR", "day": "INTERVAL 1 DAY"}
_NAMED = re.compile(r"{(\w+)}")
_PRODUCT = (
    "coalesce(TRY_CAST("
    "TRY_CAST({price} AS DECIMAL(19,12)) * TRY_CAST({quantity} AS DECIMAL(19,12)) AS DECIMAL(28,12)), "
    "TRY_CAST(TRY_CAST({price} AS DECIMAL(12,6)) * TRY_CAST({quantity} AS DECIMAL(26,12)) AS DECIMAL(28,12)))"
)
"""Both factors to twelve places up to ten million; larger quantities with prices of six places."""


class MappedDialect(Dialect):
    """A dialect whose columns are the file's own headers, compared without case."""

    def positions(self, headers: Sequence[str]) -> dict[str, int]:
        """See `Dialect`."""
        found = {header.strip().casefold(): i for i, header in reversed(list(enumerate(headers)))}
        wanted = {given.name: (given.aliases or (given.name,))[0] for given in self.columns.values()}
        return {
            name: found[header.casefold()] for name, header in wanted.items() if header.casefold() in found
        }


@dataclass(frozen=True)
class Derivation:
    """How a FOCUS column follows from others where settings say nothing of it.

    It holds where settings say something of all of `needs` and nothing of `unless`. In `sql` stand names of
    FOCUS columns in braces.
    """

    name: str
    needs: tuple[str, ...]
    unless: tuple[str, ...]
    sql: str
    note: str


@cache
def derivations() -> tuple[Derivation, ...]:
    """All of them, of each column in the order in which they are tried."""
    text = files("apportion.connectors.mapped").joinpath("derivations.csv").read_text(encoding="utf-8")
    return tuple(
        Derivation(r["name"], tuple(r["needs"].split()), tuple(r["unless"].split()), r["sql"], r["note"])
        for r in csv.DictReader(text.splitlines())
    )


@dataclass(frozen=True)
class _Made:
    """SQL of FOCUS columns, each made when it is asked for: given, or what follows from others."""

    settings: Settings

    def sql(self, name: str) -> str:
        """SQL for a FOCUS column; 'NULL' where nothing tells it."""
        return self.given(name) or self._derived(name) or "NULL"

    def given(self, name: str) -> str:
        """SQL for what the settings say of it; '' where they say nothing."""
        header, value = self.settings.columns.get(name), self.settings.values.get(name)
        read = quote_ident(column_name(header)) if header else ""
        fixed = literal(name, value) if value else ""
        return f"coalesce({read}, {fixed})" if read and fixed else read or fixed

    def _derived(self, name: str) -> str:
        has = self.settings.has
        for d in derivations():
            if d.name == name and all(map(has, d.needs)) and not any(map(has, d.unless)):
                price, times, quantity = d.sql.partition(" × ")
                made = [_NAMED.sub(lambda m: self.sql(m[1]), part) for part in (price, quantity)]
                return _PRODUCT.format(price=made[0], quantity=made[1]) if times else made[0]
        return ""

    def charge_period_end(self) -> str:
        """The end that is given, a day later where ends are last days; else as long as charges last."""
        start, end = self.sql("ChargePeriodStart"), self.given("ChargePeriodEnd")
        lasting = _LASTS.get(self.settings.lasts)
        derived = f"{start} + {lasting}" if lasting else f"date_trunc('month', {start}) + INTERVAL 1 MONTH"
        if not end:
            return derived
        if self.settings.inclusive_end:
            end = f"CASE WHEN {end} = date_trunc('day', {end}) THEN {end} + INTERVAL 1 DAY ELSE {end} END"
        return f"CASE WHEN {end} > {start} THEN {end} ELSE {derived} END"


def column_name(header: str) -> str:
    """What a header is called in SQL: itself, unless rows have something of that name."""
    return f"column {header}" if header.casefold() in _RESERVED else header


def dialect(settings: Settings) -> Dialect:
    """How a file is read by these settings."""
    made = _Made(settings)
    skip = _skipped(settings)
    category = made.sql("ChargeCategory")
    kind = f"CASE WHEN {skip} THEN {quote_text(SKIPPED)} ELSE {category} END" if skip else category
    return MappedDialect(
        "mapped",
        "a bill with mapped columns",
        _columns(settings),
        _body(settings, made, skip),
        version="1.4",
        period=made.sql("BillingPeriodStart"),
        currency=made.sql("BillingCurrency"),
        account=made.sql("SubAccountId"),
        kind=kind,
        amount=made.sql("BilledCost"),
        left_out={SKIPPED: "the setting 'skip' says that it is no charge"} if skip else {},
        local=True,
    )


def _columns(settings: Settings) -> Mapping[str, Given]:
    """Each header that the settings name, stored so that every column made of it can be."""
    kinds: dict[str, set[Stored]] = {}
    lists: dict[str, tuple[str, ...]] = {}
    for name, header in settings.columns.items():
        column = focus.column(name)
        kinds.setdefault(header, set()).add(column.stored)
        lists[header] = column.allowed
    for header in (*settings.tags, *settings.skip):
        kinds.setdefault(header, {"text"})
    needed = (
        set() if settings.skip else {settings.columns.get(n) for n in ("BilledCost", "ChargePeriodStart")}
    )
    return {
        column_name(header): Given(
            column_name(header),
            _stored(header, found),
            header in needed,
            (header,),
            note="" if header in needed else "optional",
            allowed=lists.get(header, ()),
        )
        for header, found in kinds.items()
    }


def _stored(header: str, kinds: set[Stored]) -> Stored:
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds == {"money", "number"}:
        return "number"
    raise BadInput(
        f"'{header}' cannot be {' and '.join(sorted(kinds))} at once.",
        where="columns",
        hint="Name another column for one of them.",
    )


def _skipped(settings: Settings) -> str:
    """SQL that is true for rows that are no charges."""
    each = [
        f"coalesce({quote_ident(column_name(header))} IN ({', '.join(map(quote_text, values))}), false)"
        for header, values in settings.skip.items()
    ]
    return " OR ".join(each)


def _body(settings: Settings, made: _Made, skip: str) -> str:
    lines = list(_outputs(settings, made))
    where = f"WHERE broken OR NOT ({skip})\n" if skip else ""
    return "SELECT\n    $kept,\n" + ",\n".join(lines) + f"\nFROM $rows\n{where}"


def _outputs(settings: Settings, made: _Made) -> Iterator[str]:
    for name in focus.superset():
        sql = made.charge_period_end() if name == "ChargePeriodEnd" else made.sql(name)
        if name == "Tags" and settings.tags:
            sql = _tags(settings, made)
        if sql != "NULL":
            yield f"    {_escaped(sql)} AS {name}"
    yield f"    {_escaped(made.sql('ChargeCategory'))} AS x_LineItemType"
    yield f"    {_escaped(made.sql('BilledCost'))} AS x_SourceCost"


def _tags(settings: Settings, made: _Made) -> str:
    pairs = ", ".join(
        f"{{'key': {quote_text(header)}, 'value': {quote_ident(column_name(header))}}}"
        for header in settings.tags
    )
    own = f"map_from_entries(list_filter([{pairs}], lambda pair: pair.value IS NOT NULL))"
    given = made.given("Tags")
    return f"map_concat(coalesce({given}, MAP {{}}), {own})" if given else own


def _escaped(sql: str) -> str:
    """A dollar sign in a header or a value is no placeholder."""
    return sql.replace("$", "$$")
