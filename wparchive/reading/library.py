"""The archive as an analyst sees it: selections of posts, search, history. A thin layer over a backend's reader."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast, get_args

from wparchive.backends.reader import (
    GROUPS,
    HAPPENINGS,
    Event,
    EventKind,
    Filter,
    Group,
    Order,
    Reader,
    SearchOrder,
    TypeCounts,
)
from wparchive.errors import NotFound
from wparchive.model.documents import Failure, PostDocument, Run, Site
from wparchive.reading.arguments import (
    OneOrMany,
    When,
    bare_address,
    link_forms,
    require_known,
    require_limit,
    since_of,
    sites_of,
    states_of,
    until_of,
    values_of,
)
from wparchive.reading.events import Version, version_at, versions
from wparchive.reading.snippets import Snippet, snippet
from wparchive.text.search_query import Query, parse_query
from wparchive.text.search_tokens import ANALYSER_MARK

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that a search found."""

    post: PostDocument
    score: float
    """Relevance, higher is better; comparable within one answer only."""
    snippet: Snippet
    """The passage of the text with most hits."""
    title: Snippet
    """The title, with its hits."""


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """What is held of one site."""

    key: str
    site: Site | None
    """None when posts are held but no crawl described the site."""
    held: list[TypeCounts]
    last_run: Run | None


class Posts:
    """A selection of posts. Lazy: each use asks the archive anew, and iterating streams in constant memory."""

    def __init__(
        self,
        reader: Reader,
        filter_: Filter,
        order: Order = "newest",
        limit: int | None = None,
        raw: bool = False,
    ) -> None:
        self._reader = reader
        self.filter = filter_
        self.order: Order = order
        self.limit = limit
        self.raw = raw

    def __iter__(self) -> Iterator[PostDocument]:
        return self._reader.posts(self.filter, self.order, self.limit, self.raw)

    def count(self) -> int:
        """How many there are (the limit apart)."""
        return self._reader.count(self.filter)

    def words(self) -> int:
        """Sum of their word counts."""
        return self._reader.words(self.filter)

    def by(self, group: Group) -> dict[str | None, int]:
        """Counts by `site`, `type`, `state`, `year`, `month`, `tag`, `category`, `author` or `language`; None for posts without one."""
        require_known("group", group, GROUPS)
        return self._reader.tally(self.filter, group)

    def search(self, words: str, *, order: SearchOrder = "relevance", limit: int = 20) -> list[Hit]:
        """The best `limit` posts of the selection that match (syntax: docs/commands.md). Raises InvalidQuery."""
        require_known("order", order, get_args(SearchOrder))
        require_limit(limit)
        query = self._query(words)
        scores = dict(self._reader.search(query, self.filter, order, limit))
        found = self._reader.get_posts(list(scores))
        return [
            Hit(
                post,
                scores[post["_id"]],
                snippet(post["text"], query),
                snippet(post["title"], query, None),
            )
            for post in found
        ]

    def matches(self, words: str) -> int:
        """How many posts of the selection match."""
        return self._reader.matches(self._query(words), self.filter)

    def _query(self, words: str) -> Query:
        if self._reader.analyser() != ANALYSER_MARK:
            log.warning(
                "The search index of this archive was made by another version: words may be missed until a crawl makes it again"
            )
        return parse_query(words)

    def to_arrow_batches(self, size: int = 1000) -> "Iterator[pa.RecordBatch]":
        """Record batches of up to `size` posts, in the types of the Parquet export. Raises ExtraMissing without pyarrow."""
        from wparchive.export.arrow import record_batches

        return record_batches(self, size, self.raw)

    def to_pandas(self) -> "pd.DataFrame":
        """A DataFrame, one row a post. Raises ExtraMissing without pandas and pyarrow."""
        from wparchive.export.arrow import to_pandas

        return to_pandas(self, self.raw)

    def to_polars(self) -> "pl.DataFrame":
        """A DataFrame, one row a post. Raises ExtraMissing without polars and pyarrow."""
        from wparchive.export.arrow import to_polars

        return to_polars(self, self.raw)


