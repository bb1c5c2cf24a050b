"""A pin is a small file: it comes and goes in one step, and readers see that something changed."""

from pathlib import Path

import pytest

from apportion.core.errors import BadInput
from apportion.ledger.pins import Pins


def test_a_pinned_run_is_known_until_it_is_let_go(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "pins")
    assert pins.all() == frozenset()
    pins.add("20260901T000000-aa")
    pins.add("20260901T000000-aa")
    assert pins.all() == {"20260901T000000-aa"}
    pins.remove("20260901T000000-aa")
    assert pins.all() == frozenset()


def test_what_changes_with_the_pins_changes(tmp_path: Path) -> None:
    pins = Pins(tmp_path / "pins")
    before = pins.stamp()
    pins.add("run-1")
    assert pins.stamp() != before


@pytest.mark.parametrize("name", ["", "../../apportion.yaml", ".hidden", "a b"])
def test_a_pin_never_leaves_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput):
        Pins(tmp_path / "pins").add(name)
    assert list(tmp_path.iterdir()) == []
