"""Ratios measured in one run, against the least that any system could do."""
