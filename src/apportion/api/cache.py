"""Finished answers of the current run, kept in memory up to a bound; the least recently asked goes first."""

from collections import OrderedDict
from dataclasses import dataclass

Headers = list[tuple[bytes, bytes]]
Key = tuple[str, bytes, bytes, bytes, bool]


@dataclass(frozen=True)
class Finished:
    """An answer as it goes over the wire."""

    etag: bytes
    headers: Headers
    body: bytes


class AnswerCache:
    """Answers by run, whose they are, path, query and encoding. Of the event loop alone."""

    def __init__(self, max_bytes: int = 64_000_000) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._run_key = ""
        self._answers: OrderedDict[Key, Finished] = OrderedDict()

    def get(self, key: Key) -> Finished | None:
        found = self._answers.get(key)
        if found is not None:
            self._answers.move_to_end(key)
        return found

    def put(self, key: Key, answer: Finished) -> None:
        """Keep an answer; those of another run than its own are dropped first."""
        if key[0] != self._run_key:
            self._answers.clear()
            self._size, self._run_key = 0, key[0]
        if key in self._answers or len(answer.body) > self._max_bytes // 8:
            return
        self._answers[key] = answer
        self._size += len(answer.body)
        while self._size > self._max_bytes:
            _, oldest = self._answers.popitem(last=False)
            self._size -= len(oldest.body)

    def __len__(self) -> int:
        return len(self._answers)
