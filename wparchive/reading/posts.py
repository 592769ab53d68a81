"""A selection of posts: read it, count it, search it, turn it into data frames."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

from wparchive.backends.cursor import IdentityPosition, PublishedPosition
from wparchive.backends.questions import (
    GROUPS,
    Filter,
    Group,
    Matches,
    Order,
    PostTotals,
    SearchOrder,
)
from wparchive.backends.reader import Reader
from wparchive.errors import InvalidQuery
from wparchive.model.documents import PostDocument
from wparchive.reading.arguments import require_known, require_limit
from wparchive.reading.last_seen import LastSeen
from wparchive.reading.selection import Ordering, ResultPage, Selection, require_size
from wparchive.reading.snippets import Snippet, snippet_of
from wparchive.reading.suggestions import Unknown, unknown_of
from wparchive.text.search_query import Query, parse_query
from wparchive.text.search_tokens import ANALYSER_MARK

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

log = logging.getLogger(__name__)
HITS = 20
"""Hits of a search, unless more are asked for."""


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A post that a search found."""

    post: PostDocument
    score: float
    """Relevance, higher is better; comparable within one answer only."""
    snippet: Snippet
    """The passage of the text with most hits."""
    title: Snippet
    """The title, with its hits."""


class Posts(Selection[PostDocument]):
    """A selection of posts."""

    def __init__(
        self,
        reader: Reader,
        filter_: Filter,
        order: Order = "newest",
        limit: int | None = None,
        raw: bool = False,
    ) -> None:
        """Take what `Archive.posts` makes of its arguments."""
        super().__init__(self._posts, _ordering(order), limit)
        self._reader = reader
        self.filter = filter_
        self.order: Order = order
        self.raw = raw

    def _posts(self, limit: int | None, after: Any) -> Iterator[PostDocument]:
        found = self._reader.posts(self.filter, self.order, limit, self.raw, after)
        return LastSeen(self._reader).all_renewed("posts", found)

    def ordered(self, order: Order, raw: bool = False) -> "Posts":
        """Return the same selection in another order, with or without the records as received."""
        return Posts(self._reader, self.filter, order, self.limit, raw)

    def matching(self, words: str | None) -> "Posts":
        """Return those that a search for words finds, in no order of relevance; None takes all.

        So all that can be done with a selection can be done with what a search finds. Raises
        InvalidQuery.
        """
        if words is None:
            return self
        return self.of(replace(self.filter, matching=self._query(words)))

    def of(self, filter_: Filter) -> "Posts":
        """Return the posts that another filter means, in the same order."""
        return Posts(self._reader, filter_, self.order, self.limit, self.raw)

    def count(self) -> int:
        """Return how many there are (the limit apart)."""
        return self._reader.count(self.filter)

    def words(self) -> int:
        """Return the sum of their word counts."""
        return self._reader.words(self.filter)

    def by(self, group: Group) -> dict[str | None, int]:
        """Return how many posts have each value; None counts those without one.

        Groups are `site`, `type`, `state`, `year`, `month`, `tag`, `category`, `term` (of other
        taxonomies: `genre=drama`), `author`, `language`, `has`, `provider` (of embeds) and `domain`
        (of links). Raises InvalidQuery.
        """
        require_known("group", group, GROUPS)
        return self._reader.tally(self.filter, group)

    def by_each(self, groups: Sequence[Group]) -> dict[Group, dict[str | None, int]]:
        """Return the counts of several groups, without None; faster than `by` for each."""
        return self._reader.tallies(self.filter, groups)

    def by_both(self, first: Group, second: Group) -> dict[tuple[str | None, str | None], int]:
        """Return how many posts have each pair of values of two groups. Raises InvalidQuery."""
        for group in (first, second):
            require_known("group", group, GROUPS)
        if first == second:
            raise InvalidQuery(f"{first} and {second} are the same: name two groups")
        return self._reader.tally_pairs(self.filter, first, second)

    def totals(self) -> PostTotals:
        """Return the figures that describe the selection as a whole."""
        return self._reader.totals(self.filter)

    def search(
        self, words: str, *, order: SearchOrder = "relevance", limit: int = HITS
    ) -> list[SearchHit]:
        """Return the best `limit` posts of the selection that match.

        The syntax is in docs/commands.md. Raises InvalidQuery.
        """
        require_known("order", order, get_args(SearchOrder))
        require_limit(limit)
        query = self._query(words)
        return self._hits(query, self._reader.search(query, self.filter, order, limit))

    def search_page(
        self,
        words: str,
        *,
        order: SearchOrder = "relevance",
        size: int = HITS,
        after: str | None = None,
    ) -> ResultPage[SearchHit]:
        """Return up to `size` hits after a cursor, from the best one without it.

        Raises InvalidQuery, also for a cursor of another order.
        """
        require_known("order", order, get_args(SearchOrder))
        require_size(size)
        query = self._query(words)
        found = self._reader.search(query, self.filter, order, size, after)
        return ResultPage(self._hits(query, found), found.next)

    def matches(self, words: str) -> int:
        """Return how many posts of the selection match. Raises InvalidQuery."""
        return self._reader.matches(self._query(words), self.filter)

    def unknown(self, words: str | None = None) -> list[Unknown]:
        """Return the names and words that were asked for and that no post of the archive has.

        Each comes with names or words of the archive that are like it. `words` is a search in this
        selection. Raises InvalidQuery.
        """
        query = None
        if words is not None:
            query = self._query(words)
        return unknown_of(self._reader, self.filter, query)

    def _query(self, words: str) -> Query:
        # Tokens that another version made may differ from those that this one looks for.
        if self._reader.analyser() != ANALYSER_MARK:
            log.warning(
                "The search index of this archive was made by another version:"
                " words may be missed until `wparchive reindex` makes it again"
            )
        return parse_query(words)

    def _hits(self, query: Query, found: Matches) -> list[SearchHit]:
        posts = self._reader.get_posts(list(found.scores))
        return [
            SearchHit(
                post,
                found.scores[post["_id"]],
                snippet_of(post["text"], query),
                # Without a limit: a title is shown whole.
                snippet_of(post["title"], query, None),
            )
            for post in LastSeen(self._reader).all_renewed("posts", posts)
        ]

    def to_arrow_batches(self, size: int = 1000) -> "Iterator[pa.RecordBatch]":
        """Yield record batches of up to `size` posts, in the types of the Parquet export.

        Raises ExtraMissing without pyarrow.
        """
        from wparchive.export.arrow import record_batches

        return record_batches(self, size, self.raw)

    def to_pandas(self) -> "pd.DataFrame":
        """Return a DataFrame, one row a post. Raises ExtraMissing without pandas and pyarrow."""
        from wparchive.export.arrow import pandas_frame

        return pandas_frame(self, self.raw)

    def to_polars(self) -> "pl.DataFrame":
        """Return a DataFrame, one row a post. Raises ExtraMissing without polars and pyarrow."""
        from wparchive.export.arrow import polars_frame

        return polars_frame(self, self.raw)


def _ordering(order: Order) -> Ordering[PostDocument]:
    if order == "key":
        return Ordering("posts/key", IdentityPosition, _identity)
    return Ordering(f"posts/{order}", PublishedPosition, _publication)


def _identity(post: PostDocument) -> IdentityPosition:
    return IdentityPosition(post["site"], post["type"], post["id"])


def _publication(post: PostDocument) -> PublishedPosition:
    return PublishedPosition(post["published_at"], post["_id"])
