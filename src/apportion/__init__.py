"""Apportion: what every customer, feature and team costs, to the cent, with the reason."""

from importlib.metadata import version

__version__ = version("apportion")
