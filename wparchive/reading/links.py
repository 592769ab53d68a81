"""Links and translations between the posts of an archive, both ways, and posts by address."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple
from urllib.parse import urlsplit

from wparchive.backends.questions import Filter
from wparchive.backends.reader import Reader
from wparchive.model.documents import PostDocument, translation_key
from wparchive.reading.arguments import contents_of, link_forms, short_link_keys

_LINKS_LOOKED_UP = 50
LINKING_LOOKED_AT = 500
"""Posts with a link to the domain of a post, of which so many are looked at."""


class LinkingPosts(NamedTuple):
    """The posts that link to a post, and where they were looked for."""

    found: list[PostDocument]
    domain: str | None
    """The domain of the post's address; None where it has none."""
    is_all: bool
    """False where more posts link to the domain than were looked at."""


def post_at(reader: Reader, address: str) -> str | None:
    """Return the key of the post at a public address, the best one where there are several."""
    for found in reader.posts_at(link_forms(address)):
        return found.key
    return None


def linked_posts(reader: Reader, post: PostDocument) -> list[PostDocument]:
    """Return the posts that a post links to, each once, in the order of its first links."""
    urls = [link["url"] for link in post["links"][:_LINKS_LOOKED_UP]]
    # All links in one question: some servers read the whole collection for each.
    forms = {url: link_forms(url) for url in urls}
    at: dict[str, str] = {}
    for one in reader.posts_at(tuple(chain.from_iterable(forms.values()))):
        at.setdefault(one.link, one.key)
    keys = {
        key: None
        for url in urls
        for key in (*short_link_keys(url), *(at[form] for form in forms[url] if form in at))
        if key != post["_id"]
    }
    return reader.get_posts(list(keys))


def translation_keys(reader: Reader, post: PostDocument) -> Iterator[str]:
    """Yield the keys of the posts that a post names as translations, or that name it.

    Sites do not touch a post when a translation of it appears: often only the new one was read
    since, and names the other.
    """
    for one in post.get("translations") or ():
        key = translation_key(post, one)
        if key is None and one["link"]:
            key = post_at(reader, one["link"])
        if key is not None:
            yield key
    yield from reader.posts_naming(post, link_forms(post["link"] or ""))


def linking_posts(reader: Reader, post: PostDocument) -> LinkingPosts:
    """Return the live posts that link to a post, the newest first."""
    address = post["link"] or ""
    forms = set(link_forms(address))
    domain = _host_of(address)
    # There is no index of addresses: those that link to the domain are looked at.
    candidates: list[PostDocument] = []
    if domain:
        of_domain = Filter(**contents_of(links_to=domain))
        candidates = list(reader.posts(of_domain, "newest", LINKING_LOOKED_AT, raw=False))
    found = [
        other for other in candidates if other["_id"] != post["_id"] and forms & _addresses(other)
    ]
    return LinkingPosts(found, domain, len(candidates) < LINKING_LOOKED_AT)


def _addresses(post: PostDocument) -> set[str]:
    """Return where a post links to, without the places within pages."""
    return {link["url"].partition("#")[0] for link in post["links"]}


def _host_of(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:  # a site may name anything as a post's address
        return None
