"""Items of any class, as the stages read and write them.

Our own items are read directly. Items of other classes (a user's dataclass, a `scrapy.Item`, a
dict) are read and written through `itemadapter`. An item that lacks a field of our class of its
kind is left alone: nobody asked to have it archived.
"""

from dataclasses import MISSING, Field, fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from crawler.items import ITEM_CLASSES, FinishedDocument, Item
from wparchive.model.documents import Kind, document_key
from wparchive.model.sealed import open_content
from wparchive.model.storable import decompress

if TYPE_CHECKING:
    from itemadapter import ItemAdapter

ItemFields = dict[str, "Field[Any]"]


class ItemView:
    """An item of a foreign class whose fields are the attributes of this object."""

    __slots__ = ("_adapter", "_fields", "kind")
    kind: Kind
    warc = None  # it says nothing of the answer that it was made from
    prepared = None  # helper processes make items of our own classes only

    def __init__(self, adapter: "ItemAdapter", kind: Kind) -> None:
        # Past `__setattr__` of this class, which writes into the item.
        object.__setattr__(self, "_adapter", adapter)
        object.__setattr__(self, "_fields", _fields_of(kind))
        object.__setattr__(self, "kind", kind)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._adapter[name]
        except KeyError:  # a `scrapy.Item` has no value for a field that nobody has set
            return _default_of(self._fields[name])

    def __setattr__(self, name: str, value: Any) -> None:
        self._adapter[name] = value

    @property
    def key(self) -> str:
        """Return the `_id` of its document."""
        return document_key(self.site, self.type, self.id)


def view_of(item: Any) -> Any:
    """Return an object whose attributes are the item's fields; None for an item to leave alone.

    Our own items are their own view: `ItemAdapter` takes about 1 µs for each field, 60 µs a post.
    """
    if isinstance(item, Item):
        return item
    # It imports Scrapy wherever that is installed, which helper processes have no use for.
    from itemadapter import ItemAdapter

    if not ItemAdapter.is_item(item):
        return None
    adapter = ItemAdapter(item)
    kind: Any = getattr(item, "kind", None) or adapter.get("kind")
    if kind not in ITEM_CLASSES or not _fields_of(kind).keys() <= set(adapter.field_names()):
        return None
    return ItemView(adapter, kind)


def received_record(view: Any) -> bytes:
    """Return the raw record; a finished item has it inside its document."""
    if isinstance(view.prepared, FinishedDocument):
        return decompress(open_content(view.prepared.content)["raw"])
    raw: bytes = view.raw
    return raw


@lru_cache
def _fields_of(kind: Kind) -> ItemFields:
    return {part.name: part for part in fields(ITEM_CLASSES[kind])}


def _default_of(part: "Field[Any]") -> Any:
    if part.default is not MISSING:
        return part.default
    if part.default_factory is not MISSING:
        return part.default_factory()
    raise AttributeError(f"the item has no value for {part.name}")
