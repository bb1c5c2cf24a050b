"""Writes the generated parts of the reference: option tables of commands, parameter tables of API routes."""

import re
import runpy
import sys
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import bill_mappings
from typer.main import get_command

from apportion.api.main import PREFIX, create_app
from apportion.cli.main import app as command_line

REFERENCE = Path(__file__).parent / "reference"
PAGES = ("cli.md", "api.md", *bill_mappings.pages())
PART = re.compile(r"(<!-- generated: (?P<what>.+?) -->\n).*?(<!-- end -->)", re.DOTALL)
WORDS = {"str": "text", "int": "number", "bool": "switch", "Path": "path", "list[str]": "text, repeatable"}


class _NoWorkspace:
    """The API describes itself without a workspace."""

    version = "0"
    access = None

    def run_key(self) -> str:
        return ""


def commands() -> Mapping[str, Any]:
    """Every command and group by its words ("loads show"); the program itself under ""."""
    return dict(_walk(get_command(command_line), ""))


def routes() -> Mapping[str, dict[str, Any]]:
    """Every route of the API by method and path: "GET /costs/teams"."""
    paths: dict[str, Any] = create_app(_NoWorkspace()).openapi()["paths"]  # type: ignore[arg-type]
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}": described
        for path, methods in paths.items()
        for method, described in methods.items()
    }


def parameters(command: Any) -> list[Any]:
    """The arguments and options of a command that its page should name."""
    return [p for p in command.params if "completion" not in p.name and p.name != "help"]


def written(page: Path) -> str:
    """The page with its generated parts made anew."""
    known = {f"cli {name}".strip(): _command(command) for name, command in commands().items()}
    known |= {f"api {name}": _route(described) for name, described in routes().items()}
    known |= bill_mappings.parts()
    return PART.sub(lambda m: f"{m[1]}{known[m['what']]}{m[3]}", page.read_text(encoding="utf-8"))


def _walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    yield name, command
    for part, inner in getattr(command, "commands", {}).items():
        yield from _walk(inner, f"{name} {part}".strip())


def _command(command: Any) -> str:
    rows = [(f"`{_spelled(p)}`", _kind(p), _default(p), p.help or "") for p in parameters(command)]
    said = " ".join((command.help or "").split())
    return f"{said}\n\n{_table(('argument or option', 'type', 'default', 'meaning'), rows)}"


def _spelled(parameter: Any) -> str:
    if not parameter.opts[0].startswith("-"):
        word = parameter.name.upper()
        return word if parameter.required else f"[{word}]"
    return ", ".join([*parameter.opts, *parameter.secondary_opts])


def _kind(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return ", ".join(str(member.value) for member in kind)
    name = str(kind) if "[" in str(kind) else kind.__name__
    return WORDS[name]


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    value = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"`{value}`" if value not in (None, "", ()) else ""


def _route(described: Mapping[str, Any]) -> str:
    rows = [
        (f"`{p['name']}`", _schema(p["schema"]), _given(p), p.get("description", ""))
        for p in described.get("parameters", [])
    ]
    summary, said = described["summary"], described.get("description", "")
    body = (
        "The body is the query model as JSON.\n\n" if "Query" in str(described.get("requestBody", "")) else ""
    )
    return f"{summary}. {said}\n\n{body}{_table(('parameter', 'type', 'default', 'meaning'), rows)}"


def _schema(schema: Mapping[str, Any]) -> str:
    one = next((s for s in schema.get("anyOf", []) if s.get("type") != "null"), schema)
    if "enum" in one:
        return ", ".join(map(str, one["enum"]))
    if one["type"] == "array":
        return f"{_schema(one['items'])}, repeatable"
    bounds = [f"{word} {one[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in one]
    kind = {"string": "text", "integer": "number", "boolean": "true or false"}[one["type"]]
    return " ".join([one.get("format", kind), *bounds])


def _given(parameter: Mapping[str, Any]) -> str:
    if parameter["required"]:
        return "required"
    value = parameter["schema"].get("default")
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value not in (None, "", []) else ""


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Write every page anew."""
    for name in PAGES:
        page = REFERENCE / name
        page.write_text(written(page), encoding="utf-8")
        sys.stdout.write(f"{page.name} is up to date\n")
    for name in ("focus_columns.py", "focus_rules.py"):
        runpy.run_path(str(Path(__file__).with_name(name)), run_name="__main__")


if __name__ == "__main__":
    main()
