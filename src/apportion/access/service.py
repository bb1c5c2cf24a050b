"""Everything about who comes in, over one state database."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from apportion.access.caller import Caller
from apportion.access.errors import Unauthenticated
from apportion.access.settings import AccessSettings
from apportion.database import State, people

COOKIE = "apportion_session"
"""The name of the cookie whose value is a session."""


class Access:
    """People, keys, sessions, tokens of embedded pages, and the audit log. Safe to use from threads.

    `there` says whether the state database may hold something; before that, nothing is made.
    """

    def __init__(
        self,
        state: State,
        directory: Path,
        settings: AccessSettings,
        *,
        there: Callable[[], bool] | None = None,
    ) -> None:
        self.settings = settings
        self._state, self._directory = state, directory
        self._there = there or (lambda: True)
        self._configured = False

    @property
    def configured(self) -> bool:
        """Whether an active owner exists. From then on nobody comes in unknown; cheap to ask."""
        if not self._configured and self._there():
            self._state.migrate()
            owners = select(people.c.login).where(people.c.role == "owner", people.c.state == "active")
            with self._state.read() as con:
                self._configured = con.execute(owners.limit(1)).first() is not None
        return self._configured

    def identify(self, authorization: str | None, cookie: str | None, now: datetime) -> Caller:  # noqa: ARG002
        """Who this is: by the header `Authorization: Bearer …`, which is a key or the token of an embedded
        page, or else by the value of the cookie `apportion_session`.

        Raises Unauthenticated. It never gives LOCAL: who comes in unknown is the policy point's business.
        """
        raise Unauthenticated("Nobody is logged in.", hint="Log in, or send 'Authorization: Bearer KEY'.")
