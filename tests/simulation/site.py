"""A WordPress collection as its REST API shows it.

Ranks move, totals count rows that nobody may read, and some rows make a page fail.
"""

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from crawler.walk import Capabilities, Page, PageRequest, Problem, ProblemKind

FULL = Capabilities(
    frozenset(
        {"page", "per_page", "offset", "order", "orderby", "include", "exclude", "before", "after"}
    ),
    frozenset({"id", "date", "include"}),
)


@dataclass(slots=True)
class Site:
    """A collection that changes, and the limits of the site that holds it."""

    ids: list[int]
    """All rows."""
    hidden: set[int] = field(default_factory=set)
    """Rows that the site drops after the query, so that its total counts them."""
    soft: set[int] = field(default_factory=set)
    """Rows that make an answer fail which carries their records."""
    hard: set[int] = field(default_factory=set)
    """Rows that make every answer fail which lists them."""
    dates: dict[int, str] = field(default_factory=dict)
    silent_cap: int = 1000
    """Rows per page that the site gives, whatever is requested."""
    cap_counts: bool = True
    """Whether the silent cap shows in X-WP-TotalPages."""
    maximum: int = 100
    """A larger `per_page` is rejected."""
    fails: Callable[[PageRequest], bool] = lambda request: False
    """Whether the site cannot answer a request, whatever its rows are."""
    load: int = 1000
    """A page with records of more rows than this fails."""
    totals: bool = True
    zero_past_end: bool = True
    """As for posts: `offset` past the end gives total 0, and `page` past the end an empty page."""
    refuses: frozenset[str] = frozenset()
    """Parameters answered with 400."""
    ignores: frozenset[str] = frozenset()
    """Parameters without effect."""
    constant: bool = False
    """A cache ignores the query: the first answer is the answer to every query."""
    stale: float = 0
    """Share of answers that come from a cache, as they were at some earlier time."""
    pinned: Literal["", "instead", "beside"] = ""
    """Every answer in rising order shows the pinned rows: in place of rows, or beside its rows."""
    pins: int = 1
    """How many rows are pinned: the newest ones, or the oldest ones."""
    pins_oldest: bool = False
    pinned_first: bool = False
    """The pinned rows stand at the start of an answer, and not at its end."""
    pinned_at: float | None = None
    """Where the pinned rows stand in an answer, from 0 at its start to 1 at its end."""
    pinned_anew: bool = False
    """Each answer pins other rows, drawn at random from all."""
    pinned_in_all: bool = False
    """Every list shows the pinned rows, also one of ids that were requested."""
    left_out: set[int] = field(default_factory=set)
    """Rows that no list shows, though a request for one of them does."""
    left_out_by_id: set[int] = field(default_factory=set)
    """Rows that a list in the order of ids does not show."""
    copies_above: int = 0
    """Lists show copies of one row in place of all rows above this id; 0: they do not."""
    copied: int = 0
    """That row."""
    empty_by_id: bool = False
    """A list in the order of ids has no row, and counts none."""
    lie: int = 0
    """A total that has nothing to do with the rows; 0: the site tells the truth."""
    by_default: int = 10
    current: set[int] = field(default_factory=set)
    """Rows that the archive holds as they are, for light requests."""
    always: set[int] = field(init=False)
    """Rows visible since the start."""
    ever: set[int] = field(init=False)
    """Rows visible at some time."""
    past: list[tuple[list[int], set[int]]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.ids = sorted(self.ids)
        self.always = set(self.ids) - self.hidden
        self.ever = set(self.always)

    # Changes between two requests

    def add(self, id: int, hidden: bool = False) -> None:
        if id in self.ever or id in self.ids:
            return
        insort(self.ids, id)
        (self.hidden if hidden else self.ever).add(id)

    def publish(self, step: int = 1) -> None:
        self.add(max([*self.ids[-1:], *self.ever, 0]) + step)

    def remove(self, id: int) -> None:
        at = bisect_left(self.ids, id)
        if at < len(self.ids) and self.ids[at] == id:
            del self.ids[at]
        self.always.discard(id)

    def hide(self, id: int) -> None:
        self.hidden.add(id)
        self.always.discard(id)

    def show(self, id: int) -> None:
        self.hidden.discard(id)
        if id in self.ids:
            self.ever.add(id)

    @property
    def bad(self) -> set[int]:
        return self.soft | self.hard

    # Answers

    def answer(self, request: PageRequest, random: Random | None = None) -> Page | Problem:
        if not self.stale or random is None:
            return self._answer(request)
        self.past.append((list(self.ids), set(self.hidden)))
        now = self.ids, self.hidden
        if random.random() < self.stale:
            self.ids, self.hidden = random.choice(self.past)
        try:
            return self._answer(request)
        finally:
            self.ids, self.hidden = now

    def _answer(self, request: PageRequest) -> Page | Problem:
        if self.fails(request):
            return Problem(ProblemKind.CONTENT, "critical error", "http_500")
        if request.purpose == "single":
            return self._single(request.ids[0])
        given = dict(request.params)
        refused = self.refuses & given.keys()
        if int(given.get("per_page", 1)) > self.maximum:
            refused |= {"per_page"}
        if refused:
            return Problem(
                ProblemKind.REJECTED, "Invalid parameter(s)", "http_400", frozenset(refused)
            )
        if self.constant:
            given = {}
        heard = {key: value for key, value in given.items() if key not in self.ignores}
        answer = self._list(heard, request.ids_only, request.number)
        if request.light and isinstance(answer, Page):
            return replace(answer, current=frozenset(self.current.intersection(answer.ids)))
        return answer

    def _single(self, id: int) -> Page | Problem:
        if id not in self.ids or id in self.hidden:
            return Page(())
        if id in self.bad:
            return Problem(ProblemKind.CONTENT, f"row {id}", "http_500")
        return Page((id,))

    def _list(self, given: dict[str, str], ids_only: bool, number: int) -> Page | Problem:
        rows = self._matching(given)
        if self.empty_by_id and given.get("orderby") == "id":
            rows = []
        requested = int(given.get("per_page", self.by_default))
        size = min(requested, self.silent_cap)
        start = int(given.get("offset", 0)) or (int(given.get("page", 1)) - 1) * size
        window = rows[start : start + size]
        left_out = self.left_out
        if given.get("orderby") == "id":
            left_out = left_out | self.left_out_by_id
        visible = [id for id in window if id not in self.hidden and id not in left_out]
        copies = 0
        if self.copies_above and "include" not in given:
            all_rows = [id if id <= self.copies_above else self.copied for id in visible]
            visible = list(dict.fromkeys(all_rows))
            copies = len(all_rows) - len(visible)
        if self.pinned and visible and (self.pinned_in_all or given.get("order") == "asc"):
            with_pinned = self._with_pinned(visible, number)
            visible = list(dict.fromkeys(with_pinned))
            copies = len(with_pinned) - len(visible)
        breaking = self.hard if ids_only else self.bad
        if breaking.intersection(visible) or (not ids_only and len(window) > self.load):
            return Problem(ProblemKind.CONTENT, "critical error", "http_500")
        dates = tuple(self.dates.get(id) for id in visible)
        past = start > 0 and not window
        if not self.totals or (past and self.zero_past_end and "page" in given):
            return Page(tuple(visible), dates=dates, copies=copies)
        total = 0 if past and self.zero_past_end else self.lie or len(rows)
        counted = size if self.cap_counts else requested
        return Page(tuple(visible), total, -(-total // counted), dates, copies)

    def _with_pinned(self, visible: list[int], number: int) -> list[int]:
        """Return the rows of an answer with those that the site adds, some of them twice."""
        shown = sorted(set(self.ids) - self.hidden)
        rows = shown[: self.pins] if self.pins_oldest else shown[-self.pins :]
        if self.pinned_anew:
            rows = Random(number).sample(shown, min(self.pins, len(shown)))
        replaced = min(len(rows), len(visible)) if self.pinned == "instead" else 0
        rows = rows[-replaced:] if replaced else rows
        if self.pinned_at is not None:
            place = int(self.pinned_at * (len(visible) - replaced))
            return [*visible[:place], *rows, *visible[place + replaced :]]
        if self.pinned_first:
            return list(dict.fromkeys([*rows, *visible[replaced:]]))
        return list(dict.fromkeys([*visible[: len(visible) - replaced], *rows]))

    def _matching(self, given: dict[str, str]) -> list[int]:
        down = given.get("order", "desc") == "desc"
        rows = self.ids
        if "include" in given:
            present = set(rows)
            rows = [id for id in map(int, given["include"].split(",")) if id in present]
        if "exclude" in given:
            excluded = set(map(int, given["exclude"].split(",")))
            rows = [id for id in rows if id not in excluded]
        if "before" in given:
            rows = [id for id in rows if self.dates[id] < given["before"]]
        if given.get("orderby", "date") == "date" and self.dates:
            return sorted(rows, key=lambda id: (self.dates[id], id), reverse=down)
        return rows[::-1] if down else rows


def dated(rows: int, a_second: int = 1, **limits: object) -> Site:
    """Return a site whose rows are in the order of dates, `a_second` of them in each second."""
    start = datetime(2024, 3, 31, 1, 59)
    ids = list(range(1, rows + 1))
    dates = {
        id: (start + timedelta(seconds=id // a_second)).isoformat() for id in range(1, rows + 500)
    }
    return Site(ids, dates=dates, **limits)  # type: ignore[arg-type]
