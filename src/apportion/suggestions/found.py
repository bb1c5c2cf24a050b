"""What was found, with what it takes to accept some of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from apportion.core.errors import NotFound
from apportion.suggestions.edits import Edit, applied, unified
from apportion.suggestions.models import Suggestions


@dataclass(frozen=True)
class Found:
    """Suggestions for the file that says `text`; the edits of each number, and the numbers it needs."""

    suggestions: Suggestions
    text: str
    edits: Mapping[int, tuple[Edit, ...]]
    needs: Mapping[int, tuple[int, ...]]

    def with_needs(self, chosen: Iterable[int]) -> list[int]:
        """The chosen numbers and all that they need, in order. Raises NotFound for a number that is none."""
        found: set[int] = set()
        ahead = list(chosen)
        while ahead:
            number = ahead.pop()
            if number not in self.edits:
                raise NotFound(
                    f"There is no proposal {number}.", hint=f"They are numbered 1 to {len(self.edits)}."
                )
            if number not in found:
                found.add(number)
                ahead += self.needs[number]
        return sorted(found)

    def accepted(self, numbers: Iterable[int]) -> str:
        """The file with these proposals in it."""
        return applied(self.text, (edit for number in sorted(numbers) for edit in self.edits[number]))

    def diff(self, numbers: Iterable[int]) -> str:
        """What accepting these changes, as a unified diff that `patch` takes."""
        return unified(self.text, self.accepted(numbers))
