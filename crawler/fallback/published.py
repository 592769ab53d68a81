"""One post as a feed, a sitemap or a public page shows it, and its record in the API's shape. Pure.

The record has a member of our own, `MARKER`, which says where it comes from. Everything that reads
records of the API (the stages, `wparchive reclean`, `wparchive verify`) reads these as well.
"""

import html
import json
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from lxml import html as lxml_html

from crawler.fallback.linked_data import plain_title
from crawler.fallback.markers import LEVELS, MARKER, marker_of
from crawler.fallback.published_terms import (
    MADE_UP_IDS,
    PublishedTerm,
    joined_terms,
    made_up_number,
    term_members,
)
from crawler.fallback.times import lacks_zone, time_members
from crawler.rest.php_values import as_rendered, as_text
from crawler.site.host_names import usual_host
from wparchive.model.documents import Completeness, PostSource

_PASSWORD_FORM, _PASSWORD_ACTION = "post-password-form", "action=postpass"
"""Class and address of the form that WordPress shows in place of a protected content
(`get_the_password_form()`). Themes change the one or the other."""
_TIMES = ("published", "published_local", "modified", "modified_local")
_MERGED = (
    *("id", "type", "title", "excerpt"),
    *_TIMES,
    *("author_name", "image", "language"),
)
_ID_PARAMETERS = ("p", "page_id", "attachment_id")
_TYPE_OF_PARAMETER = {"page_id": "page", "attachment_id": "attachment"}
_TYPE_NAME = re.compile(r"[a-z0-9_-]{1,20}")  # `register_post_type()` takes no others
# Parameters that name a campaign, a click or a session. The page is the same without them.
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|_ga)(?:=|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPost:
    """A post as one source, or several together, show it."""

    link: str
    source: PostSource
    completeness: Completeness = "address"
    id: int | None = None
    """The site's own; None where the source does not show it."""
    type: str | None = None
    title: str = ""
    """HTML, and so are content and excerpt."""
    content: str = ""
    excerpt: str = ""
    published: str | None = None
    """UTC as the API writes it, `2026-03-10T12:00:00`; `modified` likewise."""
    modified: str | None = None
    published_local: str | None = None
    """The time without a zone, where the source names none; `modified_local` likewise."""
    modified_local: str | None = None
    author_name: str = ""
    terms: tuple[PublishedTerm, ...] = ()
    """Categories and tags."""
    image: str = ""
    language: str = ""


@dataclass(slots=True)
class LeftOut:
    """Counts of what a run saw and did not archive, by the reason."""

    kept: int = 0
    """Posts that are held from the API."""
    forbidden: int = 0
    gone: int = 0
    no_posts: int = 0

    def notes(self) -> list[str]:
        """Return the reasons that there were, in words for the report."""
        words = {
            f"posts that are held from the API, left as they are: {self.kept:,}": self.kept,
            f"pages that robots.txt forbids: {self.forbidden:,}": self.forbidden,
            f"listed addresses that are gone, or lead to another site: {self.gone:,}": self.gone,
            f"listed pages that show no post: {self.no_posts:,}": self.no_posts,
        }
        return [text for text, number in words.items() if number]


def merged(first: PublishedPost, second: PublishedPost) -> PublishedPost:
    """Return what two sources show of one post; the first one counts where both say something.

    The content is that of the more complete one, and so are its `source` and `completeness`.
    """
    best = min(first, second, key=lambda post: LEVELS.index(post.completeness))
    values = {name: getattr(first, name) or getattr(second, name) for name in _MERGED}
    content = {name: getattr(best, name) for name in ("source", "completeness", "content")}
    return replace(first, **values, **content, terms=joined_terms(first.terms, second.terms))


def record_of(
    post: PublishedPost,
    lastmod: str = "",
    taxonomy_of: Mapping[str, str] | None = None,
    zone: tzinfo | None = None,
) -> bytes:
    """Return the record of a post, as the API would show it, with a marker.

    `lastmod` is what the sitemap says of its last change: a later run compares it. A post whose
    own id is not known has one that is made of its address. `taxonomy_of` says of which taxonomy
    a slug is. `zone` is that of the site.
    """
    times = time_members({name: getattr(post, name) for name in _TIMES}, zone)
    protected = _is_protected(post.content)
    content = "" if protected else post.content
    record: dict[str, Any] = {
        "id": id_of(post),
        "type": post.type or "post",
        "link": post.link,
        "slug": urlsplit(post.link).path.rstrip("/").rpartition("/")[2],
        "status": "publish",
        "title": {"rendered": post.title},
        "content": {"rendered": content, "protected": protected},
        "excerpt": {"rendered": post.excerpt},
        **times,
        "author_name": post.author_name,
        "authors": [{"name": post.author_name}] if post.author_name else [],
        **term_members(post.terms, taxonomy_of),
        "image": post.image,
        "language": post.language,
        MARKER: _marker(post, lastmod),
    }
    if lacks_zone(times):
        record[MARKER]["zone"] = "unknown"
    kept = {name: value for name, value in record.items() if value not in ("", None, [])}
    return json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace")


def _marker(post: PublishedPost, lastmod: str) -> dict[str, str]:
    """Return what a record of a published post says of its source."""
    return {
        "source": post.source,
        "completeness": post.completeness,
        "id": "made up" if id_of(post) >= MADE_UP_IDS else "of the site",
        "lastmod": lastmod,
    }


def _is_protected(content: str) -> bool:
    """Tell whether a content is the form that asks for a password, and not a text about it."""
    if _PASSWORD_FORM not in content and _PASSWORD_ACTION not in content:
        return False
    markup = f"<div>{content}</div>".encode("utf-8", "replace")
    root = lxml_html.document_fromstring(markup, parser=lxml_html.HTMLParser(encoding="utf-8"))
    return any(
        _PASSWORD_FORM in (form.get("class") or "").split()
        or _PASSWORD_ACTION in (form.get("action") or "")
        for form in root.iter("form")
    )


def is_better(stored: bytes, post: PublishedPost) -> bool:
    """Tell whether a held record shows more of a post than was read now."""
    marker = marker_of(stored)
    if marker is None or marker.get("source") == "api+page":
        return True
    return marker.get("completeness") == "content" and post.completeness != "content"


class Claims:
    """The ids that the posts of a run claim: themes and caches may give one id to many pages."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, int], tuple[str, str]] = {}
        """Key of the address and title of the post that has an id."""
        self.repeated: list[str] = []
        """Addresses that show a post which another address shows, too."""
        self.wrong: list[str] = []
        """Addresses of posts with the id of another post."""

    def settled(
        self, post: PublishedPost, stored: bytes | None, listed: Container[str]
    ) -> PublishedPost | None:
        """Return the post with an id of its own; None where it is shown at another address, too.

        `stored` is the held record with the id of the post. One whose address the site still lists
        (`listed`, by `address_key`) has not moved to the address of the post.
        """
        claim = post.type or "post", id_of(post)
        key = address_key(post.link)
        first = self._shown.get(claim) or _held_at(stored, listed) or (key, "")
        if first[0] == key:
            self._shown[claim] = key, plain_title(post.title)
            return post
        titles = first[1], plain_title(post.title)
        # The title of a page may end with the name of its site.
        if all(titles) and (titles[0].startswith(titles[1]) or titles[1].startswith(titles[0])):
            self.repeated.append(post.link)
            return None
        self.wrong.append(post.link)
        return replace(post, id=None)

    def doubts(self) -> list[str]:
        """Return in words for the verdict which addresses claimed the id of another one."""
        words = {
            "show a post that another address shows, and were left out": self.repeated,
            "show another post, which has an id made of its address": self.wrong,
        }
        parts = [
            f"{len(found):,} {text} ({', '.join(found[:3])})"
            for text, found in words.items()
            if found
        ]
        return [f"of the addresses that claim an id twice, {' and '.join(parts)}"] * bool(parts)


def _held_at(stored: bytes | None, listed: Container[str]) -> tuple[str, str] | None:
    """Return key of address and title of a held record; None for an address that is gone."""
    if stored is None:
        return None
    try:
        record = json.loads(stored)
        key = address_key(as_text(record.get("link")))
        title = plain_title(as_rendered(record.get("title")))
    except (ValueError, AttributeError, RecursionError):
        return None
    return (key, title) if key in listed else None


def id_of(post: PublishedPost) -> int:
    """Return the id of a post, made of its address where its own is not known."""
    if post.id is None:
        return made_up_id(post.link)
    return post.id


def made_up_id(link: str) -> int:
    """Return the id of a post whose own is not known: the same one for the same address."""
    return made_up_number(address_key(link))


def address_key(address: str) -> str:
    """Return an address without what may differ between two ways to write it.

    That is the scheme, `www.`, the last slash, percent-encoding, and parameters that only count
    visitors. An address that cannot be read is its own key.
    """
    try:
        parts = urlsplit(address)
        host = usual_host(parts.hostname or "").removeprefix("www.")
        port = parts.port
    except ValueError:
        return address
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    query = "&".join(
        sorted(part for part in parts.query.split("&") if part and not _TRACKING.match(part))
    )
    key = host + unquote(parts.path).rstrip("/")
    if query:
        key += f"?{query}"
    return key


def is_below(address: str, home: str) -> bool:
    """Tell whether an address is one of the site with this home, by host and path."""
    if not address.startswith(("http://", "https://")):
        return False
    below = address_key(home)
    key = address_key(address)
    return key == below or key.startswith((f"{below}/", f"{below}?"))


def id_in_address(address: str, home: str) -> tuple[int | None, str | None]:
    """Return id and type in an address such as `https://example.com/?p=12&post_type=movie`.

    Both are None for any other address, and for one of another host: imported posts keep the
    addresses, and so the numbers, of the site that they came from.
    """
    if not is_below(address, home):
        return None, None
    query = parse_qs(urlsplit(html.unescape(address)).query)
    for name in _ID_PARAMETERS:
        value = query.get(name, [""])[0]
        if value.isascii() and value.isdecimal() and 0 < len(value) < 16:
            type_ = query.get("post_type", [""])[0] or _TYPE_OF_PARAMETER.get(name, "")
            return int(value), type_name(type_)
    return None, None


def type_name(value: str) -> str | None:
    """Return a name that may be one of a post type; None for anything else."""
    return value if _TYPE_NAME.fullmatch(value) else None
