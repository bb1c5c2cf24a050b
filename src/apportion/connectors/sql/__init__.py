"""Connector `sql`: rows that a query over any SQL database answers."""
