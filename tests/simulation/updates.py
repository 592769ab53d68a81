"""Runs over a simulated blog: the strategies of the product, with an archive of a few lines."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from crawler.items import Item
from crawler.phases.collect import Collector
from crawler.phases.full import FullStrategy
from crawler.phases.update import ReconcileStrategy, UpdateStrategy
from crawler.phases.vanished import VanishedObjects
from crawler.phases.watermarks import move_watermark
from crawler.rest.api import Api
from crawler.rest.collections import Collection
from crawler.rest.responses import RestResponse
from crawler.run.report import RunReport, TypeCount
from crawler.run.run_state import RunState
from tests.simulation.blog import Blog, one_event

SITE = "h.org"


@dataclass(slots=True)
class Held:
    """A document of the simulated archive."""

    raw: bytes
    state: str = "live"

    @property
    def version(self) -> int:
        return int(json.loads(self.raw)["content"]["rendered"].removeprefix("version "))


@dataclass(slots=True)
class Shelf:
    """What the strategies need of an archive, with one type in it."""

    documents: dict[int, Held] = field(default_factory=dict)
    watermarks: list[Any] = field(default_factory=list)
    brakes: list[Any] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    """The checkpoints, by key."""

    @property
    def live(self) -> dict[int, int]:
        """Return the version of each live document."""
        return {id_: one.version for id_, one in self.documents.items() if one.state == "live"}

    def put(self, item: Item) -> None:
        self.documents[item.id] = Held(item.raw)

    async def live_ids(self, *_: Any) -> list[int]:
        return sorted(self.live)

    async def held(self, *_: Any) -> int:
        return len(self.live)

    async def raw_records(
        self, _: Any, __: Any, ___: Any, ids: Sequence[int], statuses: Sequence[str] = ()
    ) -> dict[int, bytes]:
        return {id_: self.documents[id_].raw for id_ in ids if id_ in self.live}

    async def newest(self, _: Any, __: Any, ___: Any, until: str) -> tuple[str, str]:
        records = [json.loads(self.documents[id_].raw) for id_ in self.live]
        dates = [[record[name] for record in records] for name in ("date", "modified")]
        date, modified = (max((d for d in found if d <= until), default="") for found in dates)
        return date, modified

    async def set_state(
        self, _: Any, __: Any, ___: Any, ids: Sequence[int], state: str, *____: Any
    ) -> int:
        there = [id_ for id_ in ids if id_ in self.documents]
        for id_ in there:
            self.documents[id_].state = state
        return len(there)

    async def referring_posts(self, *_: Any) -> list[Any]:
        return []

    async def checkpoints(self, *_: Any) -> list[Any]:
        return list(self.kept.values())

    async def save_checkpoint(self, checkpoint: Any) -> None:
        self.kept[checkpoint["_id"]] = checkpoint

    async def count_read(self, checkpoint: Any) -> int:
        return sum(id_ <= checkpoint["up_to_id"] for id_ in self.live)


@dataclass(slots=True)
class Ran:
    """A finished run, and what a visitor could have seen meanwhile."""

    count: TypeCount
    requests: list[str]
    all_the_time: set[int]
    """Posts that were shown before, during and after the run."""
    at_some_time: set[int]
    unedited: dict[int, int]
    """Versions of the posts that nobody edited meanwhile."""

    @property
    def is_complete(self) -> bool:
        return self.count.is_proved and not self.count.missing


class _Client:
    """Asks the blog, at which something may happen before every answer."""

    def __init__(self, blog: Blog, restless: float) -> None:
        self._blog = blog
        self._restless = restless
        self.seen = [blog.shown]

    async def get(self, url: str, **named: Any) -> RestResponse:
        blog = self._blog
        blog.pass_time(timedelta(seconds=blog.random.randint(0, 5)))
        while blog.random.random() < self._restless:
            one_event(blog)
            self.seen.append(blog.shown)
        self.seen.append(blog.shown)
        return await blog.get(url, **named)


def run_once(
    blog: Blog, shelf: Shelf, *, restless: float = 0.0, reconcile: bool = False, size: int = 7
) -> Ran:
    """Make one run, in which things happen with the chance `restless` before each answer."""
    make = ReconcileStrategy if reconcile else UpdateStrategy
    return asyncio.run(_run(blog, shelf, restless, make, size))


def run_in_full(
    blog: Blog, shelf: Shelf, *, restless: float = 0.0, size: int = 7, cut_off_at: int = 0
) -> Ran:
    """Make a run that reads everything; it is cut off when so many posts have come."""
    return asyncio.run(_run(blog, shelf, restless, FullStrategy, size, cut_off_at))


async def _run(
    blog: Blog, shelf: Shelf, restless: float, make: Any, size: int, cut_off_at: int = 0
) -> Ran:
    client = _Client(blog, restless)
    run = _run_state(blog, shelf, client)
    since = blog.now - timedelta(seconds=blog.cache_age_s)
    asked_before = len(blog.asked)
    collection = Collection("posts", "post", "/wp/v2/posts", capabilities=blog.capabilities)
    run.collections = {("posts", "post"): collection}
    strategy = make(run, Collector(run, per_page=size))
    count = run.count_of(collection)
    async for item in strategy.collect(await strategy.measure(run, collection)):
        await run.in_flight.sent(item)
        shelf.put(item)
        run.in_flight.arrived(item)
        cut_off_at -= 1
        if not cut_off_at:
            break
    if count.is_proved:
        gone = await strategy.vanished(collection)
        async for item in VanishedObjects(run).look(collection, gone):
            shelf.put(item)
    await move_watermark(run, collection)
    assert run.site is not None
    shelf.watermarks = run.site["watermarks"]
    shelf.brakes = run.site["brakes"]
    # A cache may show what was there before the run began.
    earlier = [_shown(posts) for at, posts in blog.past if at >= since]
    seen = [*client.seen, *earlier]
    ids = [set(shown) for shown in seen]
    unedited = {
        id_: version
        for id_, version in seen[-1].items()
        if all(shown.get(id_) == version for shown in seen)
    }
    blog.past.clear()
    return Ran(count, blog.asked[asked_before:], set.intersection(*ids), set.union(*ids), unedited)


def _run_state(blog: Blog, shelf: Shelf, client: Any) -> RunState:
    store: Any = shelf
    report = RunReport(SITE, blog.now, {})
    run = RunState(store, report, lambda: blog.now, resume_within=timedelta(days=9))
    run.site = {  # type: ignore[typeddict-item]
        "_id": SITE,
        "home": f"https://{SITE}/",
        "timezone": "",
        "gmt_offset": blog.offset_h,
        "brakes": list(shelf.brakes),
        "watermarks": list(shelf.watermarks),
    }
    run.api = Api(f"https://{SITE}/wp-json/")
    run.client = client
    return run


def _shown(posts: dict[int, Any]) -> dict[int, int]:
    rows = posts.values()
    return {row.id: row.version for row in rows if row.is_public and not row.hidden}


class ModifiedAfter:
    """The control: asks for what was modified since the last change that it saw, and no more."""

    def __init__(self) -> None:
        self.held: dict[int, int] = {}
        self._since = "1970-01-01T00:00:00"

    def run(self, blog: Blog) -> None:
        """Read everything that was modified since."""
        rows = [row for row in blog.posts.values() if row.is_public and not row.hidden]
        for row in rows:
            if row.modified > self._since:
                self.held[row.id] = row.version
        self._since = max([self._since, *(row.modified for row in rows)])
