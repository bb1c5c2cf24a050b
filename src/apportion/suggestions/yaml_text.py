"""Values as a person would write them in apportion.yaml: short ones on a line, long ones over several."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

WIDTH = 110


def inline(value: Any) -> str:
    """`value` on one line."""
    return "".join(_pieces(value))


def block(value: Any, indent: int) -> list[str]:
    """Lines of a mapping or a list of mappings, each beginning with `indent` spaces."""
    if isinstance(value, Mapping):
        return [line for key, part in value.items() for line in entry(key, part, indent)]
    return [line for part in value for line in item(part, indent)]


def entry(key: str, value: Any, indent: int) -> list[str]:
    """Lines of one key of a mapping."""
    start = f"{' ' * indent}{scalar(key)}:"
    if _deep(value):
        return [start, *block(value, indent + 2)]
    if len(start) + len(inline(value)) < WIDTH or not isinstance(value, Mapping | list):
        return [f"{start} {inline(value)}"]
    if isinstance(value, Mapping):
        return [start, *block(value, indent + 2)]
    return _wrapped(f"{start} ", value)


def item(value: Any, indent: int) -> list[str]:
    """Lines of one item of a list."""
    text = f"{' ' * indent}- {inline(value)}"
    if not isinstance(value, Mapping) or (len(text) <= WIDTH and not _deep(value)):
        return [text]
    lines = block(value, indent + 2)
    return [f"{' ' * indent}- {lines[0].lstrip()}", *lines[1:]]


def scalar(value: Any) -> str:
    """One value, in quotes only where YAML would read it as something else."""
    if not isinstance(value, str):
        return str(yaml.safe_dump(value)).removesuffix("...\n").strip()
    if re.fullmatch(r"[\d._+-]+", value):  # an account id: not every reader of YAML takes it for text
        return f'"{value}"'
    try:
        plain = yaml.safe_load(f"[{{k: {value}}}, {value}]") == [{"k": value}, value] and value.isprintable()
    except yaml.YAMLError:
        plain = False
    return (
        value
        if plain
        else str(
            yaml.safe_dump(value, default_style='"', width=10**6, allow_unicode=value.isprintable())
        ).strip()
    )


def _deep(value: Any) -> bool:
    """Whether it holds lists of mappings, which read best one below the other."""
    if isinstance(value, Mapping):
        return any(_deep(part) for part in value.values())
    return isinstance(value, list) and any(isinstance(part, Mapping) for part in value)


def _pieces(value: Any) -> Iterator[str]:
    """The text in pieces between which a line may be broken."""
    if isinstance(value, Mapping):
        for n, (key, part) in enumerate(value.items()):
            first, *rest = _pieces(part)
            yield f"{'{' if n == 0 else ', '}{scalar(key)}: {first}"
            yield from rest
        yield "}" if value else "{}"
    elif isinstance(value, list):
        for n, part in enumerate(value):
            first, *rest = _pieces(part)
            yield f"{'[' if n == 0 else ', '}{first}"
            yield from rest
        yield "]" if value else "[]"
    else:
        yield scalar(value)


def _wrapped(start: str, value: Any) -> list[str]:
    lines, line = [], start
    for piece in _pieces(value):
        if len(line) + len(piece) > WIDTH and piece.startswith(", "):
            lines.append(f"{line},")
            line = " " * (len(start) + 1) + piece.removeprefix(", ")
        else:
            line += piece
    return [*lines, line]
