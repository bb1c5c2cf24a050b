"""What can go wrong in a store, in words that say what to do."""

from apportion.core.errors import Transient


class Changed(Transient):
    """An object is no longer what was listed: asking for the old content again cannot help, listing can."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message, where=where, hint=hint or "Run it again; the new content is then taken.")
