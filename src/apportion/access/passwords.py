"""Passwords: rules for them, and hashes (argon2id) that take the same effort whoever it is."""

import threading
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from apportion.core.errors import BadInput, Transient

T = TypeVar("T")
SHORTEST, LONGEST = 12, 256
AT_ONCE, WAITING = 2, 8
"""A hash takes 64 MiB: so many are made at once, and so many may be asked for."""


class Passwords:
    """Makes and checks hashes. `hasher` is argon2-cffi's, with its defaults (RFC 9106, low memory)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._working = threading.BoundedSemaphore(AT_ONCE)
        self._asked = threading.BoundedSemaphore(WAITING)
        self._nobodys: str | None = None

    def hashed(self, login: str, password: str) -> str:
        """The hash of a new password. Raises BadInput where the rules do not take it."""
        check(login, password)
        return self._slow(lambda: self._hasher.hash(_bytes(password)))

    def fits(
        self, known: Callable[[], str | None], password: str, wrong: Callable[[], None] | None = None
    ) -> bool:
        """Whether it is the password of a hash; for None it is not, and finding out takes as long.

        `known` is asked when its turn has come, and `wrong` called before the next one's: so many as are
        checked at once may guess before a wrong one counts. Raises Transient where too many wait.
        """

        def work() -> bool:
            found = self._fits(known(), password)
            if not found and wrong:
                wrong()
            return found

        return self._slow(work)

    def outdated(self, known: str) -> bool:
        """Whether a hash was made with less effort than is made now."""
        return self._hasher.check_needs_rehash(known)

    def _fits(self, known: str | None, password: str) -> bool:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash("nobody's")
        given = _bytes(password) if len(password) <= LONGEST else b""
        try:
            return self._hasher.verify(known or self._nobodys, given) and known is not None
        except (VerificationError, InvalidHashError):
            return False

    def _slow(self, work: Callable[[], T]) -> T:
        if not self._asked.acquire(blocking=False):
            raise Transient("Too many passwords are being checked at once.", hint="Try again in a moment.")
        try:
            with self._working:
                return work()
        finally:
            self._asked.release()


def check(login: str, password: str) -> None:
    """Raises BadInput for a password that is too short, too long, or the login."""
    if len(password) < SHORTEST:
        hint = "Several words that nobody would guess are easier to remember than signs."
        raise BadInput(f"A password has at least {SHORTEST} characters.", where="password", hint=hint)
    if len(password) > LONGEST:
        raise BadInput(f"A password has at most {LONGEST} characters.", where="password")
    if password.casefold().strip() == login.casefold():
        raise BadInput("A password is another word than the login.", where="password")


def _bytes(password: str) -> bytes:
    """The same for every way in which a keyboard may compose the same letters."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
