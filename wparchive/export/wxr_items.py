"""The items of a WXR file: posts with their terms and comments, and attachments."""

import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec

from wparchive.export.readable import html_or_text
from wparchive.export.wxr_text import (
    cdata,
    element,
    mysql_local_time,
    mysql_time,
    plain_as_html,
    rfc822_time,
    stored_name,
    stored_slug,
    xml_text,
)
from wparchive.model.document_parts import Ref
from wparchive.model.documents import CommentDocument, MediaDocument, PostDocument
from wparchive.reading.library import Archive

_ELLIPSIS = re.compile(r"\s*(\[?(…|\.\.\.)\]?)?\s*$")


class LocalFiles(NamedTuple):
    """Where copies of kept files go, and the address that leads there from the WXR file."""

    folder: Path
    address: str

    def places(self, archive: Archive, document: Mapping[str, Any]) -> dict[str, str]:
        """Copy the kept files that a document names; return the addresses of their copies."""
        names = archive.files.copied(document, self.folder)
        return {url: f"{self.address}/{name}" for url, name in names.items()}


def post_item(post: PostDocument, comments: list[CommentDocument]) -> str:
    """Return a post as an item, with its terms, its featured image and its comments."""
    record = _record(post["raw"])
    parts = _common(post, record, html_or_text(post), own_excerpt(post))
    parts.append(("wp:is_sticky", str(int(post["sticky"]))))
    return _item(
        [
            *(element(name, content) for name, content in parts),
            *_terms(post),
            *_featured_image(post),
            *(_comment(comment) for comment in comments),
        ]
    )


def attachment_item(media: MediaDocument, address: str) -> str:
    """Return an attachment as an item; the importer fetches its file from an address."""
    record = _record(media["raw"])
    description = plain_as_html(media["description"])
    parts = _common(media, record, description, media["caption"])
    parts.append(("wp:is_sticky", "0"))
    parts.append(("wp:attachment_url", cdata(address)))
    elements = [element(name, content) for name, content in parts]
    if media["alt"]:
        elements.append(_meta("_wp_attachment_image_alt", media["alt"]))
    return _item(elements)


def _common(
    post: PostDocument | MediaDocument, record: dict[str, Any], content: str, excerpt: str
) -> list[tuple[str, str]]:
    """Return the elements that every item has, in their order; `excerpt` is plain text."""
    return [
        ("title", cdata(plain_as_html(post["title"]))),
        ("link", xml_text(post["link"] or "")),
        ("pubDate", rfc822_time(post["published_at"])),
        ("dc:creator", cdata(_creator(post["author"]))),
        ('guid isPermaLink="false"', xml_text(_guid(post, record))),
        ("description", ""),
        ("content:encoded", cdata(content)),
        ("excerpt:encoded", cdata(plain_as_html(excerpt))),
        ("wp:post_id", str(post["id"])),
        ("wp:post_date", cdata(mysql_local_time(post["published_local"]))),
        ("wp:post_date_gmt", cdata(mysql_time(post["published_at"]))),
        ("wp:post_modified", cdata(mysql_local_time(post["modified_local"]))),
        ("wp:post_modified_gmt", cdata(mysql_time(post["modified_at"]))),
        ("wp:comment_status", cdata(str(record.get("comment_status") or "closed"))),
        ("wp:ping_status", cdata(str(record.get("ping_status") or "closed"))),
        ("wp:post_name", cdata(stored_slug(post["slug"]))),
        ("wp:status", cdata(_status(post, record))),
        ("wp:post_parent", str(_parent(post))),
        ("wp:menu_order", str(_menu_order(record))),
        ("wp:post_type", cdata(post["type"])),
        ("wp:post_password", cdata(_password(record))),
    ]


def _status(post: PostDocument | MediaDocument, record: dict[str, Any]) -> str:
    """Return the status that a post gets where it is imported.

    A protected post whose password is not known becomes private: without it, it would be public.
    """
    if post.get("protected") and not _password(record):
        return "private"
    return str(record.get("status") or "publish")


def _password(record: dict[str, Any]) -> str:
    """Return the password of a protected post, which only its editors are shown."""
    password = record.get("password")
    return password if isinstance(password, str) else ""


