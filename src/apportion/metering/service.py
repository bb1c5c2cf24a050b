"""Metering: operations, outcomes and traces in; what became of them out, once they are kept for good."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import Connection
from typing_extensions import TypedDict

from apportion.core.errors import BadInput
from apportion.metering.batch import MOST, Rejected, check, read_batch
from apportion.metering.compressed import opened
from apportion.metering.operation import Operation, Outcome
from apportion.metering.otlp import WITHOUT_IDS, Span, operations_of, read_spans
from apportion.metering.outcome import complete
from apportion.metering.store import Counted, Row, Store, microseconds, row
from apportion.metering.traces import follow_traces
from apportion.metering.writer import Writer
from apportion.pricing import Priced, RateCard
from apportion.pricing.compiling import SHORT, UNTOLD, WINDOW


@dataclass(frozen=True)
class Receipt:
    """What became of a batch. `unpriced` are provider and model of operations that no rate is known for."""

    accepted: int
    repeated: int
    rejected: Sequence[Rejected] = field(default_factory=list)
    unpriced: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True)
class Completed:
    """How many operations got their outcome, and the ids of those it waits for."""

    completed: int
    waiting: Sequence[str]


class _Told(TypedDict):
    outcomes: Annotated[list[Outcome], Field(min_length=1, max_length=MOST)]


_OUTCOMES = TypeAdapter(_Told)
Clock = Callable[[], datetime]
Desk = Callable[[Connection, Sequence[Any]], Sequence[Any]]
"""Answers what is asked of it, all of one transaction at once; an exception among the answers is raised."""


@dataclass(frozen=True)
class Work:
    """Operations to keep, and what a desk is asked after them."""

    rows: Sequence[Row] = ()
    desk: Desk | None = None
    asked: Any = None


class Meter:
    """Keeps operations in a state database, priced by a rate card, `card`. Safe to use from threads."""

    def __init__(self, store: Store, card: RateCard, now: Clock = lambda: datetime.now(UTC)) -> None:
        self.store, self.card, self.now = store, card, now

    @cached_property
    def _writer(self) -> "Writer[Work]":
        return Writer(self._together, lambda work: len(work.rows) + 1)

    def _together(self, group: Sequence["Work"]) -> list[Any]:
        """What many want written, in one transaction: operations first, then what desks are asked."""
        with self.store.alone() as con:
            with_rows = [work for work in group if work.rows]
            counted = iter(self.store.put(con, [work.rows for work in with_rows]) if with_rows else ())
            answers: list[Any] = [next(counted) if work.rows else Counted(0, 0) for work in group]
            for desk in dict.fromkeys(work.desk for work in group if work.desk):
                places = [n for n, work in enumerate(group) if work.desk is desk]
                answered = desk(con, [group[n].asked for n in places])
                for n, answer in zip(places, answered, strict=True):
                    answers[n] = answer
        return answers

    def ask(self, desk: "Desk", asked: Any, rows: Sequence[Row] = ()) -> Any:
        """What `desk` answers, once it is kept, in a transaction with operations and what others ask.

        `rows` are operations that are kept before. Raises what the desk answers with where it is an error.
        """
        return self._writer.put(Work(rows, desk, asked))

    def close(self) -> None:
        """Write what waits."""
        self._writer.close()

    def post(self, body: bytes, source: str = "api", encoding: str | None = None) -> Receipt:
        """Keep a batch of operations from JSON, gzip or not. Raises BadInput for what is no batch."""
        now = self.now()
        batch = read_batch(opened(body, encoding), now)
        return self.keep(batch.operations, source, now, batch.rejected)

    def keep(
        self, operations: Sequence[Operation], source: str, now: datetime, rejected: Sequence[Rejected] = ()
    ) -> Receipt:
        """Price and keep operations that have been checked; those whose id is known change nothing."""
        priced = [self.price(o) for o in operations]
        when = microseconds(now)
        rows = [row(o, source, when, p) for o, p in zip(operations, priced, strict=True)]
        counted = self._writer.put(Work(rows)) if rows else Counted(0, 0)
        unpriced = {_model(o) for o, p in zip(operations, priced, strict=True) if p.state == "unpriced"}
        return Receipt(counted.accepted, counted.repeated, rejected, sorted(unpriced))

    def price(self, operation: Mapping[str, Any]) -> Priced:
        """By the rates of its day, in UTC.

        Where it is not told how much came from a cache, and a cache would have been cheaper, the price is the
        most that it can have cost: its state is 'estimated'. So it is where a report does not say how long
        its calls were, and short ones are cheaper.
        """
        day = operation["time"].date()
        priced = self.card.price(operation, day)
        read, own = operation.get("input_tokens"), operation.get("dimensions")
        if priced.state != "priced" or not read:
            return priced
        cheaper: dict[str, Any] = {}
        if operation.get("cache_read_tokens") is None:
            cheaper["cache_read_tokens"] = read - (operation.get("cache_write_tokens") or 0)
        if own and own.get(WINDOW) == UNTOLD:
            cheaper["dimensions"] = {WINDOW: SHORT}
        if not cheaper:
            return priced
        least = self.card.price({**operation, **cheaper}, day)
        return priced._replace(state="estimated") if least.cost < priced.cost else priced

    def complete(self, body: bytes) -> Completed:
        """Add outcomes to operations that have come, or will come. Raises BadInput for what is none."""
        try:
            given = _OUTCOMES.validate_json(body)["outcomes"]
        except ValidationError as why:
            fault = why.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, fault["loc"]))
            raise BadInput(fault["msg"], where=where, hint='Send {"outcomes": [{"id": …}]}.') from None
        with self.store.turn() as (con, changed):
            waiting = complete(con, given, self.now(), changed)
        return Completed(len(given) - len(waiting), waiting)

    def trace(self, body: bytes, content_type: str, encoding: str | None) -> Receipt:
        """Keep what an OTLP export tells of operations. Raises BadInput for what is no export."""
        told: dict[str, dict[str, str]] = {}
        refused: list[str] = []
        for span in read_spans(body, content_type, encoding, refused):
            told.setdefault(span.trace_id, {})[span.span_id] = json.dumps(span.to_dict(), sort_keys=True)
        now = self.now()
        rejected = [Rejected(n, place, "", WITHOUT_IDS) for n, place in enumerate(refused)]

        def read(bodies: Sequence[str]) -> list[Row]:
            batch = check([*operations_of([Span.of(json.loads(one)) for one in bodies])], now)
            rejected.extend(batch.rejected)
            return [row(o, "otlp", microseconds(now), self.price(o)) for o in batch.operations]

        counted = follow_traces(self.store, told, now, read)
        return Receipt(counted.accepted, counted.repeated, rejected)


def _model(operation: Operation) -> str:
    given: dict[str, Any] = {**operation}
    return f"{given.get('provider') or '(none)'}/{given.get('model') or '(none)'}"
