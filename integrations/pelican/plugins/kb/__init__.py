"""The door through which Pelican finds kb: a plugin of its namespace `pelican.plugins`."""

from kb.embedding.pelican import register

__all__ = ["register"]
