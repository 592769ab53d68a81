"""Show what happened: as a page, as a list to download, and as an Atom feed."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, cast
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request
from starlette.responses import Response

from wparchive.backends.questions import EVENT_KINDS
from wparchive.export.wxr_text import xml_text
from wparchive.model.documents import EventKind
from wparchive.reading.events import LISTED_EVENTS, Event
from wparchive.reading.library import Archive
from wparchive.reading.selection import Selection
from wparchive.web.drawing import ROWS, archive_of, rendered, templates

MOST_LISTED = 100_000
"""The most items of a list that is downloaded."""
OFFERED_PERIODS = {"1d": "the last day", "7d": "the last week", "30d": "the last month", "": "all"}
"""Values of `since` that the page offers, with what it calls them."""
_NAMED = ("site", "since", "until")


@dataclass(frozen=True, slots=True)
class EventQuestion:
    """The events that somebody wants to see."""

    what: tuple[EventKind, ...]
    """Kinds of events; empty for those that are listed where none is named."""
    named: dict[str, str]
    """Site, beginning and end, as they were typed; what is not asked for is missing."""

    @property
    def kinds(self) -> tuple[EventKind, ...]:
        """Return the kinds of events that are shown."""
        return self.what or LISTED_EVENTS

    def events(self, archive: Archive) -> Selection[Event]:
        """Return the events, the newest first. Raises InvalidQuery, NotFound for no such site."""
        archive.require_sites(self.named.get("site"))
        return archive.events(self.kinds, **cast(Any, self.named))

    def query(self, **other: str) -> str:
        """Return the question as the query of an address, with other values for some names."""
        named = {**self.named, **other}
        pairs = [("what", str(kind)) for kind in self.what]
        pairs += [(name, named[name]) for name in _NAMED if named.get(name)]
        if not pairs:
            return ""
        return f"?{urlencode(pairs)}"

    def as_command(self) -> str:
        """Return the command that lists these events."""
        words = ["wparchive", "history", "--limit", str(MOST_LISTED)]
        words += [f"--{kind}" for kind in self.what]
        for name, value in self.named.items():
            words += [f"--{name}", value]
        return shlex.join(words)

    def as_python(self) -> str:
        """Return the line of Python that lists these events."""
        arguments = [repr(self.kinds), *(f"{name}={value!r}" for name, value in self.named.items())]
        return f"events = list(archive.events({', '.join(arguments)}))"


def event_question(request: Request) -> EventQuestion:
    """Return the question that the parameters of an address ask; unknown ones are passed over."""
    asked = request.query_params
    what = cast(tuple[EventKind, ...], tuple(dict.fromkeys(asked.getlist("what"))))
    return EventQuestion(what, {name: asked[name] for name in _NAMED if asked.get(name)})


def events_page(request: Request) -> Response:
    """Show what happened at the sites, the newest first."""
    question = event_question(request)
    archive = archive_of(request)
    return rendered(
        "events.html",
        address=archive.address,
        found=question.events(archive).page(ROWS * 2, request.query_params.get("after")),
        kinds=EVENT_KINDS,
        periods=OFFERED_PERIODS,
        question=question,
        feed=f"/events.atom{_with_token(question.query(), request.app.state.feed_token)}",
    )


def _with_token(query: str, token: str) -> str:
    """Return the query of an address that needs no cookie where pages need a token."""
    if not token:
        return query
    return f"{query or '?'}{'&' * bool(query)}{urlencode({'token': token})}"


def events_feed(request: Request) -> Response:
    """Send the newest events as an Atom feed.

    Its ids are the same under whatever name and port the feed was asked for.
    """
    question = event_question(request)
    archive = archive_of(request)
    drawn = templates.get_template("events.atom").render(
        events=list(islice(question.events(archive), ROWS * 2)),
        base=str(request.base_url).rstrip("/"),
        query=question.query(),
        feed_id=uuid5(NAMESPACE_URL, f"{archive.address}/events{question.query()}"),
        id_of=_id_of,
        xml_text=xml_text,
        now=datetime.now(UTC),
    )
    return Response(drawn, media_type="application/atom+xml")


def _id_of(event: Event) -> str:
    """Return what names an event for ever, in a form that the name of an entry may have."""
    name = f"{event.what} {event.key} {event.at.isoformat()} {event.position}"
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def events_listed(archive: Archive, request: Request) -> Iterable[dict[str, Any]]:
    """Yield the rows of the list of events."""
    names = ("at", "what", "key", "title", "before", "after")
    events: Iterator[Event] = iter(event_question(request).events(archive))
    return ({name: getattr(event, name) for name in names} for event in events)
