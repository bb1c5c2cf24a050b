"""Who we sign in as: the environment and each cloud's own chain, and what is said where there is nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from apportion.connectors.stores import Patience, open_store
from apportion.core.errors import BadInput, Terminal
from servers.buckets import AWS_ENVIRONMENT, Container, GoogleBucket, S3Bucket
from servers.faults import Fault, Proxy

ONCE = Patience(attempts=1)


@pytest.mark.usefixtures("no_credentials")
def test_without_credentials_for_aws_it_says_where_they_come_from() -> None:
    with pytest.raises(
        Terminal, match=r"s3://bills: No credentials for AWS were found\. Set AWS_ACCESS_KEY_ID"
    ):
        open_store("s3://bills", {}, Path()).list()


@pytest.mark.usefixtures("no_credentials")
def test_without_credentials_for_google_it_says_where_they_come_from() -> None:
    with pytest.raises(Terminal, match=r"No credentials for Google Cloud were found\. Run 'gcloud auth"):
        open_store("gs://bills", {}, Path()).list()


@pytest.mark.usefixtures("no_credentials")
def test_without_an_account_azure_cannot_be_asked() -> None:
    with pytest.raises(BadInput, match=r"az://bills: The storage account is not named\. Set access\.account"):
        open_store("az://bills", {}, Path()).list()


def test_a_profile_of_aws_signs_in(
    s3: S3Bucket, proxied: Callable[[str], Proxy], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    s3.put("a.csv", b"1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    (tmp_path / "credentials").write_text(
        f"[billing]\naws_access_key_id = AKIAOFTHEPROFILE0000\n"
        f"aws_secret_access_key = {AWS_ENVIRONMENT['AWS_SECRET_ACCESS_KEY']}\n"
    )
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    proxy = proxied(s3.endpoint)
    access = {**s3.access(proxy.endpoint), "profile": "billing"}
    assert [stored.key for stored in open_store(s3.location, access, tmp_path).list()] == ["a.csv"]
    assert "Credential=AKIAOFTHEPROFILE0000/" in proxy.seen[0].headers["authorization"]


@pytest.mark.usefixtures("no_credentials")
def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(BadInput, match=r"no AWS profile 'billing'\. Set access\.profile"):
        open_store("s3://bills", {"profile": "billing"}, Path()).list()


def test_anonymous_requests_are_not_signed(s3: S3Bucket, proxied: Callable[[str], Proxy]) -> None:
    proxy = proxied(s3.endpoint)
    s3.acl = "public-read"
    s3.put("a.csv", b"1")
    access = {**s3.access(proxy.endpoint), "anonymous": "true"}
    assert open_store(s3.location, access, Path()).read("a.csv") == b"1"
    assert "authorization" not in proxy.seen[0].headers


class Token:
    """Stands for the provider's sign-in."""

    def __call__(self) -> dict[str, object]:
        return {"token": "of-the-identity", "expires_at": datetime.now(UTC) + timedelta(hours=1)}


class SignedOut:
    """Stands for a sign-in that has run out."""

    def __call__(self) -> dict[str, object]:
        raise RuntimeError("AADSTS700082: the refresh token of-the-identity has expired")


def test_azure_signs_in_by_identity_where_there_is_no_key(
    blob: Container, proxied: Callable[[str], Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_KEY")
    monkeypatch.setattr("obstore.auth.azure.AzureCredentialProvider", Token)
    proxy = proxied(blob.endpoint)
    proxy.plan(Fault(status=403))
    with pytest.raises(Terminal, match="Storage Blob Data Reader"):
        open_store(blob.location, blob.access(proxy.endpoint), Path(), ONCE).list()
    assert proxy.seen[0].headers["authorization"] == "Bearer of-the-identity"


def test_google_signs_in_by_its_default_credentials(
    gcs: GoogleBucket, proxied: Callable[[str], Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("obstore.auth.google.GoogleCredentialProvider", Token)
    proxy = proxied(gcs.endpoint)
    proxy.plan(Fault(status=403))
    with pytest.raises(Terminal, match=r"roles/storage\.objectViewer"):
        open_store(gcs.location, {"endpoint": proxy.endpoint}, Path(), ONCE).list()
    assert proxy.seen[0].headers["authorization"] == "Bearer of-the-identity"


def test_a_sign_in_that_has_run_out_is_said_without_its_details(
    blob: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT_KEY")
    monkeypatch.setattr("obstore.auth.azure.AzureCredentialProvider", SignedOut)
    with pytest.raises(
        Terminal, match=r"got no credentials that it accepts\. Sign in with 'az login'"
    ) as caught:
        open_store(blob.location, blob.access(), Path(), ONCE).list()
    assert "of-the-identity" not in str(caught.value)


def test_a_wrong_key_of_azure_is_refused_by_the_server(
    blob: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "d3Jvbmc=")
    with pytest.raises(Terminal, match=r"does not allow us to list objects \(AuthorizationFailure\)"):
        open_store(blob.location, blob.access(), Path(), ONCE).list()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            403,
            "<Error><Code>InvalidAccessKeyId</Code></Error>",
            r"accepts \(InvalidAccessKeyId\)\. Set AWS_ACCESS",
        ),
        (400, "<Error><Code>ExpiredToken</Code></Error>", r"accepts \(ExpiredToken\)"),
        (301, "<Error><Code>PermanentRedirect</Code></Error>", r"another region\. Set access\.region"),
        (400, "<Error><Code>AuthorizationHeaderMalformed</Code></Error>", r"Set access\.region"),
        (400, "<Error><Code>InvalidRequest</Code></Error>", r"S3 answered 400 \(InvalidRequest\)"),
    ],
)
def test_what_s3_answers_leads_to_the_next_step(
    s3: S3Bucket, proxied: Callable[[str], Proxy], status: int, body: str, said: str
) -> None:
    proxy = proxied(s3.endpoint)
    proxy.plan(Fault(status=status, body=body))
    with pytest.raises(Terminal, match=said):
        open_store(s3.location, s3.access(proxy.endpoint), Path(), ONCE).list()


def test_a_key_that_cannot_be_read_is_named(s3: S3Bucket) -> None:
    s3.put("a//b.csv", b"1")
    with pytest.raises(BadInput, match=r"the key 'a//b\.csv'"):
        open_store(s3.location, s3.access(), Path()).list()
