"""Site → Output: views, pages, theme, feeds and everything else a published site is made of."""