def _creator(author: Ref | None) -> str:
    """Return the login of an author, for which the slug stands."""
    if author is None:
        return ""
    return stored_slug(author["slug"] or author["name"] or "")


def _guid(post: PostDocument | MediaDocument, record: dict[str, Any]) -> str:
    """Return the site's own identifier of a post, by which the importer knows it again."""
    guid = record.get("guid")
    # `{"rendered": "..."}`, as WordPress sends all values that filters may change.
    rendered = guid.get("rendered") if isinstance(guid, dict) else None
    return rendered if isinstance(rendered, str) else post["link"] or ""


def _menu_order(record: dict[str, Any]) -> int:
    """Return the place of a page among its siblings; records may hold anything there."""
    order = record.get("menu_order")
    return order if isinstance(order, int) else 0


def _parent(post: PostDocument | MediaDocument) -> int:
    """Return the id of the parent page, or of the post that an attachment was uploaded to."""
    if post["type"] == "attachment":
        return cast(MediaDocument, post)["post"] or 0
    return cast(PostDocument, post)["parent"] or 0


def _terms(post: PostDocument) -> list[str]:
    elements = [_term("category", ref["slug"], ref["name"]) for ref in post["categories"]]
    elements += [_term("post_tag", ref["slug"], ref["name"]) for ref in post["tags"]]
    elements += [_term(ref["taxonomy"], ref["slug"], ref["name"]) for ref in post["terms"]]
    # WordPress keeps a post's format as a term, and the standard format as none.
    if post["format"] not in (None, "standard"):
        name = str(post["format"])
        elements.append(_term("post_format", f"post-format-{name}", name.title()))
    return elements


def _term(taxonomy: str, slug: str | None, name: str | None) -> str:
    nicename = xml_text(stored_slug(slug or name or ""))
    content = cdata(stored_name(name or slug or ""))
    return f'<category domain="{xml_text(taxonomy)}" nicename="{nicename}">{content}</category>'


def _featured_image(post: PostDocument) -> list[str]:
    if post["featured_media"] is None:
        return []
    return [_meta("_thumbnail_id", str(post["featured_media"]["id"]))]


def _meta(key: str, value: str) -> str:
    pair = element("wp:meta_key", cdata(key)) + element("wp:meta_value", cdata(value))
    return element("wp:postmeta", pair)


def _comment(comment: CommentDocument) -> str:
    parts = {
        "comment_id": str(comment["id"]),
        "comment_author": cdata(comment["author_name"]),
        "comment_author_email": cdata(""),
        "comment_author_url": xml_text(comment["author_url"]),
        "comment_author_IP": cdata(""),
        "comment_date": cdata(mysql_local_time(comment["published_local"])),
        "comment_date_gmt": cdata(mysql_time(comment["published_at"])),
        "comment_content": cdata(comment["html"]),
        "comment_approved": cdata("1"),
        "comment_type": cdata("comment"),
        "comment_parent": str(comment["parent"]),
        "comment_user_id": str(comment["author_id"]),
    }
    inner = "".join(element(f"wp:{name}", value) for name, value in parts.items())
    return element("wp:comment", inner)


def _item(elements: list[str]) -> str:
    return "\t<item>\n" + "".join(f"\t\t{part}\n" for part in elements) + "\t</item>\n"


def _record(raw: bytes) -> dict[str, Any]:
    """Return the record as received; empty where it was too large to keep or is no longer JSON."""
    try:
        record = msgspec.json.decode(zlib.decompress(raw))
    except (msgspec.DecodeError, zlib.error, UnicodeDecodeError):
        return {}
    if isinstance(record, dict):
        return record
    return {}


def own_excerpt(post: PostDocument) -> str:
    """Return the excerpt that an author wrote; empty where it is the beginning of the text.

    WordPress makes that one itself, and stores none.
    """
    beginning = " ".join(_ELLIPSIS.sub("", post["excerpt"]).split())
    # The text may have more white space than the excerpt, so more of it is compared.
    text = " ".join(post["text"][: 2 * len(beginning) + 200].split())
    if text.startswith(beginning):
        return ""
    return post["excerpt"]
