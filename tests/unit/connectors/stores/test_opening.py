"""From a location and its access settings to a store, and every way in which they cannot be used."""

import sys
from pathlib import Path

import pytest

from apportion.connectors.stores import open_store
from apportion.connectors.stores.objects import CloudStore
from apportion.core.errors import BadInput


@pytest.mark.parametrize(
    ("location", "bucket", "folder", "account"),
    [
        ("s3://bills", "bills", "", None),
        ("s3://bills/a/b/", "bills", "a/b", None),
        ("gs://bills/a", "bills", "a", None),
        ("az://bills/a", "bills", "a", None),
        ("https://fernway.blob.core.windows.net/bills/a/b", "bills", "a/b", "fernway"),
        ("https://fernway.dfs.core.windows.net/bills", "bills", "", "fernway"),
        ("abfss://bills@fernway.dfs.core.windows.net/a", "bills", "a", "fernway"),
        ("abfss://bills@fernway.dfs.core.usgovcloudapi.net", "bills", "", "fernway"),
    ],
)
def test_a_location_names_bucket_and_folder(
    location: str, bucket: str, folder: str, account: str | None
) -> None:
    store = open_store(location, {}, Path())
    assert isinstance(store, CloudStore)
    assert (store.place, store._bucket, store._folder) == (location, bucket, folder)
    assert store._access.get("account") == account


@pytest.mark.parametrize("location", ["ftp://bills", "s3://", "https://example.com/bills", "abfss://bills/a"])
def test_other_locations_are_refused(location: str) -> None:
    with pytest.raises(BadInput, match=r"is not known\. Write a path, s3://"):
        open_store(location, {}, Path())


def test_a_signature_in_the_location_is_refused_and_not_repeated() -> None:
    with pytest.raises(BadInput, match="AZURE_STORAGE_SAS_TOKEN") as caught:
        open_store("https://fernway.blob.core.windows.net/bills?sv=2024&sig=c2VjcmV0", {}, Path())
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize(
    ("access", "said"),
    [
        ({"secret_access_key": "c2VjcmV0"}, "'secret_access_key' looks like a secret"),
        ({"SAS": "c2VjcmV0"}, "looks like a secret"),
        ({"token": "c2VjcmV0"}, "set it in the environment"),
        ({"zone": "c2VjcmV0"}, r"no setting 'zone' \(known: endpoint, region"),
        ({"region": " "}, "'region' is empty"),
        ({"anonymous": "c2VjcmV0"}, "'anonymous' is either"),
        ({"endpoint": "c2VjcmV0"}, "'endpoint' is an address such as"),
        ({"endpoint": "https://me:c2VjcmV0@example.com"}, "secrets belong in the environment"),
        ({"endpoint": "https://example.com?sig=c2VjcmV0"}, "secrets belong in the environment"),
    ],
)
def test_access_takes_what_it_knows_and_no_secret(access: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput, match=said) as caught:
        open_store("s3://bills", access, Path())
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "module", "extra"),
    [
        ("s3://bills", "obstore.exceptions", "aws"),
        ("s3://bills", "boto3", "aws"),
        ("az://bills", "obstore.auth.azure", "azure"),
        ("gs://bills", "obstore.auth.google", "gcp"),
    ],
)
def test_what_is_not_installed_is_said_with_the_command(
    location: str, module: str, extra: str, no_credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(BadInput, match=rf"not installed.*pip install 'apportion\[{extra}\]'"):
        open_store(location, {"account": "fernway"}, Path()).list()


def test_nothing_is_imported_for_a_folder(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from apportion.connectors.stores import open_store;"
        f"open_store('.', {{}}, Path({str(tmp_path)!r}));"
        "assert not {'obstore', 'boto3', 'azure.identity', 'google.auth'} & set(sys.modules)"
    )
    import subprocess

    subprocess.run([sys.executable, "-c", code], check=True)
