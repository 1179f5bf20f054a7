"""Facts of all notes → one site: a record per thing, every URL, links both ways."""
