"""Reads the documentation as data: pages, links, tables, and code blocks with the marker before them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
_BLOCK = re.compile(
    r"(?:<!-- (?P<marker>[^>]*?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_OPERATORS = {">", ">>", "|", "&&", "||", ";", "<"}


@dataclass(frozen=True)
class Block:
    """A code block; `marker` is the comment right before it: runnable, prints, python, yaml: part, file: PATH."""

    page: Path
    line: int
    language: str
    marker: str
    text: str

    def __str__(self) -> str:
        page = self.page.relative_to(REPOSITORY) if self.page.is_relative_to(REPOSITORY) else self.page.name
        return f"{page}:{self.line}"


def pages() -> list[Path]:
    """Every page: those at the top of the repository and those in docs."""
    top = [REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    return [*top, *sorted(DOCS.rglob("*.md"))]


def name_of(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def blocks(page: Path) -> list[Block]:
    """The code blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text[: m.start()].count("\n") + 1, m["language"], m["marker"] or "", m["text"])
        for m in _BLOCK.finditer(text)
    ]


def all_blocks(language: str) -> list[Block]:
    return [block for page in pages() for block in blocks(page) if block.language == language]


def table_after(text: str, start: str) -> dict[str, list[str]]:
    """The first table after `start`: the cells of each row by what its first cell has in backticks."""
    rows = {}
    for line in text[text.index(start) + len(start) :].lstrip("\n").splitlines():
        if rows and not line.startswith("|"):
            break
        if re.match(r"\| [`*]", line):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            rows[cells[0].strip("`")] = cells
    return rows


def commands_in(text: str, program: str) -> Iterator[list[str]]:
    """The words after `program` in each command of a shell block that calls it."""
    pending = ""
    for line in text.splitlines():
        pending = f"{pending}\n{line}" if pending else line
        try:
            words = shlex.split(pending, comments=True)
        except ValueError:
            continue  # a quote is still open
        pending = ""
        for i, word in enumerate(words):
            if word.split("/")[-1] == program and (i == 0 or words[i - 1] in _OPERATORS):
                rest = words[i + 1 :]
                end = next((n for n, w in enumerate(rest) if w in _OPERATORS), len(rest))
                yield rest[:end]


def anchors(page: Path) -> set[str]:
    """The names of a page's headings, as links write them."""
    headings = re.findall(
        r"^#+ (.+)$",
        re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE),
        re.MULTILINE,
    )
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
