"""Relevance in a MongoDB archive, where the server does not rank: in pools of likely posts.

All matches have a *likelihood*, by their titles and names of terms, which is cheap to read. The 200
likeliest are the first pool, the next 200 the second one, and so on. Within a pool, posts are
ranked by the relevance of their whole texts. Pure functions: the reader brings likelihoods and
scores.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from heapq import nlargest
from typing import NamedTuple

from wparchive.backends.cursor import Instant

POOL_SIZE = 200
"""Posts whose texts are compared with one another."""
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
"""Stands for the date of an undated post where dates are compared."""


class Likelihood(NamedTuple):
    """How likely a match is to be relevant, from what is cheap to read; higher is likelier."""

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


class PoolPosition(NamedTuple):
    """Position in the ranking.

    A pool is told by its bounds and not by its number, so that posts that are written between two
    pages push none of its posts into another pool. Neither likelihood nor score depends on other
    posts, so the position of a post changes only when the post does.
    """

    above: Likelihood | None
    lowest: Likelihood
    score: float
    key: str


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
