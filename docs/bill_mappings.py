"""What docs/reference/bills-PROVIDER.md says of each shape of bill, from the SQL and the columns that read it."""

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from apportion.connectors import BILL_CONNECTORS
from apportion.connectors.dialect import Dialect, Given, Output

REFERENCE = Path(__file__).parent / "reference"
_KEPT = {
    "money": "amount",
    "number": "number",
    "time": "time",
    "map": "keys and values",
    "json": "JSON",
    "text": "text",
    "keys": "keys and values, one column each",
    "nested": "nested",
}
_LONG = 160


def pages() -> tuple[str, ...]:
    """Names of the pages about bills."""
    return tuple(sorted(page.name for page in REFERENCE.glob("bills-*.md")))


def parts() -> Mapping[str, str]:
    """Text of every generated part by its name, `bill PROVIDER DIALECT`.

    A provider's package lists its dialects in a function `dialects()`.
    """
    return {
        f"bill {provider} {dialect.name}": _mapping(dialect)
        for provider in BILL_CONNECTORS
        for dialect in _dialects(provider)
    }


def _dialects(provider: str) -> Sequence[Dialect]:
    module = provider.replace("-", ".", 1).replace("-", "_")  # aws-cost-explorer is aws/cost_explorer.py
    found: Sequence[Dialect] = getattr(
        importlib.import_module(f"apportion.connectors.{module}"), "dialects", tuple
    )()
    return found


def _mapping(dialect: Dialect) -> str:
    made = _table(
        ("FOCUS column", "from", "how"),
        [(f"`{o.name}`", _from(o, dialect), _how(o)) for o in dialect.outputs()],
    )
    needed = _table(
        ("column of the bill", "also called", "kept as", "needed", "what it is"),
        [_column(given) for given in dialect.columns.values() if given.stored in _KEPT],
    )
    return "\n".join(["", made, needed, *_left_out(dialect)]) if made else f"\n{needed}"


def _from(output: Output, dialect: Dialect) -> str:
    words = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", re.sub(r"'[^']*'", "", output.source)))
    named = [f"`{word}`" for word in words if word in dialect.columns]
    return ", ".join(named)


def _how(output: Output) -> str:
    """The note, and the SQL where it is short enough to be read."""
    source = " ".join(re.sub(r"--.*", "", output.source).split())
    sql = f"`{source}`" if source and len(source) <= _LONG and "`" not in source else ""
    return ": ".join(filter(None, (output.note.strip(), sql)))


def _column(given: Given) -> tuple[str, str, str, str, str]:
    aliases = ", ".join(f"`{alias}`" for alias in given.aliases)
    return (f"`{given.name}`", aliases, _KEPT[given.stored], "yes" if given.required else "", given.note)


def _left_out(dialect: Dialect) -> Iterator[str]:
    if dialect.left_out:
        yield _table(("kind of line that becomes no charge", "why"), list(dialect.left_out.items()))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
