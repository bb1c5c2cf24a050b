"""What docs/reference/bills-PROVIDER.md says of each shape of bill, from the SQL and the columns that read it."""

import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from apportion import focus
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
        [(f"`{o.name}`", _from(o, dialect), _how(o, dialect)) for o in dialect.outputs() if not _same(o)],
    )
    needed = _table(
        ("column of the bill", "also called", "kept as", "needed", "what it is"),
        [_column(given) for given in dialect.columns.values() if given.stored in _KEPT and not _plain(given)],
    )
    return "\n".join(["", made, needed, *_left_out(dialect)]) if made else f"\n{needed}"


def _same(output: Output) -> bool:
    """Whether a column of a FOCUS export is taken as it is."""
    return output.source == f'"{output.name}"'


def _plain(given: Given) -> bool:
    """Whether it is a column of FOCUS under its own name."""
    return given.name in focus.superset() and not given.aliases and not given.note


def _from(output: Output, dialect: Dialect) -> str:
    """The bill's columns that an output is made from, also by way of columns made in between."""
    between = _between(dialect.body)
    found: dict[str, None] = {}
    waiting, seen = _words(output.source), set[str]()
    while waiting:
        word = waiting.pop(0)
        if word in seen:
            continue
        seen.add(word)
        if word in between:
            waiting += between[word]
        elif word in dialect.columns:
            found[word] = None
    return ", ".join(f"`{word}`" for word in found)


def _between(body: str) -> Mapping[str, Sequence[str]]:
    """The words behind each column that the SQL makes below its outputs."""
    found: dict[str, list[str]] = {}
    text = ""
    for line in body.partition("\nFROM ")[2].splitlines():
        stripped = re.sub(r"--.*", "", line).strip()
        text = "" if stripped in ("SELECT", "*,") or stripped.startswith("FROM") else f"{text} {stripped}"
        if match := re.fullmatch(r"(?P<source>.*)\bAS (?P<name>[a-z_]\w*),?", text.strip()):
            found.setdefault(match["name"], []).extend(
                word for word in _words(match["source"]) if word != match["name"]
            )
            text = ""
    return found


def _words(sql: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", re.sub(r"'[^']*'", "", sql))))


def _how(output: Output, dialect: Dialect) -> str:
    """The note, and the SQL where it is short, and about columns of the bill alone."""
    source = " ".join(re.sub(r"--.*", "", output.source).split())
    known = not any(word in _between(dialect.body) for word in _words(source))
    legible = known and len(source) <= _LONG and "`" not in source and "](" not in source
    sql = f"`{source}`" if source and legible else ""
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
