"""From a location as people write it to the store that it means."""

import re
from collections.abc import Mapping
from pathlib import Path

from apportion.connectors.stores.access import check_access
from apportion.connectors.stores.contract import Store
from apportion.connectors.stores.folder import FolderStore
from apportion.connectors.stores.objects import CloudStore
from apportion.core.errors import BadInput
from apportion.core.patience import Patience

_ABFSS = re.compile(r"(?P<root>[^@/]+)@(?P<account>[^./]+)\.dfs\.core\.[^/]+(?:/(?P<path>.*))?")
_HTTPS = re.compile(r"(?P<account>[^./]+)\.(?:blob|dfs)\.core\.[^/]+/(?P<root>[^/]+)(?:/(?P<path>.*))?")
_KNOWN = "a path, s3://BUCKET/PREFIX, az://CONTAINER/PREFIX with access.account, or gs://BUCKET/PREFIX"


def open_store(
    location: str, access: Mapping[str, str], directory: Path, patience: Patience | None = None
) -> Store:
    """The store at `location`; paths are relative to `directory`. BadInput where it cannot be understood.

    Nothing is asked of a provider until the store is used.
    """
    scheme, separator, rest = location.partition("://")
    if not separator:
        return FolderStore(location, directory)
    if "?" in rest and "=" in rest.partition("?")[2]:
        # What follows is a signature; it must not be repeated.
        hint = "Take it out of the location, and set AZURE_STORAGE_SAS_TOKEN in the environment."
        raise BadInput("It holds a signature after '?'.", where=location.partition("?")[0], hint=hint)
    found = _parts(scheme.lower(), rest)
    if not found:
        raise BadInput("This location is not known.", where=location, hint=f"Write {_KNOWN}.")
    kind, root, path, more = found
    try:
        asked = check_access({**more, **access})
    except ValueError as why:
        raise BadInput(f"access: {why}.", where=location) from None
    return CloudStore(location, kind, root, path, asked, patience or Patience())


def _parts(scheme: str, rest: str) -> tuple[str, str, str, dict[str, str]] | None:
    """Provider, bucket or container, path in it, and what the location says about access."""
    whole = {"abfss": _ABFSS, "https": _HTTPS}.get(scheme)
    if whole:
        match = whole.fullmatch(rest)
        return ("az", match["root"], match["path"] or "", {"account": match["account"]}) if match else None
    root, _, path = rest.partition("/")
    return (scheme, root, path, {}) if scheme in ("s3", "az", "gs") and root else None
