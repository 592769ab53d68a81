"""Find what changed in a collection, and what that proves. Somebody else makes the requests."""

from bisect import bisect_right
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from crawler.polls.listing import LightRow, Listing, Milestone, Poll
from crawler.polls.ranks import RankSearch, at_rank, rank_on, search_cost
from crawler.polls.recent import ModifiedSince, NewestFirst, first_by_id
from crawler.walk import Capabilities, PageRequest, Problem

CHEAP_REQUESTS = 4
"""Requests that an unchanged list costs at most, however long it is."""
ROUNDS = 3
"""Times that the polls are repeated where the site changes under them, before the list is read."""

Ask = Callable[[PageRequest], Awaitable[Listing | Problem]]
"""Makes one request to the collection for light rows."""


@dataclass(slots=True)
class News:
    """The findings about a collection."""

    rows: dict[int, LightRow] = field(default_factory=dict)
    """Rows that were seen: those that are new or changed are among them."""
    vanished: list[int] = field(default_factory=list)
    """Ids that the search by rank missed, ascending; not filled where the whole list was read."""
    whole: bool = False
    """Every row of the collection was seen, not only those that are new or changed."""
    doubtful: list[int] = field(default_factory=list)
    """Held ids that are to be read, whatever the rows show."""
    by_id_only: bool = False
    """Of most of these rows only the ids were seen."""
    total: int | None = None
    """The last total of the site."""
    trouble: str = ""
    """Why nothing is proved; empty when everything visible is held or among `rows`."""


Enumerate = Callable[[], Awaitable[News]]
"""Reads the whole list: light rows, or nothing but ids."""


@dataclass(slots=True)
class Question:
    """A question about one collection, with what is known of it."""

    held: Sequence[int]
    """Ids of the live documents, ascending."""
    capabilities: Capabilities
    size: int
    """Rows of one request."""
    since_date: str | None = None
    """Site-local: what became visible is dated after it. None where nothing is scheduled."""
    since_modified: str | None = None
    """Site-local. An object that was edited since has a later `modified`; None without dates."""
    first: Listing | None = None
    """The first page by id, newest first, where it is known already."""
    search_at_most: int = 20
    """Vanished rows that are searched for by rank; for more of them the list is read."""
    milestone: Milestone | None = None
    """A row of the last run, in a list that may count rows that it does not show. Nothing is
    compared with its total then."""


async def look_for_news(
    question: Question, ask: Ask, read_all: Enumerate, read_ids: Enumerate
) -> News:
    """Return the news of a collection that shows every row that it counts.

    The polls find what was created, what became visible and what was edited. Then as many objects
    must be held as the site counts, before the polls and after them: what vanished makes a
    difference, and is looked for by rank. Where that does not agree, all ids are read: the polls
    have shown every edit. Where the polls have no answer, the whole list is read.
    """
    look = _Look(question, ask)
    news = await look.result()
    if news is not None:
        return news
    if not look.has_polled:
        return await read_all()
    news = await read_ids()
    lay_over(news, look.rows)
    return news


def lay_over(news: News, rows: Mapping[int, LightRow]) -> None:
    """Replace rows of the news by rows with fields, except those that a whole list lacks."""
    for id_, row in rows.items():
        if not row.is_bare and (not news.whole or id_ in news.rows):
            news.rows[id_] = row


