"""Connector `prometheus`: usage that any PromQL expression answers."""
