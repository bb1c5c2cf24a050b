"""Readers of bills meet broken files: charges that agree with the file or an error, never a crash or a hang.

`python -m tests.fuzz --seconds 300` goes on for as long as one likes.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from fuzz.bills import BILLS
from fuzz.files import File, files
from fuzz.judging import judge

EXAMPLES = 40


@pytest.mark.parametrize("connector", BILLS)
def test_a_broken_file_becomes_charges_or_an_error(connector: str) -> None:
    found: set[str] = set()

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        file: File = data.draw(files(connector))
        found.add(judge(file))

    check()
    assert "loaded" in found
    assert len(found) > 1, "some files are too broken"
