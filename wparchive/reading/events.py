"""Read the past of objects: the versions of one, its state at a time, and the events of all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import merge
from typing import Any, NamedTuple, cast

from wparchive.backends.cursor import Instant, LatestPosition
from wparchive.backends.questions import EVENT_KINDS, EVENTS_OF_NAMES, EventFilter
from wparchive.backends.reader import Reader
from wparchive.errors import NotFound
from wparchive.furniture.remove import text_with_furniture
from wparchive.model.documents import KINDS, EventKind, Kind, State, StoredDocument, state_when_seen
from wparchive.model.earlier import earlier_states
from wparchive.model.event_records import arrival, is_reached, state_after, title_of
from wparchive.model.history_records import EventRecord, Revision
from wparchive.reading.arguments import require_known
from wparchive.reading.selection import Ordering, Selection
from wparchive.reading.views import term_names, text_difference
from wparchive.text.diff import Piece

_BEGINNING = datetime.min.replace(tzinfo=UTC)
LISTED_EVENTS: tuple[EventKind, ...] = (
    "new",
    "edited",
    "withdrawn",
    "deleted",
    "returned",
    "unpublished",
    *EVENTS_OF_NAMES,
)
"""Events that a list has unless others are asked for: all but refreshes, which are many."""
_RECORDS_AT_ONCE = 200
EARLY_NOTE = (
    "the archive was of version 1 then, and kept neither refreshes nor returns: "
    "state, names and dates may be those of a later time"
)
"""Said of what an archive held before it kept every change."""


@dataclass(frozen=True, slots=True)
class Version:
    """An object as it stood from one crawl to another."""

    revision: int
    """1 for the first."""
    from_at: datetime
    """When a crawl first saw it."""
    until_at: datetime | None
    """When a crawl saw it replaced; None for the one that stands."""
    post: Any
    """The whole document: a post, a term, an author, a media item or a comment."""
    kind: Kind = "posts"
    """Which of these it is."""
    note: str | None = None
    """Why something in it may be of another time; None where nothing is."""

    def summary(self) -> dict[str, Any]:
        """Return what a list of versions shows."""
        document = self.post
        words = characters = None
        if "text" in document:
            words = document.get("word_count")
            characters = len(document["text"])
        return {
            "revision": self.revision,
            "from_at": self.from_at,
            "until_at": self.until_at,
            "title": title_of(self.kind, document),
            "words": words,
            "characters": characters,
            "modified_at": document.get("modified_at"),
        }


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an object, as crawls saw it."""

    at: datetime
    what: EventKind
    key: str
    title: str
    """Title or name of the object then."""
    link: str | None
    revision: int
    """The version that the object then had; for `edited` and `renamed` the new one."""
    kind: Kind
    site: str
    type: str
    id: int
    run: str | None
    """`_id` of the run that saw it; None where it is not known."""
    changed: list[str]
    """Fields that differ, for `edited`, `refreshed` and `renamed`."""
    before: str | None
    """The old name, for `renamed`."""
    after: str | None
    """The new name, for `renamed`; the key of the other term, for `merged`."""
    position: str
    """What tells it from other events of the same time."""


class FieldChange(NamedTuple):
    """A field that differs between two versions."""

    name: str
    pieces: list[Piece]
    """What was kept, taken out and put in."""


class EventPosition(NamedTuple):
    """Position in events, newest first."""

    at: Instant
    id: str


