"""One record -> one item, tolerant of every type flip that plugins cause. Only `id` is required; times become aware UTC."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urljoin

from crawler.items import Author, Comment, Item, Media, Post, Term
from crawler.rest.collections import Collection
from crawler.rest.lenient_json import decode_record
from wparchive.model.documents import Field, MediaRef

_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_ABSOLUTE = re.compile(
    r"https?://[\w.-]+(?::\d+)?/[\w/.%~-]*", re.ASCII
)  # what `urljoin` leaves as it is
_json = json.JSONEncoder(ensure_ascii=False).encode

# Fields that the schema names, or that are deliberately left to `raw` alone: links between routes, avatars (hashes of e-mail addresses).
_COMMON = {
    "id",
    "link",
    "slug",
    "type",
    "_links",
    "_embedded",
    "avatar_urls",
    "guid",
    "taxonomy",
    "author_avatar_urls",
}
_NAMED: Mapping[str, set[str]] = {
    "posts": {
        "title",
        "content",
        "excerpt",
        "status",
        "date",
        "date_gmt",
        "modified",
        "modified_gmt",
        "parent",
        "sticky",
        "format",
    }
    | {"author", "featured_media", "class_list", "yoast_head"},
    "terms": {"name", "description", "parent", "count"},
    "authors": {"name", "description"},
    "media": {
        "title",
        "caption",
        "description",
        "alt_text",
        "mime_type",
        "source_url",
        "post",
        "author",
        "media_type",
        "status",
    }
    | {"date", "date_gmt", "modified", "modified_gmt", "media_details", "class_list"},
    "comments": {
        "content",
        "post",
        "parent",
        "author",
        "author_name",
        "author_url",
        "date",
        "date_gmt",
        "status",
    },
}


def parse_record(raw: bytes, collection: Collection, site: str, home: str) -> Item:
    """The item of one record. Raises ValueError when it is no object, is nested too deeply, or has no usable id."""
    record, flags = decode_record(raw)
    id_ = _integer(record.get("id"))
    if id_ is None or id_ < 0:
        raise ValueError("the record has no id")
    named = _COMMON | _NAMED[collection.kind] | set(collection.taxonomies.values())
    common: dict[str, Any] = {
        "site": site,
        "type": collection.type,
        "id": id_,
        "link": _link(record.get("link"), home),
        "slug": _slug(record.get("slug")),
        "raw": raw,
        "extra": [_field(name, value) for name, value in record.items() if name not in named],
        "flags": flags,
    }
    return _PARSERS[collection.kind](record, common, collection)


def _post(record: Mapping[str, Any], common: dict[str, Any], collection: Collection) -> Item:
    content = record.get("content")
    return Post(
        **common,
        **_times(record),
        title_rendered=_rendered(record.get("title")),
        content_rendered=_rendered(content),
        excerpt_rendered=_rendered(record.get("excerpt")),
        protected=isinstance(content, dict) and content.get("protected") is True,
        status=_string(record.get("status")) or "publish",
        parent=_integer(record.get("parent")),
        sticky=record.get("sticky") is True,
        format=_string(record.get("format")) or None,
        language=_language(record),
        canonical_url=_canonical(record),
        author_id=_integer(record.get("author")),
        featured_media_id=_integer(record.get("featured_media")),
        term_ids={
            name: _integers(record[base])
            for name, base in collection.taxonomies.items()
            if base in record
        },
        class_list=[str(name) for name in _values(record["class_list"])]
        if "class_list" in record
        else None,
        embedded=_embedded(record),
    )


def _term(record: Mapping[str, Any], common: dict[str, Any], collection: Collection) -> Item:
    return Term(
        **common,
        name_rendered=_string(record.get("name")),
        description_rendered=_string(record.get("description")),
        parent=_integer(record.get("parent")),
        count=_integer(record.get("count")),
    )


def _author(record: Mapping[str, Any], common: dict[str, Any], collection: Collection) -> Item:
    return Author(
        **common,
        name_rendered=_string(record.get("name")),
        description_rendered=_string(record.get("description")),
    )


def _media(record: Mapping[str, Any], common: dict[str, Any], collection: Collection) -> Item:
    details = record.get("media_details")
    details = details if isinstance(details, dict) else {}
    return Media(
        **common,
        **_times(record),
        title_rendered=_rendered(record.get("title")),
        caption_rendered=_rendered(record.get("caption")),
        description_rendered=_rendered(record.get("description")),
        alt=_string(record.get("alt_text")),
        mime_type=_string(record.get("mime_type")),
        url=_string(record.get("source_url")) or None,
        width=_integer(details.get("width")),
        height=_integer(details.get("height")),
        size_bytes=_integer(record.get("filesize", details.get("filesize"))),
        post=_integer(record.get("post")) or None,
        author_id=_integer(record.get("author")),
    )


def _comment(record: Mapping[str, Any], common: dict[str, Any], collection: Collection) -> Item:
    times = _times(record)
    return Comment(
        **common,
        content_rendered=_rendered(record.get("content")),
        post=_integer(record.get("post")) or 0,
        parent=_integer(record.get("parent")) or 0,
        author_id=_integer(record.get("author")) or 0,
        author_name=html.unescape(_string(record.get("author_name"))),
        author_url=_string(record.get("author_url")),
        published_at=times["published_at"],
        published_local=times["published_local"],
    )


_PARSERS = {
    "posts": _post,
    "terms": _term,
    "authors": _author,
    "media": _media,
    "comments": _comment,
}


def parse_time(value: Any) -> datetime | None:
    """WordPress's `YYYY-MM-DDTHH:MM:SS` as aware UTC; None for zero dates (`-0001-11-30`), nonsense and years that no database takes."""
    if not isinstance(value, str) or not value[:4].isdigit() or value.startswith("0000"):
        return None
    try:
        time = datetime.fromisoformat(value.strip().replace(" ", "T"))
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _times(record: Mapping[str, Any]) -> dict[str, Any]:
    """Both times as UTC, with the site-local strings."""
    published, modified = parse_time(record.get("date_gmt")), parse_time(record.get("modified_gmt"))
    if published is None or modified is None:
        published, modified = _by_local_times(record, published, modified)
    return {
        "published_at": published,
        "published_local": _string_or_none(record.get("date")),
        "modified_at": modified,
        "modified_local": _string_or_none(record.get("modified")),
    }


