"""Who is not known, and who may not."""

from apportion.core.errors import Terminal


class Unauthenticated(Terminal):
    """Nobody knows who this is: no key, no session, or one that does not hold (any more).

    What was wrong with it is never said, for whoever asks may be guessing.
    """

    status = 401
    title = "Not logged in"


class Forbidden(Terminal):
    """It is known who this is, and it is not for them."""

    exit_code = 4
    status = 403
    title = "Forbidden"
