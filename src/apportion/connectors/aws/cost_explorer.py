"""Connector `aws-cost-explorer`: costs by day and service from the API, for those without an export."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from string import Template
from typing import ClassVar

import duckdb

from apportion.connectors.aws.cost_explorer_api import GROSS, NET, QUANTITY, Amounts, CostExplorer, Question
from apportion.connectors.contract import Offer, Place, Reading, SourceFile
from apportion.connectors.dialect import Dialect, body, given
from apportion.connectors.exports import offer
from apportion.connectors.reading import open_rows, read_rows
from apportion.connectors.stores import Changed, Patience, Said, Stored
from apportion.core.errors import BadInput, NotFound
from apportion.core.periods import month_of, next_month
from apportion.engine import quote_text

_PACKAGE = "apportion.connectors.aws"
MOST_MONTHS = 14
"""How many months of days AWS keeps."""

_DIMENSIONS = {"account": "LINKED_ACCOUNT", "region": "REGION"}
_CENT = Decimal("0.01")
_NAMES = {
    GROSS[0]: "unblended_cost",
    GROSS[1]: "amortized_cost",
    NET[0]: "net_unblended_cost",
    NET[1]: "net_amortized_cost",
}
LEFT_OUT = {
    "SavingsPlanNegation": "it takes back the on-demand cost of covered usage, whose BilledCost is 0 already"
}

Row = dict[str, str]


class CostExplorerConnector:
    """Asks once for the totals of all months, then for the days of those months whose totals are new.

    `by`: what divides the costs beside service and kind of line: `account`, `region`, `tag:KEY` or
    `cost_category:NAME`; the API takes two keys at once, so the kind of line is asked for one by one.
    `months`: how many, the current one included.
    """

    name: ClassVar[str] = "aws-cost-explorer"
    version: ClassVar[str] = "1"
    patience: ClassVar[Patience] = Patience()

    def __init__(self, by: str = "account", months: int = 13) -> None:
        self.by, self.months = by, months
        kind, _, key = by.partition(":")
        if by not in _DIMENSIONS and (kind not in ("tag", "cost_category") or not key):
            raise BadInput(
                f"'{by}' is nothing that Cost Explorer can be asked by.",
                where="by",
                hint="Write account, region, tag:KEY or cost_category:NAME.",
            )
        if not 1 <= months <= MOST_MONTHS:
            raise BadInput(
                f"{months} months cannot be asked for.", where="months", hint=f"Give 1 to {MOST_MONTHS}."
            )

    @property
    def signature(self) -> str:
        """See `BillConnector`."""
        return f"{self.name} {self.version} {self.by}"

    def offers(self, place: Place) -> Sequence[Offer]:
        """One offer for each month that cost anything; one request, whatever the number of months.

        A month is new where its totals by kind of line are, or where AWS has made it final.
        """
        today = place.now().astimezone(UTC).date()
        start = today.replace(day=1)
        for _ in range(self.months - 1):
            start = (start - timedelta(days=1)).replace(day=1)
        question = Question(start, today + timedelta(days=1), "MONTHLY", [("DIMENSION", "RECORD_TYPE")])
        found: dict[str, list[Amounts]] = {}
        for amounts in self._api(place).ask(question):
            if any(amounts.metrics[name] for name in (*GROSS, *NET) if name in amounts.metrics):
                found.setdefault(f"{amounts.day:%Y-%m}", []).append(amounts)
        if not found:
            raise NotFound(
                "Cost Explorer knows of no cost.",
                where=place.location,
                hint="Check the account and 'months'.",
            )
        return [self._offer(month, kinds) for month, kinds in sorted(found.items())]

    def fetch(self, place: Place, offer: Offer, folder: Path, said: Said) -> Sequence[SourceFile]:
        """A CSV of the month's days, asked for one kind of line after the other; complete or not there."""
        api, rows = self._api(place), []
        account = api.account()
        for i, stored in enumerate(offer.objects):
            kind = stored.key.partition("/")[2]
            said(f"Asking for {kind} in {offer.period} ({i + 1} of {len(offer.objects)})")
            answers = list(api.ask(self._question(offer.period, kind, place.now().astimezone(UTC).date())))
            _check(answers, stored, _called(place))
            rows += [row for answer in answers if (row := self._row(answer, offer.period, kind, account))]
        path = folder / f"cost-explorer-{offer.period}.csv"
        _write(path, rows)
        return [SourceFile(path, path.name, path.stat().st_size)]

    def read(self, files: Sequence[SourceFile], con: duckdb.DuckDBPyConnection) -> Sequence[Reading]:
        """See `BillConnector`; net costs are taken where every file has them."""
        found = [open_rows(file, con) for file in files]
        for rows in found:
            if missing := dialect(net=False).missing([name for name, _ in rows.columns]):
                raise BadInput(
                    f"This was not fetched from Cost Explorer: it lacks {', '.join(missing)}.",
                    where=rows.file.name,
                    hint="Take the connector 'aws' for exports and reports.",
                )
        net = all(_NAMES[n] in dict(rows.columns) for rows in found for n in NET)
        return [read_rows(rows, dialect(net=net), con) for rows in found]

    def settle(self, con: duckdb.DuckDBPyConnection, charges: str) -> str | None:  # noqa: ARG002
        """See `BillConnector`; every row is right by itself."""
        return None

    def _api(self, place: Place) -> CostExplorer:
        return CostExplorer(place.access, _called(place), self.patience)

    def _offer(self, month: str, kinds: Sequence[Amounts]) -> Offer:
        estimated = any(amounts.estimated for amounts in kinds)
        start = month_of(month).start
        modified = datetime(start.year, start.month, 1, tzinfo=UTC)
        state = f"{self.by} {'estimated' if estimated else 'final'}"
        objects = [
            Stored(f"{month}/{a.keys[0]}", 0, f"{state} {' '.join(_totals(a.metrics))}", modified)
            for a in kinds
        ]
        return offer(month, objects, final=not estimated)

    def _question(self, month: str, kind: str, today: date) -> Question:
        start = month_of(month).start
        end = min(next_month(start), today + timedelta(days=1))
        by, _, key = self.by.partition(":")
        beside = ("DIMENSION", _DIMENSIONS[by]) if by in _DIMENSIONS else (by.upper(), key)
        return Question(start, end, "DAILY", [("DIMENSION", "SERVICE"), beside], kind)

    def _row(self, answer: Amounts, month: str, kind: str, account: str) -> Row | None:
        if not any(answer.metrics.get(name) for name in _NAMES):
            return None
        service, value = answer.keys
        counted = answer.unit not in ("", "N/A")
        return {
            "billing_period_start": f"{month}-01T00:00:00Z",
            "day": f"{answer.day}T00:00:00Z",
            "record_type": kind,
            "service": service,
            "billing_account": account,
            **self._group(value, answer.names),
            "estimated": "yes" if answer.estimated else "no",
            "currency": answer.currency,
            **{column: _text(answer.metrics[n]) for n, column in _NAMES.items() if n in answer.metrics},
            "usage_quantity": _text(answer.metrics[QUANTITY]) if counted else "",
            "usage_unit": answer.unit if counted else "",
        }

    def _group(self, value: str, names: Mapping[str, str]) -> Row:
        if self.by == "account":
            return {"account": value, "account_name": names.get(value, "")}
        if self.by == "region":
            return {"region": "" if value in ("NoRegion", "global") else value}
        kind, _, key = self.by.partition(":")
        tag = f"aws:cost_category:{key}" if kind == "cost_category" else key
        answer = value.removeprefix(f"{key}$")  # the API writes KEY$VALUE
        return {"tags": json.dumps({tag: answer}) if answer else ""}


