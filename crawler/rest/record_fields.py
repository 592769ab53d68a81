"""Fields of a record whose value takes more than a conversion, one function for each. Pure."""

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urljoin

from crawler.rest.lenient_json import decode_record
from crawler.rest.php_values import (
    as_id,
    as_ids,
    as_integer,
    as_mapping,
    as_rendered,
    as_text,
    as_text_or_none,
    as_values,
)
from crawler.rest.plugin_fields import schema_dates
from wparchive.model.addresses import is_address, plain_slug
from wparchive.model.document_parts import MediaRef
from wparchive.text.marks import one_line

JsonRecord = Mapping[str, Any]
"""A decoded record."""

# WordPress writes `id` first, so that most ids are read without decoding the record.
_FIRST_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"?(\d{1,19})"?\s*[,}]')
# WordPress writes times without an offset. Plugins that change its JSON may add one.
_UTC_OFFSET = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")
_DAY = timedelta(days=1)
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*")
# `urljoin` would leave such an address as it is.
_ABSOLUTE = re.compile(r"https?://[\w.-]+(?::\d+)?/[\w/.%~-]*", re.ASCII)


def record_id(raw: bytes) -> int | None:
    """Return the id of a record; None where there is none that fits into 64 bits.

    The id of a record that cannot be decoded is found too, if it is the record's first field.
    """
    found = _FIRST_ID.match(raw)
    if found is None:  # plugins may put other fields, with ids of their own, before it
        found = _decoded_id(raw)
    if found is None or int(found[1]) >= 2**63:
        return None
    return int(found[1])


def record_date(raw: bytes) -> str | None:
    """Return the site-local `date` of a record; None where there is none."""
    return record_text(raw, "date")


def record_text(raw: bytes, name: str) -> str | None:
    """Return a field of a record that is a text; None where there is none."""
    try:
        text = decode_record(raw)[0].get(name)
    except ValueError:
        return None
    return text if isinstance(text, str) else None


def are_two_objects(one: bytes, other: bytes) -> bool:
    """Tell whether two records with the same id are of different objects, by name and address.

    A text may differ each time that it is rendered.
    """
    if one == other:
        return False
    try:
        records = decode_record(one)[0], decode_record(other)[0]
    except ValueError:
        return True
    return any(records[0].get(name) != records[1].get(name) for name in ("slug", "link"))


def parse_time(value: Any) -> datetime | None:
    """Return WordPress's `YYYY-MM-DDTHH:MM:SS` as aware UTC.

    None for anything else, for years that no database takes, and for the zero dates
    (`0000-00-00`, `-0001-11-30`) with which WordPress says "not known".
    """
    if not isinstance(value, str) or not value[:4].isdigit() or value.startswith("0000"):
        return None
    try:
        time = datetime.fromisoformat(value.strip().replace(" ", "T"))
        if time.tzinfo is None:
            return time.replace(tzinfo=UTC)
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def record_times(record: JsonRecord) -> dict[str, Any]:
    """Return the times of publication and change as UTC, with the site-local texts."""
    published = parse_time(record.get("date_gmt"))
    modified = parse_time(record.get("modified_gmt"))
    if published is None or modified is None:
        # The offset of one pair serves for the other, too.
        offset = _site_offset(record.get("date"), published)
        if offset is None:
            offset = _site_offset(record.get("modified"), modified) or timedelta()
        published = published or _local_to_utc(record.get("date"), offset)
        modified = modified or _local_to_utc(record.get("modified"), offset)
    if published is None or modified is None:
        by_plugin = schema_dates(record)
        published = published or parse_time(by_plugin[0])
        modified = modified or parse_time(by_plugin[1])
    return {
        "published_at": published,
        "published_local": as_text_or_none(record.get("date")),
        "modified_at": modified,
        "modified_local": as_text_or_none(record.get("modified")),
    }


def _site_offset(local: Any, utc: datetime | None) -> timedelta | None:
    """Return how far local time is ahead of UTC; None where no time zone explains the two."""
    naive = parse_time(local)
    if naive is None or utc is None or abs(naive - utc) >= _DAY:
        return None
    return naive - utc


def _local_to_utc(local: Any, offset: timedelta) -> datetime | None:
    time = parse_time(local)
    if time is None or _UTC_OFFSET.search(local):  # a time with an offset is UTC already
        return time
    try:
        return time - offset
    except OverflowError:  # the first or the last day of the calendar
        return None


