"""The reference lists the names that are read, all of them and no others."""

import re
from pathlib import Path

from apportion.metering.otlp.dimensions import CONTAINERS, IMPLIED, LABELS, NAMED, PREFIXES
from apportion.metering.otlp.names import KINDS
from apportion.metering.otlp.values import canonical

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "otlp.md").read_text(encoding="utf-8")


def rows(start: str) -> dict[str, tuple[str, ...]]:
    """The first table after `start`: what is in backticks in each row."""
    table = PAGE[PAGE.index(start) :].split("\n\n")[1]
    told = [re.findall(r"`([^`]+)`", line) for line in table.splitlines() if line.startswith("| `")]
    return {first: tuple(others) for first, *others in told}


def test_the_tables_of_dimensions() -> None:
    assert rows("nearest first, then on the resource.") == NAMED
    assert rows("These only suggest a dimension") == IMPLIED
    assert rows("Free dimensions that are kept") == LABELS


def test_the_prefixes() -> None:
    assert all(f"`{prefix}`" in PAGE for prefix in (*PREFIXES, *CONTAINERS))


def test_what_says_what_a_span_is() -> None:
    named = {canonical(name) for name in re.findall(r"`([^`]+)`", PAGE)}

    assert set(KINDS) <= named
