"""Where the files of bills lie: local folders, S3, Azure Blob Storage and Google Cloud Storage as one."""

from apportion.connectors.stores.contract import Said, Store, Stored
from apportion.connectors.stores.errors import Changed
from apportion.connectors.stores.opening import open_store

__all__ = ["Changed", "Said", "Store", "Stored", "open_store"]
