"""From bytes to values: notes, settings, vocabulary, pictures.

Opens no file, and raises nothing for what is in one.
"""
