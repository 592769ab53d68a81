"""The items of a WXR file: posts with their terms and comments, and attachments."""

import re
import zlib
from typing import Any, cast

import msgspec

from wparchive.export.wxr_values import mysql, mysql_local, rfc822, stored_name, stored_slug
from wparchive.export.xml import cdata, element, plain
from wparchive.model.documents import CommentDocument, MediaDocument, PostDocument, Ref

ELLIPSIS = re.compile(r"\s*(\[?(…|\.\.\.)\]?)?\s*$")


def post_item(post: PostDocument, comments: list[CommentDocument]) -> str:
    record = _record(post["raw"])
    parts = _common(post, record, post["html"], own_excerpt(post))
    parts += [("wp:is_sticky", str(int(post["sticky"])))]
    domains = [("category", ref) for ref in post["categories"]] + [
        ("post_tag", ref) for ref in post["tags"]
    ]
    domains += [(term["taxonomy"], cast(Ref, term)) for term in post["terms"]]
    terms = [_domain(taxonomy, ref["slug"], ref["name"]) for taxonomy, ref in domains]
    if post["format"] not in (None, "standard"):
        terms.append(
            _domain("post_format", f"post-format-{post['format']}", str(post["format"]).title())
        )
    image = (
        [_meta("_thumbnail_id", str(post["featured_media"]["id"]))]
        if post["featured_media"]
        else []
    )
    return _item(
        [
            *(element(*part) for part in parts),
            *terms,
            *image,
            *(_comment(comment) for comment in comments),
        ]
    )


def attachment_item(media: MediaDocument) -> str:
    record = _record(media["raw"])
    parts = _common(media, record, media["description"], media["caption"])
    parts += [("wp:is_sticky", "0"), ("wp:attachment_url", cdata(media["url"] or ""))]
    alt = [_meta("_wp_attachment_image_alt", media["alt"])] if media["alt"] else []
    return _item([*(element(*part) for part in parts), *alt])


def _common(
    post: PostDocument | MediaDocument, record: dict[str, Any], content: str, excerpt: str
) -> list[tuple[str, str]]:
    """The elements that every item has, in their order."""
    guid = record.get("guid")
    author = post["author"]
    return [
        ("title", cdata(post["title"])),
        ("link", plain(post["link"] or "")),
        ("pubDate", rfc822(post["published_at"])),
        (
            "dc:creator",
            cdata(stored_slug(author["slug"] or author["name"] or "") if author else ""),
        ),
        (
            'guid isPermaLink="false"',
            plain(guid.get("rendered", "") if isinstance(guid, dict) else post["link"] or ""),
        ),
        ("description", ""),
        ("content:encoded", cdata(content)),
        ("excerpt:encoded", cdata(excerpt)),
        ("wp:post_id", str(post["id"])),
        ("wp:post_date", cdata(mysql_local(post["published_local"]))),
        ("wp:post_date_gmt", cdata(mysql(post["published_at"]))),
        ("wp:post_modified", cdata(mysql_local(post["modified_local"]))),
        ("wp:post_modified_gmt", cdata(mysql(post["modified_at"]))),
        ("wp:comment_status", cdata(str(record.get("comment_status") or "closed"))),
        ("wp:ping_status", cdata(str(record.get("ping_status") or "closed"))),
        ("wp:post_name", cdata(stored_slug(post["slug"]))),
        ("wp:status", cdata(str(record.get("status") or "publish"))),
        ("wp:post_parent", str(_parent(post))),
        ("wp:menu_order", str(record.get("menu_order") or 0)),
        ("wp:post_type", cdata(post["type"])),
        ("wp:post_password", cdata("")),
    ]


def _parent(post: PostDocument | MediaDocument) -> int:
    return (
        cast(MediaDocument, post)["post"]
        if post["type"] == "attachment"
        else cast(PostDocument, post)["parent"]
    ) or 0


def _item(parts: list[str]) -> str:
    return "\t<item>\n" + "".join(f"\t\t{part}\n" for part in parts) + "\t</item>\n"


def _domain(taxonomy: str, slug: str | None, name: str | None) -> str:
    nicename = plain(stored_slug(slug or name or ""))
    return f'<category domain="{plain(taxonomy)}" nicename="{nicename}">{cdata(stored_name(name or slug or ""))}</category>'


def _meta(key: str, value: str) -> str:
    return element(
        "wp:postmeta", element("wp:meta_key", cdata(key)) + element("wp:meta_value", cdata(value))
    )


def _comment(comment: CommentDocument) -> str:
    parts = {
        "comment_id": str(comment["id"]),
        "comment_author": cdata(comment["author_name"]),
        "comment_author_email": cdata(""),
        "comment_author_url": plain(comment["author_url"]),
        "comment_author_IP": cdata(""),
        "comment_date": cdata(mysql_local(comment["published_local"])),
        "comment_date_gmt": cdata(mysql(comment["published_at"])),
        "comment_content": cdata(comment["html"]),
        "comment_approved": cdata("1"),
        "comment_type": cdata("comment"),
        "comment_parent": str(comment["parent"]),
        "comment_user_id": str(comment["author_id"]),
    }
    return element(
        "wp:comment", "".join(element(f"wp:{name}", value) for name, value in parts.items())
    )


def _record(raw: bytes) -> dict[str, Any]:
    """The record as received; empty where it was too large to keep or is no longer JSON."""
    try:
        record = msgspec.json.decode(zlib.decompress(raw))
    except (msgspec.DecodeError, zlib.error, UnicodeDecodeError):
        return {}
    return record if isinstance(record, dict) else {}


def own_excerpt(post: PostDocument) -> str:
    """The excerpt, unless it is only the beginning of the text: that one WordPress makes itself, and stores none."""
    beginning = " ".join(ELLIPSIS.sub("", post["excerpt"]).split())
    return (
        ""
        if " ".join(post["text"][: 2 * len(beginning) + 200].split()).startswith(beginning)
        else post["excerpt"]
    )
