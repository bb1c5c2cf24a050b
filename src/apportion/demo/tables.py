"""Reads the demo's own tables: prices, machines, metered services, single revenue items."""

import csv
from importlib.resources import files


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one table by column name."""
    text = files("apportion.demo").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
