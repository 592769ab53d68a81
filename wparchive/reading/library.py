"""The archive as analysts and servers see it. A thin layer over a backend's reader.

Every object here may be used by several threads at the same time.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Self, TypeVar, cast, get_args

from wparchive.backends.cursor import FailurePosition, IdentityPosition, LatestPosition
from wparchive.backends.questions import DocumentFilter, Filter, Order
from wparchive.backends.reader import Reader
from wparchive.duplicates.index import DuplicateIndex
from wparchive.errors import ArchiveUnreachable, NotFound
from wparchive.model.documents import (
    AuthorDocument,
    CommentDocument,
    Document,
    EventKind,
    Kind,
    MediaDocument,
    PostDocument,
    StoredDocument,
    TermDocument,
)
from wparchive.model.history_records import Revision
from wparchive.model.run_records import Failure, Run
from wparchive.model.site_records import RecurringBlock
from wparchive.reading.arguments import (
    OneOrMany,
    When,
    bare_address,
    contents_of,
    named_of,
    objects_of,
    period_of,
    require_id,
    require_known,
    require_limit,
    require_unicode,
    short_link_keys,
    sites_of,
    states_of,
    until_of,
    values_of,
)
from wparchive.reading.checking import Finding, SiteCheck, check_site
from wparchive.reading.copies import Duplicates
from wparchive.reading.events import (
    LISTED_EVENTS,
    Event,
    Version,
    event_of,
    history_of,
    selected_events,
    site_revisions,
    whole_revisions,
)
from wparchive.reading.files import HeldFiles
from wparchive.reading.last_seen import LastSeen
from wparchive.reading.links import linked_posts, linking_posts, post_at, translation_keys
from wparchive.reading.posts import HITS, Posts, SearchHit
from wparchive.reading.selection import Ordering, Selection
from wparchive.reading.site_summaries import (
    SiteSummary,
    position_of_run,
    site_summaries,
    with_verdicts,
)
from wparchive.reading.suggestions import named_by_slug, not_named

DocumentType = TypeVar("DocumentType", bound=Document)


class Archive:
    """An open archive, to be read. Use it as a context manager, or call `close()`."""

    def __init__(
        self, reader: Reader, open_duplicates: Callable[[], DuplicateIndex], files: str = ""
    ) -> None:
        """Take a reader, what opens the index of duplicates, and the place of the files."""
        self.reader = reader
        self.files = HeldFiles(reader, files)
        """The files that crawls have kept (`-a media`)."""
        self._open_duplicates = open_duplicates
        self._index: DuplicateIndex | None = None
        self._closed = False
        self._lock = Lock()

    @property
    def address(self) -> str:
        """Return where the archive is, without a password."""
        return self.reader.address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Release everything; safe to call twice."""
        self.reader.close()
        with self._lock:
            self._closed = True
            if self._index is not None:
                self._index.close()

    @property
    def duplicates(self) -> Duplicates:
        """Return the copies that crawls and `wparchive duplicates find` have marked."""
        # The index has connections of its own, which most readers of an archive never need.
        with self._lock:
            if self._closed:
                raise ArchiveUnreachable(f"{self.address} was closed: open it again to read it")
            if self._index is None:
                self._index = self._open_duplicates()
            return Duplicates(self._index)

    def sites(self) -> list[SiteSummary]:
        """Return what is held of each site, by key."""
        return site_summaries(self.reader, datetime.now(UTC))

    def posts(
        self,
        *,
        site: OneOrMany = None,
        type: OneOrMany = None,
        tag: OneOrMany = None,
        category: OneOrMany = None,
        term: OneOrMany = None,
        author: OneOrMany = None,
        language: OneOrMany = None,
        has: OneOrMany = None,
        embeds: OneOrMany = None,
        links_to: OneOrMany = None,
        without: OneOrMany = None,
        translation_of: OneOrMany = None,
        since: When = None,
        until: When = None,
        state: OneOrMany = "live",
        matching: str | None = None,
        unique: bool = False,
        order: Order = "newest",
        limit: int | None = None,
        raw: bool = False,
    ) -> Posts:
        """Select posts; docs/python.md explains each filter. Raises InvalidQuery, NotFound."""
        require_known("order", order, get_args(Order))
        require_limit(limit)
        filter_ = Filter(
            **objects_of(site, type, state),
            **named_of(tag, category, term, author, language),
            **contents_of(has, embeds, links_to, without),
            keys=self._translations_of(values_of(translation_of)),
            **period_of(since, until, datetime.now(UTC)),
            unique=unique,
        )
        return Posts(self.reader, filter_, order, limit, raw).matching(matching)

    def search(self, words: str, *, limit: int = HITS, **filters: Any) -> list[SearchHit]:
        """Return `posts(**filters).search(words)`."""
        return self.posts(**filters).search(words, limit=limit)

    def get(self, post: str) -> PostDocument:
        """Return a post by key (`site/type/id`) or public address.

        Raises NotFound, InvalidQuery.
        """
        kind, document = self.find(post)
        if kind != "posts":
            raise NotFound(f"{post} is one of the archive's {kind}, not a post")
        return cast(PostDocument, document)

    def find(self, name: str) -> tuple[Kind, StoredDocument]:
        """Return a document of any kind by key, or a post by its public address, with its kind.

        A slug alone names the post at `SITE/SLUG/`, else the only post that has it.

        Raises NotFound, InvalidQuery.
        """
        kind, document = self._stored(name)
        return kind, LastSeen(self.reader).renewed(kind, cast(Any, document))

    def _stored(self, name: str) -> tuple[Kind, StoredDocument]:
        # Keys are tried first, because each is one look-up.
        for key in (require_unicode(name).strip(), *short_link_keys(name)):
            if found := self.reader.get(key):
                return found
        linked = post_at(self.reader, name)
        if linked is None:
            linked = named_by_slug(self.reader, name.strip(), self.sites)
        if linked is not None and (found := self.reader.get(linked)):
            return found
        raise not_named(self.reader, name.strip(), self.sites)

    def translations(self, post: str) -> list[PostDocument]:
        """Return the posts in any state that are translations of a post, by their keys.

        It is named by key or address. Raises NotFound, InvalidQuery.
        """
        keys = set(translation_keys(self.reader, self.get(post)))
        found = self.reader.get_posts(sorted(keys))
        return list(LastSeen(self.reader).all_renewed("posts", sorted(found, key=_identity)))

    def links_from(self, post: str) -> list[PostDocument]:
        """Return the posts of the archive that a post links to, in the order of its first links.

        It is named by key or address. Raises NotFound, InvalidQuery.
        """
        found = linked_posts(self.reader, self.get(post))
        return list(LastSeen(self.reader).all_renewed("posts", found))

    def links_to(self, post: str) -> list[PostDocument]:
        """Return the live posts that link to a post, the newest first.

        Of very many posts with a link to its domain, only the newest are looked at. Raises
        NotFound, InvalidQuery.
        """
        found = linking_posts(self.reader, self.get(post)).found
        return list(LastSeen(self.reader).all_renewed("posts", found))

    def _translations_of(self, names: tuple[str, ...]) -> tuple[str, ...] | None:
        """Return the keys of the translations of some posts; None where no post is named."""
        if not names:
            return None
        posts = [self.get(name) for name in names]
        keys = {key for post in posts for key in translation_keys(self.reader, post)}
        return tuple(sorted(keys))

    def history(self, name: str) -> list[Version]:
        """Return every version of an object that crawls have seen, oldest first.

        It is named by its key, a post also by its address. Raises NotFound.
        """
        kind, current = self.find(name)
        return history_of(self.reader, kind, current).versions()

    def as_of(self, name: str, at: str | datetime) -> Version:
        """Return what the archive held of an object at a time, in every field.

        Raises NotFound when it was not yet archived, InvalidQuery.
        """
        moment = until_of(at, datetime.now(UTC))
        assert moment is not None
        kind, current = self._stored(name)
        found = history_of(self.reader, kind, current).at(moment)
        seen = LastSeen(self.reader, before=moment).renewed(kind, found.post)
        return replace(found, post=seen)

    def events_of(self, name: str) -> list[Event]:
        """Return all that happened to an object, oldest first. Raises NotFound, InvalidQuery."""
        kind, current = self._stored(name)
        return [event_of(event) for event in history_of(self.reader, kind, current).events]

    def events(
        self,
        what: EventKind | Iterable[EventKind] = LISTED_EVENTS,
        *,
        kind: OneOrMany = None,
        site: OneOrMany = None,
        since: When = None,
        until: When = None,
    ) -> Selection[Event]:
        """Select what crawls saw happen at sites, newest first.

        `what` is one kind of event, or several: `new`, `edited`, `refreshed`, `withdrawn`,
        `deleted`, `returned`; of terms and authors `renamed`; of terms `merged` and `gone`. Unless
        it is named, `refreshed` is left out. `kind` says what it happened to: `posts`, `terms`,
        ..., or `any`; without it, to posts, with what happens to terms and authors alone. Raises
        InvalidQuery.
        """
        named = values_of(what), values_of(kind), sites_of(site)
        return selected_events(self.reader, *named, **period_of(since, until, datetime.now(UTC)))

    def revisions(self, *, site: OneOrMany = None, type: OneOrMany = None) -> Iterator[Revision]:
        """Yield the earlier states of all objects, by site and key, each with its whole document.

        Raises InvalidQuery.
        """
        types = values_of(type)
        for key in sites_of(site) or tuple(summary.key for summary in self.sites()):
            for revision in site_revisions(self.reader, key):
                if not types or revision["type"] in types:
                    yield revision

    def revisions_of(self, name: str) -> list[Revision]:
        """Return the earlier states of an object, oldest first. Raises NotFound."""
        kind, current = self._stored(name)
        return whole_revisions(self.reader, kind, current)

    def verify(self, *, site: OneOrMany = None, expected: str | None = None) -> Iterator[SiteCheck]:
        """Check all records against what runs wrote down when they ended, site by site.

        `expected` is the chain of a run that was noted elsewhere. Raises NotFound for a site that
        is not held.
        """
        sites = sites_of(site)
        self.require_sites(sites)
        for key in sites or tuple(summary.key for summary in self.sites()):
            check = check_site(self.reader, key, expected)
            files, wrong = self.files.check(key)
            found = [Finding(one.what, one.url, one.detail) for one in wrong]
            yield replace(check, files=files, findings=[*check.findings, *found])

    def failures(self, *, site: OneOrMany = None, type: OneOrMany = None) -> Selection[Failure]:
        """Select what could not be archived, by site, type and id."""
        sites = sites_of(site)
        types = values_of(type)

        def read(limit: int | None, after: FailurePosition | None) -> Iterator[Failure]:
            return self.reader.failures(sites, types, limit, after)

        return Selection(read, Ordering("failures", FailurePosition, _failure_position))

    def boilerplate(self, site: str) -> list[RecurringBlock]:
        """Return the blocks that recur in a site's posts, those in most posts first.

        They say what was decided about each; `wparchive boilerplate` overrules it.
        """
        return self.reader.recurring_blocks(bare_address(site))

    def runs(self, site: OneOrMany = None) -> Selection[Run]:
        """Select the reports of crawls, of all sites unless some are named; the newest first.

        A run that ended without a word has the verdict `killed`.
        """
        sites = sites_of(site)

        def read(limit: int | None, after: LatestPosition | None) -> Iterator[Run]:
            return with_verdicts(
                self.reader, self.reader.runs(sites, limit, after), datetime.now(UTC)
            )

        return Selection(read, Ordering("runs", LatestPosition, position_of_run))

    def terms(
        self, *, site: OneOrMany = None, type: OneOrMany = None, state: OneOrMany = "live"
    ) -> Selection[TermDocument]:
        """Select terms; types are taxonomies (`category`, `post_tag`, ...). Raises InvalidQuery."""
        return self._documents("terms", _filter(site, type, state), TermDocument)

    def authors(
        self, *, site: OneOrMany = None, state: OneOrMany = "live"
    ) -> Selection[AuthorDocument]:
        """Select authors. Raises InvalidQuery."""
        return self._documents("authors", _filter(site, None, state), AuthorDocument)

    def media(
        self, *, site: OneOrMany = None, state: OneOrMany = "live", post: int | None = None
    ) -> Selection[MediaDocument]:
        """Select media, all or those that were uploaded to the post with an id on its site.

        Raises InvalidQuery.
        """
        return self._documents("media", _filter(site, None, state, post), MediaDocument)

    def comments(
        self, *, site: OneOrMany = None, state: OneOrMany = "live", post: int | None = None
    ) -> Selection[CommentDocument]:
        """Select comments, all or those on the post with an id on its site. Raises InvalidQuery."""
        return self._documents("comments", _filter(site, None, state, post), CommentDocument)

    def _documents(
        self, kind: Kind, filter_: DocumentFilter, type_: type[DocumentType]
    ) -> Selection[DocumentType]:
        def read(limit: int | None, after: IdentityPosition | None) -> Iterator[DocumentType]:
            found = self.reader.documents(kind, filter_, limit, after)
            documents = cast(Iterator[DocumentType], found)
            return LastSeen(self.reader).all_renewed(kind, documents)

        return Selection(read, Ordering(kind, IdentityPosition, _identity))

    def require_sites(self, site: OneOrMany) -> None:
        """Raise NotFound when nothing is held of a site: an empty answer would mislead."""
        known = [summary.key for summary in self.sites()]
        for key in sites_of(site):
            if key not in known:
                held = ", ".join(known) or "nothing"
                raise NotFound(f"no site {key!r} in {self.address}; it holds: {held}")


def _filter(
    site: OneOrMany, type_: OneOrMany, state: OneOrMany, post: int | None = None
) -> DocumentFilter:
    """Return a filter of documents other than posts. Raises InvalidQuery."""
    require_id(post)
    return DocumentFilter(sites_of(site), values_of(type_), states_of(state), post=post)


def _identity(document: Document) -> IdentityPosition:
    return IdentityPosition(document["site"], document["type"], document["id"])


def _failure_position(one: Failure) -> FailurePosition:
    return FailurePosition(one["site"], one["type"], one["id"], one["_id"])
