"""Google Cloud's usage cost export as a dialect: its units, tags and services in FOCUS's words."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Template

from apportion.connectors.dialect import Dialect, body, given
from apportion.engine import quote_text

PACKAGE = "apportion.connectors.gcp"
PERIOD = "timezone('America/Los_Angeles', try_strptime(invoice_month, '%Y%m'))"
"""Google's months begin and end in Pacific Time."""

_UNITS = {
    "second": "Seconds",
    "minute": "Minutes",
    "hour": "Hours",
    "day": "Days",
    "week": "Weeks",
    "month": "Months",
    "year": "Years",
    "byte": "B",
    "kibibyte": "KiB",
    "mebibyte": "MiB",
    "gibibyte": "GiB",
    "tebibyte": "TiB",
    "pebibyte": "PiB",
    "kilobyte": "KB",
    "megabyte": "MB",
    "gigabyte": "GB",
    "terabyte": "TB",
    "count": "Count",
    "request": "Requests",
    "character": "Characters",
    "token": "Tokens",
    "image": "Images",
}
_TIMES = ("Seconds", "Minutes", "Hours", "Days", "Weeks", "Months", "Years")
_CREDIT = "STRUCT(name VARCHAR, full_name VARCHAR, id VARCHAR, type VARCHAR, amount DECIMAL(28,12))"


@cache
def billing() -> Dialect:
    """The standard and the detailed usage cost export."""
    return Dialect(
        "gcp-billing",
        "a Google Cloud usage cost export",
        given(PACKAGE),
        Template(body(PACKAGE, "billing")).safe_substitute(
            period=PERIOD,
            credit=_CREDIT,
            entries=_entries(),
            units=", ".join(f"({quote_text(k)}, {quote_text(unit)})" for k, unit in units().items()),
            commitment_type="CASE WHEN by_spend = 'Usage' THEN 'Resource-based committed use discount' "
            "ELSE 'Spend-based committed use discount' END",
            services=rows_of("services"),
            regions=rows_of("regions"),
        ),
        version="1.4",
        period=PERIOD,
        currency="currency",
        account="project_id",
        kind="lower(coalesce(cost_type, 'regular'))",
        amount="cost",
    )


def units() -> Mapping[str, str]:
    """FOCUS's spelling of units by Google's, in small letters, in the singular, without hyphens."""
    sizes = {one: unit for one, unit in _UNITS.items() if unit not in _TIMES}
    times = {one: unit for one, unit in _UNITS.items() if unit in _TIMES}
    together = {f"{size} {time}": f"{s}-{t}" for size, s in sizes.items() for time, t in times.items()}
    return {**together, **_UNITS}


def rows_of(name: str) -> str:
    """The rows of one of the tables beside this, as SQL after VALUES."""
    text = files(PACKAGE).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    _, *rows = csv.reader(text.splitlines())
    return ", ".join(f"({', '.join(map(quote_text, row))})" for row in rows)


def _entries() -> str:
    """SQL for all labels and tags, those that count before others first: key, another name for it, value."""
    listed = {
        "labels": quote_text("label/"),
        "tags": "coalesce(x.namespace, 'tag') || '/'",
        "project_labels": quote_text("project/"),
        "system_labels": quote_text("system/"),
    }
    each = [
        f"[{{'key': x.key, 'other': {prefix} || x.key, 'value': x.value}} FOR x IN coalesce({column}, []) "
        "IF x.key IS NOT NULL]"
        for column, prefix in listed.items()
    ]
    return f"list_concat({', '.join(each)})"
