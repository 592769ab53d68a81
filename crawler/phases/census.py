"""Find changes in lists that have no dates of change, or that count rows which they do not show.

| kind | what is read of a long list in which nothing changed |
|---|---|
| media | the newest ids, what was modified, and the rank of one row (its milestone) |
| terms, authors | the newest ids, and three pages of the others in turn |
| comments | the newest ones with their texts, and two pages of the others in turn |

Images and comments are shown as long as their post is: so they are looked at beside the posts that
came or vanished, comments also beside those that got or lost a password. Terms and authors are read
in turns only where nothing else happened on the site, and whole as soon as something did.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from crawler.phases.collect import Collector
from crawler.phases.light import LightReader
from crawler.phases.measure import MeasuredCollection
from crawler.phases.watermarks import look_again_from, milestone_of
from crawler.polls.listing import LightRow, Listing, Milestone
from crawler.polls.news import CHEAP_REQUESTS, News, Question, lay_over, look_for_news
from crawler.polls.ranks import RANKS_FROM_TOP, at_rank
from crawler.polls.recent import first_by_id
from crawler.rest.collections import Collection
from crawler.rest.lenient_json import decode_record
from crawler.run.report import TypeKey
from crawler.run.run_state import RunState
from crawler.walk import PageRequest, Problem
from wparchive.model.site_records import Watermark

ASKED_AT_ONCE = 100
"""Posts whose images or comments, or terms whose posts, are asked for in one request."""
COMMENT_TURNS = 2
"""Pages of older comments that a run reads with their texts."""
HeldRecords = Callable[[Collection, Sequence[int]], Awaitable[dict[int, bytes]]]
"""Returns the held records of some ids."""
Differing = Callable[[Collection, Iterable[LightRow]], Awaitable[dict[int, Any]]]
"""Returns those rows, by id, that are not held, or that differ from what is held."""


@dataclass(slots=True)
class PostsSeen:
    """The knowledge of posts that a run has before it looks at any other list."""

    known: set[TypeKey] = field(default_factory=set)
    """The types of which everything that came or vanished is known."""
    came: set[int] = field(default_factory=set)
    """Posts that are visible and were not held as live."""
    vanished: set[int] = field(default_factory=set)
    edited: dict[TypeKey, dict[int, bool]] = field(default_factory=dict)
    """Posts that differ from what is held, and whether they had a password before."""
    changed: bool = False
    """Some post came, vanished, or differs from what is held."""

    def know_all(self, run: RunState) -> bool:
        """Tell whether `known` has every type of posts of the site.

        Lists of plugins do not count: all of WordPress has menus, and they are always read whole.
        What changed beside their records alone is found by the reconcile.
        """
        return all(
            key in self.known
            for key, collection in run.collections.items()
            if collection.kind == "posts" and collection.shape is None
        )


@dataclass(frozen=True, slots=True)
class List:
    """A list that an earlier run has proved, and what is held of it."""

    measured: MeasuredCollection
    first: Listing
    """The first page by id, newest first, with light rows."""
    total: int
    held: Sequence[int]
    mark: Watermark
    size: int

    @property
    def collection(self) -> Collection:
        """Return the collection that it lists."""
        return self.measured.collection

    @property
    def older_pages(self) -> int:
        """Return how many pages there are, oldest first, besides the rows of the first one."""
        return max(0, ceil((self.total - self.size) / self.size))

    def fits(self, page: int, listing: Listing) -> bool:
        """Tell whether a page, oldest first, has exactly the rows that are held."""
        expected = self.held[(page - 1) * self.size : page * self.size]
        return listing.total == self.total and listing.ids == list(expected)


class Census:
    """A look at the lists of one run that polls of posts do not suit."""

    def __init__(
        self,
        run: RunState,
        collector: Collector,
        posts: PostsSeen,
        records: HeldRecords,
        differing: Differing,
    ) -> None:
        self._run = run
        self._collector = collector
        self._posts = posts
        self._records = records
        self._differing = differing

    async def media(self, listed: List) -> News:
        """Return the news of a long list of media."""
        if not self._may_look_beside_posts(listed, "parent"):
            return await self._whole(listed)
        reader = self._reader(listed)
        _, modified = look_again_from(listed.mark, self._run.known_site, self._run.cache_age_s)
        await self._set_milestone(listed, reader)
        question = self._question(listed, modified)
        news = await look_for_news(question, reader.ask, reader.read_all, reader.read_ids)
        if not news.whole or news.by_id_only:  # no id shows that an image lost its post
            await self._look_beside_posts(listed, news, "parent")
        if news.trouble:
            return await self._whole(listed)
        return news

    async def names(self, listed: List) -> News:
        """Return the news of a long list of terms or authors."""
        # The held ids are ascending, the rows of the first page descend.
        newest = list(listed.held[-1 : -len(listed.first.rows) - 1 : -1])
        is_quiet = (
            self._posts.know_all(self._run)
            and not self._posts.changed
            and not listed.mark["hidden"]
            and listed.total == len(listed.held)
            and listed.first.ids == newest
        )
        if not is_quiet:
            return await self._whole(listed)
        news = News({row.id: row for row in listed.first.rows}, total=listed.total)
        # The first page was one of the cheap requests.
        for page in self._turn(listed, CHEAP_REQUESTS - 1):
            answer = await self._reader(listed).ask(_older(page, listed.size))
            if isinstance(answer, Problem) or not listed.fits(page, answer):
                return await self._whole(listed)
            news.rows.update((row.id, row) for row in answer.rows)
        if await self._differing(listed.collection, news.rows.values()):
            return await self._whole(listed)
        return news

    async def comments(self, listed: List) -> News:
        """Return the news of a list of comments."""
        await self._note_passwords()
        reader = self._reader(listed)
        await self._set_milestone(listed, reader)
        question = self._question(listed)
        news = await self._ids_or_news(listed, question, reader)
        texts = {row.id: row for row in listed.first.rows}
        aligned = True
        for page in self._turn(listed, COMMENT_TURNS):
            answer = await reader.ask(_older(page, listed.size))
            if isinstance(answer, Problem):
                news.trouble = news.trouble or answer.reason or "no answer"
                return news
            texts.update((row.id, row) for row in answer.rows)
            aligned = aligned and listed.fits(page, answer)
        nothing_known = not (news.whole or news.vanished or listed.mark["hidden"])
        if nothing_known and not aligned and not news.rows.keys() - set(listed.held):
            # As many came as vanished, among the older ones.
            news = await reader.read_ids()
        lay_over(news, texts)
        lay_over(news, await self._threads(listed, news))
        return news

    async def _note_passwords(self) -> None:
        """Note the posts that got a password, whose comments are hidden now, or lost theirs.

        The posts are in the archive already.
        """
        for key, edited in self._posts.edited.items():
            records = await self._records(self._run.collections[key], sorted(edited))
            for id_, record in records.items():
                if hides_comments(record) and not edited[id_]:
                    self._posts.vanished.add(id_)
                elif edited[id_] and not hides_comments(record):
                    self._posts.came.add(id_)
        self._posts.edited.clear()

    async def _ids_or_news(self, listed: List, question: Question, reader: LightReader) -> News:
        """Return the news of comments that their polls show; all ids where these do not suffice."""
        if not self._may_look_beside_posts(listed, "post"):
            return await reader.read_ids()
        news = await look_for_news(question, reader.ask, reader.read_ids, reader.read_ids)
        if not news.whole:
            await self._look_beside_posts(listed, news, "post")
        if news.trouble:
            return await reader.read_ids()
        return news

    def _may_look_beside_posts(self, listed: List, parameter: str) -> bool:
        """Tell whether the polls of posts show which other rows came and vanished with posts."""
        came = self._posts.came
        can_ask = parameter in listed.collection.capabilities.parameters
        # Rows that are counted and not shown make totals useless, unless a milestone shows that
        # nothing before it vanished.
        if listed.mark["hidden"] and milestone_of(listed.mark) is None:
            return False
        questions = ceil(len(came) / ASKED_AT_ONCE)
        if came and (not can_ask or questions > max(1, listed.older_pages // 2)):
            return False  # to read the list whole is no dearer
        return self._posts.know_all(self._run)

    async def _look_beside_posts(self, listed: List, news: News, parameter: str) -> None:
        """Add what its post has brought into view, and note what its post may have hidden."""
        came = sorted(self._posts.came)
        for part in _parts(parameter, came):
            beside = await self._reader(listed, part).read_all()
            news.trouble = news.trouble or beside.trouble
            news.rows.update(beside.rows)
        if came or self._posts.vanished:
            posts = self._posts.came | self._posts.vanished
            # A post takes its images and comments along when it comes or goes, and nothing of their
            # own changes. So those that are held are asked for by id.
            found = await self._belonging_to(listed, posts)
            news.doubtful = [id_ for id_ in found if not news.whole or id_ in news.rows]

    async def _threads(self, listed: List, news: News) -> dict[int, LightRow]:
        """Return the newest comments on the posts whose comments changed, with their texts."""
        changed = await self._differing(listed.collection, news.rows.values())
        posts = {news.rows[id_].fields.get("post") for id_ in changed}
        # A comment that was deleted names its post in the archive only.
        gone = news.vanished
        if news.whole:
            gone = [id_ for id_ in listed.held if id_ not in news.rows]
        for record in (await self._records(listed.collection, gone)).values():
            posts.add(_field(record, "post"))
        ids = sorted(id_ for id_ in posts if isinstance(id_, int))
        found: dict[int, LightRow] = {}
        # Without this parameter, the comments on single posts cannot be requested.
        if "post" not in listed.collection.capabilities.parameters:
            return found
        for part in _parts("post", ids):
            answer = await self._reader(listed, part).ask(first_by_id(listed.size))
            if isinstance(answer, Listing):
                found.update((row.id, row) for row in answer.rows)
        return found

    async def _whole(self, listed: List) -> News:
        if listed.collection.kind == "media":
            await self._set_milestone(listed, self._reader(listed))
        return await self._reader(listed).read_all()

    def _question(self, listed: List, modified: str | None = None) -> Question:
        hides_rows = len(listed.first.rows) < min(listed.size, listed.total)
        milestone = None
        if listed.mark["hidden"] or hides_rows:
            milestone = milestone_of(listed.mark)
        return Question(
            held=listed.held,
            capabilities=listed.collection.capabilities,
            size=listed.size,
            since_modified=modified,
            first=listed.first,
            milestone=milestone,
        )

    async def _set_milestone(self, listed: List, reader: LightReader) -> None:
        """Note a row with its rank, before the list is read: later changes will move it."""
        count = self._run.count_of(listed.collection)
        first, total = listed.first, listed.total
        if count.milestone is not None or not first.rows:
            return
        # The newest page is full, so no row of it is hidden: its first row has the last rank.
        if len(first.rows) == listed.size:
            count.milestone = Milestone(first.ids[0], total - 1)
            return
        known = milestone_of(listed.mark)
        if known is not None and first.ids[0] == known.id:
            return  # nothing came since then, and the old one is carried over
        for back in RANKS_FROM_TOP:
            answer = await reader.ask(at_rank(back, "desc"))
            # The list changed meanwhile: a rank that was counted from its end is not sure any more.
            if isinstance(answer, Problem) or answer.total != total:
                return
            if answer.ids:
                count.milestone = Milestone(answer.ids[0], total - 1 - back)
                return

    def _turn(self, listed: List, pages: int) -> Iterable[int]:
        """Return the numbers of the pages whose turn it is, oldest first, counted from 1."""
        there = listed.older_pages
        if not there:
            return []
        # Each run reads some pages, and the next one goes on after them, round and round.
        done = listed.mark.get("turn") or 0
        pages = min(pages, there)
        self._run.count_of(listed.collection).turn = (done + pages) % there
        return [(done + step) % there + 1 for step in range(pages)]

    async def _belonging_to(self, listed: List, posts: set[int]) -> list[int]:
        """Return the held rows that belong to some posts."""
        records = await self._records(listed.collection, listed.held)
        return [id_ for id_, record in records.items() if _field(record, "post") in posts]

    def _reader(self, listed: List, filters: tuple[tuple[str, str], ...] = ()) -> LightReader:
        measured = listed.measured
        if filters:
            measured = MeasuredCollection(listed.collection, filters=filters)
        return LightReader(self._run, self._collector, measured)


def hides_comments(record: bytes) -> bool:
    """Tell whether the site says of a post that a password protects it."""
    content = _field(record, "content")
    return isinstance(content, dict) and content.get("protected") is True


def _parts(parameter: str, ids: Sequence[int]) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield parameters that ask for what belongs to some posts, a hundred posts at a time."""
    for start in range(0, len(ids), ASKED_AT_ONCE):
        yield ((parameter, ",".join(map(str, ids[start : start + ASKED_AT_ONCE]))),)


def _field(record: bytes, name: str) -> Any:
    try:
        return decode_record(record)[0].get(name)
    except ValueError:
        return None


def _older(page: int, size: int) -> PageRequest:
    """Return the request for a page of the list in the order of ids, oldest first."""
    params = [("orderby", "id"), ("order", "asc"), ("per_page", str(size))]
    if page > 1:
        params.append(("page", str(page)))
    return PageRequest(tuple(params), "slice", page, rank=(page - 1) * size, size=size)
