"""A stage of your own, with the settings that add it to a crawl.

    PYTHONPATH=. SCRAPY_SETTINGS_MODULE=examples.own_stage scrapy crawl wordpress -a site=...

The stage flags long posts. Flags are archived, so that a script finds the posts again:

    [post["title"] for post in archive.posts() if "long" in post["flags"]]
"""

from typing import Any

from itemadapter import ItemAdapter

from settings.base import *  # noqa: F403
from settings.base import ITEM_PIPELINES as STAGES

LONG_POST_WORDS = 1000

# Between clean (100), which counts the words, and store (400).
ITEM_PIPELINES = {**STAGES, "examples.own_stage.FlagLongPosts": 150}


class FlagLongPosts:
    """Adds the flag `long` to posts of `LONG_POST_WORDS` words and more."""

    def process_item(self, item: Any) -> Any:
        """Return the item, flagged where it is long."""
        adapter = ItemAdapter(item)
        if adapter.get("word_count", 0) >= LONG_POST_WORDS:
            adapter["flags"] = [*adapter["flags"], "long"]
        return item
