"""Notes of other programs → notes of kb: plain data in, Markdown and front matter out."""
