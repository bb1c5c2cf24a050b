"""Makes the demo company's workspace: bills, usage, operations, revenue, rules, and the truth for tests."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from apportion.core.errors import BadInput
from apportion.core.money import from_units
from apportion.demo.ai_invoices import bill_models
from apportion.demo.ai_planted import planted_in_invoices, planted_in_operations
from apportion.demo.ai_prices import asked
from apportion.demo.bills import write_bills
from apportion.demo.books import EFFECTIVE, Books, keep
from apportion.demo.charges import Charges
from apportion.demo.company import calendar
from apportion.demo.customers import CUSTOMERS
from apportion.demo.fees import bill_fees
from apportion.demo.limits import planted_limits
from apportion.demo.operations import Operation, make_operations, write_operations
from apportion.demo.planted import planted
from apportion.demo.revenue import earned
from apportion.demo.running import bill_fleet
from apportion.demo.truth import told
from apportion.demo.usage import make_usage
from apportion.demo.workspace_files import write_workspace_files

MOST_DAYS = 730
_MADE_BY_MONTH = ("bills/*/fernway-*", "usage/*-????-??.csv", "operations/calls-????-??.jsonl")


@dataclass(frozen=True)
class DemoSummary:
    """What was written: the days, how many charges and operations, EffectiveCost in dollars, every file."""

    directory: Path
    first_day: date
    last_day: date
    charges: int
    operations: int
    customers: int
    cost: Decimal
    files: tuple[Path, ...]


def generate(
    directory: Path, seed: int = 20260901, days: int = 90, progress: Callable[[str], None] | None = None
) -> DemoSummary:
    """Write a complete workspace into `directory`, the same for the same seed and days wherever it runs.

    What an earlier call wrote there is replaced. Raises BadInput where `days` is not 1 to 730.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"A demo of {days} days cannot be made.", hint=f"Give 1 to {MOST_DAYS}.")
    say = progress or (lambda _: None)
    directory.mkdir(parents=True, exist_ok=True)
    for pattern in _MADE_BY_MONTH:
        for path in directory.glob(pattern):
            path.unlink()
    calendar_days = calendar(days)
    say("Running Fernway's services")
    charges = Charges(calendar_days)
    bill_fleet(charges, seed)
    bill_fees(charges)
    say("Asking models")
    operations = make_operations(calendar_days, seed)
    of_models = asked(operations)
    bill_models(charges, of_models, seed)
    say("Counting what customers did and paid")
    usage = make_usage(calendar_days, seed)
    say("Closing the books")
    books = keep(charges, usage, of_models)
    paths = [
        _write_truth(directory, charges, books, operations),
        *write_workspace_files(directory, usage),
        *write_operations(directory, operations),
    ]
    say(f"Writing {len(charges):,} charges")
    paths += write_bills(directory, charges)
    return DemoSummary(
        directory=directory,
        first_day=calendar_days[0],
        last_day=calendar_days[-1],
        charges=len(charges),
        operations=len(operations),
        customers=len(CUSTOMERS),
        cost=from_units(sum(pair[EFFECTIVE] for pair in books.day_costs.values())),
        files=tuple(paths),
    )


def _write_truth(directory: Path, charges: Charges, books: Books, operations: Sequence[Operation]) -> Path:
    truth = told(books, earned(charges.days))
    content = {
        "company": "Fernway",
        "currency": "USD",
        "charges": len(charges),
        "planted": {
            **planted(books, charges, truth),
            **planted_in_operations(operations),
            **planted_in_invoices(charges),
            **planted_limits(books, operations),
        },
        "operations": len(operations),
        "windows": truth,
    }
    path = directory / "truth.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")
    return path
