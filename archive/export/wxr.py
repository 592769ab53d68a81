"""WXR 1.2, the XML that WordPress exports and its importer reads, with the elements and the order of `export_wp()`.

Source: wp-admin/includes/export.php of WordPress 6.8. What a site does not publish cannot be in it: logins (an author's slug stands
for it), e-mail addresses, post meta, and the block markup that content was made from (its rendered, safe HTML stands for it).
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

import msgspec

from archive.documents import AuthorDocument, CommentDocument, MediaDocument, PostDocument, Ref, Site, TermDocument
from archive.errors import InvalidQuery
from archive.export.xml import cdata, element, plain
from archive.library import Archive, Posts

NAMESPACES = {
    "excerpt": "http://wordpress.org/export/1.2/excerpt/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "wp": "http://wordpress.org/export/1.2/",
}
NO_DATE = "0000-00-00 00:00:00"
"""What WordPress writes where there is no date."""


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
        raise InvalidQuery(f"a WXR file holds one site, and these posts are of {len(sites)}: add --site, one of {', '.join(sorted(sites))}")
    if not sites:
        raise InvalidQuery("no post is selected, and so no site is known to write a WXR file for")
    return sites[0]


def _parts(site: str, posts: Iterable[PostDocument], archive: Archive) -> Iterator[str]:
    described = next((summary.site for summary in archive.sites() if summary.key == site), None)
    yield _head(site, described)
    yield from (_author(cast(AuthorDocument, author)) for author in archive.reader.documents("authors", site))
    yield from _terms([cast(TermDocument, term) for term in archive.reader.documents("terms", site)])
    commented = any(held.site == site and held.kind == "comments" and held.live for held in archive.reader.held())
    ids: set[int] = set()
    images: set[int] = set()
    for post in posts:
        ids.add(post["id"])
        images |= {post["featured_media"]["id"]} if post["featured_media"] else set()
        yield _post(post, archive.reader.comments(site, post["id"]) if commented else [])
    for document in archive.reader.documents("media", site):
        media = cast(MediaDocument, document)
        if media["id"] in images or media["post"] in ids:
            yield _attachment(media)
    yield "</channel>\n</rss>\n"


def _head(site: str, described: Site | None) -> str:
    home = (described["home"] if described else f"https://{site}").rstrip("/")
    spaces = "".join(f'\n\txmlns:{name}="{address}"' for name, address in NAMESPACES.items())
    lines = [
        element("title", plain(described["name"] if described else site)),
        element("link", plain(home)),
        element("description", plain(described["description"] if described else "")),
        element("pubDate", _rfc822(datetime.now(UTC))),
        element("language", plain((described and described["language"]) or "")),
        element("wp:wxr_version", "1.2"),
        element("wp:base_site_url", plain(home)),
        element("wp:base_blog_url", plain(home)),
    ]
    comment = "<!-- A WordPress eXtended RSS file, made by wparchive from what the site publishes: for Tools, Import, WordPress. -->"
    body = "".join(f"\t{line}\n" for line in lines)
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n{comment}\n<rss version="2.0"{spaces}\n>\n<channel>\n{body}'


def _author(author: AuthorDocument) -> str:
    parts = {
        "author_id": str(author["id"]),
        "author_login": cdata(author["slug"]),
        "author_email": cdata(""),
        "author_display_name": cdata(author["name"]),
        "author_first_name": cdata(""),
        "author_last_name": cdata(""),
    }
    return "\t" + element("wp:author", "".join(element(f"wp:{name}", value) for name, value in parts.items())) + "\n"


def _terms(terms: list[TermDocument]) -> Iterator[str]:
    """Categories, tags, then terms of other taxonomies; parents before their children, as the importer needs them."""
    shapes: list[tuple[Callable[[TermDocument], bool], Callable[[TermDocument, str], str]]] = [
        (lambda term: term["type"] == "category", _category),
        (lambda term: term["type"] == "post_tag", _tag),
        (lambda term: term["type"] not in ("category", "post_tag"), _term),
    ]
    for belongs, shape in shapes:
        chosen = [term for term in terms if belongs(term)]
        slugs = {(term["type"], term["id"]): term["slug"] for term in chosen}
        yield from (shape(term, slugs.get((term["type"], term["parent"] or 0), "")) for term in _parents_first(chosen))


def _parents_first(terms: list[TermDocument]) -> Iterator[TermDocument]:
    waiting, done = terms, set[tuple[str, int]]()
    while waiting:
        known = {(term["type"], term["id"]) for term in waiting}
        ready = [term for term in waiting if (term["type"], term["parent"] or 0) not in known]
        for term in ready or waiting:  # a circle of parents, which WordPress itself cannot rule out, is written as it comes
            done.add((term["type"], term["id"]))
            yield term
        waiting = [term for term in waiting if (term["type"], term["id"]) not in done]


def _category(term: TermDocument, parent: str) -> str:
    parts = {"term_id": str(term["id"]), "category_nicename": cdata(term["slug"]), "category_parent": cdata(parent)}
    return _described("wp:category", parts, {"cat_name": term["name"], "category_description": term["description"]})


def _tag(term: TermDocument, parent: str) -> str:
    parts = {"term_id": str(term["id"]), "tag_slug": cdata(term["slug"])}
    return _described("wp:tag", parts, {"tag_name": term["name"], "tag_description": term["description"]})


def _term(term: TermDocument, parent: str) -> str:
    parts = {
        "term_id": str(term["id"]),
        "term_taxonomy": cdata(term["type"]),
        "term_slug": cdata(term["slug"]),
        "term_parent": cdata(parent),
    }
    return _described("wp:term", parts, {"term_name": term["name"], "term_description": term["description"]})


def _described(name: str, parts: dict[str, str], optional: dict[str, str]) -> str:
    whole = parts | {key: cdata(value) for key, value in optional.items() if value}
    return f"\t<{name}>\n" + "".join(f"\t\t{element(f'wp:{key}', value)}\n" for key, value in whole.items()) + f"\t</{name}>\n"


def _post(post: PostDocument, comments: list[CommentDocument]) -> str:
    record = _record(post["raw"])
    parts = _common(post, record, post["html"], post["excerpt"])
    parts += [("wp:is_sticky", str(int(post["sticky"])))]
    domains = [("category", ref) for ref in post["categories"]] + [("post_tag", ref) for ref in post["tags"]]
    domains += [(term["taxonomy"], cast(Ref, term)) for term in post["terms"]]
    terms = [_domain(taxonomy, ref["slug"], ref["name"]) for taxonomy, ref in domains]
    if post["format"] not in (None, "standard"):
        terms.append(_domain("post_format", f"post-format-{post['format']}", str(post["format"]).title()))
    image = [_meta("_thumbnail_id", str(post["featured_media"]["id"]))] if post["featured_media"] else []
    return _item([*(element(*part) for part in parts), *terms, *image, *(_comment(comment) for comment in comments)])


def _attachment(media: MediaDocument) -> str:
    record = _record(media["raw"])
    parts = _common(media, record, media["description"], media["caption"])
    parts += [("wp:is_sticky", "0"), ("wp:attachment_url", cdata(media["url"] or ""))]
    alt = [_meta("_wp_attachment_image_alt", media["alt"])] if media["alt"] else []
    return _item([*(element(*part) for part in parts), *alt])


def _common(post: PostDocument | MediaDocument, record: dict[str, Any], content: str, excerpt: str) -> list[tuple[str, str]]:
    """The elements that every item has, in their order."""
    guid = record.get("guid")
    author = post["author"]
    return [
        ("title", cdata(post["title"])),
        ("link", plain(post["link"] or "")),
        ("pubDate", _rfc822(post["published_at"])),
        ("dc:creator", cdata((author["slug"] or author["name"] or "") if author else "")),
        ('guid isPermaLink="false"', plain(guid.get("rendered", "") if isinstance(guid, dict) else post["link"] or "")),
        ("description", ""),
        ("content:encoded", cdata(content)),
        ("excerpt:encoded", cdata(excerpt)),
        ("wp:post_id", str(post["id"])),
        ("wp:post_date", cdata(_mysql_local(post["published_local"]))),
        ("wp:post_date_gmt", cdata(_mysql(post["published_at"]))),
        ("wp:post_modified", cdata(_mysql_local(post["modified_local"]))),
        ("wp:post_modified_gmt", cdata(_mysql(post["modified_at"]))),
        ("wp:comment_status", cdata(str(record.get("comment_status") or "closed"))),
        ("wp:ping_status", cdata(str(record.get("ping_status") or "closed"))),
        ("wp:post_name", cdata(post["slug"])),
        ("wp:status", cdata(str(record.get("status") or "publish"))),
        ("wp:post_parent", str(_parent(post))),
        ("wp:menu_order", str(record.get("menu_order") or 0)),
        ("wp:post_type", cdata(post["type"])),
        ("wp:post_password", cdata("")),
    ]


def _parent(post: PostDocument | MediaDocument) -> int:
    return (cast(MediaDocument, post)["post"] if post["type"] == "attachment" else cast(PostDocument, post)["parent"]) or 0


def _item(parts: list[str]) -> str:
    return "\t<item>\n" + "".join(f"\t\t{part}\n" for part in parts) + "\t</item>\n"


def _domain(taxonomy: str, slug: str | None, name: str | None) -> str:
    return f'<category domain="{plain(taxonomy)}" nicename="{plain(slug or name or "")}">{cdata(name or slug or "")}</category>'


def _meta(key: str, value: str) -> str:
    return element("wp:postmeta", element("wp:meta_key", cdata(key)) + element("wp:meta_value", cdata(value)))


def _comment(comment: CommentDocument) -> str:
    parts = {
        "comment_id": str(comment["id"]),
        "comment_author": cdata(comment["author_name"]),
        "comment_author_email": cdata(""),
        "comment_author_url": plain(comment["author_url"]),
        "comment_author_IP": cdata(""),
        "comment_date": cdata(_mysql_local(comment["published_local"])),
        "comment_date_gmt": cdata(_mysql(comment["published_at"])),
        "comment_content": cdata(comment["html"]),
        "comment_approved": cdata("1"),
        "comment_type": cdata("comment"),
        "comment_parent": str(comment["parent"]),
        "comment_user_id": str(comment["author_id"]),
    }
    return element("wp:comment", "".join(element(f"wp:{name}", value) for name, value in parts.items()))


def _record(raw: bytes) -> dict[str, Any]:
    """The record as received; empty where it was too large to keep or is no longer JSON."""
    try:
        record = msgspec.json.decode(zlib.decompress(raw))
    except (msgspec.DecodeError, zlib.error, UnicodeDecodeError):
        return {}
    return record if isinstance(record, dict) else {}


def _rfc822(at: datetime | None) -> str:
    """English names, whatever the locale."""
    from email.utils import format_datetime

    return format_datetime(at.astimezone(UTC)) if at else ""


def _mysql(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else NO_DATE


def _mysql_local(text: str | None) -> str:
    return text.replace("T", " ") if text else NO_DATE
