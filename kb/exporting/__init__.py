"""`Site` → files for other programs: each format a plain function of values."""
