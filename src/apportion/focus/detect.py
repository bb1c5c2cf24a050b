"""Which columns a file's header means, and which FOCUS version it follows."""

from collections.abc import Iterable
from functools import cache

from apportion.focus.columns import VERSIONS, columns_of, superset


def canonical_name(header: str) -> str | None:
    """The FOCUS name of a header cell, compared without case and outer blanks; None for other columns."""
    return _by_folded_name().get(header.strip().casefold())


def detect_version(headers: Iterable[str]) -> str:
    """The version whose mandatory and known columns agree best with `headers`; of equals, the oldest.

    A file says no version of its own, so this is a reading for people: loading never depends on it.
    """
    given = {name for name in map(canonical_name, headers) if name}

    def misfit(version: str) -> tuple[int, int]:
        known = {c.name for c in columns_of(version)}
        mandatory = {c.name for c in columns_of(version) if c.level == "Mandatory"}
        return len(given - known), len(mandatory - given)

    return min(VERSIONS, key=misfit)


@cache
def _by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in superset()}
