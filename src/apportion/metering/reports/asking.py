"""Asks OpenAI and Anthropic for their usage reports, hour by hour."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from apportion.core.buckets import Bucket
from apportion.core.errors import BadInput
from apportion.core.paged_api import PagedApi, Query
from apportion.core.patience import Patience
from apportion.core.settings import Secret

KEYS = {"openai": "OPENAI_ADMIN_KEY", "anthropic": "ANTHROPIC_ADMIN_KEY"}
"""The variable of the environment that holds each provider's admin key."""

_HOURS = 24
"""How many buckets a page has: many groups in many buckets are more than a page may hold."""
_ADDRESSES = {"openai": "https://api.openai.com", "anthropic": "https://api.anthropic.com"}
_REPORTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "openai": {
        "/v1/organization/usage/completions": (
            "project_id", "user_id", "api_key_id", "model", "batch", "service_tier",
        ),
        "/v1/organization/usage/embeddings": ("project_id", "user_id", "api_key_id", "model"),
    },
    "anthropic": {
        "/v1/organizations/usage_report/messages": (
            "workspace_id", "api_key_id", "model", "service_tier", "context_window", "inference_geo",
        ),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """The hours from `start` up to `end`, in UTC."""

    start: datetime
    end: datetime


def usage_api(provider: str, endpoint: str = "", patience: Patience | None = None) -> PagedApi:
    """The API of `provider`, with the admin key from the environment. Raises BadInput where there is none."""
    if provider not in KEYS:
        raise BadInput(f"Nobody knows how to ask '{provider}'.", hint=f"Known: {', '.join(KEYS)}.")
    place = Secret(env=KEYS[provider])
    secret = place.read(Path())
    if provider == "openai":
        headers, title = {"Authorization": f"Bearer {secret}"}, "OpenAI"
    else:
        headers, title = {"x-api-key": secret, "anthropic-version": "2023-06-01"}, "Anthropic"
    address = endpoint or _ADDRESSES[provider]
    return PagedApi(title, address, place.place, headers, patience=patience or Patience())


def usage_pages(api: PagedApi, provider: str, asked: Question) -> Iterator[Sequence[Bucket]]:
    """Buckets of an hour, page by page, of each of the provider's reports."""
    for path, groups in _REPORTS[provider].items():
        for page in api.pages(path, {**_span(provider, asked), "group_by[]": groups}):
            yield page.buckets


def _span(provider: str, asked: Question) -> Query:
    both = (asked.start.astimezone(UTC), asked.end.astimezone(UTC))
    if provider == "openai":
        start, end = (int(time.timestamp()) for time in both)
        return {"start_time": start, "end_time": end, "bucket_width": "1h", "limit": _HOURS}
    first, last = (f"{time:%Y-%m-%dT%H:%M:%SZ}" for time in both)
    return {"starting_at": first, "ending_at": last, "bucket_width": "1h", "limit": _HOURS}
