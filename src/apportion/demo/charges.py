"""Every charge as it is made: once onto the bill, once into the books, in the same breath."""

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from apportion.core.money import split_running
from apportion.demo.company import Account, Owner

HOUR, DAY = 1, 24
BOOK_UNITS = 100  # the bill is in 10⁻¹⁰ dollars, the books in 10⁻¹²
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Line:
    """What all charges of one resource and price have in common; prices in 10⁻¹⁰ dollars."""

    provider: str
    account: Account
    region: str
    service: str
    category: str
    subcategory: str
    sku: str
    meter: str
    unit: str
    description: str
    resource_id: str
    resource_name: str
    resource_type: str
    owner: Owner
    tags: dict[str, str]
    list_price: int = 0
    contracted_price: int = 0
    charge_category: str = "Usage"
    charge_class: str | None = None
    frequency: str = "Usage-Based"
    pricing_category: str | None = "Standard"
    commitment: str = ""  # the ARN of the discount
    commitment_type: str = ""
    commitment_category: str = ""
    commitment_status: str | None = None
    publisher: str = ""
    hourly: bool = False
    model: str = ""  # what the price list calls the model that was asked
    billed_in: date | None = None  # the month that bills it where that is not the month it starts in

    def period(self, start: int) -> int:
        """The billing period (202609) of a charge that starts at hour `start`."""
        return _month_number(self.billed_in or day_of(start))


def fingerprint(text: str, length: int = 17) -> str:
    """Hexadecimal digits that look like a cloud's ids and depend on nothing but `text`."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def hours_since_epoch(day: date, hour: int = 0) -> int:
    return (day - _EPOCH).days * 24 + hour


def day_of(hour: int) -> date:
    """The UTC day of an hour since 1970."""
    return _day(hour // 24)


@cache
def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


@cache
def _month_number(day: date) -> int:
    return day.year * 100 + day.month


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def month_end(day: date) -> date:
    """The first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _columns() -> "dict[str, array[int]]":
    names = ("line", "start", "end", "period", "quantity", "list", "contracted", "billed", "effective")
    return {name: array("q") for name in names}


@dataclass
class Charges:
    """The bill (`lines`, and a row of `columns` a charge) and the books (10⁻¹² dollars by line and day)."""

    days: tuple[date, ...]
    lines: list[Line] = field(default_factory=list)
    columns: "dict[str, array[int]]" = field(default_factory=_columns)
    billed: dict[tuple[int, int], int] = field(default_factory=dict)
    effective: dict[tuple[int, int], int] = field(default_factory=dict)
    committed: dict[tuple[str, int], int] = field(default_factory=dict)  # used of a commitment, by hour

    def open(self, line: Line) -> int:
        """Make `line` known; the number stands for it in `charge`."""
        self.lines.append(line)
        return len(self.lines) - 1

    def charge(self, line: int, start: int, end: int, quantity: int, costs: Sequence[int]) -> None:
        """One charge from hour `start` to hour `end` since 1970.

        `quantity` is in 10⁻⁶ (0: none), `costs` are list, contracted, billed and effective in 10⁻¹⁰ dollars.
        """
        columns = self.columns
        columns["line"].append(line)
        columns["start"].append(start)
        columns["end"].append(end)
        columns["period"].append(self.lines[line].period(start))
        columns["quantity"].append(quantity)
        columns["list"].append(costs[0])
        columns["contracted"].append(costs[1])
        columns["billed"].append(costs[2])
        columns["effective"].append(costs[3])
        self._book(line, start, end, costs[2] * BOOK_UNITS, costs[3] * BOOK_UNITS)

    def _book(self, line: int, start: int, end: int, billed: int, effective: int) -> None:
        """A charge belongs to its hours, so to its days by their hours; a one-time purchase to the first."""
        what, day = self.lines[line], (start // 24)
        one_time = what.charge_category == "Purchase" and what.frequency == "One-Time"
        if end <= (day + 1) * 24 or one_time:
            self._post(line, day, billed, effective)
            return
        hours = [min(end, (d + 1) * 24) - max(start, d * 24) for d in range(day, (end + 23) // 24)]
        parts = zip(split_running(billed, hours), split_running(effective, hours), strict=True)
        for offset, (billed_part, effective_part) in enumerate(parts):
            self._post(line, day + offset, billed_part, effective_part)

    def _post(self, line: int, day: int, billed: int, effective: int) -> None:
        key = (line, day)
        self.billed[key] = self.billed.get(key, 0) + billed
        self.effective[key] = self.effective.get(key, 0) + effective

    def __len__(self) -> int:
        return len(self.columns["line"])
