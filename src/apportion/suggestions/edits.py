"""Changes to apportion.yaml as text: what is new is inserted, all else stays as a person wrote it."""

import copy
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import yaml

from apportion.core.errors import Refused
from apportion.suggestions.yaml_text import block, entry, inline, item

Path = tuple[str | int, ...]
FILE = "apportion.yaml"


@dataclass(frozen=True)
class Put:
    """A key that is to be added to the mapping at `path`; parents that are missing are made."""

    path: Path
    key: str
    value: Any
    first: bool = False


@dataclass(frozen=True)
class Insert:
    """An item that is to be added to the list at `path`: at its end, or as its `first`."""

    path: Path
    value: Any
    first: bool = False


Edit = Put | Insert
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def applied(text: str, edits: Iterable[Edit]) -> str:
    """`text` with the edits, in their order. Raises Refused where the layout of the text defeats them."""
    for edit in edits:
        before = _read(text) or {}
        after = _edited(text, before, edit)
        if _read(after) != changed(before, edit):
            raise Refused(
                "this change cannot be written into the file as it is laid out",
                where=FILE,
                hint=f"Add it by hand at {'.'.join(map(str, edit.path))}: {inline(edit.value)}",
            )
        text = after
    return text


def changed(data: Any, edit: Edit) -> Any:
    """What the file should say after the edit, as data."""
    found = copy.deepcopy(data)
    at: Any = found
    for step, following in pairwise([*edit.path, None]):
        empty: Any = [] if following is None and isinstance(edit, Insert) else {}
        if isinstance(at, dict) and at.get(step) is None:
            at[step] = empty
        at = at[step]
    if isinstance(edit, Insert):
        at.insert(0 if edit.first else len(at), edit.value)
    else:
        at[edit.key] = edit.value
    return found


def unified(before: str, after: str, lines: int = 3) -> str:
    """The change as a unified diff that `patch` takes."""
    parts = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), FILE, FILE, n=lines
    )
    return "".join(p if p.endswith("\n") else f"{p}\n\\ No newline at end of file\n" for p in parts)


def _read(text: str) -> Any:
    """What the text says; None where it says nothing that can be read."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader, in C where there is one
    except yaml.YAMLError:
        return None


def _edited(text: str, data: Any, edit: Edit) -> str:
    """Insert the edit where its deepest parent that exists has its place."""
    depth, value = len(edit.path), edit.value
    at = data
    for n, step in enumerate(edit.path):
        below = at.get(step) if isinstance(at, Mapping) else at[step]
        if below is None:
            depth = n
            break
        at = below
    if depth == len(edit.path):
        if isinstance(edit, Insert):
            return _Text(text).insert(edit.path, value, first=edit.first)
        return _Text(text).put(edit.path, edit.key, value, first=edit.first)
    value = [value] if isinstance(edit, Insert) else {edit.key: value}
    for step in reversed(edit.path[depth + 1 :]):
        value = {str(step): value}
    return _Text(text).put(edit.path[:depth], str(edit.path[depth]), value, first=False)


class _Text:
    """The file with the places of its parts."""

    def __init__(self, text: str) -> None:
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._text = text if not text or text.endswith("\n") else text + self._newline
        self._root = yaml.compose(self._text, Loader=yaml.SafeLoader)

    def put(self, path: Path, key: str, value: Any, *, first: bool) -> str:
        node = self._node(path)
        if not isinstance(node, yaml.MappingNode):
            return self._below(path, node, {key: value})
        empty = next((k for k, v in node.value if k.value == key and _is_null(v)), None)
        if empty is not None:
            return self._below((*path, key), self._node((*path, key)), value)
        if node.flow_style:
            return self._in_flow(
                node, [v for _, v in node.value], f"{inline({key: value})[1:-1]}", first=first
            )
        indent = node.value[0][0].start_mark.column
        lines = entry(key, value, indent)
        if first:
            return self._lines(node.value[0][0].start_mark.line, lines)
        if not path:
            lines = ["", *lines]
        return self._lines(_last_line(node) + 1, lines)

    def insert(self, path: Path, value: Any, *, first: bool) -> str:
        node = self._node(path)
        if not isinstance(node, yaml.SequenceNode):
            return self._below(path, node, [value])
        if node.flow_style:
            return self._in_flow(node, node.value, inline(value), first=first)
        lines = item(value, node.start_mark.column)
        if first:
            return self._lines(self._above_comments(node.start_mark.line), lines)
        return self._lines(_last_line(node) + 1, lines)

    def _node(self, path: Path) -> yaml.Node | None:
        node = self._root
        for step in path:
            if isinstance(node, yaml.MappingNode):
                node = next(v for k, v in node.value if k.value == str(step))
            elif isinstance(node, yaml.SequenceNode):
                node = node.value[int(step)]
        return node

    def _below(self, path: Path, node: yaml.Node | None, value: Any) -> str:
        """Fill what stands empty: the file itself, or a key without a value."""
        if node is None or not path:
            return self._text + self._newline.join([*block(value, 0), ""])
        parent = self._node(path[:-1])
        if (
            not isinstance(parent, yaml.MappingNode)
            or parent.flow_style
            or node.start_mark.index != node.end_mark.index
        ):
            return self._text[: node.start_mark.index] + inline(value) + self._text[node.end_mark.index :]
        key = next(k for k, _ in parent.value if k.value == path[-1])
        return self._lines(key.end_mark.line + 1, block(value, key.start_mark.column + 2))

    def _in_flow(self, node: yaml.Node, parts: list[yaml.Node], added: str, *, first: bool) -> str:
        if not parts or first:
            at = node.start_mark.index + 1
            added = f"{added}, " if parts else added
        else:
            at, added = parts[-1].end_mark.index, f", {added}"
        return self._text[:at] + added + self._text[at:]

    def _lines(self, number: int, lines: list[str]) -> str:
        before = self._text.splitlines(keepends=True)
        made = [line + self._newline for line in lines]
        return "".join([*before[:number], *made, *before[number:]])

    def _above_comments(self, number: int) -> int:
        """The first line of the comments that stand right above a line."""
        lines = self._text.splitlines()
        while number and lines[number - 1].lstrip().startswith("#"):
            number -= 1
        return number


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _last_line(node: yaml.Node) -> int:
    """The number of the last line that the node's own text is on."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return max(_last_line(node.value[-1][1]), int(node.value[-1][0].end_mark.line))
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1])
    end = node.end_mark
    ends_before = (
        end.column == 0 and end.line > node.start_mark.line
    )  # a block of text ends where the next begins
    return int(end.line) - ends_before
