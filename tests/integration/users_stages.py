"""Stages that a user could add, each by one line in `ITEM_PIPELINES`."""

from dataclasses import dataclass, fields
from typing import Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem

from crawler.items import Post


class BeforeCleaning:
    """Changes what is cleaned, and drops every tenth post."""

    def process_item(self, item: Any) -> Any:
        adapter = ItemAdapter(item)
        if adapter.get("content_rendered") is None:
            return item
        if adapter["id"] % 10 == 0:
            raise DropItem("every tenth")
        adapter["content_rendered"] = f"<p>Before.</p>{adapter['content_rendered']}"
        return item


class AfterCleaning:
    """Changes what was cleaned: titles, texts and flags."""

    def process_item(self, item: Any) -> Any:
        adapter = ItemAdapter(item)
        if adapter.get("text") is not None:
            adapter["title"] = adapter["title"].upper()
            adapter["text"] += "\n\nAfter."
            adapter["flags"] = [*adapter["flags"], f"tags_{len(adapter['term_ids'])}"]
        return item


@dataclass
class UsersPost:
    """An item class of a user's own, with the fields of ours and one more."""

    values: Any = None
    kind = "posts"


class ToOwnClass:
    """Puts a dict with the same fields, and one more, in the place of each third post."""

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Post) or item.id % 3:
            return item
        own = {part.name: getattr(item, part.name) for part in fields(Post)}
        return own | {"kind": "posts", "mood": "calm"}


class ToForeignClass:
    """Puts an object that is not to be archived in the place of each third post."""

    def process_item(self, item: Any) -> Any:
        if not isinstance(item, Post) or item.id % 3:
            return item
        return UsersPost(values=item.id)
