"""What apportion.yaml may say of who comes in."""

import pytest

from apportion.access.settings import AccessSettings
from apportion.core.errors import BadInput
from apportion.workspace import parse


def test_nothing_has_to_be_said() -> None:
    assert parse("company: Fernway").access == AccessSettings()


def test_sites_that_may_embed_pages_are_named_without_a_path() -> None:
    origins = ["https://app.example.com", "https://app.example.com:8443", "http://localhost:3000"]
    found = parse(f"access: {{embed_origins: [{', '.join(repr(o) for o in origins)}]}}").access
    assert found.embed_origins == origins


@pytest.mark.parametrize(
    "said",
    [
        "embed_origins: ['*']",
        "embed_origins: ['https://*.example.com']",
        "embed_origins: ['https://example.com/']",
        "embed_origins: ['http://example.com']",
        "embed_origins: [\"https://a.example; script-src 'unsafe-inline'\"]",
        'embed_origins: ["https://a.example\\n"]',
        "embed_minutes: 61",
        "{idle_hours: 48, session_hours: 24}",
        "pepper: not-here-please",
        "pepper: {env: A, file: b}",
        "passwords: {ana: secret}",
    ],
)
def test_what_would_open_more_than_it_should_is_refused_with_its_line(said: str) -> None:
    inner = said if said.startswith("{") else f"{{{said}}}"
    with pytest.raises(BadInput, match="line 2: access") as why:
        parse(f"company: Fernway\naccess: {inner}")
    assert "not-here-please" not in str(why.value)
