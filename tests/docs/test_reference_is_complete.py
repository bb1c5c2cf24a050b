"""A command, option, setting, route, column or repair that is not documented fails here."""

import importlib.util
import json
import re
import sys
import types
import typing
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import yaml
from docs_pages import DOCS, all_blocks, blocks, commands_in, table_after
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from apportion import focus
from apportion.allocation.match import JOINTS, RANGE
from apportion.connectors import cells
from apportion.connectors import focus as focus_bills
from apportion.connectors.reading import FILLED
from apportion.ingestion import rejects, tabling
from apportion.ingestion import repairs as loading_repairs
from apportion.ledger.ledger import columns
from apportion.workspace import Workspace, schema

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


def keys_of(model: str) -> dict[str, list[str]]:
    """The table of a part of the workspace file, on whichever page of the reference it stands."""
    marker = f"<!-- keys: {model} -->"
    [page] = [
        text
        for name in ("workspace.md", "rules.md", "alerts.md", "alert-rules.md")
        if marker in (text := text_of(name))
    ]
    return table_after(page, marker)


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
    rows = keys_of(model.__name__)
    named = {field.alias or name: field for name, field in model.model_fields.items()}
    assert set(rows) == set(named)
    for name, field in named.items():
        default = field.default
        if default is PydanticUndefined:
            expected = "required" if field.is_required() else "none"
        elif isinstance(default, str) and default:
            expected = f"`{default}`"
        elif isinstance(default, bool):
            expected = "`true`" if default else "`false`"
        elif isinstance(default, int | float | Decimal):
            expected = f"`{default:g}`"
        elif isinstance(default, BaseModel):
            expected = "see there"
        else:
            expected = IN_WORDS[default]
        described = {("Workspace", "cost_class"): "by environment", ("Rule", "to"): "the perspective's"}
        assert rows[name][2] == described.get((model.__name__, name), expected), name


SCHEMA: dict[str, Any] = schema()["$defs"]


def parts(name: str) -> set[str]:
    """A part of the schema and all parts it refers to, without the tests of `match`, which have no keys."""
    named = {ref.rpartition("/")[2] for ref in re.findall(r"#/\$defs/\w+", json.dumps(SCHEMA[name]))}
    return {name}.union(*(parts(n) for n in named - {name, "Test"}))


RULES = sorted(parts("Perspective"))
EXAMPLES = [
    rule
    for block in blocks(REFERENCE / "rules.md")
    if block.language == "yaml" and block.marker == "yaml: rule"
    for rule in yaml.safe_load(block.text)
]


def test_the_schema_of_rules_has_all_their_parts() -> None:
    assert RULES == ["CarryForward", "Days", "Driver", "Perspective", "Rule", "Tier"]


@pytest.mark.parametrize("part", RULES)
def test_the_reference_of_rules_has_every_key_of_the_schema_and_no_other(part: str) -> None:
    rows = keys_of(part)
    assert set(rows) == set(SCHEMA[part]["properties"])
    assert {key for key, cells in rows.items() if cells[2] == "required"} == set(SCHEMA[part]["required"])


@pytest.mark.parametrize("part", RULES)
def test_the_reference_of_rules_names_every_value_and_limit_of_the_schema(part: str) -> None:
    for key, row in keys_of(part).items():
        for limits in (SCHEMA[part]["properties"][key], *SCHEMA[part]["properties"][key].get("anyOf", [])):
            words = [f"`{value}`" for value in limits.get("enum", [])]
            words += [f"{limits[name]:g}" for name in ("maximum", "maxLength") if name in limits]
            words += [" above 0"] if limits.get("exclusiveMinimum") == 0 and "maximum" not in limits else []
            assert [word for word in words if word not in f" {row[1]}"] == [], key


@pytest.mark.parametrize("joint", [*JOINTS, *RANGE])
def test_the_reference_of_rules_shows_every_word_of_a_match(joint: str) -> None:
    page = text_of("rules.md")
    assert (
        joint in keys_of("match") or f"{joint}: " in page[page.index("## match") : page.index("## Methods")]
    )


@pytest.mark.parametrize("method", SCHEMA["Rule"]["properties"]["method"]["enum"])
def test_every_method_has_a_place_and_an_example(method: str) -> None:
    assert f"\n### {method}\n" in text_of("rules.md")
    assert [rule for rule in EXAMPLES if rule["method"] == method]


@pytest.mark.parametrize("key", SCHEMA["Rule"]["properties"])
def test_every_key_of_a_rule_is_in_an_example(key: str) -> None:
    assert [rule for rule in EXAMPLES if key in rule]


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
