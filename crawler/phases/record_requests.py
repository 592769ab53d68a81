"""The requests for the records of one collection."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from crawler.errors import ApiError, BrokenJson, CrawlError, RuleRefused, TimedOut
from crawler.fallback.markers import without_parts
from crawler.pace import UNREACHED
from crawler.phases.batch_size import BatchTimes
from crawler.phases.pages_ahead import Records
from crawler.rest.classify import problem_of
from crawler.rest.collections import Collection
from crawler.rest.record_fields import are_two_objects, record_date
from crawler.rest.responses import RecordPage, read_page, read_record
from crawler.run.run_state import RunState
from crawler.walk import Page, PageRequest, Problem, ProblemKind
from wparchive.model.documents import Kind

_DATED = ("id", "date", "date_gmt", "modified", "modified_gmt", "slug", "status", "type", "link")
_CORE_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "posts": (
        *(*_DATED, "title", "author", "featured_media", "parent"),
        *("sticky", "format", "template", "comment_status", "menu_order"),
    ),
    "media": (
        *(*_DATED, "title", "author", "alt_text", "mime_type", "source_url"),
        *("media_details", "post"),
    ),
    "terms": ("id", "name", "slug", "link", "taxonomy", "parent", "count"),
    "authors": ("id", "name", "slug", "link", "url"),
    "comments": (
        *("id", "post", "parent", "author", "author_name", "author_url"),
        *("date", "date_gmt", "link", "status", "type"),
    ),
}
"""Fields that WordPress makes by itself: no filter of a plugin can break them."""
_TEXT_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "posts": ("content", "excerpt"),
    "media": ("caption", "description"),
    "terms": ("description",),
    "authors": ("description",),
    "comments": ("content",),
}
"""Fields that go through the filters of plugins."""
PLUGIN_FIELDS = "fields of plugins"
"""What is said of a record that lacks all fields but those of WordPress."""
_EMPTY = frozenset({b"[]", b"{}"})
_ONE = PageRequest((), "probe", 0, size=1)
_IN_VAIN_MAX = 5
"""After so many records of which no part came, no more parts are asked for."""

_RULES_MET_MAX = 4
"""Refusals in a row by rules of a firewall after which a list is left alone. Hosts commonly lock
out an address for an hour that meets five of them."""


_NO_LIST = Problem(
    ProblemKind.FATAL,
    "an empty list with other text behind it, and no total: it may be part of that text",
    "no_list",
)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to one request: what the walk needs, and the records themselves."""

    outcome: Page | Problem
    records: Records = ()
    repaired: bool = False
    """Something around the records had to be taken away, a PHP notice for instance."""
    warc: str | None = None
    """The WARC record of the answer; None where none was written."""