class Archive:
    """An open archive, to be read. Use it as a context manager, or call `close()`."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    @property
    def address(self) -> str:
        """Where it is, without a password."""
        return self.reader.address

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the connection; safe to call twice."""
        self.reader.close()

    def sites(self) -> list[SiteSummary]:
        """What is held, per site, by key."""
        described = {site["_id"]: site for site in self.reader.sites()}
        held = self.reader.held()
        keys = sorted(described.keys() | {entry.site for entry in held})
        last = {key: next(iter(self.reader.runs(key, 1)), None) for key in keys}
        return [
            SiteSummary(
                key, described.get(key), [entry for entry in held if entry.site == key], last[key]
            )
            for key in keys
        ]

    def posts(
        self,
        *,
        site: OneOrMany = None,
        type: OneOrMany = None,
        tag: OneOrMany = None,
        category: OneOrMany = None,
        author: OneOrMany = None,
        since: When = None,
        until: When = None,
        state: OneOrMany = "live",
        unique: bool = False,
        order: Order = "newest",
        limit: int | None = None,
        raw: bool = False,
    ) -> Posts:
        """Select posts. Several values of one filter widen it, several filters narrow one another; `state="any"` takes all.

        Times are of publication: `since` inclusive, `until` exclusive as a datetime; words such as `2024-05` or `30d` are understood,
        and then `until` includes the whole day, month or year. `raw=True` brings the records as received too. Raises InvalidQuery.
        """
        require_known("order", order, get_args(Order))
        require_limit(limit)
        now = datetime.now(UTC)
        filter_ = Filter(
            sites=sites_of(site),
            types=values_of(type),
            tags=values_of(tag),
            categories=values_of(category),
            authors=values_of(author),
            since=since_of(since, now),
            until=until_of(until, now),
            states=states_of(state),
            unique=unique,
        )
        return Posts(self.reader, filter_, order, limit, raw)

    def search(self, words: str, *, limit: int = 20, **filters: Any) -> list[Hit]:
        """`posts(**filters).search(words)`."""
        return self.posts(**filters).search(words, limit=limit)

    def get(self, post: str) -> PostDocument:
        """A post by key (`site/type/id`) or public address. Raises NotFound."""
        if found := self.reader.get(post.strip()):
            if found[0] == "posts":
                return cast(PostDocument, found[1])
            raise NotFound(f"{post} is one of the archive's {found[0]}, not a post")
        key = self.reader.find_link(link_forms(post))
        if key is None:
            raise NotFound(
                f"no post {post!r} in {self.address}: a post is named by its key (site/type/id) or address; search finds it"
            )
        return self.get(key)

    def history(self, post: str) -> list[Version]:
        """Every version of a post that crawls have seen, oldest first. Raises NotFound."""
        current = self.get(post)
        return versions(current, self.reader.revisions(current["_id"]))

    def as_of(self, post: str, at: str | datetime) -> Version:
        """The version of a post that the archive held at a time. Raises NotFound when it was not yet archived, InvalidQuery."""
        moment = until_of(at, datetime.now(UTC))
        assert moment is not None
        return version_at(self.history(post), moment)

    def events(
        self, what: EventKind, *, site: OneOrMany = None, since: When, until: When = None
    ) -> Iterator[Event]:
        """What crawls saw happen to posts: `new`, `edited`, `withdrawn`, `deleted`; newest first. Raises InvalidQuery."""
        require_known("event", what, HAPPENINGS)
        now = datetime.now(UTC)
        start = since_of(since, now) or datetime.min.replace(tzinfo=UTC)
        return self.reader.events(
            what,
            sites_of(site),
            start,
            until_of(until, now),
        )

    def failures(self, *, site: OneOrMany = None, type: OneOrMany = None) -> Iterator[Failure]:
        """What could not be archived, where and why."""
        return self.reader.failures(sites_of(site), values_of(type))

    def runs(self, site: str, limit: int = 20) -> list[Run]:
        """Reports of the newest crawls of a site first."""
        return self.reader.runs(bare_address(site), limit)

    def require_sites(self, filter_: Filter) -> None:
        """Raise NotFound when a filter names a site of which nothing is held: an empty answer would mislead."""
        known = [summary.key for summary in self.sites()]
        for site in filter_.sites:
            if site not in known:
                raise NotFound(
                    f"no site {site!r} in {self.address}; it holds: {', '.join(known) or 'nothing'}"
                )
