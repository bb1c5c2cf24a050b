"""Exports of a Cost and Usage Report as AWS writes them into a bucket: a manifest and files for each month."""

import gzip
import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from servers.buckets import Bucket

HEADER = (
    "bill/PayerAccountId,bill/BillingPeriodStartDate,bill/BillingPeriodEndDate,lineItem/UsageAccountId,"
    "lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ProductCode,"
    "lineItem/ResourceId,lineItem/CurrencyCode,lineItem/UnblendedCost"
)
REPORT = "hourly"


@dataclass
class Export:
    """A report that keeps every version of a month in a folder of its own, or writes over the one before.

    `costs` are those of the lines of each file of each month, as the newest version has them; `keys` say where
    below `location` these files lie.
    """

    bucket: Bucket
    versioned: bool = False
    packed: bool = True
    rows: int = 400
    costs: dict[str, list[list[Decimal]]] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    made: int = 0

    @property
    def location(self) -> str:
        return f"{self.bucket.location}/bills"

    def put(self, month: str, seed: int, files: int = 2, *, without: int = 0) -> None:
        """Write a version of a month; the last `without` files that its manifest names are not there."""
        self.made += 1
        self.costs[month] = [costs_of(seed * 100 + n, self.rows) for n in range(files)]
        assembly = f"{self.made:08x}-1111-2222-3333-444455556666"
        folder = f"{REPORT}/{span(month)}/{assembly}" if self.versioned else f"{REPORT}/{span(month)}"
        keys = [f"{folder}/{REPORT}-{n + 1:05}.csv{'.gz' * self.packed}" for n in range(files)]
        self.keys[month] = keys
        for n, key in enumerate(keys[: files - without]):
            self.bucket.put(f"bills/{key}", self.content(month, n, seed))
        self.bucket.put(
            f"bills/{REPORT}/{span(month)}/{REPORT}-Manifest.json", self.manifest(month, assembly, keys)
        )

    def content(self, month: str, n: int, seed: int) -> bytes:
        """The bytes of a file."""
        text = report(month, self.costs[month][n], seed * 100 + n).encode()
        return gzip.compress(text, mtime=0) if self.packed else text

    def manifest(self, month: str, assembly: str, keys: Iterable[str]) -> bytes:
        start, end = (f"{day}T000000.000Z" for day in span(month).split("-"))
        content = {
            "assemblyId": assembly,
            "reportName": REPORT,
            "billingPeriod": {"start": start, "end": end},
            "bucket": self.bucket.location.partition("://")[2],
            "reportKeys": [f"bills/{key}" for key in keys],
        }
        return json.dumps(content).encode()

    def totals(self) -> Mapping[str, Decimal]:
        """What the files of each month add up to."""
        return {
            month: sum((c for costs in files for c in costs), Decimal(0))
            for month, files in self.costs.items()
        }


def span(month: str) -> str:
    """'20260901-20261001' for '2026-09'."""
    year, number = map(int, month.split("-"))
    return f"{year}{number:02}01-{year + number // 12}{number % 12 + 1:02}01"


def costs_of(seed: int, rows: int) -> list[Decimal]:
    dice = random.Random(seed)
    return [Decimal(dice.randrange(10**10)).scaleb(-10) for _ in range(rows)]


def report(month: str, costs: Iterable[Decimal], seed: int = 0) -> str:
    """The text of one file: lines of two accounts and two services, each with a resource of its own."""
    dice = random.Random(seed)
    start, end = f"{month}-01T00:00:00Z", f"{span(month)[9:13]}-{span(month)[13:15]}-01T00:00:00Z"
    lines = (
        f"900000000001,{start},{end},90000000000{n % 2 + 2},Usage,{month}-{n % 28 + 1:02}T00:00:00Z,"
        f"{month}-{n % 28 + 1:02}T01:00:00Z,{('AmazonEC2', 'AmazonS3')[n % 3 // 2]},{dice.randbytes(40).hex()},USD,{cost:f}"
        for n, cost in enumerate(costs)
    )
    return "\n".join([HEADER, *lines, ""])
