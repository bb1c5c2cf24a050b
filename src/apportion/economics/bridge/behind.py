"""The charges of one step of a bridge, down to file and line of the bill."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb
from pydantic import Field

from apportion.analytics.models import Amount, Part
from apportion.analytics.statements import fetch
from apportion.core.errors import NotFound
from apportion.economics.bridge.models import BridgeReport, Line, OfBill
from apportion.economics.bridge.reading import Files, charges, fragments
from apportion.economics.bridge.steps import ZERO
from apportion.engine import statement
from apportion.ingestion import LoadRecord

ORIGIN = ("x_SourceFile", "x_SourceLine", "ChargeDescription", "ResourceId")


@dataclass(frozen=True)
class BehindRequest:
    """Which step of which currency; of one kind of line and service, or of all; `limit` from `cursor` on."""

    step: str
    currency: str | None = None
    line_item_type: str | None = None
    service: str | None = None
    cursor: int = 0
    limit: int = 50


class ChargeBehind(Part):
    """A charge, and what it adds to the step."""

    x_SourceFile: str | None  # noqa: N815
    x_SourceLine: int | None  # noqa: N815
    ChargeDescription: str | None
    ResourceId: str | None
    ServiceName: str
    SubAccountId: str
    ChargePeriodStart: str | None
    line_item_type: str
    part: str
    console: Amount
    BilledCost: Amount
    EffectiveCost: Amount
    amount: Amount


class BehindReport(OfBill):
    """The charges that move most in a step; those without a part in it are not listed."""

    step: str
    label: str
    amount: Amount = Field(description="What the charges asked for add to the step, all of them.")
    rows: int = Field(description="Charges that were looked at for it.")
    charges: list[ChargeBehind]
    next_cursor: int | None


def behind(
    con: duckdb.DuckDBPyConnection,
    report: BridgeReport,
    loads: Sequence[LoadRecord],
    files: Files,
    asked: BehindRequest,
) -> BehindReport:
    """Charges of a step of the one bill in `report`; raises NotFound for a step that it does not have.

    `con` is where the report was made: the groups it was made from are used again.
    """
    steps = [x for x in report.steps if asked.currency in (None, x.currency)]
    step = next((x for x in steps if x.step == asked.step), None)
    if step is None:
        hint = f"There are: {', '.join(dict.fromkeys(x.step for x in steps)) or 'none'}."
        raise NotFound(f"The bridge has no step '{asked.step}'.", where="step", hint=hint)
    lines = [x for x in report.lines if x.currency == step.currency and _asked_for(x, asked)]
    parts = fragments()
    query = statement(
        __package__, "behind", rows=charges(loads, files, ORIGIN), same=_same(parts["keys"]), **parts
    )
    params = {
        "step": asked.step,
        "currency": step.currency,
        "kind": asked.line_item_type,
        "service": asked.service,
        "account": report.bridges[0].account,
        "hidden": report.without,
        "limit": asked.limit + 1,
        "cursor": asked.cursor,
    }
    found = fetch(con, query, params)
    return BehindReport(
        source=step.source,
        billing_period=step.billing_period,
        currency=step.currency,
        step=step.step,
        label=step.label,
        amount=sum((_amount(line, asked.step) for line in lines), ZERO),
        rows=sum(line.rows for line in lines),
        charges=[ChargeBehind.model_validate(row) for row in found[: asked.limit]],
        next_cursor=asked.cursor + asked.limit if len(found) > asked.limit else None,
    )


def _asked_for(line: Line, asked: BehindRequest) -> bool:
    return (
        line.shown
        and bool(line.part)
        and asked.line_item_type in (None, line.line_item_type)
        and asked.service in (None, line.service)
        and _amount(line, asked.step) != 0
    )


def _amount(line: Line, step: str) -> Decimal:
    """What a line adds to a step."""
    whole = {"console": line.console, "billed": line.BilledCost, "effective": line.EffectiveCost}
    if step in whole:
        return whole[step]
    if line.billed_step == step:
        return line.to_billed
    return line.to_effective if line.effective_step == step else ZERO


def _same(keys: str) -> str:
    """The condition that a charge belongs to a group: all keys alike, missing ones included."""
    code = re.sub(r"--.*", "", keys)
    names = re.findall(r"(\w+)(?=,?\s*(?:\n|$))", code)
    return " AND ".join(f"keyed.{name} IS NOT DISTINCT FROM bridge.{name}" for name in names)
