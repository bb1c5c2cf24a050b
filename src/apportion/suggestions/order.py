"""The order of proposals: what moves most first, each after those that it needs."""

from collections.abc import Sequence

from apportion.suggestions.models import Draft


def ranked(drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts by the dollars they reach; what one needs or comes after stands right before it."""
    by_key = {d.key: d for d in drafts}
    found: dict[str, Draft] = {}

    def place(draft: Draft) -> None:
        for key in (*draft.needs, *draft.after):
            if key in by_key and key not in found:
                place(by_key[key])
        found.setdefault(draft.key, draft)

    for draft in sorted(drafts, key=lambda d: (-d.reach, drafts.index(d))):
        place(draft)
    return list(found.values())


def with_needs(chosen: Sequence[int], needs: dict[int, tuple[int, ...]]) -> list[int]:
    """The chosen numbers and all that they need, in order."""
    found: set[int] = set()
    ahead = list(chosen)
    while ahead:
        number = ahead.pop()
        if number not in found:
            found.add(number)
            ahead += needs[number]
    return sorted(found)
