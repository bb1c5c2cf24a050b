"""A command, option, setting, route, column or repair that is not documented fails here."""

import importlib.util
import re
import sys
import types
import typing
from collections.abc import Iterator
from decimal import Decimal

import pytest
from docs_pages import DOCS, all_blocks, commands_in, table_after
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from apportion import focus
from apportion.connectors import cells
from apportion.connectors import focus as focus_bills
from apportion.connectors.reading import FILLED
from apportion.ingestion import rejects, tabling
from apportion.ingestion import repairs as loading_repairs
from apportion.ledger.ledger import columns
from apportion.workspace import Workspace

REFERENCE = DOCS / "reference"


def generator() -> types.ModuleType:
    sys.path.append(str(DOCS))  # it imports the modules beside it
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATE = generator()


def text_of(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", GENERATE.PAGES)
def test_generated_parts_are_current(name: str) -> None:
    assert GENERATE.written(REFERENCE / name) == text_of(name), "run 'make docs'"


@pytest.mark.parametrize("part", GENERATE.bill_mappings.parts())
def test_every_shape_of_bill_has_its_place_in_the_reference(part: str) -> None:
    assert f"<!-- generated: {part} -->" in text_of(f"bills-{part.split()[1]}.md")


@pytest.mark.parametrize("command", list(GENERATE.commands()))
def test_every_command_has_its_place_in_the_reference(command: str) -> None:
    assert f"<!-- generated: {f'cli {command}'.strip()} -->" in text_of("cli.md")


@pytest.mark.parametrize("route", list(GENERATE.routes()))
def test_every_route_has_its_place_in_the_reference(route: str) -> None:
    assert f"### {route}\n\n<!-- generated: api {route} -->" in text_of("api.md")


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and all models its fields hold."""
    yield model
    for field in model.model_fields.values():
        for inner in _within(field.annotation):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from models(inner)


def _within(annotation: object) -> Iterator[object]:
    yield annotation
    for inner in typing.get_args(annotation):
        yield from _within(inner)


MODELS = list(dict.fromkeys(models(Workspace)))
IN_WORDS = {None: "none", "": "empty"}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_setting_is_documented_with_its_default(model: type[BaseModel]) -> None:
    rows = table_after(text_of("workspace.md"), f"<!-- keys: {model.__name__} -->")
    assert set(rows) == set(model.model_fields)
    for name, field in model.model_fields.items():
        default = field.default
        if default is PydanticUndefined:
            expected = "required" if field.is_required() else "none"
        elif isinstance(default, str) and default:
            expected = f"`{default}`"
        elif isinstance(default, int | float | Decimal):
            expected = f"`{default:g}`"
        elif isinstance(default, BaseModel):
            expected = "see there"
        else:
            expected = IN_WORDS[default]
        described = {("Workspace", "cost_class"): "by environment", ("Rule", "to"): "the perspective's"}
        assert rows[name][2] == described.get((model.__name__, name), expected), name


VIEWS = columns(["team"])


@pytest.mark.parametrize("view", list(VIEWS))
def test_every_column_of_a_view_is_documented_with_its_type(view: str) -> None:
    rows = table_after(text_of("views.md"), f"\n## {view}\n")
    own = {
        name: kind for name, kind in VIEWS[view].items() if name not in focus.superset() or view != "charges"
    }
    own.pop("team", None)
    assert set(rows) - {"*dimensions*"} == set(own)
    for name, kind in own.items():
        assert rows[name][1].replace(" ", "") == kind.replace(" ", ""), name


def test_every_focus_column_is_documented() -> None:
    text = text_of("focus-columns.md")
    assert [name for name in focus.superset() if name not in text] == []


def test_every_command_line_in_the_docs_can_be_typed() -> None:
    known = GENERATE.commands()
    found = [(block, words) for block in all_blocks("bash") for words in commands_in(block.text, "apportion")]
    assert len(found) > 40
    for block, words in found:
        problem = _problem(known, words)
        assert not problem, f"{block}: apportion {' '.join(words)}: {problem}"


def _problem(known: dict[str, object], words: list[str]) -> str:
    """What is wrong with a command line, or ''."""
    name, arguments, rest = "", 0, list(words)
    while rest:
        word = rest.pop(0)
        if re.match(r"--?[a-z]", word):
            options = {o: p for p in GENERATE.parameters(known[name]) for o in (*p.opts, *p.secondary_opts)}
            if word not in options:
                return f"no option {word}"
            if not options[word].is_flag and not rest:
                return f"{word} without a value"
            if not options[word].is_flag:
                rest.pop(0)
        elif f"{name} {word}".strip() in known:
            name = f"{name} {word}".strip()
        else:
            arguments += 1
    positional = [p for p in GENERATE.parameters(known[name]) if not p.opts[0].startswith("-")]
    required = [p for p in positional if p.required]
    many = any(p.nargs == -1 for p in positional)
    if arguments < len(required) or (arguments > len(positional) and not many):
        return f"{arguments} arguments for '{name}'"
    return ""


def sentences_in(*modules: types.ModuleType) -> set[str]:
    """The texts of several words among the constants of modules."""
    values = [value for m in modules for name, value in vars(m).items() if name.isupper()]
    texts = [text for v in values for text in (v.values() if isinstance(v, dict) else [v])]
    return {
        text
        for text in texts
        if isinstance(text, str) and re.fullmatch(r"[a-z][\w ,.()-]+", text) and " " in text
    }


def test_every_repair_is_documented() -> None:
    repairs = {*sentences_in(cells, loading_repairs), *(f"filled from {name}" for name in FILLED)}
    assert len(repairs) > 8
    assert repairs <= set(table_after(text_of("repairs-and-rejects.md"), "## Repairs"))


def test_every_reason_to_reject_a_row_of_a_bill_is_documented() -> None:
    needed = {"missing", *sentences_in(rejects)}
    needed |= {rejects._reason(focus_bills.dialect(), name, "?") for name in focus.superset()}
    assert len(needed) > 8
    assert needed <= set(table_after(text_of("repairs-and-rejects.md"), "## Rejects\n"))


def test_every_reason_to_reject_a_row_of_usage_customers_or_revenue_is_documented() -> None:
    needed = {"missing", *sentences_in(tabling)} - sentences_in(rejects) | {tabling._REASONS["currency"]}
    assert len(needed) > 4
    assert needed <= set(
        table_after(text_of("repairs-and-rejects.md"), "## Rejects in usage, customers and revenue")
    )
