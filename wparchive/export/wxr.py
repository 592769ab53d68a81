"""WXR 1.2, the XML that WordPress exports and its importer reads.

It has the elements of `export_wp()` in their order; source: wp-admin/includes/export.php of
WordPress 6.8. What a site does not publish cannot be in it: logins (an author's slug stands for
it), e-mail addresses, post meta, and the block markup that content was made from (its rendered,
safe HTML stands for it).
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from wparchive.errors import InvalidQuery
from wparchive.export.markdown import with_local_addresses
from wparchive.export.wxr_items import LocalFiles, attachment_item, post_item
from wparchive.export.wxr_text import (
    cdata,
    element,
    rfc822_time,
    stored_name,
    stored_slug,
    xml_text,
)
from wparchive.model.documents import AuthorDocument, CommentDocument, PostDocument, TermDocument
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts
from wparchive.reading.site_summaries import SiteSummary

NAMESPACES = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
}
_COMMENT = (
    "<!-- A WordPress eXtended RSS file, made by wparchive from what the site publishes: "
    "for Tools, Import, WordPress. -->"
)


def write_wxr(
    posts: Iterable[PostDocument],
    out: BinaryIO,
    selection: Posts,
    archive: Archive,
    files: LocalFiles | None = None,
) -> None:
    """Write one channel, hence one site.

    Attachments follow the posts: those that were uploaded to a post of the selection, or are its
    image. With `files`, kept files are copied, and pictures, links and attachments lead to the
    copies. Raises InvalidQuery when the selection spans several sites.
    """
    for part in _parts(_only_site(selection, archive), posts, archive, files):
        out.write(part.encode())


def _only_site(selection: Posts, archive: Archive) -> SiteSummary:
    keys = selection.filter.sites
    if not keys:
        keys = tuple(str(site) for site in selection.by("site"))
    if len(keys) > 1:
        raise InvalidQuery(
            f"a WXR file holds one site, and these posts are of {len(keys)}: "
            f"add --site, one of {', '.join(sorted(keys))}"
        )
    if not keys:
        raise InvalidQuery("no post is selected, so there is no site to write a WXR file for")
    for summary in archive.sites():
        if summary.key == keys[0]:
            return summary
    return SiteSummary(keys[0], None, [], None)


def _parts(
    summary: SiteSummary,
    posts: Iterable[PostDocument],
    archive: Archive,
    files: LocalFiles | None,
) -> Iterator[str]:
    """Yield the file in pieces, in its order."""
    site = summary.key
    yield _head(summary)
    for author in archive.authors(site=site):
        yield _author(author)
    yield from _terms(list(archive.terms(site=site)))
    # Most archives hold no comments. Then no post needs a look-up for its own.
    has_comments = any(counts.kind == "comments" and counts.live for counts in summary.held)
    ids: set[int] = set()
    images: set[int] = set()
    for post in posts:
        ids.add(post["id"])
        if post["featured_media"]:
            images.add(post["featured_media"]["id"])
        comments: list[CommentDocument] = []
        if has_comments:
            comments = list(archive.comments(site=site, post=post["id"]))
        if files is not None:
            post = with_local_addresses(post, files.places(archive, post))
        yield post_item(post, comments)
    # Only now is it known which attachments belong to the posts.
    for media in archive.media(site=site):
        if media["id"] in images or media["post"] in ids:
            address = media["url"] or ""
            if files is not None:
                address = files.places(archive, media).get(address, address)
            yield attachment_item(media, address)
    yield "</channel>\n</rss>\n"


def _head(summary: SiteSummary) -> str:
    home = f"https://{summary.key}"
    name = summary.key
    description = ""
    language = ""
    if summary.site is not None:
        home = summary.site["home"]
        name = summary.site["name"]
        description = summary.site["description"]
        language = summary.site["language"] or ""
    home = home.rstrip("/")
    lines = [
        element("title", xml_text(name)),
        element("link", xml_text(home)),
        element("description", xml_text(description)),
        element("pubDate", rfc822_time(datetime.now(UTC))),
        element("language", xml_text(language)),
        element("wp:wxr_version", "1.2"),
        element("wp:base_site_url", xml_text(home)),
        element("wp:base_blog_url", xml_text(home)),
    ]
    spaces = "".join(f'\n\txmlns:{space}="{address}"' for space, address in NAMESPACES.items())
    body = "".join(f"\t{line}\n" for line in lines)
    declaration = '<?xml version="1.0" encoding="UTF-8" ?>'
    return f'{declaration}\n{_COMMENT}\n<rss version="2.0"{spaces}\n>\n<channel>\n{body}'


def _author(author: AuthorDocument) -> str:
    parts = {
        "author_id": str(author["id"]),
        "author_login": cdata(stored_slug(author["slug"])),
        "author_email": cdata(""),
        "author_display_name": cdata(author["name"]),
        "author_first_name": cdata(""),
        "author_last_name": cdata(""),
    }
    inner = "".join(element(f"wp:{name}", value) for name, value in parts.items())
    return "\t" + element("wp:author", inner) + "\n"


def _terms(terms: list[TermDocument]) -> Iterator[str]:
    """Yield categories, tags, then terms of other taxonomies; parents before their children."""
    categories = [term for term in terms if term["type"] == "category"]
    tags = [term for term in terms if term["type"] == "post_tag"]
    others = [term for term in terms if term["type"] not in ("category", "post_tag")]
    yield from _in_order(categories, _category)
    yield from _in_order(tags, _tag)
    yield from _in_order(others, _other_term)


def _in_order(
    terms: list[TermDocument], write: Callable[[TermDocument, str], str]
) -> Iterator[str]:
    """Yield terms as `write` makes them of a term and its parent's slug."""
    slugs = {(term["type"], term["id"]): term["slug"] for term in terms}
    for term in _parents_first(terms):
        yield write(term, slugs.get((term["type"], term["parent"] or 0), ""))


