"""The clean stage: rendered HTML in, text fields out."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from crawler.items import Author, Comment, Media, Post, Term
from pipelines.cleaning import MAX_CONTENT_BYTES, clean_html, clean_text
from pipelines.errors import StageFailed

if TYPE_CHECKING:  # an archive can be cleaned again where Scrapy is not installed
    from scrapy.crawler import Crawler


class CleanPipeline:
    """Fills the plain and safe fields of every kind of item from its `*_rendered` fields.

    Setting: `CLEAN_MAX_BYTES`, the longest content that is cleaned whole. Raises StageFailed, whatever went wrong inside.
    """

    def __init__(self, max_bytes: int = MAX_CONTENT_BYTES) -> None:
        self.max_bytes = max_bytes

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> Self:
        return cls(crawler.settings.getint("CLEAN_MAX_BYTES", MAX_CONTENT_BYTES))

    def process_item(self, item: Any) -> Any:
        try:
            if not getattr(item, "content_fingerprint", ""):  # it has one: done in another process
                clean_item(item, self.max_bytes)
        except Exception as cause:
            raise StageFailed("clean", item, cause) from cause
        return item


def clean_item(item: object, max_bytes: int = MAX_CONTENT_BYTES) -> None:
    """Fill one item in place; items of other classes pass untouched."""
    clean = _BY_CLASS.get(type(item))
    if clean is not None:
        clean(item, max_bytes)


def _clean_post(post: Post, max_bytes: int) -> None:
    content = clean_html(post.content_rendered, _base(post), max_bytes)
    post.title = clean_text(post.title_rendered)
    post.excerpt = clean_text(post.excerpt_rendered, one_line=False)
    post.text, post.html, post.word_count = content.text, content.html, content.word_count
    post.links, post.images, post.embeds = content.links, content.images, content.embeds
    post.flags.extend(flag for flag in content.flags if flag not in post.flags)


def _clean_term(term: Term, max_bytes: int) -> None:
    term.name = clean_text(term.name_rendered)
    term.description = clean_text(term.description_rendered, one_line=False)


def _clean_author(author: Author, max_bytes: int) -> None:
    author.name = clean_text(author.name_rendered)
    author.description = clean_text(author.description_rendered, one_line=False)


def _clean_media(media: Media, max_bytes: int) -> None:
    media.title = clean_text(media.title_rendered)
    media.caption = clean_text(media.caption_rendered, one_line=False)
    media.description = clean_text(media.description_rendered, one_line=False)


def _clean_comment(comment: Comment, max_bytes: int) -> None:
    content = clean_html(comment.content_rendered, _base(comment), max_bytes)
    comment.text, comment.html = content.text, content.html
    comment.flags.extend(flag for flag in content.flags if flag not in comment.flags)


def _base(item: Post | Comment) -> str:
    """What relative addresses are relative to: the page, or else the site's home."""
    return item.link or f"https://{item.site}/"


_BY_CLASS: dict[type, Callable[[Any, int], None]] = {
    Post: _clean_post,
    Term: _clean_term,
    Author: _clean_author,
    Media: _clean_media,
    Comment: _clean_comment,
}
