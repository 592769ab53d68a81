"""The few facts of a stored post that the search for duplicates needs."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import UnionType
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from wparchive.duplicates.compare.sketch import SKETCH_VERSION
from wparchive.duplicates.original import OriginalCandidate
from wparchive.model.document_parts import Duplicate

SUMMARY_FIELDS = (
    *("site", "title", "link", "canonical_url", "published_at", "word_count"),
    *("content_fingerprint", "sketch", "sketch_version"),
)
"""Fields of a document from which a `PostSummary` is made, besides its key and its mark."""
NO_TEXT = "empty"
"""The fingerprint of a post without words (pictures, embeds). Two such posts repeat nothing."""
COMPARED_FIELDS = ("text", "images", "embeds", "featured_media")
"""Fields of a document from which a `PostContent` is made."""
# WordPress writes the size of a scaled image into its name: `tower-1024x768.jpg`.
_SCALED = re.compile(r"-\d+x\d+(?=\.\w+$)")
# One video has one id on all of them.
_YOUTUBE = frozenset({"youtube.com", "youtube-nocookie.com", "m.youtube.com", "youtu.be"})


@dataclass(frozen=True, slots=True)
class PostSummary:
    """The facts about a stored post besides its text."""

    candidate: OriginalCandidate
    site: str
    title: str
    fingerprint: str
    sketch: list[int]
    """Empty where the text is short or the sketch is of another version."""
    duplicate: Duplicate | None
    """The mark."""
    translations: frozenset[str] = frozenset()
    """Keys of the posts that a plugin says are this one in other languages."""

    @property
    def key(self) -> str:
        """Return the document key."""
        return self.candidate.key

    @property
    def has_text(self) -> bool:
        """Return whether an equal text can make the post a copy."""
        return self.fingerprint not in ("", NO_TEXT)


@dataclass(frozen=True, slots=True)
class PostContent:
    """The content that a post publishes."""

    text: str
    pictures: frozenset[str] = frozenset()
    embeds: frozenset[str] = frozenset()
    """Names of its pictures and embeds, equal for the same one."""


class DamagedPost(ValueError):
    """A stored post with a field that is missing or of another type. It is left out and counted."""


DAMAGES = (DamagedPost, KeyError, TypeError, AttributeError, ValueError)
"""What reading a damaged post may raise."""

_Stored = TypeVar("_Stored")
_Read = TypeVar("_Read")
_TYPES: Mapping[str, type | UnionType] = {
    "site": str,
    "title": str,
    "link": str | None,
    "canonical_url": str | None,
    "published_at": datetime | None,
    "word_count": int,
    "content_fingerprint": str,
    "sketch": list,
    "sketch_version": int,
    "text": str,
    "images": list,
    "embeds": list,
    "featured_media": dict | None,
}


def post_summary(key: str, fields: Mapping[str, Any], duplicate: Duplicate | None) -> PostSummary:
    """Return the summary of a stored post. Raises one of `DAMAGES`."""
    _check(fields, SUMMARY_FIELDS)
    candidate = OriginalCandidate(
        key,
        fields["link"],
        fields["canonical_url"],
        fields["published_at"],
        fields["word_count"],
    )
    sketch: list[int] = []
    if fields["sketch_version"] == SKETCH_VERSION:
        sketch = fields["sketch"]
    return PostSummary(
        candidate,
        fields["site"],
        fields["title"],
        fields["content_fingerprint"],
        sketch,
        duplicate,
        _translation_keys(key, fields.get("translations")),
    )


def read_sound(
    posts: Iterable[tuple[str, _Stored]], read: Callable[[_Stored], _Read], damaged: dict[str, str]
) -> Iterator[_Read]:
    """Yield what is read from stored posts, given with their keys.

    A damaged one is left out, and noted in `damaged` by its key.
    """
    for key, post in posts:
        try:
            value = read(post)
        except DAMAGES as error:
            damaged[key] = f"{type(error).__name__}: {error}"
        else:
            yield value


def _translation_keys(key: str, found: Any) -> frozenset[str]:
    """Return the keys of translations, which have the site and the type of the post itself."""
    if not isinstance(found, list):  # a document of an earlier version
        return frozenset()
    stem = key.rpartition("/")[0]
    return frozenset(f"{stem}/{one['id']}" for one in found if one["id"] is not None)


def post_content(fields: Mapping[str, Any]) -> PostContent:
    """Return what a post publishes, from `COMPARED_FIELDS`. Raises one of `DAMAGES`."""
    _check(fields, COMPARED_FIELDS)
    pictures = {_picture_name(image["url"]) for image in fields["images"]}
    featured = fields["featured_media"]
    if featured:
        # Where the address is not known, the id names the picture within its site.
        pictures.add(_picture_name(featured.get("url") or f"media {featured['id']}"))
    embeds = frozenset(_embed_name(embed["url"]) for embed in fields["embeds"])
    return PostContent(fields["text"], frozenset(pictures), embeds)


def _check(fields: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if not isinstance(fields[name], _TYPES[name]):
            raise DamagedPost(f"its {name} is no {_TYPES[name]}")


def _picture_name(url: str) -> str:
    return _SCALED.sub("", url.partition("?")[0].rpartition("://")[2])


def _embed_name(url: str) -> str:
    """Return a name that is equal for two addresses of one embed, as far as that is known."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host = parts.netloc.lower().removeprefix("www.")
    if host not in _YOUTUBE:
        return url.rpartition("://")[2].partition("#")[0]
    videos = parse_qs(parts.query).get("v", [])
    return f"youtube {(videos or [parts.path.rpartition('/')[2]])[0]}"
