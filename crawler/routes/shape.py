"""The shape of a plugin's list: where it keeps what a post has. Pure."""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.rest.lenient_json import decode_record
from crawler.rest.php_values import as_id, as_integer, as_mapping, as_rendered, as_text, as_values

MOST_ENTRIES = 2_000
"""Entries of one level of a menu that are read."""
DEEPEST_ENTRY = 8
_BELOW = ("children", "child_items")
_IMAGE_NAMES = {"source_url": ("src", "url"), "alt_text": ("alt",), "title": ("name", "title")}


@dataclass(frozen=True, slots=True)
class RouteShape:
    """The shape of one list, and of its records."""

    type: str
    """Type of its documents in the archive."""
    routes: tuple[str, ...]
    """Its paths below the root of the API, the best one first: versions of a plugin differ."""
    what: str = ""
    """What it lists, in words."""
    params: tuple[tuple[str, str], ...] = ()
    """Query parameters that every request for the list needs."""
    wrapper: str = ""
    """Name of the field that holds the records; empty where the answer is the list itself."""
    is_whole: bool = False
    """One answer holds the whole list."""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field of a post -> paths in the record; the first one that is there counts. Parts of a path
    are joined by dots. Fields that are not named are those of a post."""
    terms: Mapping[str, str] = field(default_factory=dict)
    """Taxonomy -> field of the record with its terms, as objects."""
    image: str = ""
    """Path of the object that describes the main picture."""

    left_out: frozenset[str] = frozenset()
    """Fields that name people: only the raw record keeps them."""
    prices: str = ""
    """The field with prices in the smallest unit of a currency, as WooCommerce writes them."""
    not_public: tuple[str, ...] = ()
    """Error codes for a single object that exists and is not for visitors."""
    twin: str = ""
    """Route of WordPress with the same objects. It knows which of them are public, where the plugin
    shows whatever is asked for singly."""
    entries: str = ""
    """Path of the entries of a menu, each with a title and an address; `.` where the record is one
    entry. They become the content, as a list of links."""
    asks_each: bool = False
    """The list has a summary of each record; the record itself is asked for singly."""
    empty_is_none: bool = False
    """An empty answer to the request for one record says that there is none."""

    @property
    def selects_fields(self) -> bool:
        """Return whether `_fields` chooses fields of records; in a wrapper it would drop them."""
        return not self.wrapper

    def id_of(self, raw: bytes) -> int | None:
        """Return the id of a record; None where there is none."""
        try:
            record = decode_record(raw)[0]
        except ValueError:
            return None
        return as_id(self._first(record, "id"))

    def as_post(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return a record with the names that WordPress gives to the fields of a post.

        What has no such name stays as it is. `_embedded` names the terms and the picture.
        """
        sources = {path[0] for path in self._found_paths(record).values()}
        sources |= self.left_out
        post = {name: value for name, value in record.items() if name not in sources}
        post |= _price(as_mapping(record.get(self.prices)))
        for name in self.fields:
            post[name] = self._first(record, name)
        if self.entries:
            entries = [record] if self.entries == "." else _at(record, self.entries)
            listed = links_of(entries)
            post["content"] = f"{as_rendered(post.get('content'))}{listed}"
        for name in ("date", "date_gmt", "modified", "modified_gmt"):
            if isinstance(post.get(name), str):
                # The Events Calendar writes `2024-05-01 10:00:00`; WordPress has a `T` there.
                post[name] = post[name].strip().replace(" ", "T", 1)
        embedded: dict[str, Any] = {}
        groups = [_terms(taxonomy, record.get(name)) for taxonomy, name in self.terms.items()]
        if any(groups):
            embedded["wp:term"] = groups
        image = _image(_at(record, self.image)) if self.image else None
        if image is not None:
            post["featured_media"] = image["id"]
            embedded["wp:featuredmedia"] = [image]
        if embedded:
            post["_embedded"] = embedded
        return post

    def _first(self, record: Mapping[str, Any], name: str) -> Any:
        """Return the value of a field of a post; None where no path leads to one."""
        paths = self.fields.get(name, (name,))
        values = (_at(record, path) for path in paths)
        # Plugins write "" where they have nothing. The next path may have something.
        return next((value for value in values if value not in (None, "")), None)

    def _found_paths(self, record: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return the path that counts for each field that is found, in its parts."""
        found = {}
        for name, paths in self.fields.items():
            path = next((path for path in paths if _at(record, path) not in (None, "")), None)
            if path is not None:
                found[name] = path.split(".")
        return found


def _at(record: Any, path: str) -> Any:
    """Return the value at a path such as `images.0.id`; None where there is none."""
    value = record
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if part.isdecimal() and int(part) < len(value) else None
        else:
            value = as_mapping(value).get(part)
    return value


def _terms(taxonomy: str, value: Any) -> list[dict[str, Any]]:
    """Return the terms of a record as WordPress embeds them."""
    found = []
    for term in map(as_mapping, as_values(value)):
        id_ = as_id(term)
        if id_ is not None:
            name, slug = as_text(term.get("name")), as_text(term.get("slug"))
            found.append({"id": id_, "name": name, "slug": slug, "taxonomy": taxonomy})
    return found


def links_of(entries: Any, depth: int = 0) -> str:
    """Return the entries of a menu as an HTML list of links, with those below them inside.

    An entry has a `title`, a `url`, and others below it in `children` or `child_items`.
    """
    rows = []
    for entry in map(as_mapping, as_values(entries)[:MOST_ENTRIES]):
        title = as_rendered(entry.get("title")) or html.escape(as_text(entry.get("url")))
        # A title is HTML already, as WordPress has it. An address is not.
        address = html.escape(as_text(entry.get("url")), quote=True)
        row = f'<a href="{address}">{title}</a>' if address else title
        description = as_text(entry.get("description"))
        if description:
            row += f"<p>{description}</p>"
        if depth < DEEPEST_ENTRY:
            row += "".join(links_of(entry.get(name), depth + 1) for name in _BELOW)
        rows.append(f"<li>{row}</li>")
    return f"<ul>{''.join(rows)}</ul>" if rows else ""


def _price(prices: Mapping[str, Any]) -> dict[str, Any]:
    """Return a price as a decimal number in text, with its currency.

    WooCommerce gives whole numbers of the smallest unit: 1905 and a `currency_minor_unit` of 2.
    """
    price = as_integer(prices.get("price"))
    digits = as_integer(prices.get("currency_minor_unit"))
    # A number that a site sends must not become a power of ten of any length.
    if price is None or price < 0 or digits is None or not 0 <= digits <= 8:
        return {}
    whole, part = divmod(price, 10**digits)
    text = f"{whole}.{part:0{digits}d}" if digits else str(whole)
    return {"price": text, "currency": as_text(prices.get("currency_code"))}


def _image(value: Any) -> dict[str, Any] | None:
    """Return a picture as WordPress embeds it; None where there is none with an id."""
    picture = as_mapping(value)
    id_ = as_id(picture)
    if id_ is None:
        return None
    found: dict[str, Any] = {"id": id_}
    for name, sources in _IMAGE_NAMES.items():
        found[name] = next((as_rendered(picture.get(key)) for key in sources if key in picture), "")
    return found
