"""What providers publish in words, and price lists leave out."""

HALF_IN_BATCH = {
    "openai": "OpenAI, Batch API: half the standard price",
    "anthropic": "Anthropic, Message Batches API: half the standard price",
}
"""Providers whose batches cost half of every token's standard price, with who says so:
https://platform.openai.com/docs/guides/batch and
https://platform.claude.com/docs/en/build-with-claude/batch-processing#pricing."""

FREE = {("openai", "moderation"): "OpenAI: moderation is free of charge"}
"""Models without a price in the list that their provider says cost nothing."""
