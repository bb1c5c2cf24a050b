"""Limits: how much may be spent, what has been, and what is held for calls that have begun."""
