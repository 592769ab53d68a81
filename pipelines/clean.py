"""The clean stage: rendered HTML in, text fields out."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

from crawler.item_view import view_of
from crawler.items import FinishedDocument, StageResults
from pipelines import cleaning
from pipelines.cleaner_facts import MAX_CONTENT_BYTES
from pipelines.errors import StageFailed
from wparchive.model.documents import Kind

if TYPE_CHECKING:  # an archive can be cleaned again where Scrapy is not installed
    from scrapy.crawler import Crawler

Fields = dict[str, Any]

CLEANED_FROM: Mapping[Kind, tuple[str, ...]] = {
    "posts": ("site", "link", "title_rendered", "content_rendered", "excerpt_rendered"),
    "terms": ("name_rendered", "description_rendered"),
    "authors": ("name_rendered", "description_rendered"),
    "media": ("title_rendered", "caption_rendered", "description_rendered"),
    "comments": ("site", "link", "content_rendered"),
}
"""The fields that cleaning reads."""


class CleanPipeline:
    """The stage that fills the plain and safe fields of items from their `*_rendered` fields.

    Setting: `CLEAN_MAX_BYTES`, the longest content that is cleaned whole. Raises StageFailed,
    whatever went wrong inside.
    """

    def __init__(self, max_bytes: int = MAX_CONTENT_BYTES) -> None:
        self.max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        """Build the stage from the settings of a crawl."""
        return cls(crawler.settings.getint("CLEAN_MAX_BYTES", MAX_CONTENT_BYTES))

    def process_item(self, item: Any) -> Any:
        """Clean one item; items that are not to be archived pass untouched."""
        view = view_of(item)
        if view is None or isinstance(view.prepared, FinishedDocument):
            return item
        try:
            self._clean(view)
        except Exception as cause:
            raise StageFailed("clean", item, cause) from cause
        return item

    def _clean(self, view: Any) -> None:
        ahead = view.prepared
        # A stage of the user's own may have changed the HTML after the helper process saw it.
        if isinstance(ahead, StageResults) and ahead.cleaned_from == cleaning_source(view):
            set_cleaned(view, ahead.cleaned)
        else:
            clean_item(view, self.max_bytes)


def clean_item(item: Any, max_bytes: int = MAX_CONTENT_BYTES) -> None:
    """Fill one item in place; `item` is an item of ours or the view of another."""
    set_cleaned(item, cleaned_fields(item, max_bytes))


def cleaning_source(item: Any) -> tuple[Any, ...]:
    """Return the values of the fields that cleaning reads."""
    return tuple(getattr(item, name) for name in CLEANED_FROM[item.kind])


def cleaned_fields(item: Any, max_bytes: int = MAX_CONTENT_BYTES) -> Fields:
    """Return the fields that cleaning sets; `flags` holds only those that it adds."""
    return _CLEANERS[item.kind](item, max_bytes)


def set_cleaned(item: Any, cleaned: Mapping[str, Any]) -> None:
    """Set the fields; flags that the item has already are not added again."""
    for name, value in cleaned.items():
        if name == "flags":
            value = item.flags + [flag for flag in value if flag not in item.flags]
        setattr(item, name, value)


def _cleaned_post(post: Any, max_bytes: int) -> Fields:
    content = cleaning.clean_html(post.content_rendered, _base(post), max_bytes)
    return {
        "title": cleaning.clean_text(post.title_rendered),
        "excerpt": cleaning.clean_text(post.excerpt_rendered, one_line=False),
        "text": content.text,
        "html": content.html,
        "blocks": content.blocks,
        "word_count": content.word_count,
        "links": content.links,
        "images": content.images,
        "embeds": content.embeds,
        "has": content.has,
        "link_domains": content.link_domains,
        "embed_providers": content.embed_providers,
        "flags": content.flags,
    }


def _cleaned_name(item: Any, max_bytes: int) -> Fields:
    """Return the fields of a term or an author."""
    return {
        "name": cleaning.clean_text(item.name_rendered),
        "description": cleaning.clean_text(item.description_rendered, one_line=False),
    }


def _cleaned_media(media: Any, max_bytes: int) -> Fields:
    return {
        "title": cleaning.clean_text(media.title_rendered),
        "caption": cleaning.clean_text(media.caption_rendered, one_line=False),
        "description": cleaning.clean_text(media.description_rendered, one_line=False),
    }


def _cleaned_comment(comment: Any, max_bytes: int) -> Fields:
    content = cleaning.clean_html(comment.content_rendered, _base(comment), max_bytes)
    return {"text": content.text, "html": content.html, "flags": content.flags}


def _base(item: Any) -> str:
    """Return the address that others are relative to: that of the page, or else the site's home."""
    return item.link or f"https://{item.site}/"


_CLEANERS: Mapping[Kind, Callable[[Any, int], Fields]] = {
    "posts": _cleaned_post,
    "terms": _cleaned_name,
    "authors": _cleaned_name,
    "media": _cleaned_media,
    "comments": _cleaned_comment,
}
