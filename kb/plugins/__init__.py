"""Plugins that people write for kb: what they may add, how they are found and called."""
