"""Keep in the archive how far the walks of a run have come, so that the next run goes on there.

Nothing depends on a checkpoint but requests. A run that goes on walks over every list from its
beginning, and asks only for a few fields as far as the run before has read it. It compares these
with the records in the archive. So it sees what was edited, published, removed or not written
meanwhile, and proves what any other run proves.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from crawler.arguments import PUBLISHED
from crawler.rest.collections import Collection
from crawler.run.report import RunReport
from crawler.run.verdict import archive_is_lost, is_kept_out
from crawler.walk.choice import sorts_by_id
from wparchive.backends.store import Store
from wparchive.errors import ArchiveError
from wparchive.model.documents import SCHEMA_VERSION, Kind
from wparchive.model.site_records import WalkCheckpoint

logger = logging.getLogger(__name__)

LARGE_KINDS: frozenset[Kind] = frozenset({"posts", "media"})
"""Kinds whose walk is worth going on with. Terms and authors are few; and nothing but the whole
record shows that a comment was edited."""


def can_go_on(collection: Collection) -> bool:
    """Tell whether a walk over a collection can go on where another one stopped."""
    if collection.shape is not None:
        return False  # its rows have no few fields that show whether they changed
    if set(collection.statuses) - {PUBLISHED}:
        return False  # nothing tells how many of them a run before has read
    return collection.kind in LARGE_KINDS and sorts_by_id(collection.capabilities)


class Checkpoints:
    """The checkpoints of one run: those that it found, and those that it writes."""

    def __init__(
        self,
        store: Store,
        report: RunReport,
        clock: Callable[[], datetime],
        longest: timedelta = timedelta(),
    ) -> None:
        self._store = store
        self._report = report
        self._clock = clock
        self._longest = longest
        self._found: dict[str, WalkCheckpoint] | None = None
        self._unsaved: dict[str, WalkCheckpoint] = {}
        self._saving: asyncio.Task[None] | None = None
        self._last: dict[str, int] = {}
        self.conditions: dict[str, str] = {"schema": str(SCHEMA_VERSION)}
        """What must be the same in a run that goes on, besides arguments and routes."""
        self.began_at = report.started_at
        """Start of the first of the runs that this one goes on from; else of this one."""

    async def found(self) -> Mapping[str, WalkCheckpoint]:
        """Return the checkpoints of the site, by key. Raises ArchiveError."""
        if self._found is None:
            there = await self._store.checkpoints(self._report.site)
            self._found = {each["_id"]: each for each in there}
        return self._found

    async def has_full_run(self) -> bool:
        """Tell whether a run that was to read everything was not complete. Raises ArchiveError."""
        return any(
            self._is_recent(each) and each["conditions"].get("mode") == "full"
            for each in (await self.found()).values()
        )

    async def rows_read(self, collection: Collection) -> int:
        """Return how many rows of a collection an earlier run has read; 0 to begin anew.

        Raises ArchiveError.
        """
        checkpoint = (await self.found()).get(self._key(collection))
        if checkpoint is None or not can_go_on(collection):
            return 0
        if not self._is_recent(checkpoint):
            began = f"{checkpoint['began_at']:%Y-%m-%d %H:%M} UTC"
            self._begin_again(f"{collection.type}: the run that was not complete began {began}")
            return 0
        if checkpoint["conditions"] != self._conditions_of(collection):
            self._begin_again(f"{collection.type}: {self._difference(checkpoint, collection)}")
            return 0
        if self._names_changed(collection):
            self._begin_again(f"{collection.type}: names of terms or authors changed meanwhile")
            return 0
        self._report.resumed_from = checkpoint["run"]
        self.began_at = min(self.began_at, checkpoint["began_at"])
        # As long as this walk is below it, the checkpoint that is there says more.
        self._last[checkpoint["_id"]] = checkpoint["up_to_id"]
        logger.info("%s goes on at id %d", collection.type, checkpoint["up_to_id"])
        return await self._store.count_read(checkpoint)

    def _is_recent(self, checkpoint: WalkCheckpoint) -> bool:
        age = self._clock() - checkpoint["began_at"]
        # A time that is still to come shows that a clock was set.
        return timedelta() <= age < self._longest

    def _begin_again(self, why: str) -> None:
        self._report.begun_again.append(why)

    def _conditions_of(self, collection: Collection) -> dict[str, str]:
        arguments = self._report.arguments
        asked = {name: arguments.get(name, "") for name in ("types", "comments")}
        if "context" in arguments:
            asked["context"] = arguments["context"]
        own = {"mode": self._report.mode, "route": collection.route}
        return {**self.conditions, **asked, **own}

    def _difference(self, checkpoint: WalkCheckpoint, collection: Collection) -> str:
        now = self._conditions_of(collection)
        before = checkpoint["conditions"]
        names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        return f"the run that was not complete had another {' and '.join(names)}"

    def _names_changed(self, collection: Collection) -> bool:
        """Tell whether posts that are held may carry names that are no longer right."""
        counts = self._report.types.values()
        return collection.kind == "posts" and any(
            count.changed for count in counts if count.kind in ("terms", "authors")
        )

    # Writing

    def reached(self, collection: Collection, up_to_id: int) -> None:
        """Save soon that everything up to an id is in the archive; only the last one counts."""
        if up_to_id <= self._last.get(self._key(collection), 0) or not self._may_save():
            return
        self._note(collection, up_to_id, proved=False)
        # One write at a time: while one goes on, the newest mark waits in `_unsaved`.
        if self._saving is None or self._saving.done():
            self._saving = asyncio.ensure_future(self._save_soon())

    async def ended(self, collection: Collection, up_to_id: int, proved: bool) -> None:
        """Save how far a walk has come at its end. Raises ArchiveError."""
        if self._saving is not None:
            await self._saving
        # The write above had to end first: a late one would put an older mark over this one.
        if not up_to_id or not self._may_save():
            return
        if proved or up_to_id > self._last.get(self._key(collection), 0):
            self._note(collection, up_to_id, proved)
            await self._save()

    async def clear(self) -> None:
        """Remove the checkpoints of what this run has read. Raises ArchiveError."""
        keys = [f"{self._report.site}/{kind}/{type_}" for kind, type_ in self._report.types]
        await self._store.clear_checkpoints(self._report.site, keys)

    def _note(self, collection: Collection, up_to_id: int, proved: bool) -> None:
        key = self._key(collection)
        before = (self._found or {}).get(key)
        began_at = self._report.started_at
        if before is not None and self._report.resumed_from == before["run"]:
            began_at = before["began_at"]
        self._last[key] = up_to_id
        self._unsaved[key] = WalkCheckpoint(
            _id=key,
            site=self._report.site,
            kind=collection.kind,
            type=collection.type,
            run=self._report.run_id,
            began_at=began_at,
            saved_at=self._clock(),
            up_to_id=up_to_id,
            proved=proved,
            conditions=self._conditions_of(collection),
        )

    async def _save_soon(self) -> None:
        try:
            while self._unsaved and self._may_save():
                await self._save()
        except ArchiveError as error:
            # The next batch of documents meets the same, and ends the run where that is right.
            logger.info("a checkpoint could not be saved: %s", error)

    async def _save(self) -> None:
        # Taken off before the wait, in which a newer mark of the same list may come.
        _, checkpoint = self._unsaved.popitem()
        await self._store.save_checkpoint(checkpoint)

    def _may_save(self) -> bool:
        return not archive_is_lost(self._report) and not is_kept_out(self._report)

    def _key(self, collection: Collection) -> str:
        return f"{self._report.site}/{collection.kind}/{collection.type}"


class ArrivalMarks:
    """The id up to which everything is in the archive, while later pages are on their way."""

    def __init__(self, arrived_up_to: Callable[[], int]) -> None:
        self._arrived_up_to = arrived_up_to
        self._marks: deque[tuple[int, int]] = deque()
        self._last_id = 0

    def given(self, number: int, settled_id: int) -> None:
        """Note that the items up to a number hold everything up to an id."""
        if settled_id > self._last_id:
            self._last_id = settled_id
            self._marks.append((number, settled_id))

    def reached(self) -> int:
        """Return the highest noted id whose items have all arrived since the last call, or 0."""
        arrived = self._arrived_up_to()
        reached = 0
        while self._marks and self._marks[0][0] <= arrived:
            _, reached = self._marks.popleft()
        return reached