def _by_local_times(record: Mapping[str, Any], *known: datetime | None) -> list[datetime | None]:
    """Without a `_gmt` field the offset of the other pair is used, if there is one."""
    times: list[datetime | None] = []
    offset: timedelta | None = None
    for name, utc in zip(("date", "modified"), known, strict=True):
        local = record.get(name)
        naive = parse_time(local)
        if (
            utc is not None
            and naive is not None
            and offset is None
            and abs(naive - utc) < timedelta(days=1)
        ):
            offset = naive - utc
        if utc is None and naive is not None:
            utc = (
                naive
                if isinstance(local, str) and _OFFSET.search(local)
                else _minus(naive, offset or timedelta())
            )
        times.append(utc)
    return times


def _minus(time: datetime, offset: timedelta) -> datetime | None:
    try:
        return time - offset
    except OverflowError:  # the first or the last day of the calendar
        return None


def _rendered(value: Any) -> str:
    """`{"rendered": html}`, or the string itself where a plugin flattened it."""
    return _string(value.get("rendered")) if isinstance(value, dict) else _string(value)


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""


def _string_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _integer(value: Any) -> int | None:
    """An integer of at most 64 bits, also from "12" and 12.0; None for everything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value.strip()):
        return int(value)
    return None


def _values(value: Any) -> Iterator[Any]:
    """Members of a PHP list, which is an object where its keys have holes."""
    yield from (
        value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    )


def _integers(value: Any) -> list[int]:
    """Ids of a list, an object with numbers as keys, or a list of objects with an `id`."""
    if isinstance(value, list) and {*map(type, value)} == {int}:
        return list(dict.fromkeys(value))
    found = (
        _integer(part.get("id", part.get("term_id")) if isinstance(part, dict) else part)
        for part in _values(value)
    )
    return list(dict.fromkeys(number for number in found if number is not None))


def _slug(value: Any) -> str:
    """Percent-decoded slug; a sequence that WordPress cut in the middle (200 bytes) loses its broken end."""
    return unquote(_string(value), errors="ignore")


def _link(value: Any, home: str) -> str | None:
    link = _string(value)
    if _ABSOLUTE.fullmatch(link):
        return link
    try:
        return urljoin(home, link) if link else None
    except ValueError:  # `http://[`
        return None


def _field(name: str, value: Any) -> Field:
    return {"k": name, "v": _json(value) if isinstance(value, (dict, list)) else value}


def _language(record: Mapping[str, Any]) -> str | None:
    """Language by the fields of Polylang, WPML or Yoast."""
    yoast = record.get("yoast_head_json")
    og = yoast.get("og_locale") if isinstance(yoast, dict) else None
    for value in (
        record.get("lang"),
        record.get("pll_lang"),
        record.get("wpml_current_locale"),
        og,
    ):
        if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*", value):
            return value.replace("_", "-")
    return None


def _canonical(record: Mapping[str, Any]) -> str | None:
    yoast = record.get("yoast_head_json")
    for value in (
        yoast.get("canonical") if isinstance(yoast, dict) else None,
        record.get("canonical_url"),
    ):
        if isinstance(value, str) and value.startswith(("http://", "https://")):
            return value
    head = record.get("yoast_head")
    found = (
        re.search(r'<link rel="canonical" href="(https?://[^"]+)"', head)
        if isinstance(head, str)
        else None
    )
    return html.unescape(found[1]) if found else None


def _embedded(record: Mapping[str, Any]) -> dict[str, dict[int, MediaRef]]:
    """Names inside the record: `_embedded` (certain; error objects are skipped), and an author's name from SEO fields (a hint)."""
    found: dict[str, dict[int, MediaRef]] = {}
    embedded = record.get("_embedded")
    groups = embedded if isinstance(embedded, dict) else {}
    for part in _values(groups.get("author")):
        _remember(found, "user", part)
    for part in _values(groups.get("wp:featuredmedia")):
        _remember(found, "attachment", part)
    for group in _values(groups.get("wp:term")):
        for part in _values(group):
            _remember(found, str(part.get("taxonomy")) if isinstance(part, dict) else "", part)
    yoast = record.get("yoast_head_json")
    name = yoast.get("author") if isinstance(yoast, dict) else None
    author = _integer(record.get("author"))
    if isinstance(name, str) and name and author:
        found.setdefault("user", {}).setdefault(
            author, {"id": author, "name": html.unescape(name), "slug": None, "hint": "seo"}
        )
    return found


def _remember(found: dict[str, dict[int, MediaRef]], type_: str, part: Any) -> None:
    id_ = _integer(part.get("id")) if isinstance(part, dict) else None
    if id_ is None or "code" in part:
        return
    name = html.unescape(
        _rendered(part.get("title")) if type_ == "attachment" else _string(part.get("name"))
    )
    ref: MediaRef = {"id": id_, "name": name, "slug": _slug(part.get("slug"))}
    if type_ == "attachment" and _string(part.get("source_url")):
        ref["url"], ref["alt"] = _string(part.get("source_url")), _string(part.get("alt_text"))
    found.setdefault(type_, {})[id_] = ref
