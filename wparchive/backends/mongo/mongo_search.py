"""Search in a MongoDB archive, where the server finds candidates and does not rank them.

By relevance, matches are ranked in pools of likely posts. All matches have a *likelihood*, by their
titles and names of terms, which is cheap to read. The 200 likeliest are the first pool, the next
200 the second one, and so on. Within a pool, posts are ranked by the relevance of their whole
texts.

Words that are everywhere have a cap: the newest 5,000 matches are ranked so, then the 5,000 before
them, and so on. Otherwise one page would read the titles of all posts.
"""

from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest
from itertools import islice, takewhile
from typing import NamedTuple

from wparchive.backends.cursor import Instant, PublishedPosition, decode_cursor, encode_cursor
from wparchive.backends.mongo.mongo_collections import (
    QUESTION_MS,
    MongoCollections,
    Record,
    key_of,
)
from wparchive.backends.mongo.mongo_positions import (
    in_order,
    is_after,
    matches_in_order,
    place_of,
)
from wparchive.backends.mongo.mongo_selection import (
    LONG_AGO,
    NAME_FIELDS,
    SEARCHED_FIELDS,
    MongoQuery,
    all_queries,
    candidates,
    exact_terms,
    has_a_term,
    is_decided,
    matching,
    post_query,
)
from wparchive.backends.questions import Filter, Matches, Order, SearchOrder
from wparchive.text.ranking import bm25_score, rough_score
from wparchive.text.search_query import Clause, Query, split_by_words

POOL_SIZE = 200
"""Posts whose texts are compared with one another."""
MOST_RANKED = 5000
"""Matches that are ranked together, the newest first."""


class Likelihood(NamedTuple):
    """The likely relevance of a match, from what is cheap to read; higher is more relevant."""

    score: float
    published_at: Instant
    key: str


class Pool(NamedTuple):
    """Likely posts that are ranked together by their texts."""

    above: Likelihood | None
    """The pool's posts are below this likelihood; None for the first pool."""
    lowest: Likelihood
    """The likelihood of the pool's last post."""
    members: list[Likelihood]


class RankedStretch(NamedTuple):
    """Matches that are ranked together: those after one position by date, up to another."""

    begin: PublishedPosition | None
    """None in the first stretch."""
    end: PublishedPosition | None
    """None in the last one."""
    members: list[Likelihood]


class PoolPosition(NamedTuple):
    """Position in the ranking.

    A pool is identified by its bounds, not by its number. So posts that are written between two
    pages move none of its posts into another pool. The same holds for a stretch of matches that are
    ranked together. Neither likelihood nor score depends on other posts, so the position of a post
    changes only when the post does.
    """

    above: Likelihood | None
    lowest: Likelihood
    score: float
    key: str
    begin: PublishedPosition | None = None
    """Where the stretch begins and ends, as `RankedStretch` says it."""
    end: PublishedPosition | None = None


