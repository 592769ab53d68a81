"""The Protocol of the writing side of a backend. (The reading side is in `reader.py`.)

It speaks of objects and runs, not of queries, so that each backend can use its own strength.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from wparchive.model.document_parts import MediaRef
from wparchive.model.documents import Kind, State, StoredDocument
from wparchive.model.file_records import FileRecord
from wparchive.model.outcome import Written
from wparchive.model.run_records import Failure, HeldDigest, Run
from wparchive.model.sealed import GivenDocument
from wparchive.model.site_records import Lease, RecurringBlock, Site, SiteMemory, WalkCheckpoint

NAMING_FIELDS: dict[Kind, tuple[str, ...]] = {
    "media": ("state", "url", "mime_type", "size_bytes", "changed_at", "refreshed_at"),
    "posts": ("state", "images", "links", "embeds"),
}
"""The fields that name files, by kind, and those that show whether a file may have changed."""


@dataclass(frozen=True, slots=True)
class CleaningSelection:
    """The documents that are to be cleaned again."""

    kind: Kind
    key: str | None = None
    """Only this document."""
    site: str | None = None
    """Only documents of this site."""
    other_than: int | None = None
    """Only documents of another cleaner version than this."""
    keys: tuple[str, ...] | None = None
    """Only these documents, which are few."""


class Reference(NamedTuple):
    """A live post that names an object."""

    post_type: str
    post_id: int
    target_id: int
    """The id of the term, the author or the featured image that it names."""


class HeldAddress(NamedTuple):
    """The public address of a live document."""

    type: str
    id: int
    link: str


class Saver(Protocol):
    """The part of a store that takes documents; `BatchWriter` needs no more than this."""

    async def save(
        self, kind: Kind, documents: Sequence[GivenDocument], at: datetime, again: bool = False
    ) -> list[Written]:
        """Write documents of one kind, idempotently, and return what became of each.

        With `again`, the same call was made before and raised ArchiveUnreachable. What that call
        has written is then returned as new or changed, as that call would have done, and not as
        unchanged.

        `documents` come without the life-cycle fields (state, state_since, first_seen_at,
        last_seen_at, changed_at, revision): the store sets them. `model/lifecycle.py` says what
        becomes of a document, `saving.py` in which order it is written. In all cases `state`
        becomes live. `duplicate` is kept on refresh and reset on a new version. A post that was
        pruned as a duplicate comes back first, as it was. A refused document fails alone.
        Raises ArchiveUnreachable, ArchiveReadOnly when nothing could be written.
        """


class Store(Saver, Protocol):
    """The writing side of an archive. One writer per site at a time.

    Every method but `open` and `close` raises ArchiveUnreachable and ArchiveReadOnly, and may be
    called again with the same arguments after such an error.
    """

    async def open(self) -> None:
        """Connect, and create what is missing (tables, indexes).

        Raises ArchiveUnreachable, ArchiveReadOnly, ArchiveTooNew.
        """

    async def close(self) -> None:
        """Release everything; safe to call twice, and when `open` failed."""

    async def begin_run(self, run: str) -> None:
        """Say which run all later calls belong to, by the `_id` of its document."""

    async def mark_duplicates(self, keys: Sequence[str], at: datetime) -> int:
        """Compare posts that were just written with all others and mark what repeats.

        Returns how many marks changed. A mark is a hint, good at once; `at` is the time of the
        crawl.
        """

    async def known(
        self, kind: Kind, site: str, type_: str, ids: Sequence[int]
    ) -> dict[int, MediaRef]:
        """Return names and slugs of live terms, authors or media that the archive holds.

        Media have their title as name, and `url` and `alt`. Absent ids are left out.
        """

    async def live_ids(
        self, kind: Kind, site: str, type_: str, statuses: Sequence[str] = ()
    ) -> list[int]:
        """Return the ids of live documents, ascending.

        Here and below, `statuses` counts the unpublished posts of these statuses among them.
        """

    async def addresses(self, kind: Kind, site: str) -> list[HeldAddress]:
        """Return the addresses of live documents of a kind that have one, in any order."""

    async def raw_records(
        self,
        kind: Kind,
        site: str,
        type_: str,
        ids: Sequence[int],
        statuses: Sequence[str] = (),
    ) -> dict[int, bytes]:
        """Return the records of live documents as they were received, by id."""

    async def newest(self, kind: Kind, site: str, type_: str, until: str) -> tuple[str, str]:
        """Return the latest site-local dates of publication and of change of live documents.

        Later ones than `until` do not count. Both are empty where there are none. Only posts and
        media have both dates.
        """

    async def referring_posts(
        self, site: str, kind: Kind, type_: str, ids: Sequence[int]
    ) -> list[Reference]:
        """Return the live posts of a site that name these terms, authors or media, ascending."""

    async def set_state(
        self,
        kind: Kind,
        site: str,
        type_: str,
        ids: Sequence[int],
        state: State,
        at: datetime,
        again: bool = False,
    ) -> int:
        """Set the state of documents; returns how many changed. Nothing is ever removed.

        With `again`, what an earlier call of the same `at` has changed counts too.
        """

    async def held(self, kind: Kind, site: str, type_: str, statuses: Sequence[str] = ()) -> int:
        """Return the number of live documents."""

    async def held_types(self, kind: Kind, site: str, prefix: str) -> list[str]:
        """Return the types of live documents whose names begin so, ascending."""

    async def save_failures(self, failures: Sequence[Failure]) -> None:
        """Insert or update failures; `first_at` is kept and `attempts` counted up."""

    async def clear_failures(self, site: str, type_: str, before: datetime) -> int:
        """Forget failures of a type last met before that time; returns how many.

        Called after a walk that proved complete.
        """

    async def save_site(self, site: Site) -> None:
        """Insert or replace a site; `first_seen_at` is kept."""

    async def load_site(self, site: str) -> Site | None:
        """Return what is remembered of a site; None where it is not known."""

    async def save_run(self, run: Run) -> None:
        """Insert or replace the run's report."""

    async def lease(self, site: str) -> Lease | None:
        """Return the lease of a site, as it stands now; None where nobody has it."""

    async def swap_lease(self, site: str, before: Lease | None, after: Lease | None) -> bool:
        """Put one lease in the place of another; see `leases.LeaseStore`."""

    async def end_killed_runs(self, site: str, run: str) -> int:
        """Note that the runs of a site which seem to go on were killed; returns how many.

        `run` is the one that goes on in truth: it has the lease.
        """

    async def save_checkpoint(self, checkpoint: WalkCheckpoint) -> None:
        """Insert or replace the checkpoint of a collection."""

    async def checkpoints(self, site: str) -> list[WalkCheckpoint]:
        """Return the checkpoints of a site, by key."""

    async def count_read(self, checkpoint: WalkCheckpoint) -> int:
        """Return how many live documents the runs behind a checkpoint have read.

        They are those up to its id, and those that are new since these runs began.
        """

    async def clear_checkpoints(self, site: str, keys: Sequence[str]) -> None:
        """Remove checkpoints of a site by key."""

    async def take_stock(self, site: str, run: str) -> HeldDigest:
        """Write down everything that is held of a site; return the digest of a run that ends.

        Also note which deleted terms were merged into others.
        """

    async def count_to_clean(self, selection: CleaningSelection) -> int:
        """Return how many documents a selection has."""

    async def next_to_clean(
        self, selection: CleaningSelection, after: str, limit: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return up to `limit` whole documents of a selection, ascending by key.

        Their keys follow `after` ("" for the first ones).
        """

    async def rewrite(self, kind: Kind, documents: Sequence[Mapping[str, Any]]) -> list[Written]:
        """Replace what the cleaner made of documents, and what is indexed of it.

        Each of `documents` has the `_id` and `raw` that `next_to_clean` returned, and those cleaned
        fields that are to be set; more does no harm. Nothing else of a stored document changes:
        not its life-cycle fields, nor its raw record, nor `duplicate`.
        The outcome is REFRESHED, or UNCHANGED for a document that was written anew since
        `next_to_clean`. A refused document fails alone.
        """

    async def index_next(self, limit: int) -> int:
        """Index up to `limit` posts again that another version of the analyser has indexed.

        Returns how many; 0 when all are of this version. Call it until it returns 0: each call goes
        on where the last one ended, also where that was in another process. SQLite does this when
        it opens an archive, because a full text index of two versions could not forget a post.
        """

    async def put_copies(self, collection: str, records: Sequence[StoredDocument]) -> list[Written]:
        """Insert or replace whole records, just as another archive holds them.

        The records are those of `Reader.records`, with their life-cycle fields. A refused document
        fails alone.
        """

    async def remove_records(self, collection: str, keys: Sequence[str]) -> None:
        """Remove records for good, by `_id`. Only copying does that."""

    async def begin_history(self, at: datetime) -> None:
        """Note that every change is kept since a time, unless a later one is noted."""

    async def load_memory(self, site: str) -> SiteMemory | None:
        """Return how far a site's blocks were counted; None where they never were."""

    async def save_memory(self, memory: SiteMemory) -> None:
        """Insert or replace what is remembered of a site's counts."""

    async def recurring_blocks(self, site: str) -> list[RecurringBlock]:
        """Return the blocks that recur on a site, by `_id`."""

    async def save_recurring_blocks(self, site: str, blocks: Sequence[RecurringBlock]) -> None:
        """Make these the blocks that recur on a site; others of it are forgotten."""

    async def files(self, keys: Sequence[str]) -> dict[str, FileRecord]:
        """Return the records of files by `_id`, which are few; absent ones are left out."""

    async def save_files(self, files: Sequence[FileRecord]) -> None:
        """Insert or replace the records of files."""

    async def next_named(
        self, kind: Kind, site: str, after: str, limit: int
    ) -> list[StoredDocument]:
        """Return what names files, of up to `limit` live documents whose keys follow `after`.

        Of media `url`, `mime_type`, `size_bytes` and `changed_at`, of posts `images`, `links` and
        `embeds`; of all `_id` and `state`.
        """

    async def next_blocks(
        self, site: str, after: str, limit: int, keys: Sequence[str] | None = None
    ) -> list[StoredDocument]:
        """Return `_id`, `type`, `state`, `cleaner_version` and `blocks` of up to `limit` posts.

        Their keys follow `after` ("" for the first ones), ascending; with `keys`, they are among
        these. A post of an archive that had no blocks yet has none.
        """
