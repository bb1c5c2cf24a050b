"""What a provider says was used, priced by us, beside what it says was paid."""

from decimal import Decimal
from pathlib import Path

from apportion.app import App
from apportion.economics.operations import Asked
from servers.ai_admin import (
    ANTHROPIC_COSTS,
    ANTHROPIC_USAGE,
    OPENAI_COSTS,
    OPENAI_USAGE,
    Admin,
    as_json,
    charge,
    cost,
)

WORKSPACE = """
sources:
  openai: {connector: openai, location: costs/openai}
  anthropic: {connector: anthropic, location: costs/anthropic}
dimensions:
  ai_model: [{tag: model}]
perspectives:
  model:
    to: ai_model
    rules: [{name: models, match: {ai_model: "*"}, method: direct}]
true_up:
  - {provider: openai, where: {source: openai}, model: ai_model}
  - {provider: anthropic, where: {source: anthropic}, model: ai_model}
"""
DAY = "2025-09-01"
USED = {
    "object": "organization.usage.completions.result", "model": "gpt-4o-2024-08-06", "num_model_requests": 40,
    "input_tokens": 10_000_000, "input_cached_tokens": 6_000_000, "output_tokens": 2_000_000,
}  # fmt: skip
READ = {
    "uncached_input_tokens": 3_000_000, "cache_read_input_tokens": 6_000_000, "output_tokens": 2_000_000,
    "cache_creation": {"ephemeral_5m_input_tokens": 600_000, "ephemeral_1h_input_tokens": 400_000},
    "model": "claude-sonnet-4-5-20250929", "context_window": "0-200k", "service_tier": "standard",
}  # fmt: skip


def save(admin: Admin, folder: Path, provider: str, path: str, width: str, name: str) -> Path:
    names = ("start_time", "end_time") if provider == "openai" else ("starting_at", "ending_at")
    query = {
        **{n: [d] for n, d in zip(names, ("2025-09-01", "2025-09-02"), strict=True)},
        "bucket_width": [width],
    }
    written = folder / name
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(as_json(admin.page(path, {**query, "group_by[]": ["model"], "limit": ["31"]})))
    return written


def test_rates_and_invoice_agree_model_by_model(tmp_path: Path) -> None:
    (tmp_path / "apportion.yaml").write_text(WORKSPACE)
    app, admin = App(tmp_path), Admin()
    admin.tell(OPENAI_USAGE, f"{DAY}T10:00", USED)
    admin.tell(ANTHROPIC_USAGE, f"{DAY}T10:00", READ)
    for kind, dollars in (("input", "10"), ("cached input", "7.5"), ("output", "20")):
        admin.tell(OPENAI_COSTS, DAY, cost(f"gpt-4o-2024-08-06, {kind}", dollars))
    admin.tell(OPENAI_COSTS, DAY, cost("gpt-4.1-2025-04-14, output", "3"), cost("web search tool calls", "1"))
    cents = {
        "uncached_input": "900",
        "cache_read": "180",
        "5m_write": "225",
        "1h_write": "240",
        "output": "3000",
    }
    admin.tell(ANTHROPIC_COSTS, DAY, *(charge(kind, amount) for kind, amount in cents.items()))
    for provider, usage, costs in (
        ("openai", OPENAI_USAGE, OPENAI_COSTS),
        ("anthropic", ANTHROPIC_USAGE, ANTHROPIC_COSTS),
    ):
        save(admin, tmp_path, provider, costs, "1d", f"costs/{provider}/costs.json")
        app.import_operations(save(admin, tmp_path, provider, usage, "1h", f"{provider}.json"))
    assert app.ingest_declared().problems == []
    app.allocate()
    with app.operations_asked() as (con, facts):
        openai, anthropic = app.true_up(con, Asked.of(facts, f"{DAY}..2025-09-02")).providers
    assert [(m.model, m.state, m.rated, m.invoiced, m.operations) for m in openai.models] == [
        ("gpt-4.1", "not metered", 0, 3, 0),
        ("(none)", "not metered", 0, 1, 0),
        ("gpt-4o", "agrees", Decimal("37.5"), Decimal("37.5"), 40),
    ]
    assert [(m.model, m.state, m.rated, m.invoiced) for m in anthropic.models] == [
        ("claude-sonnet-4-5", "agrees", Decimal("45.45"), Decimal("45.45"))
    ]
