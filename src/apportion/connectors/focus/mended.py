"""A provider's FOCUS export that differs from FOCUS: the same dialect, with a few columns made otherwise."""

from collections.abc import Mapping
from dataclasses import replace

from apportion import focus
from apportion.connectors.dialect import Dialect, Given, Output, body, given, outputs
from apportion.connectors.focus import dialect as plain


def mended(package: str, title: str, *, free: tuple[str, ...] = ()) -> Dialect:
    """The dialect `focus` of a provider, from `focus.sql` and `focus.csv` in its package.

    The SQL selects the columns that have to be made otherwise; all others are taken as they are. The CSV
    lists further columns, and other names for those of FOCUS. `free` are columns whose values FOCUS lists and
    the provider spells in words of its own.
    """
    select, _, source = body(package, "focus").partition("\nFROM ")
    made = {output.name: output for output in outputs(select)}
    names = [*focus.superset(), "x_LineItemType", "x_SourceCost"]
    columns = {n: replace(c, allowed=() if n in free else c.allowed) for n, c in plain().columns.items()}
    lines = [_line(name, made.get(name), last=name == names[-1]) for name in names]
    return replace(
        plain(),
        title=title,
        columns=_with_names(columns, given(package, "focus")),
        body="\n".join(["SELECT", "    $kept,", *lines, f"FROM {source}"]),
        version="1.4",
        kind='coalesce("x_LineItemType", "ChargeCategory")',
        amount='coalesce("x_SourceCost", "BilledCost")',
        local=True,
    )


def _line(name: str, made: Output | None, *, last: bool) -> str:
    comma = "" if last else ","
    if made is None:
        return f'    "{name}" AS {name}{comma}  -- as it is'
    return f"    {made.source} AS {name}{comma}  -- {made.note}"


def _with_names(columns: Mapping[str, Given], listed: Mapping[str, Given]) -> dict[str, Given]:
    """`columns`, those that are `listed` with their other names, and those that are only listed."""
    known = {
        name: replace(column, aliases=listed[name].aliases, note=listed[name].note)
        if name in listed
        else column
        for name, column in columns.items()
    }
    return {**known, **{name: column for name, column in listed.items() if name not in known}}
