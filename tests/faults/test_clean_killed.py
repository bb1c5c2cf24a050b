"""kill -9 while old files are deleted: what readers see stays whole, and the next cleaning does the rest."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from apportion.core.errors import Refused
from apportion.ledger.ledger import FACTS
from apportion.ledger.retention import gone, need, plan_sweep, sweep
from books import Books, charge

RULES = {
    "dimensions": {"customer": [{"tag": "customer"}]},
    "perspectives": {
        "customer": {
            "to": "customer",
            "rules": [{"name": "named", "match": {"customer": "*"}, "method": "direct"}],
        }
    },
}
LATER = datetime.now(UTC) + timedelta(days=200)
KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from apportion.ledger import Ledger
from apportion.ledger.retention import sweep

left, unlink = int(sys.argv[2]), Path.unlink

def fatal(path, **options):
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1
    unlink(path, **options)

Path.unlink = fatal
sweep(Ledger(Path(sys.argv[1])), 90, datetime.fromisoformat(sys.argv[3]))
"""


def cleaned_until(ledger: Path, files: int) -> int:
    """Clean in a process that is killed once it has deleted so many files."""
    command = [sys.executable, "-c", KILLED, str(ledger), str(files), LATER.isoformat()]
    return subprocess.run(command, check=False, capture_output=True).returncode


def test_killed_after_any_number_of_files_the_ledger_stays_readable(books: Books) -> None:
    for cost in ("1", "2", "3"):
        books.bill([charge(cost, customer="acme")])
        books.allocate(RULES)
    standing, *old = books.ledger.runs()
    doomed = len(plan_sweep(books.ledger, 90, LATER).doomed)
    for deleted in (0, 1, 2, 3):
        assert cleaned_until(books.ledger.root, deleted) == -signal.SIGKILL
        doomed -= deleted
        assert len(plan_sweep(books.ledger, 90, LATER).doomed) == doomed
        assert books.targets() == {"acme": Decimal(3)}
        assert gone(books.ledger, standing, tuple(standing.versions)) == ""
    done = sweep(books.ledger, 90, LATER)
    assert len(done.doomed) == doomed
    for run in old:
        with pytest.raises(Refused, match=f"'apportion clean' on {LATER:%Y-%m-%d}"):
            need(books.ledger, run, FACTS, "repeated")
    books.bill([charge("4", customer="acme")])
    books.allocate(RULES)
    assert books.targets() == {"acme": Decimal(4)}
