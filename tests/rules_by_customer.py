"""Rules to customers, and use of the service db, for examples that are checked by hand."""

from typing import Any

DIMENSIONS = {
    "team": [{"tag": "team"}],
    "service": [{"tag": "service"}],
    "customer": [{"tag": "customer"}],
}
DIRECT = {"name": "dedicated", "match": {"customer": "*"}, "method": "direct"}
DAY = "2026-09-01"


def by_customer(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"dimensions": DIMENSIONS, "perspectives": {"customer": {"to": "customer", "rules": list(rules)}}}


def by(measure: str, **more: Any) -> dict[str, Any]:
    return {
        "name": "shared",
        "match": {"service": "db"},
        "method": "proportional",
        "measure": measure,
        **more,
    }


def use(*rows: tuple[str, str, str]) -> list[tuple[str, str, dict[str, str]]]:
    """(day, customer, quantity) of the service db."""
    return [(day, quantity, {"service": "db", "customer": c}) for day, c, quantity in rows]


def even(name: str = "even", **match: Any) -> dict[str, Any]:
    return {"name": name, "match": match, "method": "even", "targets": ["acme", "bolt"]}
