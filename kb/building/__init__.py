"""The only composer of the stages, and the only floor that opens files."""
