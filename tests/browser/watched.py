"""Tern Freight with a runaway export in its last days, rules that find it, and a channel that cannot be reached."""

import csv
from decimal import Decimal
from pathlib import Path

from browser import company
from browser.visits import run

RUNAWAY = ("2026-09-28", "2026-09-29", "2026-09-30")
MORE = Decimal(600)
SPENT = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "x_SourceCost")

# Nothing listens on port 9 of this machine, so that the pager fails at once.
ALERTS = """\
alerts:
  channels:
    ops: {type: log, file: alerts.jsonl}
    pager: {type: webhook, url: {file: hook.url}, secret: {file: hook.secret}, allow_private: true, page: true}
  rules:
    unallocated: {warning: 50}
    stale_source: off
  otherwise: [ops]
"""


def make(folder: Path) -> Path:
    """The workspace, loaded, allocated and looked at once, with every job run."""
    company.make(folder)
    _run_away(folder / "bills" / "2026-09.csv")
    with (folder / "apportion.yaml").open("a", encoding="utf-8") as file:
        file.write(ALERTS)
    (folder / "hook.url").write_text("http://127.0.0.1:9/hook", encoding="utf-8")
    (folder / "hook.secret").write_text("0123456789abcdef0123456789abcdef", encoding="utf-8")
    run(folder, "jobs", "run")
    return folder


def _run_away(bill: Path) -> None:
    """The export of acme costs so much more on each of the last days."""
    with bill.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["ResourceId"] == "res-4" and row["ChargePeriodStart"][:10] in RUNAWAY:
            row.update({name: str(Decimal(row[name]) + MORE) for name in SPENT})
    with bill.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
