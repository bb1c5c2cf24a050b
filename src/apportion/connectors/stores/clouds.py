"""What differs between S3, Azure Blob Storage and Cloud Storage: how one signs in, what things are called."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from apportion.connectors.stores.access import is_anonymous
from apportion.connectors.stores.errors import Words, needed
from apportion.core.errors import BadInput, Terminal

if TYPE_CHECKING:
    from obstore.store import ObjectStore

AWS = Words(
    name="S3",
    extra="aws",
    root="bucket",
    may_list="Grant s3:ListBucket on the bucket to whom we sign in as.",
    may_read="Grant s3:GetObject on its objects, and kms:Decrypt where they are encrypted with a KMS key.",
    sign_in="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, sign in with 'aws sso login', "
    "set access.profile, or run where a role is attached.",
)
_AZURE = Words(
    name="Azure Blob Storage",
    extra="azure",
    root="container",
    may_list="Assign the role Storage Blob Data Reader on the container or its storage account.",
    may_read="Assign the role Storage Blob Data Reader on the container or its storage account.",
    sign_in="Sign in with 'az login', set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET, "
    "set AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN, or run where a managed identity is attached.",
)
_GOOGLE = Words(
    name="Cloud Storage",
    extra="gcp",
    root="bucket",
    may_list="Grant roles/storage.objectViewer on the bucket.",
    may_read="Grant roles/storage.objectViewer on the bucket.",
    sign_in="Run 'gcloud auth application-default login', set GOOGLE_APPLICATION_CREDENTIALS, "
    "or run where a service account is attached.",
)
_AZURE_SECRETS = (
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_MASTER_KEY",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
)


@dataclass(frozen=True)
class Cloud:
    """A provider of object storage: its words, and how one of its buckets is opened."""

    words: Words
    connect: Callable[[str, Mapping[str, str], str], "ObjectStore"]


def _s3(bucket: str, access: Mapping[str, str], place: str) -> "ObjectStore":
    stores = needed("obstore.store", "aws")
    config: dict[str, str] = {}
    if endpoint := access.get("endpoint"):
        config["endpoint"] = endpoint
    if is_anonymous(access):
        region = access.get("region")
        provider: object = None
    else:
        session = aws_session(access, place)
        region = access.get("region") or session.region_name
        provider = needed("obstore.auth.boto3", "aws").Boto3CredentialProvider(session)
    if region:
        config["region"] = region
    return _opened(stores.S3Store, bucket, access, config, provider)


def _azure(container: str, access: Mapping[str, str], place: str) -> "ObjectStore":
    stores = needed("obstore.store", "azure")
    account = access.get("account") or os.environ.get("AZURE_STORAGE_ACCOUNT_NAME")
    if not account:
        hint = "Set access.account to the name of the storage account."
        raise BadInput("The storage account is not named.", where=place, hint=hint)
    config = {"account_name": account}
    if endpoint := access.get("endpoint"):
        config["endpoint"] = endpoint
    provider = None
    if not is_anonymous(access) and not any(os.environ.get(name) for name in _AZURE_SECRETS):
        provider = needed("obstore.auth.azure", "azure").AzureCredentialProvider()
    return _opened(stores.AzureStore, container, access, config, provider)


def _google(bucket: str, access: Mapping[str, str], place: str) -> "ObjectStore":
    stores = needed("obstore.store", "gcp")
    config = {"base_url": access["endpoint"]} if "endpoint" in access else {}
    provider = None
    if not is_anonymous(access):
        errors = needed("google.auth.exceptions", "gcp")
        try:
            provider = needed("obstore.auth.google", "gcp").GoogleCredentialProvider()
        except errors.DefaultCredentialsError:
            raise _no_credentials("Google Cloud", _GOOGLE, place) from None
    return _opened(stores.GCSStore, bucket, access, config, provider)


def _opened(
    kind: Any, root: str, access: Mapping[str, str], config: Mapping[str, str], provider: object
) -> "ObjectStore":
    """The bucket or container. Retries are ours; only an endpoint written with http:// goes without TLS."""
    client = {
        "allow_http": access.get("endpoint", "").startswith("http://"),
        "connect_timeout": timedelta(seconds=10),
        "read_timeout": timedelta(minutes=1),
        "timeout": timedelta(hours=1),
    }
    more: dict[str, object] = {"credential_provider": provider} if provider else {}
    if is_anonymous(access):
        more["skip_signature"] = True
    store: ObjectStore = kind(
        root, config=dict(config), client_options=client, retry_config={"max_retries": 0}, **more
    )
    return store


def aws_session(access: Mapping[str, str], place: str) -> Any:
    """A boto3 session that has credentials; Terminal where the chain finds none."""
    boto3, errors = needed("boto3", "aws"), needed("botocore.exceptions", "aws")
    try:
        session = boto3.Session(profile_name=access.get("profile"), region_name=access.get("region"))
        found = session.get_credentials()
    except errors.ProfileNotFound:
        hint = "Set access.profile to one that 'aws configure list-profiles' shows."
        raise BadInput(
            f"There is no AWS profile '{access.get('profile')}'.", where=place, hint=hint
        ) from None
    except errors.BotoCoreError as why:
        raise Terminal(
            f"AWS gives us no credentials ({type(why).__name__}).", where=place, hint=AWS.sign_in
        ) from None
    if found is None:
        raise _no_credentials("AWS", AWS, place)
    return session


def _no_credentials(who: str, words: Words, place: str) -> Terminal:
    return Terminal(f"No credentials for {who} were found.", where=place, hint=words.sign_in)


CLOUDS: Mapping[str, Cloud] = {
    "s3": Cloud(AWS, _s3),
    "az": Cloud(_AZURE, _azure),
    "gs": Cloud(_GOOGLE, _google),
}
