"""What became of posts: the versions of one post, and the events of all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from typing import Any, NamedTuple, cast

from wparchive.backends.cursor import Instant, LatestPosition
from wparchive.backends.reader import Event, EventKind, Reader
from wparchive.errors import NotFound
from wparchive.furniture.remove import text_with_furniture
from wparchive.model.documents import PostDocument, Revision
from wparchive.reading.views import term_names, text_difference
from wparchive.text.diff import Piece


@dataclass(frozen=True, slots=True)
class Version:
    """A post as it stood from one crawl to another."""

    revision: int
    """1 for the first."""
    from_at: datetime
    """When a crawl first saw it."""
    until_at: datetime | None
    """When a crawl saw it replaced; None for the one that stands."""
    post: PostDocument

    def summary(self) -> dict[str, Any]:
        """Return what a list of versions shows."""
        post = self.post
        return {
            "revision": self.revision,
            "from_at": self.from_at,
            "until_at": self.until_at,
            "title": post["title"],
            "words": post["word_count"],
            "characters": len(post["text"]),
            "modified_at": post["modified_at"],
        }


class FieldChange(NamedTuple):
    """A field that differs between two versions."""

    name: str
    pieces: list[Piece]
    """What was kept, taken out and put in."""


class EventPosition(NamedTuple):
    """Position in the events of several kinds, newest first."""

    at: Instant
    key: str
    what: EventKind


def versions_of(current: PostDocument, earlier: Sequence[Revision]) -> list[Version]:
    """Return all versions of a post, oldest first."""
    found = [
        Version(
            revision["revision"],
            revision["from_at"],
            revision["until_at"],
            cast(PostDocument, revision["document"]),
        )
        for revision in earlier
    ]
    # The version that stands began when a crawl replaced the one before it.
    start = current["first_seen_at"]
    if found and found[-1].until_at is not None:
        start = found[-1].until_at
    return [*found, Version(current["revision"], start, None, current)]


def version_at(history: Sequence[Version], at: datetime) -> Version:
    """Return the version that stood at a time; a version ends where the next one begins.

    Raises NotFound when the post was not archived yet.
    """
    for version in reversed(history):
        if version.from_at <= at:
            return version
    first = history[0]
    form = "%Y-%m-%d %H:%M UTC"
    raise NotFound(
        f"{first.post['_id']} was not archived yet at {at:{form}}: "
        f"a crawl first saw it at {first.from_at:{form}}"
    )


def changes_between(old: Version, new: Version, full: bool = False) -> list[FieldChange]:
    """Return the fields that differ between two versions, the text last.

    Long stretches of unchanged text are left out, unless `full`.
    """
    before = cast(dict[str, Any], old.post)
    after = cast(dict[str, Any], new.post)
    changes = [
        FieldChange(name, text_difference(before[name], after[name], full=True))
        for name in ("title", "excerpt", "slug")
        if before[name] != after[name]
    ]
    # Names are compared and not ids: a renamed term is what a reader sees.
    for name in ("categories", "tags", "terms"):
        was = ", ".join(term_names(before[name]))
        became = ", ".join(term_names(after[name]))
        if was != became:
            changes.append(FieldChange(name, text_difference(was, became, full=True)))
    # What was learned about the site between the two versions is no change of the site.
    was = text_with_furniture(before)
    became = text_with_furniture(after)
    if was != became:
        changes.append(FieldChange("text", text_difference(was, became, full)))
    return changes


def merged_events(
    reader: Reader,
    kinds: Sequence[EventKind],
    sites: tuple[str, ...],
    since: datetime,
    until: datetime | None,
    after: EventPosition | None = None,
) -> Iterator[Event]:
    """Yield the events of several kinds as one list, newest first, then by key, descending."""
    streams = [
        reader.events(kind, sites, since, until, _follows(kinds, kind, after)) for kind in kinds
    ]
    # Each stream is in this order already, so the merge holds one event of each in memory.
    return merge(*streams, key=lambda event: (event.at, event.key), reverse=True)


def position_of_event(event: Event) -> EventPosition:
    """Return the position of an event in a merged list."""
    return EventPosition(event.at, event.key, event.what)


def _follows(
    kinds: Sequence[EventKind], kind: EventKind, after: EventPosition | None
) -> LatestPosition | None:
    """Return the position in the events of one kind that a position in the merged list means."""
    if after is None:
        return None
    if after.what in kinds and kinds.index(kind) > kinds.index(after.what):
        # Of the same post at the same time, kinds that come later in the list are still to be
        # shown. Keys end in a number, so no key lies between this one and the same with a `!`.
        return LatestPosition(after.at, after.key + "!")
    return LatestPosition(after.at, after.key)