@dataclass(frozen=True, slots=True)
class History:
    """Everything that an archive knows of one object's past."""

    kind: Kind
    current: StoredDocument
    states: list[Version]
    """Every state that readers could have seen, oldest first: versions, and how they stood before
    each refresh."""
    events: list[EventRecord]
    """What was recorded of it, oldest first, with its arrival."""
    kept_since: datetime | None
    """From when on every change was kept; None where that is not so yet."""

    def versions(self) -> list[Version]:
        """Return the versions, oldest first, each as it stood at last."""
        found: dict[int, Version] = {}
        for state in self.states:
            # A version begins with the first of its states, and ends with the last.
            first = found.get(state.revision, state)
            found[state.revision] = replace(state, from_at=first.from_at)
        return list(found.values())

    def at(self, moment: datetime) -> Version:
        """Return how the object stood at a time; a state ends where the next one begins.

        Raises NotFound when it was not archived yet.
        """
        for state in reversed(self.states):
            if state.from_at <= moment:
                return self._as_seen(state, moment)
        first = self.states[0]
        form = "%Y-%m-%d %H:%M UTC"
        raise NotFound(
            f"{first.post['_id']} was not archived yet at {moment:{form}}: "
            f"a crawl first saw it at {first.from_at:{form}}"
        )

    def _as_seen(self, found: Version, moment: datetime) -> Version:
        """Return a state with what the events say of that moment."""
        note = None
        if self.kept_since is None or moment < self.kept_since:
            note = EARLY_NOTE
        state, since, count = self._state_at(moment)
        document = {**found.post, "state": state, "state_since": since, "transitions": count}
        if document["last_seen_at"] > moment:
            # The object came back later, as it had been: that moved the time, and nothing else.
            document["last_seen_at"] = max(found.from_at, since)
        return replace(found, post=document, note=note)

    def _state_at(self, moment: datetime) -> tuple[State, datetime, int]:
        """Return the state at a time, since when it was so, and how often it had changed."""
        state = state_when_seen(self.states[0].post)
        since: datetime = self.current["first_seen_at"]
        count = 0
        for event in self.events:
            became = state_after(event)
            if became is None or event["at"] > moment:
                continue
            # The order is that of the count: where a clock was set back, times are in another one.
            number = int(event["_id"].rpartition(".")[2])
            if number >= count:
                state = became
                since = event["at"]
                count = number
        return state, since, count


def history_of(reader: Reader, kind: Kind, current: StoredDocument) -> History:
    """Return the past of a document that stands in the archive."""
    key = current["_id"]
    kept = [record for record in reader.revisions(key) if record["kind"] == kind]
    earlier = earlier_states(current, kept)
    states: list[Version] = []
    start = current["first_seen_at"]
    for record, document in earlier:
        states.append(Version(record["revision"], start, record["until_at"], document, kind))
        start = record["until_at"]
    states.append(Version(current["revision"], start, None, current, kind))
    records = [record for record, _ in earlier]
    events = [
        event
        for event in reader.events_of(key)
        if event["kind"] == kind and is_reached(event, current, records)
    ]
    events.append(arrival(kind, {**states[0].post, "first_seen_at": current["first_seen_at"]}))
    # Of what happened in one moment, the arrival comes first.
    events.sort(key=lambda event: (event["at"], event["event"] != "new", event["_id"]))
    return History(kind, current, states, events, reader.history_since())


def whole_revisions(reader: Reader, kind: Kind, current: StoredDocument) -> list[Revision]:
    """Return the earlier states of a document, oldest first, each with its whole document."""
    kept = [record for record in reader.revisions(current["_id"]) if record["kind"] == kind]
    whole: list[Revision] = []
    for record, document in earlier_states(current, kept):
        whole.append({**record, "document": document})
    return whole


def site_revisions(reader: Reader, site: str) -> Iterator[Revision]:
    """Yield the earlier states of all objects of a site, by the `_id` of the objects.

    Of an object that is not held any more, a state of which only the differences are kept is
    yielded as it is.
    """
    last = ""
    after = ""
    while records := reader.records("revisions", site, after, _RECORDS_AT_ONCE):
        after = records[-1]["_id"]
        for record in records:
            if record["key"] == last:
                continue
            last = record["key"]
            found = reader.get(last)
            if found is None:
                yield from reader.revisions(last)
            else:
                yield from whole_revisions(reader, *found)


def changes_between(old: Version, new: Version, full: bool = False) -> list[FieldChange]:
    """Return the fields that differ between two versions, the text last.

    Long stretches of unchanged text are left out, unless `full`.
    """
    before = old.post
    after = new.post
    changes = [
        FieldChange(name, text_difference(before[name], after[name], full=True))
        for name in ("name", "title", "excerpt", "slug", "description", "caption", "alt")
        if name in before and name in after and before[name] != after[name]
    ]
    # Names are compared and not ids: a renamed term is what a reader sees.
    for name in ("categories", "tags", "terms"):
        was = ", ".join(term_names(before.get(name) or ()))
        became = ", ".join(term_names(after.get(name) or ()))
        if was != became:
            changes.append(FieldChange(name, text_difference(was, became, full=True)))
    # What was learned about the site between the two versions is no change of the site.
    if "text" in before:
        was = text_with_furniture(before)
        became = text_with_furniture(after)
        if was != became:
            changes.append(FieldChange("text", text_difference(was, became, full)))
    return changes


