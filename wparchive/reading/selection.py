"""Lists that are read lazily: whole by iterating, or page by page with a cursor."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from wparchive.backends.cursor import decode_cursor, encode_cursor
from wparchive.errors import InvalidQuery
from wparchive.reading.arguments import MOST_ITEMS

_Item = TypeVar("_Item")
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ResultPage(Generic[_Item]):
    """Some items of a list, and where the list goes on."""

    items: list[_Item]
    next: str | None
    """Cursor for the next page's `after`; None when this is the last page."""


@dataclass(frozen=True, slots=True)
class Ordering(Generic[_Item]):
    """The order of a list, for its cursors."""

    name: str
    """Tells this list's cursors from those of others."""
    position_type: Any
    """A NamedTuple of `wparchive.backends.cursor`."""
    position_of: Callable[[_Item], Any]
    """Return the position of an item."""


class Selection(Generic[_Item]):
    """A list that asks the archive anew each time that it is used.

    Iterating streams in constant memory. `page` reads a few items after a cursor: what is written
    between two pages neither repeats nor hides an item that was already there.
    """

    def __init__(
        self,
        read: Callable[[int | None, Any], Iterator[_Item]],
        ordering: Ordering[_Item],
        limit: int | None = None,
    ) -> None:
        """Take a function of limit and position that reads the list."""
        self._read = read
        self._ordering = ordering
        self.limit = limit

    def __iter__(self) -> Iterator[_Item]:
        return self._read(self.limit, None)

    def page(self, size: int = PAGE_SIZE, after: str | None = None) -> ResultPage[_Item]:
        """Return up to `size` items after a cursor, from the beginning without one.

        The limit of the selection does not count. Raises InvalidQuery for a cursor that another
        list gave, and for a size below 1.
        """
        require_size(size)
        ordering = self._ordering
        position = None
        if after is not None:
            position = decode_cursor(ordering.name, after, ordering.position_type)
        # One item more than asked for tells whether there is a next page.
        found = list(islice(self._read(size + 1, position), size + 1))
        items = found[:size]
        cursor = None
        if len(found) > size:
            cursor = encode_cursor(ordering.name, ordering.position_of(items[-1]))
        return ResultPage(items, cursor)


def require_size(size: int) -> None:
    """Raise InvalidQuery when a page would hold nothing, or more than databases count."""
    if size < 1:
        raise InvalidQuery(f"a page of {size} holds nothing: ask for one item at least")
    if size > MOST_ITEMS:
        raise InvalidQuery(f"a page of {size} is larger than any archive: ask for fewer items")