def decoded_slug(value: Any) -> str:
    """Return the decoded slug.

    WordPress cuts encoded slugs at 200 bytes, also in the middle of a character: then the broken
    end is left out. So are parts that lead upwards in a path, which no slug of WordPress has.
    """
    return plain_slug(unquote(as_text(value), errors="ignore"))


def absolute_link(value: Any, home: str) -> str | None:
    """Return the link as an absolute address; None for one that is empty or none of the web."""
    link = web_or_none(value)
    if link is None or _ABSOLUTE.fullmatch(link):
        return link
    try:
        return urljoin(home, link)
    except ValueError:  # `http://[`
        return None


def web_or_none(value: Any) -> str | None:
    """Return an address as a site gives it; None for one that is empty or none of the web."""
    address = as_text(value)
    return address if address and is_address(address) else None


MOST_TERMS = 2_000
"""How many terms of one post are kept, those of all taxonomies together. The name of each may take
a request, and 100,000 of them fill a document. `raw` has them all."""


def term_ids(record: JsonRecord, taxonomies: Mapping[str, str]) -> tuple[dict[str, list[int]], int]:
    """Return the ids by taxonomy, and how many were too many.

    A taxonomy whose field is missing is left out, as unknown.
    """
    found: dict[str, list[int]] = {}
    kept = 0
    too_many = 0
    for taxonomy, field in taxonomies.items():
        if field not in record:
            continue
        ids = as_ids(record[field])
        found[taxonomy] = ids[: MOST_TERMS - kept]
        kept += len(found[taxonomy])
        too_many += len(ids) - len(found[taxonomy])
    return found, too_many


def class_list(record: JsonRecord) -> list[str] | None:
    """Return the CSS classes of a post; None before WordPress 6.6, which has no such field."""
    if "class_list" not in record:
        return None
    return [str(name) for name in as_values(record["class_list"])]


def record_language(record: JsonRecord) -> str | None:
    """Return the language by the fields of Polylang, WPML, Yoast and their like."""
    values = (
        record.get("lang"),
        as_mapping(record.get("lang")).get("slug"),
        record.get("pll_lang"),
        record.get("wpml_current_locale"),
        record.get("locale"),
        record.get("language"),
        as_mapping(record.get("yoast_head_json")).get("og_locale"),
    )
    for value in values:
        if isinstance(value, str) and _LANGUAGE_TAG.fullmatch(value):
            return value.replace("_", "-")
    return None


def embedded_names(record: JsonRecord) -> dict[str, dict[int, MediaRef]]:
    """Return the names inside a record, by type and id.

    Those of `_embedded` are certain. The author's name in the SEO fields is a hint: it may be the
    name of the organisation.
    """
    found: dict[str, dict[int, MediaRef]] = {}
    groups = as_mapping(record.get("_embedded"))
    for author in as_values(groups.get("author")):
        _remember(found, "user", author)
    for media in as_values(groups.get("wp:featuredmedia")):
        _remember(found, "attachment", media)
    for group in as_values(groups.get("wp:term")):
        for term in as_values(group):
            _remember(found, str(as_mapping(term).get("taxonomy")), term)
    if isinstance(record.get("author"), dict):
        _remember(found, "user", record["author"])
    name = as_mapping(record.get("yoast_head_json")).get("author")
    id_ = as_id(record.get("author"))
    if isinstance(name, str) and name and id_:
        hint = MediaRef(id=id_, name=one_line(html.unescape(name)), slug=None, hint="seo")
        found.setdefault("user", {}).setdefault(id_, hint)
    return found


def _remember(found: dict[str, dict[int, MediaRef]], type_: str, embedded: Any) -> None:
    """Note an embedded object; what visitors may not see is embedded as an error object."""
    part = as_mapping(embedded)
    id_ = as_integer(part.get("id"))
    if id_ is None or "code" in part:
        return
    name = as_text(part.get("name"))
    if type_ == "attachment":
        name = as_rendered(part.get("title"))
    ref = MediaRef(id=id_, name=one_line(html.unescape(name)), slug=decoded_slug(part.get("slug")))
    url = web_or_none(part.get("source_url"))
    if type_ == "attachment" and url:
        ref["url"] = url
        ref["alt"] = as_text(part.get("alt_text"))
    found.setdefault(type_, {})[id_] = ref


def _decoded_id(raw: bytes) -> re.Match[bytes] | None:
    try:
        value = decode_record(raw)[0].get("id")
    except ValueError:
        return None
    if isinstance(value, float):
        value = int(value)
    return re.fullmatch(rb"(\d{1,19})", str(value).encode())
