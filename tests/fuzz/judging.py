"""Loads one file and judges what came of it: charges that agree with the file, or an error people can act on."""

import re
import threading
from collections import defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from apportion.connectors import bill_connector
from apportion.core.errors import ApportionError
from apportion.engine import connect
from apportion.ingestion import Limits, LoadRecord, ingest_bill
from apportion.ledger import Ledger
from fuzz.files import File

T = TypeVar("T")

SECONDS = 60
_PLAIN = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,20})?")


def judge(file: File) -> str:
    """'loaded' or the class of the error; AssertionError where neither is as it should be."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.content)
        ledger = Ledger(Path(folder) / "ledger")
        limits = Limits(Decimal(1), Decimal(1)) if file.lenient else Limits()
        connector = bill_connector(file.bill.connector, file.bill.settings)
        try:
            records = in_time(lambda: ingest_bill(ledger, "s", connector, [path], limits=limits))
        except ApportionError as why:
            _judge_error(why, file)
            return type(why).__name__
        _judge_load(records, ledger, file)
        return "loaded"


def in_time(work: Callable[[], list[T]]) -> list[T]:
    """What `work` returns or raises, if it does so in time."""
    found: list[list[T]] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as why:  # noqa: BLE001  it is raised again below
            raised.append(why)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert not thread.is_alive(), f"it hangs: nothing after {SECONDS} s"
    if raised:
        raise raised[0]
    return found[0]


def _judge_error(why: ApportionError, file: File) -> None:
    judge_words(why, file.name)
    said = str(why)
    assert "fault of the connector" not in said, said
    assert len(said) < 4000, f"an error is no file: {len(said)} signs"


def judge_words(why: ApportionError, name: str) -> None:
    """An error says what happened, where, and what to do next."""
    assert why.message
    assert name in str(why), f"no word of the file: {why}"
    assert why.hint, f"no next step: {why}"


def _judge_load(records: list[LoadRecord], ledger: Ledger, file: File) -> None:
    con = connect(threads=1)
    ledger.snapshot().register(con)
    lines = con.execute(
        f"SELECT x_SourceLine, sum({file.bill.kept}), count(*) FROM charges GROUP BY 1"
    ).fetchall()
    assert sum(count for _, _, count in lines) == sum(r.rows for r in records)
    if file.table is None:
        return
    rejected, left_out = (
        sum(r.rejected_rows for r in records),
        sum(o.rows for r in records for o in r.left_out),
    )
    read = len({line for line, _, _ in lines})
    assert read + rejected + left_out == len(file.table.rows), (
        f"{read} lines became charges, {rejected} were rejected and {left_out} left out of {len(file.table.rows)}"
    )
    _judge_amounts({line: amount for line, amount, _ in lines}, file)


def _judge_amounts(amounts: dict[int, Decimal], file: File) -> None:
    """Each line's charges hold what its cell says, where that is a plain number."""
    assert file.table is not None
    if file.table.header.count(file.bill.amount) != 1:
        return
    column = file.table.header.index(file.bill.amount)
    wrong: dict[int, tuple[str, Decimal]] = defaultdict()
    for line, amount in amounts.items():
        text = file.table.rows[line - 2][column]
        if _PLAIN.fullmatch(text) and amount is not None and amount != _rounded(text):
            wrong[line] = (text, amount)
    assert not wrong, f"amounts differ from the file's, by line: {wrong}"


def _rounded(text: str) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        return Decimal(text).quantize(Decimal("1e-12"), ROUND_HALF_UP)
