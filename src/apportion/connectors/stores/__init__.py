"""Where the files of bills lie: local folders, S3, Azure Blob Storage and Google Cloud Storage as one."""

from apportion.connectors.stores.access import check_access
from apportion.connectors.stores.contract import Store, Stored
from apportion.connectors.stores.opening import open_store
from apportion.core.errors import Changed
from apportion.core.patience import Patience, Said

__all__ = ["Changed", "Patience", "Said", "Store", "Stored", "check_access", "open_store"]