class RecordRequests:
    """The maker of requests for one collection, in the form that the site needs.

    `filters` are query parameters that leave only a part of the collection. `was_open` says that
    the site has answered for the collection before. `light_fields` are those of light requests.
    """

    def __init__(
        self,
        run: RunState,
        collection: Collection,
        filters: tuple[tuple[str, str], ...] = (),
        *,
        was_open: bool = False,
        light_fields: tuple[str, ...] = ("id",),
        batches: BatchTimes | None = None,
    ) -> None:
        assert run.api is not None
        self._run = run
        self._collection = collection
        self._filters = filters
        self._api = run.api
        self._believes_totals = True
        self._was_open = was_open
        self._light_fields = light_fields
        self._batches = batches
        self._in_vain = 0
        self._rules_met = 0
        """Requests in a row that a rule of a firewall has refused."""

    def use_query_form(self) -> bool:
        """Ask through `?rest_route=` from now on; tell whether that is another form than before.

        A cache in front of the site may ignore the query string of pretty addresses only.
        """
        api = self._api.query_form()
        if api is None:
            return False
        self._api = api
        return True

    @property
    def believes_totals(self) -> bool:
        """Tell whether the answers carry the totals that the site names."""
        return self._believes_totals

    def distrust_totals(self) -> None:
        """Take the site's totals out of the answers from now on."""
        self._believes_totals = False

    async def answer(self, request: PageRequest) -> Answered:
        """Make one request of a walk. What goes wrong is a `Problem` in the answer."""
        try:
            answered = await self._fetch(request)
        except RuleRefused as error:
            return Answered(self._refused_by_rule(error))
        except CrawlError as error:
            outcome = problem_of(error, request)
            if self._was_open and isinstance(outcome, Problem) and _may_be_of_host(error):
                outcome = await self._with_sign_of_life(outcome)
            return Answered(outcome)
        # One row may pass where more are refused: it says nothing about the rule.
        if request.size != 1:
            self._rules_met = 0
        if self._believes_totals or isinstance(answered.outcome, Problem):
            return answered
        return replace(answered, outcome=replace(answered.outcome, total=None, total_pages=None))

    async def _with_sign_of_life(self, problem: Problem) -> Problem:
        """Return what a walk is told of a problem, once it is known whether the host answers.

        One row may break every request that it is in. Many of these in a row would look like a
        host that is down, and end the run. Where the host is down, this waits until it is up.
        """
        if problem.kind is not ProblemKind.CONTENT:
            return problem
        light = (("per_page", "1"), *self._collection.selected("id"))
        params = [*self._collection.list_filters, *self._filters, *light]
        url = self._api.url(self._collection.route, params)
        try:
            await self._run.get(url, was_open=True, anonymous=self._collection.anonymous)
        except CrawlError as error:
            found = problem_of(error, _ONE)
            if isinstance(found, Problem) and found.kind is ProblemKind.FATAL:
                return found
        return problem

    def _refused_by_rule(self, error: RuleRefused) -> Problem:
        """Return what a walk is told of a firewall's rule: to ask for less, or to stop."""
        self._rules_met += 1
        if self._rules_met < _RULES_MET_MAX:
            return Problem(ProblemKind.CONTENT, str(error), error.cause)
        message = f"{error}; smaller requests met the rule, too: ask the owner to let them pass"
        return Problem(ProblemKind.FATAL, message, error.cause)

    async def shows(self, id_: int) -> bool:
        """Tell whether the site shows the object with this id, or does not say that it is gone.

        An answer that is no record, such as `[]`, says neither.
        """
        answered = await self.answer(PageRequest((), "single", 0, (id_,), ids_only=True))
        outcome = answered.outcome
        if isinstance(outcome, Problem):
            return outcome.kind in (ProblemKind.CONTENT, ProblemKind.FATAL)
        return bool(outcome.ids)

    async def record(self, id_: int) -> tuple[bytes, str | None]:
        """Return the record of one object, and its WARC record. Raises CrawlError."""
        url = self._api.url(f"{self._collection.route}/{id_}", self._collection.record_filters)
        anonymous = self._collection.anonymous
        response = await self._run.get(url, tries=2, anonymous=anonymous)
        shape = self._collection.shape
        if shape is not None and shape.empty_is_none and response.body.strip() in _EMPTY:
            raise ApiError(404, "empty_answer", "the site sends nothing for this id")
        return read_record(response).text, response.warc

    async def part_of(self, id_: int) -> tuple[bytes, str | None] | None:
        """Return the readable part of a record that breaks its answer, marked with what it lacks.

        A plugin may fail at the content of one post, or at a field of its own. The WARC record of
        the answer comes with it. None where no part can be had.
        """
        if self._in_vain >= _IN_VAIN_MAX or self._collection.shape is not None:
            return None
        for lacking, param in self._parts():
            params = [*self._collection.record_filters, param]
            url = self._api.url(f"{self._collection.route}/{id_}", params)
            try:
                response = await self._run.get(url, tries=1, anonymous=self._collection.anonymous)
                raw = read_record(response).text
            except CrawlError as error:
                # A site that is down, or refuses, says nothing about the record: less of it would
                # fail too.
                problem = problem_of(error, _ONE)
                if isinstance(problem, Problem) and problem.kind is not ProblemKind.CONTENT:
                    return None
                continue
            if self._collection.id_of(raw) == id_ and self._collection.has_in_lists(raw):
                self._in_vain = 0
                return without_parts(raw, lacking), response.warc
        self._in_vain += 1
        return None

    def _parts(self) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
        """Yield what each smaller request leaves out, and the parameter that leaves it out."""
        kind = self._collection.kind
        core = (*_CORE_FIELDS[kind], *self._collection.taxonomies.values())
        texts = _TEXT_FIELDS[kind]
        yield (PLUGIN_FIELDS,), ("_fields", ",".join((*core, *texts)))
        yield (*texts, PLUGIN_FIELDS), ("_fields", ",".join(core))
        # A route that knows no `_fields` may know this.
        yield (*texts, PLUGIN_FIELDS), ("context", "embed")

    def address_of(self, place: int | str) -> str:
        """Return the address of one object; `place` is its id, or says where it must be."""
        return self._api.url(f"{self._collection.route}/{place}")

    async def _fetch(self, request: PageRequest) -> Answered:
        """Return the answer to a request. Raises CrawlError."""
        url = self._url(request)
        try:
            page = await self._read(url, request)
            is_doubtful = _may_be_no_list(page, request)
        except BrokenJson:
            is_doubtful = True
        if is_doubtful:
            # The most common cause is a proxy that cuts or mislabels gzip: ask for plain text.
            page = await self._read(url, request, plain=True)
            if _may_be_no_list(page, request):
                return Answered(_NO_LIST)
        return self._with_ids(page, request)

    def _url(self, request: PageRequest) -> str:
        route = self._collection.route
        params = [*self._collection.list_filters, *self._filters, *request.params]
        if request.purpose == "single":
            route = f"{route}/{request.ids[0]}"
            params = [*self._collection.record_filters]  # the others belong to lists
        if request.light:
            params += self._collection.selected(*self._light_fields)
        elif request.ids_only and request.purpose == "single":
            params += self._collection.selected("id", "status", "type")
        elif request.ids_only:
            params += self._collection.selected("id")
        return self._api.url(route, params)

    async def _read(self, url: str, request: PageRequest, *, plain: bool = False) -> RecordPage:
        anonymous = self._collection.anonymous
        if request.purpose == "single":
            response = await self._run.get(url, tries=2, plain=plain, anonymous=anonymous)
            record = read_record(response)
            if not self._collection.has_in_lists(record.text):
                return RecordPage([], None, None, False)
            return RecordPage([record.text], None, None, record.repaired, response.warc)
        response = await self._run.get(
            url, tries=2, plain=plain, was_open=self._was_open, anonymous=anonymous
        )
        page = read_page(response, self._collection.shape)
        self._was_open = True
        if page.is_misread:
            self._doubt_letters()
        if self._batches is not None:
            self._batches.note(request, response)
        return page

    def _doubt_letters(self) -> None:
        """Note, once, that letters of the collection are lost in what is kept as text."""
        doubt = (
            f"{self._collection.type}: its texts are not UTF-8, and no header names their encoding "
            "(their bytes are kept as they came): ask the owner to name it in Content-Type"
        )
        if doubt not in self._run.report.doubts:
            self._run.report.doubts.append(doubt)

    def _with_ids(self, page: RecordPage, request: PageRequest) -> Answered:
        """Return the records of a response with their ids.

        A record without an id has no place in the walk, so it makes the whole answer unusable. A
        record that the page holds twice counts once.
        """
        found: dict[int, bytes] = {}
        clashing: set[int] = set()
        for raw in page.records:
            id_ = self._collection.id_of(raw)
            if id_ is None:
                return Answered(Problem(ProblemKind.CONTENT, "a record without id", "no_id"))
            if found.setdefault(id_, raw) is not raw and are_two_objects(found[id_], raw):
                clashing.add(id_)
        records = tuple(found.items())
        dates: tuple[str | None, ...] = ()
        # Only the walk by date looks at them, and to find a date costs a look into each record.
        if ("orderby", "date") in request.params:
            dates = tuple(record_date(raw) for raw in found.values())
        copies = len(page.records) - len(found)
        outcome = Page(
            tuple(found), page.total, page.total_pages, dates, copies, frozenset(clashing)
        )
        return Answered(outcome, records, page.repaired, page.warc)


def _may_be_of_host(error: CrawlError) -> bool:
    """Tell whether an error may be that of the host, or of a row in the answer."""
    return isinstance(error, TimedOut) or getattr(error, "status", None) in UNREACHED


def _may_be_no_list(page: RecordPage, request: PageRequest) -> bool:
    """Tell whether a list seems empty only because of brackets in a notice, such as `[] given`.

    PHP may have ended before it sent the list. A site that has come so far names a total, or sends
    the list as the end of its answer. No rows besides the known ones is what is expected.
    """
    is_first = request.rank == 0 and request.purpose in ("slice", "top")
    besides = any(name == "exclude" for name, _ in request.params)
    is_doubtful = page.is_followed and not page.records and page.total is None
    return is_first and not besides and is_doubtful
