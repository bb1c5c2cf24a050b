"""The HTTP API under /api/v1, and the dashboard beside it."""

from apportion.api.main import create_app

__all__ = ["create_app"]
