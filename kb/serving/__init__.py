"""The preview: what building published, watched, rebuilt, and shown to the writer alone."""