class _Look:
    """The polls of one collection, repeated while it changes."""

    def __init__(self, question: Question, ask: Ask) -> None:
        self._question = question
        self._ask = ask
        self._held = set(question.held)
        self._news = News()
        self._newest: dict[int, LightRow] = {}
        self.trouble = ""
        self.has_polled = False
        """All polls have answered at least once."""

    @property
    def rows(self) -> Mapping[int, LightRow]:
        """Return what the polls have seen."""
        return self._news.rows

    async def result(self) -> News | None:
        """Return the news; None where the list has to be read, with the reason in `trouble`."""
        self.trouble = _unpollable(self._question)
        first = self._question.first
        for _ in range(ROUNDS):
            if self.trouble:
                return None
            if first is None:
                first = await self._first_page()
            if first is None or first.total is None:
                self.trouble = self.trouble or "the site does not say how many there are"
                return None
            if is_whole(first, self._question.size):
                return news_of_whole(first)
            hides_rows = len(first.rows) < min(self._question.size, first.total)
            if hides_rows and self._question.milestone is None:
                self.trouble = "the site counts rows that it does not show"
                return None
            totals = await self._poll(first)
            self.has_polled = self.has_polled or not self.trouble
            # With two totals, the site changed between the polls: ask again.
            if self.trouble or len(totals) > 1:
                first = None
                continue
            if await self._agrees(totals.pop(), first):
                return self._news
            first = None
        self.trouble = self.trouble or "the list does not agree with what is held"
        return None

    async def _first_page(self) -> Listing | None:
        answer = await self._ask(first_by_id(self._question.size))
        if isinstance(answer, Problem):
            self.trouble = answer.reason or "no answer"
            return None
        return answer

    async def _poll(self, first: Listing) -> set[int | None]:
        """Make all polls; return the totals that the site gave before and after them."""
        question = self._question
        parameters = question.capabilities.parameters
        highest = question.held[-1] if question.held else 0
        if question.milestone is not None:
            highest = question.milestone.id
        since_date, since_modified = question.since_date, question.since_modified
        totals = {first.total}
        newest = NewestFirst("id", lambda row: row.id <= highest, parameters, question.size, first)
        self._newest = newest.rows
        polls: list[Poll] = [newest]
        # The parameter came with WordPress 5.7.
        if since_modified is not None and "modified_after" in parameters:
            polls.append(ModifiedSince(since_modified, question.size))
        elif since_modified is not None:
            polls.append(
                NewestFirst(
                    "modified",
                    lambda row: row.modified <= since_modified,
                    parameters,
                    question.size,
                )
            )
        # The last one: its first answer has the total after the others.
        if since_date is not None:
            polls.append(
                NewestFirst("date", lambda row: row.date <= since_date, parameters, question.size)
            )
        for poll in polls:
            await self._drive(poll)
            if self.trouble:
                break
            if poll.total is not None:
                totals.add(poll.total)
        return totals

    async def _drive(self, poll: Poll) -> None:
        """Make the requests of a poll, and take over what it saw."""
        while (request := poll.next_request()) is not None:
            answer = await self._ask(request)
            if isinstance(answer, Problem):
                poll.fail(answer)
            else:
                poll.feed(answer)
        for id_, row in poll.rows.items():
            if not row.is_bare or id_ not in self._news.rows:
                self._news.rows[id_] = row
        self.trouble = poll.trouble

    async def _agrees(self, total: int | None, first: Listing) -> bool:
        """Tell whether what is held and what was found is what the site shows.

        Where it counts less, what vanished is looked for.
        """
        assert total is not None
        news = self._news
        news.total = total
        if self._question.milestone is not None:
            return await self._keeps(self._question.milestone, first)
        known = sorted(self._held | news.rows.keys())
        if len(known) == total:
            return True
        vanished = len(known) - total
        size = self._question.size
        if (
            not 0 < vanished <= self._question.search_at_most
            or search_cost(len(known), vanished, size) > total / size
        ):
            self.trouble = f"the site counts {total}, and {len(known)} are known"
            return False
        search = RankSearch(known, total, size)
        await self._drive(search)
        if self.trouble:
            return False
        news.vanished = sorted(search.vanished)
        known_now = (self._held | news.rows.keys()) - set(search.vanished)
        return len(known_now) == total

    async def _keeps(self, milestone: Milestone, first: Listing) -> bool:
        """Tell whether the milestone still has its rank; note what vanished behind it."""
        found = rank_on(first, milestone.id, self._question.size)
        if found is None:
            answer = await self._ask(at_rank(milestone.rank))
            if isinstance(answer, Problem):
                self.trouble = answer.reason or "no answer"
                return False
            if answer.ids == [milestone.id] and answer.total == first.total:
                found = milestone.rank
        if found != milestone.rank:
            self.trouble = f"rows before {milestone.id} vanished or came"
            return False
        behind = self._question.held[bisect_right(self._question.held, milestone.id) :]
        self._news.vanished = [id_ for id_ in behind if id_ not in self._newest]
        return True


def _unpollable(question: Question) -> str:
    """Return why a route cannot be polled; empty where it can."""
    needed = {"id"}
    if question.since_date is not None:
        needed.add("date")
    if question.since_modified is not None:
        needed.add("modified")
    capabilities = question.capabilities
    if capabilities.orderby >= needed:
        return ""
    return "the list cannot be sorted by id, date and date of change"


def is_long(total: int | None, size: int) -> bool:
    """Tell whether reading a list takes more requests than it may cost where nothing changed.

    The first page was read already, and each further one shares a row with the one before.
    """
    return total is not None and total > (CHEAP_REQUESTS - 1) * max(1, size - 1)


def is_whole(first: Listing, size: int) -> bool:
    """Tell whether a list came on its first page, of at most `size` rows, with every row shown."""
    return first.total is not None and first.total == len(first.rows) < size


def news_of_whole(first: Listing) -> News:
    """Return the news of a list that came on one page: nothing is left to find out."""
    return News({row.id: row for row in first.rows}, whole=True, total=first.total)
