"""From bytes to values: notes, settings, vocabulary, pictures. Opens no file, never raises for input."""
