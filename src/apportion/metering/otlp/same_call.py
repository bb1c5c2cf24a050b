"""Which spans are of one call. Each rule joins groups; none depends on the order in which spans came."""

from collections import defaultdict
from collections.abc import Iterable

from apportion.metering.otlp.agreement import (
    equal_counts,
    response_id,
    same_answer,
    same_kind,
    same_model,
    within,
)  # fmt: skip
from apportion.metering.otlp.span import Span
from apportion.metering.otlp.trace import Trace


class Calls:
    """The calls of a trace: groups of spans, and those among them that only sum up several calls below."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.sums: set[str] = set()
        self._root = {s.span_id: s.span_id for s in trace.calls}
        self._members = {s.span_id: [s] for s in trace.calls}
        self._by_answer()
        self._logs()
        self._nested()
        self._beside()

    def groups(self) -> list[list[Span]]:
        """The spans of each call, the first to begin in front. Sums that no call belongs to are left out."""
        kept = (g for g in self._members.values() if any(s.span_id not in self.sums for s in g))
        return sorted(
            (sorted(g, key=lambda s: (s.start, s.end, s.span_id)) for g in kept),
            key=lambda g: (g[0].start, g[0].end, g[0].span_id),
        )

    def of(self, span: Span) -> list[Span]:
        """All spans known to be of the same call as this one."""
        return self._members[self._root[span.span_id]]

    def _join(self, one: Span, other: Span) -> None:
        into, gone = sorted((self._root[one.span_id], self._root[other.span_id]))
        if into != gone:
            moved = self._members.pop(gone)
            self._members[into] += moved
            for span in moved:
                self._root[span.span_id] = into

    def _by_answer(self) -> None:
        """The provider gives each answer an id of its own."""
        first: dict[str, Span] = {}
        for span in self.trace.calls:
            if (told := response_id(span)) is not None:
                self._join(first.setdefault(told, span), span)

    def _logs(self) -> None:
        """A span without duration that tells the usage of a stream, beside the span that lacks it.

        Logfire writes one when the stream has been read. It belongs to the first such call without one, under
        the same parent if there is one.
        """
        waiting = [s for s in self.trace.calls if not s.counts and not _is_log(s)]
        for log in (s for s in self.trace.calls if s.counts and _is_log(s)):
            fits = [s for s in waiting if self._may_tell(log, s)]
            if fits:
                call = min(fits, key=lambda s: s.parent_span_id != log.parent_span_id)
                self._join(call, log)
                waiting.remove(call)

    def _may_tell(self, log: Span, call: Span) -> bool:
        return (
            call.start <= log.start
            and call.scope == log.scope
            and not call.facts.get("failed")
            and (bool(log.facts.get("log")) or self.trace.related(call, log))
            and same_model([call], [log])
            and same_answer(self.of(call), [log])
        )

    def _nested(self) -> None:
        """A call within a call, with nothing but frameworks between, is the same one, seen from further out.

        A span with several calls in it is their sum, or the one of them whose tokens it repeats.
        """
        inside: dict[str, list[Span]] = defaultdict(list)
        for span in self.trace.calls:
            if (outer := self.trace.caller(span)) is not None:
                inside[outer.span_id].append(span)
        outers = [s for s in self.trace.calls if s.span_id in inside]
        for outer in sorted(outers, key=lambda s: (-self.trace.depth(s), s.start, s.end, s.span_id)):
            found = self._apart(inside[outer.span_id])
            if len(found) == 1:
                inner = found[0]
                if self._one_call(outer, inner):
                    self._join(outer, inner)
            elif not self._repeats(outer, found):
                self.sums.add(outer.span_id)

    def _apart(self, spans: Iterable[Span]) -> list[Span]:
        """One span of each call among these."""
        return list({self._root[s.span_id]: s for s in spans}.values())

    def _one_call(self, outer: Span, inner: Span) -> bool:
        mine, theirs = self.of(outer), self.of(inner)
        if not same_kind(mine, theirs):
            return False
        return equal_counts(mine, theirs) or (same_answer(mine, theirs) and same_model(mine, theirs))

    def _repeats(self, outer: Span, inner: list[Span]) -> bool:
        """Whether the outer span tells of one call inside (its last attempt, say), or of one of its own."""
        if response_id(outer) is not None:
            shared = [s for s in inner if self.of(s) is self.of(outer)]
            if shared:
                return all(equal_counts([outer], [s]) for s in self.of(outer) if s.counts and s is not outer)
            return not all(same_answer([outer], self.of(s)) for s in inner) and not self._adds_up(
                outer, inner
            )
        same = [s for s in inner if equal_counts([outer], self.of(s)) and same_kind([outer], self.of(s))]
        if same:
            self._join(outer, same[-1])
        return bool(same)

    def _adds_up(self, outer: Span, inner: list[Span]) -> bool:
        told = [next((s.counts for s in self.of(i) if s.counts), {}) for i in inner]
        return all(
            outer.counts.get(name) == sum(c.get(name, 0) for c in told)
            for name in ("input_tokens", "output_tokens")
        )

    def _beside(self) -> None:
        """Two instrumentations beside each other: the same model at the same time, and no number against it.

        Each call of one takes at most one of the other.
        """
        scopes: dict[str, list[Span]] = defaultdict(list)
        for span in self.trace.calls:
            if span.span_id not in self.sums and not _is_log(span):
                scopes[span.scope].append(span)
        names = sorted(scopes)
        for i, one in enumerate(names):
            for other in names[i + 1 :]:
                self._pair(scopes[one], scopes[other])

    def _pair(self, these: list[Span], those: list[Span]) -> None:
        begin = 0
        for span in these:
            fits = []
            while begin < len(those) and those[begin].end < span.start and those[begin].start < span.start:
                begin += 1
            for other in those[begin:]:
                if other.start > span.end:
                    break
                if self._may_pair(span, other):
                    distance = abs(span.start - other.start) + abs(span.end - other.end)
                    fits.append((not equal_counts([span], [other]), distance, other.span_id, other))
            if fits:
                self._join(span, min(fits)[3])

    def _may_pair(self, one: Span, other: Span) -> bool:
        mine, theirs = self.of(one), self.of(other)
        if mine is theirs or not {s.scope for s in mine}.isdisjoint(s.scope for s in theirs):
            return False
        counted = any(s.counts for s in mine) and any(s.counts for s in theirs)
        return (
            within(one, other)
            and self.trace.related(one, other)
            and same_kind(mine, theirs)
            and same_model(mine, theirs)
            and same_answer(mine, theirs)
            and (not counted or equal_counts(mine, theirs))
            and bool(one.facts.get("failed")) == bool(other.facts.get("failed"))
        )


def _is_log(span: Span) -> bool:
    return bool(span.facts.get("log")) or (span.start == span.end and span.start > 0)
