"""Fresh buckets and containers in real servers, all with the same few verbs."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from servers.running import ACCOUNT, ACCOUNT_KEY

AWS_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE00",
    "AWS_SECRET_ACCESS_KEY": "aws-secret-that-must-not-be-shown",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}
BLOB_ENVIRONMENT = {"AZURE_STORAGE_ACCOUNT_KEY": ACCOUNT_KEY}
SECRETS = (AWS_ENVIRONMENT["AWS_SECRET_ACCESS_KEY"], ACCOUNT_KEY)


class Bucket(Protocol):
    """A bucket of a real server: `location` and `access` are what one would write into apportion.yaml."""

    location: str
    endpoint: str

    def access(self, endpoint: str = "") -> dict[str, str]:
        """Settings that reach it, through another endpoint if one is given."""

    def put(self, key: str, content: bytes) -> None: ...


@dataclass
class S3Bucket:
    """A bucket of S3."""

    name: str
    endpoint: str
    scheme: str = "s3"
    acl: str = "private"

    def __post_init__(self) -> None:
        self.client.create_bucket(Bucket=self.name)

    @property
    def location(self) -> str:
        return f"{self.scheme}://{self.name}"

    @cached_property
    def client(self) -> Any:
        import boto3

        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=AWS_ENVIRONMENT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=AWS_ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
        )

    def access(self, endpoint: str = "") -> dict[str, str]:
        return {"endpoint": endpoint or self.endpoint, "region": "us-east-1"}

    def put(self, key: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=key, Body=content, ACL=self.acl)


class GoogleBucket(S3Bucket):
    """A bucket behind the XML API, by which Cloud Storage is read and which it shares with S3."""

    def __init__(self, name: str, endpoint: str) -> None:
        super().__init__(name, endpoint, scheme="gs", acl="public-read")

    def access(self, endpoint: str = "") -> dict[str, str]:
        return {"endpoint": endpoint or self.endpoint, "anonymous": "true"}


@dataclass
class Container:
    """A container of Blob Storage."""

    name: str
    server: str

    def __post_init__(self) -> None:
        self._call(f"/{self.name}", b"", {}, query={"restype": "container"})

    @property
    def endpoint(self) -> str:
        return f"{self.server}/{ACCOUNT}"

    @property
    def location(self) -> str:
        return f"az://{self.name}"

    def access(self, endpoint: str = "") -> dict[str, str]:
        return {"endpoint": endpoint or self.endpoint, "account": ACCOUNT}

    def put(self, key: str, content: bytes) -> None:
        self._call(f"/{self.name}/{quote(key)}", content, {"x-ms-blob-type": "BlockBlob"})

    def _call(
        self, path: str, content: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> None:
        asked, query = (
            {**headers, "x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-12-02"},
            query or {},
        )
        named = "".join(f"{name}:{value}\n" for name, value in sorted(asked.items()))
        resource = f"/{ACCOUNT}/{ACCOUNT}{path}" + "".join(f"\n{k}:{v}" for k, v in sorted(query.items()))
        text = f"PUT\n\n\n{len(content) or ''}\n\n\n\n\n\n\n\n\n{named}{resource}"
        key = base64.b64decode(ACCOUNT_KEY)
        signature = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
        signed = {**asked, "Authorization": f"SharedKey {ACCOUNT}:{signature}"}
        done = httpx.put(f"{self.endpoint}{path}", content=content, params=query, headers=signed)
        assert done.status_code == 201, done.text
