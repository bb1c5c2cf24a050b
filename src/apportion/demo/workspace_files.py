"""Writes the files beside the bills: usage by month, customers, revenue, and the workspace's rules."""

import csv
from collections.abc import Iterable, Sequence
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from apportion.demo.customers import CUSTOMERS
from apportion.demo.revenue import items
from apportion.demo.usage import CLUSTER, DATABASES, MONITORING, Usage

Row = tuple[object, ...]


def write_workspace_files(directory: Path, usage: Usage) -> list[Path]:
    """Everything of the workspace that is no bill; returns the paths."""
    folder = directory / "usage"
    folder.mkdir(parents=True, exist_ok=True)
    requests = [
        (day, service, customer, count)
        for (day, service), by_customer in sorted(usage.requests.items())
        for customer, count in by_customer.items()
    ]
    routes = [(*key, count) for key, count in sorted(usage.routes.items())]
    storage = [(*key, _hundredths(count)) for key, count in sorted(usage.storage.items())]
    return [
        *_by_month(folder, "requests", ("day", "service", "customer_id", "requests"), requests),
        *_by_month(folder, "routes", ("day", "customer_id", "routes"), routes),
        *_by_month(folder, "storage", ("day", "customer_id", "gigabytes"), storage),
        *_by_month(folder, "cluster", ("day", "namespace", "cpu_hours"), _taken(usage, CLUSTER)),
        *_by_month(folder, "databases", ("day", "service", "hours"), _taken(usage, DATABASES)),
        *_by_month(folder, "logs", ("day", "service", "gigabytes"), _taken(usage, MONITORING)),
        _customers(directory),
        _revenue(directory),
        _rules(directory),
    ]


def _taken(usage: Usage, service: str) -> list[Row]:
    """What was taken of a platform service: day, who took it, and how much."""
    return [
        (day, consumer, _hundredths(quantity))
        for (day, name), by_consumer in sorted(usage.taken.items())
        if name == service
        for consumer, quantity in by_consumer.items()
    ]


def _hundredths(quantity: int) -> str:
    return f"{quantity // 100}.{quantity % 100:02}"


def _write(path: Path, header: Sequence[str], rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _by_month(folder: Path, name: str, header: Sequence[str], rows: Sequence[Row]) -> list[Path]:
    """One file a month; the rows begin with their day and are in its order."""
    months = groupby(rows, lambda row: f"{row[0]:%Y-%m}")
    return [_write(folder / f"{name}-{month}.csv", header, part) for month, part in months]


def _customers(directory: Path) -> Path:
    header = ("customer_id", "customer_name", "plan", "status", "start_date", "end_date")
    rows = [(c.id, c.name, c.plan, c.status, c.start, c.end) for c in CUSTOMERS]
    return _write(directory / "customers.csv", header, rows)


def _revenue(directory: Path) -> Path:
    header = ("customer_id", "kind", "amount", "currency", "start_date", "end_date", "description")
    rows = [(i.customer, i.kind, i.amount, "USD", i.start, i.end, i.description) for i in items()]
    return _write(directory / "revenue.csv", header, rows)


def _rules(directory: Path) -> Path:
    text = files("apportion.demo").joinpath("apportion.yaml").read_text(encoding="utf-8")
    path = directory / "apportion.yaml"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
