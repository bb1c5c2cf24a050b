"""What a kind of action has to be able to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

State = Mapping[str, str | int | None]
"""What is true of a target, as far as an action changes it; JSON."""


@dataclass(frozen=True)
class Target:
    """One thing that may be touched, and its state when it was looked at."""

    name: str
    label: str
    state: State


class Doer(Protocol):
    """Finds what is allowed, changes it, and changes it back."""

    def targets(self) -> Sequence[Target]:
        """Everything the allow-list covers, whatever its state."""

    def look(self, name: str) -> Target | None:
        """One target as it is now; None where it is gone, or the allow-list does not cover it any more."""

    def is_done(self, state: State) -> bool:
        """Whether nothing is left to do."""

    def do(self, target: Target) -> str:
        """Do it, and say what was done."""

    def undo(self, target: Target, before: State) -> str:
        """Put the target, as it is now, back into the state before, and say what was done."""
