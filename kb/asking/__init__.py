"""URLs → what came of asking for them; the only part of kb that connects, and only when asked."""