def _parents_first(terms: list[TermDocument]) -> Iterator[TermDocument]:
    """Yield terms in the order that the importer needs: it looks a parent up by its slug."""
    waiting = terms
    while waiting:
        keys = {(term["type"], term["id"]) for term in waiting}
        ready = [term for term in waiting if (term["type"], term["parent"] or 0) not in keys]
        if not ready:
            # A circle of parents, which WordPress itself cannot rule out: as it comes.
            ready = waiting
        yield from ready
        done = {(term["type"], term["id"]) for term in ready}
        waiting = [term for term in waiting if (term["type"], term["id"]) not in done]


def _category(term: TermDocument, parent: str) -> str:
    parts = {
        "term_id": str(term["id"]),
        "category_nicename": cdata(stored_slug(term["slug"])),
        "category_parent": cdata(stored_slug(parent)),
    }
    optional = {
        "cat_name": stored_name(term["name"]),
        "category_description": term["description"],
    }
    return _term_element("wp:category", parts, optional)


def _tag(term: TermDocument, parent: str) -> str:
    parts = {"term_id": str(term["id"]), "tag_slug": cdata(stored_slug(term["slug"]))}
    optional = {"tag_name": stored_name(term["name"]), "tag_description": term["description"]}
    return _term_element("wp:tag", parts, optional)


def _other_term(term: TermDocument, parent: str) -> str:
    parts = {
        "term_id": str(term["id"]),
        "term_taxonomy": cdata(term["type"]),
        "term_slug": cdata(stored_slug(term["slug"])),
        "term_parent": cdata(stored_slug(parent)),
    }
    optional = {"term_name": stored_name(term["name"]), "term_description": term["description"]}
    return _term_element("wp:term", parts, optional)


def _term_element(name: str, parts: dict[str, str], optional: dict[str, str]) -> str:
    """Return the element of a term; empty optional parts are left out, as WordPress does."""
    whole = parts | {key: cdata(value) for key, value in optional.items() if value}
    inner = "".join(f"\t\t{element(f'wp:{key}', value)}\n" for key, value in whole.items())
    return f"\t<{name}>\n{inner}\t</{name}>\n"
