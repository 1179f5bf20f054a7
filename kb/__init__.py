"""kb: conference notes that answer."""

__version__ = "0.1.0"
