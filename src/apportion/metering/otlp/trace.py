"""One trace as a tree: who is above whom, in an order that does not depend on how the spans came."""

import json
from collections.abc import Iterable

from apportion.metering.otlp.span import CALL, TOOL, Span

_DEEPEST = 500


class Trace:
    """The spans of one trace. A span that came more than once is the one that ended last and tells most."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.by_id: dict[str, Span] = {}
        for span in spans:
            known = self.by_id.get(span.span_id)
            if known is None or _fullness(span) > _fullness(known):
                self.by_id[span.span_id] = span
        self.spans = sorted(self.by_id.values(), key=lambda s: (s.start, s.end, s.span_id))
        self.calls = [s for s in self.spans if s.role == CALL]
        self._above: dict[str, tuple[Span, ...]] = {}

    def above(self, span: Span) -> tuple[Span, ...]:
        """The parents that are known, the nearest first."""
        if span.span_id not in self._above:
            chain: list[Span] = []
            seen = {span.span_id}
            at = self.by_id.get(span.parent_span_id)
            while at is not None and at.span_id not in seen and len(chain) < _DEEPEST:
                chain.append(at)
                seen.add(at.span_id)
                at = self.by_id.get(at.parent_span_id)
            self._above[span.span_id] = tuple(chain)
        return self._above[span.span_id]

    def depth(self, span: Span) -> int:
        """How many known parents it has."""
        return len(self.above(span))

    def caller(self, span: Span) -> Span | None:
        """The nearest call that this one was made within, if no tool is between them."""
        for one in self.above(span):
            if one.role == TOOL:
                return None
            if one.role == CALL:
                return one
        return None

    def related(self, one: Span, other: Span) -> bool:
        """Whether both have the same parent, or the parent of one is above the other."""
        if one.parent_span_id == other.parent_span_id:
            return True
        return any(s.span_id == one.parent_span_id for s in self.above(other)) or any(
            s.span_id == other.parent_span_id for s in self.above(one)
        )


def _fullness(span: Span) -> tuple[int, int, str]:
    told = span.to_dict()
    return span.end, len(span.counts) + len(span.facts), json.dumps(told, sort_keys=True)
