"""What is said where a budget has no room."""

from collections.abc import Mapping
from typing import Any, ClassVar

from apportion.core.errors import Terminal


class OverBudget(Terminal):
    """A reservation is refused; nothing of it is held. `members` say of which budget, and until when."""

    exit_code: ClassVar[int] = 4
    status = 402
    title = "Over budget"

    def __init__(self, message: str, members: Mapping[str, Any], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.members = members
