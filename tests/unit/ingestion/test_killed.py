"""A load killed at any step leaves the old bill to readers and nothing in the way of the next load."""

import signal
import subprocess
import sys
from decimal import Decimal

import pytest

from ingestion_bills import Loader, bill

KILLED_LOAD = """
import os, signal, sys, threading
from pathlib import Path
from apportion.connectors import bill_connector
from apportion.ingestion import ingest_bill
from apportion.ledger import Ledger, Table

root, path, step = sys.argv[1:]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def progress(said):
    if said.startswith(step):
        die()
    if step == "writing" and said.startswith("Reading"):
        threading.Timer(0.02, die).start()

if step == "moved":
    Table.replace = die
ingest_bill(Ledger(Path(root)), "aws", bill_connector("focus"), [path], progress=progress)
"""


@pytest.mark.parametrize("step", ["Reading", "writing", "Counting", "Committing", "moved"])
def test_readers_keep_the_old_bill(loader: Loader, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    loader.text(bill(*[{}] * 2000))
    new = loader.write(bill(*[{"BilledCost": "2"}] * 20_000), "new.csv")
    command = [sys.executable, "-c", KILLED_LOAD, str(loader.ledger.root), str(new), step]
    assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
    total = "SELECT count(*), sum(BilledCost) FROM charges"
    assert loader.rows(total) == [(2000, Decimal(3000))]
    monkeypatch.setattr("apportion.ingestion.workbench._SAFE_AGE", -1)
    loader.load(new)
    assert loader.rows(total) == [(20_000, Decimal(40_000))]
    charges = loader.ledger.table("charges").directory
    assert not list((charges / "_staged").glob("*"))
    assert len(list(charges.rglob("*.parquet"))) == 2, "the old bill's file stays for the version before"