def pools_after(
    likelihoods: Iterable[Likelihood],
    after: PoolPosition | None,
    count: int,
    pool_size: int = POOL_SIZE,
) -> Iterator[Pool]:
    """Yield the pool that a position is in, then as many as hold `count` posts and more.

    `likelihoods` are those of all matches, in any order.
    """
    current: list[Likelihood] = []
    above = None
    if after is not None:
        likelihoods = _below_pool(likelihoods, after, current)
        above = after.lowest
    # Whole pools: a page that ends in the middle of one needs all of it to be ranked.
    wanted = (1 + count // pool_size) * pool_size
    # A heap of the wanted size: a frequent word has more matches than fit into memory.
    later = nlargest(wanted, likelihoods)
    if after is not None:
        yield Pool(after.above, after.lowest, current)
    for start in range(0, len(later), pool_size):
        members = later[start : start + pool_size]
        yield Pool(above, members[-1], members)
        above = members[-1]


def ranked_pool(
    pool: Pool, scores: Mapping[str, float], after: PoolPosition | None
) -> Iterator[PoolPosition]:
    """Yield the posts of a pool by score, then by key; those up to a position are left out."""
    is_current = after is not None and pool.lowest == after.lowest
    for key, score in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
        if after is not None and is_current and (-score, key) <= (-after.score, after.key):
            continue
        yield PoolPosition(pool.above, pool.lowest, score, key)


def _below_pool(
    likelihoods: Iterable[Likelihood], after: PoolPosition, current: list[Likelihood]
) -> Iterator[Likelihood]:
    """Yield what is below a position's pool; put what is in the pool into `current`."""
    for one in likelihoods:
        if after.above is not None and one >= after.above:
            continue  # of an earlier pool, all of which was shown
        if one >= after.lowest:
            current.append(one)
        else:
            yield one


class MongoSearch:
    """The search for posts by words in the collections of a database."""

    def __init__(self, collections: MongoCollections, most_ranked: int = MOST_RANKED) -> None:
        self._collections = collections
        self._most_ranked = most_ranked

    def meant(self, filter_: Filter) -> MongoQuery:
        """Return the query of the posts that a filter means, its words included.

        Where the index alone cannot decide, the matching posts are found first and named by key.
        """
        query = filter_.matching
        chosen = self._chosen(filter_)
        if query is None:
            return chosen
        chosen = all_queries(chosen, candidates(query))
        if is_decided(query):
            return chosen
        found = self._collections.find("posts", chosen, SEARCHED_FIELDS)
        return {"_id": {"$in": [post["_id"] for post in _verified(query, found)]}}

    def _chosen(self, filter_: Filter) -> MongoQuery:
        """Return the query of the posts that a filter means, its words apart."""
        chosen = post_query(filter_)
        if not filter_.terms:
            return chosen
        if self._collections.has_expressions():
            return all_queries(chosen, exact_terms(filter_))
        found = self._collections.find("posts", chosen, {"terms": 1})
        return {"_id": {"$in": [key_of(post) for post in found if has_a_term(filter_, post)]}}

    def page(
        self, query: Query, filter_: Filter, order: SearchOrder, limit: int, after: str | None
    ) -> Matches:
        """Return a page of the matches, as `Reader.search` promises it."""
        chosen = self.meant(filter_)
        chosen = all_queries(chosen, candidates(query))
        words, _ = split_by_words(query)
        if order == "relevance" and words is not None:
            return self._by_relevance(query, chosen, limit, after)
        if order == "relevance":
            order = "newest"
        return self._by_date(query, chosen, order, limit, after)

    def _by_date(
        self, query: Query, chosen: MongoQuery, order: Order, limit: int, after: str | None
    ) -> Matches:
        name = f"search/{order}"
        position = None
        if after is not None:
            position = decode_cursor(name, after, PublishedPosition)
        found = list(islice(self._ordered(query, chosen, order, position, limit + 1), limit + 1))
        page = found[:limit]
        cursor = None
        if page and len(found) > limit:
            cursor = encode_cursor(name, place_of(page[-1]))
        return Matches({post["_id"]: rough_score(query, post) for post in page}, cursor)

    def _ordered(
        self,
        query: Query,
        chosen: MongoQuery,
        order: Order,
        after: PublishedPosition | None,
        at_once: int | None = None,
    ) -> Iterator[Record]:
        """Yield the matches by date; `at_once` are likely to be read."""
        fields = _fields_for(query)
        most = self._most_ranked
        if _is_open(query):
            # No index has these in the order of their dates. A few are sorted here.
            few = self._collections.find(
                "posts", chosen, fields, limit=most + 1, most_ms=QUESTION_MS
            )
            posts = list(few)
            if len(posts) <= most:
                return _verified(query, iter(in_order(posts, order, after)))
        found = matches_in_order(self._collections, chosen, order, fields, after, at_once)
        return _verified(query, found)

    def _by_relevance(
        self, query: Query, chosen: MongoQuery, limit: int, after: str | None
    ) -> Matches:
        name = "search/relevance"
        position = None
        if after is not None:
            position = decode_cursor(name, after, PoolPosition)
        found = self._best(query, chosen, position, limit + 1)
        best = list(islice(found, limit + 1))
        page = best[:limit]
        cursor = None
        if page and len(best) > limit:
            cursor = encode_cursor(name, page[-1])
        return Matches({ended.key: ended.score for ended in page}, cursor)

    def _best(
        self, query: Query, chosen: MongoQuery, after: PoolPosition | None, count: int
    ) -> Iterator[PoolPosition]:
        """Yield the matches by relevance, stretch after stretch."""
        if after is None:
            stretch = self._stretch_after(query, chosen, None)
        else:
            # It ends where it did when the cursor was made, whatever was written since.
            stretch = self._stretch_between(query, chosen, after.begin, after.end)
        yield from self._ranked(query, stretch, after, count)
        while stretch.end is not None:
            stretch = self._stretch_after(query, chosen, stretch.end)
            yield from self._ranked(query, stretch, None, count)

    def _stretch_after(
        self, query: Query, chosen: MongoQuery, begin: PublishedPosition | None
    ) -> RankedStretch:
        """Return the newest matches that follow a position, as many as are ranked together."""
        # One more than that tells whether others follow.
        found = self._likelihoods(query, chosen, begin)
        placed = list(islice(found, self._most_ranked + 1))
        end = None
        if len(placed) > self._most_ranked:
            placed.pop()
            end = placed[-1][1]
        return RankedStretch(begin, end, [likelihood for likelihood, _ in placed])

    def _stretch_between(
        self,
        query: Query,
        chosen: MongoQuery,
        begin: PublishedPosition | None,
        end: PublishedPosition | None,
    ) -> RankedStretch:
        """Return the matches after one position and up to another one."""
        found = self._likelihoods(query, chosen, begin)
        members = [
            likelihood
            for likelihood, _ in takewhile(
                lambda one: end is None or not is_after(one[1], end, "newest"), found
            )
        ]
        return RankedStretch(begin, end, members)

    def _ranked(
        self, query: Query, stretch: RankedStretch, after: PoolPosition | None, count: int
    ) -> Iterator[PoolPosition]:
        """Yield the posts of a stretch: pool after pool, each by the relevance of whole texts."""
        for pool in pools_after(stretch.members, after, count):
            posts = self._collections.by_key(
                "posts", (one.key for one in pool.members), SEARCHED_FIELDS
            )
            scores = {key_of(post): bm25_score(query, post) for post in posts}
            for best in ranked_pool(pool, scores, after):
                yield best._replace(begin=stretch.begin, end=stretch.end)

    def _likelihoods(
        self, query: Query, chosen: MongoQuery, begin: PublishedPosition | None
    ) -> Iterator[tuple[Likelihood, PublishedPosition]]:
        """Yield the matches, ranked by their titles and names of terms only, with their places."""
        for post in self._ordered(query, chosen, "newest", begin):
            published_at = post["published_at"] or LONG_AGO
            yield Likelihood(rough_score(query, post), published_at, post["_id"]), place_of(post)

    def count(self, query: Query, filter_: Filter) -> int:
        """Return how many posts match."""
        chosen = all_queries(self.meant(filter_), candidates(query))
        if is_decided(query):
            return self._collections.count_posts(chosen)
        found = self._collections.find("posts", chosen, SEARCHED_FIELDS, most_ms=QUESTION_MS)
        return sum(1 for _ in _verified(query, found))


def _is_open(query: Query) -> bool:
    """Tell whether only beginnings of words are asked for: many tokens, each in its own order."""
    return all(
        isinstance(part, Clause) and part.prefix and len(part.tokens) == 1
        for part in query.required
    )


def _fields_for(query: Query) -> Mapping[str, int]:
    """Return the fields that are needed to know which candidates match, and how likely."""
    if is_decided(query):
        return NAME_FIELDS
    return SEARCHED_FIELDS


def _verified(query: Query, found: Iterator[Record]) -> Iterator[Record]:
    """Yield the candidates that really match."""
    if is_decided(query):
        return found
    return (post for post in found if matching(query, post))
