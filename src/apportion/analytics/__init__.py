"""The one query model, and explanations of its amounts."""
