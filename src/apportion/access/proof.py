"""What proves who somebody is. A password does today; an identity provider's answer fits the same door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Proven:
    """The account somebody proved to be theirs, as it was then: by the time of its last change."""

    login: str
    changed: int


class Proof(Protocol):
    """Something that proves who somebody is."""

    def proven(self, now: datetime) -> Proven:
        """Whose account it is. Raises Unauthenticated where it proves nothing."""
