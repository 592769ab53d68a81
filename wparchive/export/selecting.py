"""Selecting what an export writes: all that filters mean, or things that are named."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, cast, get_type_hints

from wparchive.backends.questions import EVENT_KINDS, Filter
from wparchive.errors import InvalidQuery
from wparchive.export.readable import readable
from wparchive.model.documents import EventKind, Kind, PostDocument, StoredDocument
from wparchive.model.history_records import Revision
from wparchive.model.record_types import DOCUMENT_TYPES
from wparchive.reading.arguments import ANY_STATE, require_known
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts

_FILTERS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "terms": ("sites", "types", "states"),
    "authors": ("sites", "states"),
    "media": ("sites", "states"),
    "comments": ("sites", "states"),
    "revisions": ("sites", "types"),
    "events": ("sites", "since", "until"),
}
"""By kind, the filters that have a meaning there; posts have all of them."""
_OPTIONS = {"sites": "--site", "types": "--type", "states": "--state"}


class ReadAnew:
    """Documents that are read again each time that they are iterated.

    An export with patterns of fields reads its selection twice.
    """

    def __init__(self, read: Callable[[], Iterator[StoredDocument]]) -> None:
        """`read` returns an iterator over the documents, from the first one on."""
        self._read = read

    def __iter__(self) -> Iterator[StoredDocument]:
        return self._read()


class NamedPosts(Posts):
    """Some posts that are named by their keys or addresses."""

    def __init__(self, archive: Archive, names: Sequence[str], raw: bool = False) -> None:
        """Look the posts up. Raises NotFound, InvalidQuery."""
        self._found = [_without_raw(cast(Any, archive.get(name)), raw) for name in names]
        sites = tuple(dict.fromkeys(post["site"] for post in self._found))
        super().__init__(archive.reader, Filter(sites=sites), "key", None, raw)

    def __iter__(self) -> Iterator[PostDocument]:
        return iter(cast(list[PostDocument], self._found))

    def count(self) -> int:
        """Return how many there are."""
        return len(self._found)


def documents_of(
    archive: Archive,
    kind: str,
    filter_: Filter | None = None,
    keep_raw: bool = False,
    what: Sequence[EventKind] = (),
) -> ReadAnew:
    """Return the documents of a kind other than `posts` that a filter lets through.

    They are `terms`, `authors`, `media`, `comments`, `revisions` or `events`; of these, `what` are
    the kinds that are meant. Raises InvalidQuery for filters that have no meaning there.
    """
    require_known("kind", kind, _FILTERS_OF_KIND)
    filter_ = filter_ or Filter()
    _require_meaning(kind, filter_)
    sites = filter_.sites or None
    states = filter_.states or ANY_STATE
    if kind == "terms":
        return _plain(archive.terms(site=sites, type=filter_.types, state=states), keep_raw)
    if kind == "authors":
        return _plain(archive.authors(site=sites, state=states), keep_raw)
    if kind == "media":
        return _plain(archive.media(site=sites, state=states), keep_raw)
    if kind == "comments":
        return _plain(archive.comments(site=sites, state=states), keep_raw)
    if kind == "revisions":
        return _revisions(lambda: archive.revisions(site=sites, type=filter_.types), keep_raw)
    events = archive.events(
        what or EVENT_KINDS, kind="any", site=sites, since=filter_.since, until=filter_.until
    )
    return ReadAnew(lambda: map(asdict, events))


def named_documents(
    archive: Archive,
    kind: str,
    names: Sequence[str],
    keep_raw: bool = False,
    what: Sequence[EventKind] = (),
) -> ReadAnew:
    """Return the documents with these keys or addresses, or their revisions, or their events.

    `what` are the kinds of events that are meant. Raises NotFound, and InvalidQuery for a thing of
    another kind.
    """
    if kind == "events":
        meant = what or EVENT_KINDS
        found_of_each = [archive.events_of(name) for name in names]
        events = [event for found in found_of_each for event in found if event.what in meant]
        return ReadAnew(lambda: map(asdict, events))
    if kind == "revisions":
        found = [revision for name in names for revision in archive.revisions_of(name)]
        return _revisions(lambda: found, keep_raw)
    documents = []
    for name in names:
        its_kind, document = archive.find(name)
        if its_kind != kind:
            raise InvalidQuery(f"{name} is one of the {its_kind}: an export holds one kind, {kind}")
        documents.append(document)
    return _plain(documents, keep_raw)


def _require_meaning(kind: str, filter_: Filter) -> None:
    """Raise InvalidQuery for a filter that has no meaning for a kind: it would do nothing."""
    meant = _FILTERS_OF_KIND[kind]
    rest = replace(filter_, **{name: getattr(Filter(), name) for name in meant})
    if rest != Filter():
        options = [_OPTIONS.get(name, f"--{name}") for name in meant]
        if kind == "events":
            options.append("their kinds (--deleted, --edited, ...)")
        raise InvalidQuery(f"{kind} are chosen by {', '.join(options)}: leave other filters out")


def _plain(documents: Iterable[Any], keep_raw: bool) -> ReadAnew:
    return ReadAnew(lambda: (_without_raw(document, keep_raw) for document in documents))


def _without_raw(document: StoredDocument, keep_raw: bool) -> StoredDocument:
    if keep_raw:
        return document
    return {name: value for name, value in document.items() if name != "raw"}


def _revisions(read: Callable[[], Iterable[Revision]], keep_raw: bool) -> ReadAnew:
    """Return revisions whose documents can be written as JSON."""

    def written() -> Iterator[StoredDocument]:
        for revision in read():
            document = _without_raw(revision["document"], keep_raw)
            yield {**revision, "document": readable(document, _fields(revision["kind"], document))}

    return ReadAnew(written)


def _fields(kind: Kind, document: Mapping[str, Any]) -> list[str]:
    """Return the fields of a document in order; backends differ in those without a value."""
    always = cast(Any, DOCUMENT_TYPES[kind]).__required_keys__
    names = get_type_hints(DOCUMENT_TYPES[kind])
    return [name for name in names if name in always or document.get(name) is not None]