def _called(place: Place) -> str:
    return place.location or "Cost Explorer"


def _totals(metrics: Mapping[str, Decimal]) -> Iterator[str]:
    for name in _NAMES:
        if name in metrics:
            yield f"{name}={_text(metrics[name])}"


def _check(answers: Sequence[Amounts], stored: Stored, place: str) -> None:
    """The days of a month must add up to the total that was offered; the API rounds each to 10 places."""
    for word in stored.etag.split():
        name, _, total = word.partition("=")
        if name in GROSS and abs(sum((a.metrics[name] for a in answers), -Decimal(total))) > _CENT:
            raise Changed(f"The costs of {stored.key} changed while they were being read.", where=place)


def _write(path: Path, rows: Sequence[Row]) -> None:
    """Rows in a fixed order, so that the same answer is the same file; net costs only where all have them."""
    names = dict.fromkeys(name for row in rows for name in row)
    kept = [name for name in names if _has_net(rows) or name not in [_NAMES[n] for n in NET]]
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(kept)
        writer.writerows(sorted([row.get(name, "") for name in kept] for row in rows))
    fresh.replace(path)


def _has_net(rows: Sequence[Row]) -> bool:
    """Whether every row has both net costs, and they are not all 0, as where an account has none."""
    names = [_NAMES[n] for n in NET]
    return all(name in row for row in rows for name in names) and any(
        Decimal(row[name]) for row in rows for name in names
    )


def _text(amount: Decimal) -> str:
    return f"{amount:f}"


@cache
def dialect(*, net: bool) -> Dialect:
    """How a fetched file is read; `net`: with the costs after private discounts."""
    gross = ("unblended_cost", "amortized_cost")
    amount, amortized = (f"net_{name}" if net else name for name in gross)
    return Dialect(
        "aws-cost-explorer",
        "costs from the Cost Explorer API",
        given(_PACKAGE, "cost_explorer"),
        Template(body(_PACKAGE, "cost_explorer")).safe_substitute(
            amount=amount,
            amortized=amortized,
            categories=_services("category"),
            subcategories=_services("subcategory"),
        ),
        version="1.4",
        period="billing_period_start",
        currency="currency",
        account="account",
        kind="record_type",
        amount="unblended_cost",
        left_out=LEFT_OUT,
    )


def dialects() -> Sequence[Dialect]:
    """The shapes of bill that the reference describes."""
    return [dialect(net=False)]


def _services(column: str) -> str:
    text = resources(_PACKAGE).joinpath("cost_explorer_services.csv").read_text(encoding="utf-8")
    listed = csv.DictReader(text.splitlines())
    return " ".join(f"WHEN {quote_text(r['service'])} THEN {quote_text(r[column])}" for r in listed)
