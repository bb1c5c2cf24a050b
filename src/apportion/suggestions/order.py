"""The order of proposals: what moves most first, each after those that it needs."""

from collections.abc import Sequence

from apportion.suggestions.models import Draft


def ranked(drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts by the dollars they reach; what one needs or comes after stands right before it.

    What takes the rest comes last, so that it takes nothing from what knows better.
    """
    by_key = {d.key: d for d in drafts}
    found: dict[str, Draft] = {}

    def place(draft: Draft) -> None:
        for key in (*draft.needs, *draft.after):
            if key in by_key and key not in found:
                place(by_key[key])
        found.setdefault(draft.key, draft)

    for draft in sorted(drafts, key=lambda d: (d.last, -d.reach, drafts.index(d))):
        place(draft)
    return list(found.values())