def event_of(record: EventRecord) -> Event:
    """Return an event as analysts see it."""
    return Event(
        at=record["at"],
        what=record["event"],
        key=record["key"],
        title=record["title"],
        link=record["link"],
        revision=record["revision"],
        kind=record["kind"],
        site=record["site"],
        type=record["type"],
        id=record["id"],
        run=record["run"],
        changed=record["changed"],
        before=record["before"],
        after=record["after"],
        position=record["_id"],
    )


def selected_events(
    reader: Reader,
    names: Sequence[str],
    kinds: Sequence[str],
    sites: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
) -> Selection[Event]:
    """Return the list of events of these names that happened to these kinds of objects.

    Raises InvalidQuery for a name or a kind that there is not.
    """
    for name in names:
        require_known("event", name, EVENT_KINDS)
    for kind in kinds:
        require_known("kind", kind, (*KINDS, "any"))
    filter_ = EventFilter(
        events=cast(tuple[EventKind, ...], tuple(names)),
        since=since or _BEGINNING,
        until=until,
        sites=sites,
        kinds=require_kinds(kinds),
    )

    def read(limit: int | None, after: EventPosition | None) -> Iterator[Event]:
        # The limit needs no part in this: the merge is lazy, and a page takes what it needs.
        return merged_events(reader, filter_, after)

    return Selection(read, Ordering("events", EventPosition, position_of_event))


def merged_events(
    reader: Reader, filter_: EventFilter, after: EventPosition | None = None
) -> Iterator[Event]:
    """Yield events as one list, newest first, those of one moment by their `_id`, descending."""
    position = None
    if after is not None:
        position = LatestPosition(*after)
    streams = [reader.events(filter_, position)]
    if "new" in filter_.events:
        streams += [
            reader.arrivals(kind, filter_, _arrivals_after(kind, after))
            for kind in filter_.kinds or ("posts",)
        ]
    runs = _Runs(reader)
    # Each stream is in this order already, so the merge holds one event of each in memory.
    found = merge(*streams, key=lambda event: (event["at"], event["_id"]), reverse=True)
    return (event_of(runs.added_to(event)) for event in found)


def position_of_event(event: Event) -> EventPosition:
    """Return the position of an event in a merged list."""
    return EventPosition(event.at, event.position)


def _arrivals_after(kind: Kind, after: EventPosition | None) -> LatestPosition | None:
    """Return the position by key that a position by `_id` means in the arrivals of one kind."""
    if after is None:
        return None
    of_kind, _, rest = after.id.partition(":")
    if of_kind != kind:
        # All of the same moment follow, or none of them.
        last = "\U0010ffff" if kind < of_kind else ""
        return LatestPosition(after.at, last)
    key, _, step = rest.rpartition("#")
    if step > "new":
        # Keys end in a number, so no key lies between this one and the same with a `!`.
        key += "!"
    return LatestPosition(after.at, key)


class _Runs:
    """A search, by time, for the run that archived an object first: arrivals are no records."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._last: tuple[str, datetime] | None = None
        self._run: str | None = None

    def added_to(self, event: EventRecord) -> EventRecord:
        """Return an event with its run."""
        if event["event"] != "new":
            return event
        # The objects of one batch have the same time, and stand next to each other.
        if self._last != (event["site"], event["at"]):
            self._last = event["site"], event["at"]
            self._run = self._run_at(event["site"], event["at"])
        event["run"] = self._run
        return event

    def _run_at(self, site: str, at: datetime) -> str | None:
        # The position is behind every key of that time, so the first run had begun by then.
        for run in self._reader.runs((site,), 1, LatestPosition(at, "\U0010ffff")):
            if run["finished_at"] is None or at <= run["finished_at"]:
                return run["_id"]
        return None


def require_kinds(kinds: Sequence[str]) -> tuple[Kind, ...]:
    """Return the kinds of objects that are named; all of them for `any`."""
    if "any" in kinds:
        return KINDS
    return tuple(kind for kind in KINDS if kind in kinds)
