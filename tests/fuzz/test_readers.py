"""Readers of bills meet broken files: charges that agree with the file or an error, never a crash or a hang.

`python -m tests.fuzz --seconds 300` goes on for as long as one likes.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from fuzz.allocations import allocations, judge_allocations
from fuzz.bills import BILLS
from fuzz.files import File, files
from fuzz.judging import judge

EXAMPLES = 25
BROKEN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", BILLS)
def test_a_broken_file_becomes_charges_or_an_error(name: str) -> None:
    found: set[str] = set()

    @seed(1)
    @BROKEN
    @given(files(name))
    def check(file: File) -> None:
        found.add(judge(file))

    check()
    assert "loaded" in found
    assert len(found) > 1, "some files are too broken"


def test_broken_allocations_are_read_or_an_error() -> None:
    found: set[str] = set()

    @seed(1)
    @settings(BROKEN, max_examples=300)
    @given(allocations())
    def check(file: tuple[str, bytes]) -> None:
        found.add(judge_allocations(*file))

    check()
    assert {"loaded", "BadInput"} <= found


def test_the_judge_sees_a_line_that_was_lost_and_an_amount_that_is_wrong() -> None:
    bill = BILLS["focus"]()
    text = "\n".join([",".join(bill.table.header), *(_quoted(row) for row in bill.table.rows), ""])
    whole = File(bill, "bill.csv", text.encode(), bill.table, lenient=False)
    assert judge(whole) == "loaded"
    column = bill.table.header.index(bill.amount)
    more = replace(bill.table, rows=(*bill.table.rows, bill.table.rows[0]))
    for said in (more, bill.table.put(2, column, "7")):
        with pytest.raises(AssertionError, match="became charges|amounts differ"):
            judge(replace(whole, table=said))


def _quoted(row: Sequence[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in row)
