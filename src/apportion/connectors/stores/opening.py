"""From a location as people write it to the store that it means."""

from collections.abc import Mapping
from pathlib import Path

from apportion.connectors.stores.contract import Store
from apportion.connectors.stores.folder import FolderStore
from apportion.core.errors import BadInput


def open_store(location: str, access: Mapping[str, str], directory: Path) -> Store:  # noqa: ARG001
    """The store at `location`; paths are relative to `directory`. BadInput where it cannot be understood."""
    if "://" not in location:
        return FolderStore(location, directory)
    raise BadInput("This kind of location is not known.", where=location, hint="Name a folder, or s3://…")
