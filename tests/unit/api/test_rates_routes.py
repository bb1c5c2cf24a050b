"""Prices over HTTP: the table page by page, one model's, what has none, and the cards that priced."""

from typing import Any

from apportion.pricing import RateCard

CARD = RateCard.seeded().version


def test_the_table_is_read_page_by_page(client: Any) -> None:
    address = "/api/v1/rates?provider=openai.chat&model=gpt-4o&at=2026-10-01&limit=4"
    first = client.get(address).json()
    rest = client.get(f"{address.replace('limit=4', 'limit=1000')}&cursor={first['next_cursor']}").json()
    rows = [*first["rates"], *rest["rates"]]
    assert (first["card"], first["total"], rest["next_cursor"]) == (CARD, len(rows), None)
    standard = [r for r in rows if r["when"] is None and r["counted"]]
    assert [(r["kind"], r["price"], r["unit"]) for r in standard[:3]] == [
        ("input", "2.5", "million tokens"),
        ("cache_read", "1.25", "million tokens"),
        ("output", "10", "million tokens"),
    ]
    assert client.get("/api/v1/rates?cursor=abc.4").status_code == 422
    assert client.get("/api/v1/rates?card=abc").status_code == 404
    assert client.get(f"/api/v1/rates?card={CARD}&format=csv&limit=1").text.startswith(
        "provider,model,pattern"
    )


def test_one_model_by_any_of_its_names(client: Any) -> None:
    found = client.get("/api/v1/rates/openai.chat/gpt-4o-2024-08-06?at=2026-10-01&batch=true").json()
    assert (found["provider"], found["model"], found["conditions"]) == ("openai", "gpt-4o", "batch")
    assert next((r["kind"], r["price"]) for r in found["rates"] if r["counted"]) == ("input", "1.25")
    slashed = client.get("/api/v1/rates/litellm/openai/gpt-4o").json()
    assert (slashed["provider"], slashed["model"]) == ("openai", "gpt-4o")


def test_a_model_without_a_price_is_not_found_and_the_reason_said(client: Any) -> None:
    answer = client.get("/api/v1/rates/openai/gpt-4o?tier=scale&at=2026-10-01")
    assert answer.status_code == 404
    assert "no rate for openai/gpt-4o under these conditions: scale" in answer.json()["detail"]


def test_models_without_a_price_are_listed_with_what_is_missing(client: Any, company: Any) -> None:
    address = "/api/v1/rates/unpriced"
    assert client.get(address).json() == {"unpriced": []}
    larch = {"provider": "acme-ai", "model": "larch-2", "input_tokens": 70}
    company.told.tell(None, **larch, requests=3)
    company.told.tell(None, "2026-10-03T09:30:00+00:00", **larch, region="eu")
    company.told.tell(None, input_tokens=5, service_tier="scale")
    company.told.tell(None, input_tokens=5, output_tokens=5)  # has a rate by now
    found = client.get(address).json()["unpriced"]
    assert found[0] == {
        "provider": "acme-ai",
        "model": "larch-2",
        "why": "no rate for acme-ai/larch-2",
        "operations": 4,
        "input_tokens": 140,
        "output_tokens": None,
        "first_day": "2026-10-02",
        "last_day": "2026-10-03",
    }
    assert [one["why"] for one in found[1:]] == [
        "a rate is known now; 'apportion rates rerate --apply' uses it",
        "no rate for openai/gpt-4o under these conditions: scale",
    ]


def test_cards_say_what_they_priced(client: Any, company: Any) -> None:
    company.told.tell("0.01", rate=f"openai/gpt-4o#{CARD}", requests=5)
    company.told.tell("0.01", "2026-10-04T09:30:00+00:00", rate="openai/gpt-4o#0ldc4rd")
    now, before = client.get("/api/v1/rates/cards").json()["cards"]
    assert now == {
        "version": CARD,
        "current": True,
        "created": "2026-10-05T12:00:00Z",
        "operations": 5,
        "first_day": "2026-10-02",
        "last_day": "2026-10-02",
    }
    assert (before["version"], before["created"], before["operations"]) == ("0ldc4rd", None, 1)
