"""The furniture stage: what a site repeats in its posts is left out of their texts.

What is known of the site when the run begins is left out at once. What the run itself teaches is
left out at its end, by `wparchive/backends/remembering.py`.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Self

from crawler.item_view import view_of
from crawler.items import FinishedDocument
from pipelines.cleaner_facts import CLEANER_VERSION
from pipelines.errors import StageFailed
from wparchive.furniture.remove import Furniture, without_furniture
from wparchive.model.blocks import text_of_blocks
from wparchive.model.features import features_without_removed
from wparchive.text.word_count import count_words

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class FurniturePipeline:
    """A stage that marks furniture as removed, and takes it out of the text.

    `known` returns the furniture of the site of the run. Raises StageFailed.
    """

    def __init__(self, known: Callable[[], Furniture]) -> None:
        self._known = known

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build the stage for the run of a crawl, and tell the run how it can learn.

        Raises NotConfigured where ARCHIVE_SITE_MEMORY is off.
        """
        # An archive can be cleaned again where Scrapy is not installed.
        from scrapy.exceptions import NotConfigured

        from crawler.run.lifecycle import run_of
        from wparchive.backends.remembering import SiteLearner

        if not crawler.settings.getbool("ARCHIVE_SITE_MEMORY"):
            raise NotConfigured
        run = run_of(crawler)
        run.make_learner = lambda: SiteLearner(
            run.store, run.site_key, CLEANER_VERSION, now=run.clock
        )
        return cls(lambda: run.furniture)

    def process_item(self, item: Any) -> Any:
        """Take the furniture out of a post; other items pass untouched."""
        view = view_of(item)
        if view is None or view.kind != "posts" or isinstance(view.prepared, FinishedDocument):
            return item
        try:
            leave_out_furniture(view, self._known())
        except Exception as cause:
            raise StageFailed("furniture", item, cause) from cause
        return item


def leave_out_furniture(post: Any, furniture: Furniture, keys: Sequence[int] | None = None) -> None:
    """Take the furniture out of one post, in place.

    A text that is not that of the blocks stays: a stage that is not ours has written it. `keys` are
    those of all blocks, where they are at hand.
    """
    blocks = without_furniture(post.blocks, furniture, keys)
    if blocks != post.blocks and post.text == text_of_blocks(post.blocks):
        post.blocks = blocks
        post.text = text_of_blocks(blocks)
        post.word_count = count_words(post.text)
        post.has = features_without_removed(post.has, blocks)
