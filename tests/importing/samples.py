"""A Ghost export and an Obsidian vault, made by hand."""

import json
from typing import Any

NOTES = """\
#### Pumps without electricity

- Mira Stone
- https://youtu.be/abcdefghijk

* ram pumps lift a tenth of the water
 * ten times as high

![A pump](/content/images/2024/06/pump.png)

#### Canals in winter

- Jonas Weir

> What ice does to banks, and what it does not.

* cut the reeds in autumn
"""
"""What a person typed into Ghost."""


def mobiledoc(*cards: list[Any], sections: list[Any] | None = None, **more: Any) -> str:
    """Return a document of `cards`, one after the other, or of `sections` that show them."""
    shown = [[10, number] for number in range(len(cards))]
    parts = {"version": "0.3.1", "markups": [], "atoms": [], "cards": list(cards)}
    return json.dumps({**parts, "sections": shown if sections is None else sections, **more})


def lexical(*nodes: dict[str, Any]) -> str:
    """Return a state of Ghost's newer editor."""
    return json.dumps({"root": {"type": "root", "children": list(nodes)}})


def post(number: int, **more: Any) -> dict[str, Any]:
    """Return a row of `posts`."""
    return {
        "id": f"p{number}",
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "status": "published",
        "published_at": "2024-06-05T07:08:09.000Z",
        "created_at": "2024-06-01T00:00:00.000Z",
        **more,
    }


def export(*posts: dict[str, Any], **tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an export as Ghost writes it."""
    data = {"posts": list(posts), **tables}
    return {"db": [{"meta": {"exported_on": 1, "version": "4.0.0"}, "data": data}]}


VAULT = {
    "Talks/River Conf 2024/Monday.md": """\
---
tags: [conf/river, "#water"]
aliases: [RC24 Monday]
created: 2024-06-03
event: "[[River Conf 2024]]"
cover: "[[pump.png]]"
cssclasses: wide
---

#talks

## Pumps without electricity

- [[Mira Stone]]
- https://slides.example.org/pumps#frag

> [!abstract]
> How rams lift water ten times as high, and what that costs.

* ram pumps lift ==a tenth== of the water ^ram
 * see [[Tuesday|the other day]] #hydraulics
* `[[code]] #nottag` [[Nowhere]]

![[pump.png|300]]

```
[[code]] #nottag
```

## Canals in winter

- Jonas Weir

* cut the reeds %%ask him%%
""",
    "Talks/River Conf 2024/Tuesday.md": """\
# Tuesday

## Who owns the rain

- Ida Brook

* back to [[Monday#^ram]], and ![[slides.pdf]]
""",
    "People/Mira Stone.md": "Builds pumps.\n",
    "bad.md": "---\nbad: [\n---\ntext\n",
    "board.canvas": "{}",
    ".obsidian/app.json": "{}",
    ".trash/gone.md": "gone",
}
"""Path → text, of a vault."""
