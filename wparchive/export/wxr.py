"""WXR 1.2, the XML that WordPress exports and its importer reads, with the elements and the order of `export_wp()`.

Source: wp-admin/includes/export.php of WordPress 6.8. What a site does not publish cannot be in it: logins (an author's slug stands
for it), e-mail addresses, post meta, and the block markup that content was made from (its rendered, safe HTML stands for it).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO, cast

from wparchive.errors import InvalidQuery
from wparchive.export.wxr_items import attachment_item, post_item
from wparchive.export.wxr_terms import author_element, term_elements
from wparchive.export.wxr_values import rfc822
from wparchive.export.xml import element, plain
from wparchive.model.documents import (
    AuthorDocument,
    MediaDocument,
    PostDocument,
    Site,
    TermDocument,
)
from wparchive.reading.library import Archive, Posts

NAMESPACES = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
}


def write(posts: Iterable[PostDocument], out: BinaryIO, selection: Posts, archive: Archive) -> None:
    """One channel, hence one site. Attachments follow the posts: those that belong to a post of the selection or are its image.

    Raises InvalidQuery when the selection spans several sites.
    """
    site = _only_site(selection, archive)
    for part in _parts(site, posts, archive):
        out.write(part.encode())


def _only_site(selection: Posts, archive: Archive) -> str:
    sites = selection.filter.sites or tuple(str(site) for site in selection.by("site"))
    if len(sites) > 1:
        raise InvalidQuery(
            f"a WXR file holds one site, and these posts are of {len(sites)}: add --site, one of {', '.join(sorted(sites))}"
        )
    if not sites:
        raise InvalidQuery("no post is selected, and so no site is known to write a WXR file for")
    return sites[0]


def _parts(site: str, posts: Iterable[PostDocument], archive: Archive) -> Iterator[str]:
    described = next((summary.site for summary in archive.sites() if summary.key == site), None)
    yield _head(site, described)
    yield from (
        author_element(cast(AuthorDocument, author))
        for author in archive.reader.documents("authors", site)
    )
    yield from term_elements(
        [cast(TermDocument, term) for term in archive.reader.documents("terms", site)]
    )
    commented = any(
        held.site == site and held.kind == "comments" and held.live
        for held in archive.reader.held()
    )
    ids: set[int] = set()
    images: set[int] = set()
    for post in posts:
        ids.add(post["id"])
        images |= {post["featured_media"]["id"]} if post["featured_media"] else set()
        yield post_item(post, archive.reader.comments(site, post["id"]) if commented else [])
    for document in archive.reader.documents("media", site):
        media = cast(MediaDocument, document)
        if media["id"] in images or media["post"] in ids:
            yield attachment_item(media)
    yield "</channel>\n</rss>\n"


def _head(site: str, described: Site | None) -> str:
    home = (described["home"] if described else f"https://{site}").rstrip("/")
    spaces = "".join(f'\n\txmlns:{name}="{address}"' for name, address in NAMESPACES.items())
    lines = [
        element("title", plain(described["name"] if described else site)),
        element("link", plain(home)),
        element("description", plain(described["description"] if described else "")),
        element("pubDate", rfc822(datetime.now(UTC))),
        element("language", plain((described and described["language"]) or "")),
        element("wp:wxr_version", "1.2"),
        element("wp:base_site_url", plain(home)),
        element("wp:base_blog_url", plain(home)),
    ]
    comment = "<!-- A WordPress eXtended RSS file, made by wparchive from what the site publishes: for Tools, Import, WordPress. -->"
    body = "".join(f"\t{line}\n" for line in lines)
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n{comment}\n<rss version="2.0"{spaces}\n>\n<channel>\n{body}'
