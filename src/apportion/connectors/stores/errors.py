"""What can go wrong in a store, in words that say what to do; the text of the provider is never passed on."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from apportion.core.errors import ApportionError, BadInput, Changed, NotFound, Terminal, Transient

UNWRITTEN = "Run it again when the export has finished; if it stays away, export this period anew."
"""What to do where a manifest names a file that is not there."""


@dataclass(frozen=True)
class Words:
    """What a provider calls things: its name, its roots, and the permissions to list and to read.

    `extra` is what has to be installed to talk to it.
    """

    name: str
    extra: str
    root: str
    may_list: str
    may_read: str
    sign_in: str


@dataclass(frozen=True)
class Doing:
    """What was asked for: of which provider, at which place, and of which object ('' for a listing)."""

    words: Words
    place: str
    key: str = ""


_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_BAD_KEY = re.compile(r'Path "([^"]{1,200})" contained')
_NO_ROOT = {"NoSuchBucket", "ContainerNotFound", "ContainerBeingDeleted"}
_NOT_SIGNED_IN = {
    "AuthenticationFailed",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidAuthenticationInfo",
    "InvalidToken",
    "NoAuthenticationInformation",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
}
_WRONG_REGION = {"AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect"}
_ELSEWHERE = {301, 307, 308}
_PASSING = {408, 425, 429}


@contextmanager
def explained(doing: Doing) -> Iterator[None]:
    """Turns what obstore raises into our errors."""
    known = needed("obstore.exceptions", doing.words.extra).BaseError
    try:
        yield
    except (known, FileNotFoundError, ValueError) as why:
        raise _explain(why, doing) from None


def needed(module: str, extra: str) -> Any:
    """A module that only comes with an extra; BadInput saying how to get it."""
    try:
        return import_module(module)
    except ImportError:
        hint = f"Run: pip install 'apportion[{extra}]'"
        raise BadInput(f"What talks to this cloud is not installed ({module}).", hint=hint) from None


def _explain(why: Exception, doing: Doing) -> ApportionError:
    # obstore's classes differ between listing and reading; the status it writes does not.
    text = str(why)
    status = int(found[1]) if (found := _STATUS.search(text)) else 0
    code = found[1] if (found := _CODE.search(text)) else ""
    if type(why).__name__ == "UnauthenticatedError" or status == 401 or code in _NOT_SIGNED_IN:
        return _not_signed_in(doing, code)
    if isinstance(why, FileNotFoundError) or status == 404:
        return _missing(doing, code)
    if code in _WRONG_REGION or status in _ELSEWHERE or "incorrectly configured region" in text:
        hint = f"Set access.region to the region of the {doing.words.root}."
        return Terminal(f"{doing.words.name} keeps this in another region.", where=doing.place, hint=hint)
    return _answered(doing, status, code) if status else _unanswered(why, text, doing)


def _not_signed_in(doing: Doing, code: str) -> ApportionError:
    words = doing.words
    said = f" ({code})" if code else ""
    return Terminal(
        f"{words.name} got no credentials that it accepts{said}.", where=doing.place, hint=words.sign_in
    )


def _missing(doing: Doing, code: str) -> ApportionError:
    words = doing.words
    if code in _NO_ROOT or not doing.key:
        return NotFound(f"{words.name} has no such {words.root}.", where=doing.place, hint="Check its name.")
    return NotFound(f"There is no object {doing.key}.", where=doing.place, hint="Check the location.")


def _refused(doing: Doing, code: str) -> ApportionError:
    words = doing.words
    what, need = (f"read {doing.key}", words.may_read) if doing.key else ("list objects", words.may_list)
    said = f" ({code})" if code else ""
    return Terminal(f"{words.name} does not allow us to {what}{said}.", where=doing.place, hint=need)


def _answered(doing: Doing, status: int, code: str) -> ApportionError:
    if status == 403:
        return _refused(doing, code)
    if status == 412:
        return Changed(f"{doing.key} changed while it was being fetched.", where=doing.place)
    said = f"{doing.words.name} answered {status}{f' ({code})' if code else ''}{_for(doing)}."
    if status in _PASSING or (status >= 500 and status != 501):
        return Transient(said, where=doing.place, hint="It may pass: run it again later.")
    return Terminal(said, where=doing.place, hint="Check the location and the settings under access.")


def _unanswered(why: Exception, text: str, doing: Doing) -> ApportionError:
    if bad := _BAD_KEY.search(text):
        hint = "Keys with '//', '.' or '..' cannot be read. Give a location that leaves it out."
        return BadInput(f"There is an object with the key '{bad[1]}'.", where=doing.place, hint=hint)
    kind = type(why).__name__
    if kind != "GenericError":
        hint = "Check the location and the settings under access."
        return Terminal(
            f"{doing.words.name} cannot be asked for this ({kind}).", where=doing.place, hint=hint
        )
    name = doing.words.name
    if "timed out" in text or "TimedOut" in text:
        return Transient(
            f"{name} did not answer in time{_for(doing)}.", where=doing.place, hint="Run it again later."
        )
    if "error sending request" in text:
        hint = "Check the network, the name of the account, and access.endpoint if it is set."
        return Transient(f"{name} cannot be reached.", where=doing.place, hint=hint)
    return Transient(
        f"The answer of {name}{_for(doing)} ended early.", where=doing.place, hint="Run it again."
    )


def _for(doing: Doing) -> str:
    return f" for {doing.key}" if doing.key else ""
