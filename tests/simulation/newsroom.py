"""A site with posts, images, comments and tags in one process, its editors, and update runs of it.

It is the site of the demo, without a network. The images of a post are shown as long as the post
is, its comments as long as it has no password; the site counts them all the time, as WordPress
does.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any, cast
from urllib.parse import urlsplit

from crawler.phases.collect import Collector
from crawler.phases.full import FullStrategy
from crawler.phases.measure import MeasuredCollection
from crawler.phases.update import ReconcileStrategy, UpdateStrategy
from crawler.phases.vanished import VanishedObjects
from crawler.phases.watermarks import move_watermark
from crawler.rest.api import Api
from crawler.rest.collections import Collection, read_capabilities
from crawler.rest.responses import RestResponse
from crawler.run.report import RunReport
from crawler.run.run_state import RunState
from demo.api import Site
from demo.collection import Collection as SiteCollection
from demo.responses import Request
from tests.simulation.blog import START
from tests.simulation.updates import Shelf
from wparchive.backends.store import Reference

SIZE = 7
LISTS = (
    ("terms", "post_tag", "tags"),
    ("media", "attachment", "media"),
    ("posts", "post", "posts"),
    ("comments", "comment", "comments"),
)


class Newsroom:
    """A site and its editors."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now: datetime = START
        self.site = Site(
            [
                SiteCollection("post_tag", "tags", "term"),
                SiteCollection("attachment", "media", "post"),
                SiteCollection("post", "posts", "post", taxonomies={"post_tag": "tags"}),
                SiteCollection("comment", "comments", "comment"),
            ]
        )
        self.site.origin = "https://h.org"
        self.drafts: dict[int, dict[str, Any]] = {}
        """The records of posts that are not public, which have images and comments all the same."""
        self._next = dict.fromkeys(("tags", "media", "posts", "comments"), 1)
        self._next["media"] = self._next["posts"] = 1  # they share a table
        for _ in range(40):
            self.add_tag()
        for _ in range(30):
            self.now += timedelta(hours=1)
            self.publish()
        for _ in range(50):
            self.now += timedelta(minutes=20)
            self.upload()
            self.comment()

    # What editors and readers do

    def publish(self) -> None:
        id_ = self._id("posts")
        tags = self.random.sample(sorted(self.site["tags"].rows), self.random.randint(0, 3))
        self._put("posts", {"id": id_, "tags": tags, **self._dates()})
        self._recount()

    def unpublish(self) -> None:
        if id_ := self._one("posts"):
            self.drafts[id_] = self._record("posts", id_)
            self.site["posts"].withdraw(id_)
            self._show_what_belongs_to(id_)
            self._recount()

    def republish(self) -> None:
        if self.drafts:
            id_ = self.random.choice(sorted(self.drafts))
            self._put("posts", self.drafts.pop(id_) | {"modified": self._local()})
            self._show_what_belongs_to(id_)
            self._recount()

    def delete_post(self, id_: int = 0) -> None:
        if id_ := id_ or self._one("posts"):
            self.site["posts"].delete(id_)
            for media in self._of("media", id_):  # they belong to nothing then; no date moves
                self._put("media", self._record("media", media) | {"post": None})
            for comment in self._of("comments", id_):
                self.site["comments"].delete(comment)
            self._recount()

    def edit_post(self) -> None:
        if id_ := self._one("posts"):
            changed = {"modified": self._local(), "slug": f"s{self.random.random()}"}
            self._put("posts", self._record("posts", id_) | changed)

    def protect(self) -> None:
        """Give a post a password, or take it away."""
        if id_ := self._one("posts"):
            record = self._record("posts", id_)
            content = {"rendered": "", "protected": not _is_protected(record)}
            self._put("posts", record | {"modified": self._local(), "content": content})
            self._show_what_belongs_to(id_)

    def upload(self) -> None:
        posts = [*sorted(self.site["posts"].rows), *sorted(self.drafts)]
        post = self.random.choice([None, *posts])
        record = {"id": self._id("media"), "post": post, **self._dates()}
        self.site["media"].put(record, hidden=post in self.drafts)

    def edit_image(self) -> None:
        if id_ := self._one("media"):
            changed = {"modified": self._local(), "alt_text": f"a{self.random.random()}"}
            row = self.site["media"].rows[id_]
            self.site["media"].put(self._record("media", id_) | changed, hidden=row.hidden)

    def delete_image(self) -> None:
        if id_ := self._one("media"):
            self.site["media"].delete(id_)

    def comment(self) -> None:
        if post := self._one("posts"):
            record = {"id": self._id("comments"), "post": post, **self._comment_text()}
            hidden = _is_protected(self._record("posts", post))
            self.site["comments"].put(record, hidden=hidden)

    def delete_comment(self) -> None:
        if id_ := self._one("comments"):
            self.site["comments"].delete(id_)

    def edit_comment(self) -> None:
        if id_ := self._one("comments"):
            row = self.site["comments"].rows[id_]
            changed = self._record("comments", id_) | self._comment_text()
            self.site["comments"].put(changed, hidden=row.hidden)

    def add_tag(self) -> None:
        id_ = self._id("tags")
        self._put("tags", {"id": id_, "name": f"t{id_}", "slug": f"t{id_}", "count": 0})

    def delete_tag(self) -> None:
        if id_ := self._one("tags"):
            self.site["tags"].delete(id_)
            for post in list(self.site["posts"].rows):
                record = self._record("posts", post)
                if id_ in record["tags"]:
                    record["tags"].remove(id_)
                    self._put("posts", record)

    def rename_tag(self) -> None:
        if id_ := self._one("tags"):
            name = f"n{self.random.random()}"
            self._put("tags", self._record("tags", id_) | {"name": name})

    # What they share

    def shown(self, base: str) -> dict[int, dict[str, Any]]:
        """Return the records that a visitor sees."""
        rows = self.site[base].rows.values()
        return {row.id: json.loads(row.body) for row in rows if not row.hidden}

    def _put(self, base: str, record: dict[str, Any]) -> None:
        self.site[base].put(record)

    def _record(self, base: str, id_: int) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self.site[base].rows[id_].body))

    def _one(self, base: str) -> int:
        return self.random.choice([*self.site[base].rows] or [0])

    def _of(self, base: str, post: int) -> list[int]:
        rows = self.site[base].rows
        return [id_ for id_ in rows if self._record(base, id_).get("post") == post]

    def _show_what_belongs_to(self, post: int) -> None:
        protected = post not in self.drafts and _is_protected(self._record("posts", post))
        for base in ("media", "comments"):
            hidden = post in self.drafts or (protected and base == "comments")
            for id_ in self._of(base, post):
                self.site[base].put(self._record(base, id_), hidden=hidden)

    def _recount(self) -> None:
        posts = self.shown("posts").values()
        for id_, record in self.shown("tags").items():
            count = sum(id_ in post["tags"] for post in posts)
            if count != record["count"]:
                self._put("tags", record | {"count": count})

    def _id(self, base: str) -> int:
        table = "posts" if base == "media" else base
        self._next[table] += self.random.choice((1, 1, 3))
        return self._next[table]

    def _local(self) -> str:
        return self.now.replace(tzinfo=None).isoformat()

    def _dates(self) -> dict[str, str]:
        return {"date": self._local(), "modified": self._local()}

    def _comment_text(self) -> dict[str, Any]:
        text = {"rendered": f"version {self.random.randrange(10**9)}"}
        return {"date": self._local(), "content": text}

    async def get(self, url: str, **_: Any) -> RestResponse:
        """Answer a request, as `RestClient.get` does."""
        parts = urlsplit(url)
        answer = self.site.respond(Request(f"{parts.path}?{parts.query}"))
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return RestResponse(
            url, answer.status, headers | {"date": format_datetime(self.now)}, answer.body
        )


def _is_protected(record: dict[str, Any]) -> bool:
    """Tell whether a password protects a post."""
    return bool(record.get("content", {}).get("protected"))


EVENTS: dict[Callable[[Newsroom], None], float] = {
    Newsroom.publish: 3,
    Newsroom.unpublish: 3,
    Newsroom.republish: 3,
    Newsroom.delete_post: 1,
    Newsroom.edit_post: 2,
    Newsroom.protect: 2,
    Newsroom.upload: 4,
    Newsroom.edit_image: 3,
    Newsroom.delete_image: 2,
    Newsroom.comment: 4,
    Newsroom.delete_comment: 1,
    Newsroom.edit_comment: 2,
    Newsroom.add_tag: 1,
    Newsroom.delete_tag: 0.5,
    Newsroom.rename_tag: 1,
}


@dataclass(slots=True)
class Shelves:
    """What the strategies need of an archive with several types: a shelf for each."""

    shelves: dict[str, Shelf] = field(default_factory=dict)
    watermarks: list[Any] = field(default_factory=list)
    brakes: list[Any] = field(default_factory=list)

    def of(self, type_: str) -> Shelf:
        return self.shelves.setdefault(type_, Shelf())

    def live(self, type_: str) -> dict[int, dict[str, Any]]:
        held = self.of(type_).documents.items()
        return {id_: json.loads(one.raw) for id_, one in held if one.state == "live"}

    async def live_ids(self, _: Any, __: Any, type_: str, ___: Any = ()) -> list[int]:
        return sorted(self.live(type_))

    async def held(self, _: Any, __: Any, type_: str, ___: Any = ()) -> int:
        return len(self.live(type_))

    async def raw_records(
        self, _: Any, __: Any, type_: str, ids: Any, ___: Any = ()
    ) -> dict[int, bytes]:
        live = self.live(type_)
        return {id_: self.of(type_).documents[id_].raw for id_ in ids if id_ in live}

    async def newest(self, _: Any, __: Any, type_: str, until: str) -> tuple[str, str]:
        records = self.live(type_).values()
        dates = [[record.get(name, "") for record in records] for name in ("date", "modified")]
        date, modified = (max((d for d in found if d <= until), default="") for found in dates)
        return date, modified

    async def set_state(self, _: Any, __: Any, type_: str, *rest: Any) -> int:
        return await self.of(type_).set_state(_, __, type_, *rest)

    async def referring_posts(self, _: str, kind: str, __: str, ids: Any) -> list[Reference]:
        return [
            Reference("post", post, id_)
            for post, record in sorted(self.live("post").items())
            for id_ in record["tags"]
            if kind == "terms" and id_ in ids
        ]

    async def checkpoints(self, *_: Any) -> list[Any]:
        return []

    async def save_checkpoint(self, checkpoint: Any) -> None:
        pass

    async def count_read(self, checkpoint: Any) -> int:
        return 0


@dataclass(slots=True)
class NewsroomRun:
    """A finished run."""

    report: RunReport
    requests: list[str]

    @property
    def is_complete(self) -> bool:
        return all(count.is_proved and not count.missing for count in self.report.types.values())


def run_newsroom(room: Newsroom, shelves: Shelves, mode: str = "update") -> NewsroomRun:
    """Make one run over all lists, as the spider does."""
    make: Any = {"full": FullStrategy, "update": UpdateStrategy, "reconcile": ReconcileStrategy}
    return asyncio.run(_run(room, shelves, make[mode]))


async def _run(room: Newsroom, shelves: Shelves, make: Any) -> NewsroomRun:
    report = RunReport("h.org", room.now, {})
    run = RunState(cast("Any", shelves), report, lambda: room.now, resume_within=timedelta(days=9))
    run.site = cast(
        "Any",
        {
            "_id": "h.org",
            "home": "https://h.org/",
            "timezone": "",
            "gmt_offset": 0,
            "brakes": list(shelves.brakes),
            "watermarks": list(shelves.watermarks),
        },
    )
    run.api = Api("https://h.org/wp-json/")
    run.client = cast("Any", room)
    before = len(room.site.requests)
    routes = json.loads((await room.get("https://h.org/wp-json/")).body)["routes"]
    for kind, type_, base in LISTS:
        route = f"/wp/v2/{base}"
        taxonomies = {"post_tag": "tags"} if kind == "posts" else {}
        run.collections[cast("Any", kind), type_] = Collection(
            cast("Any", kind), type_, route, taxonomies, read_capabilities(routes, route)
        )
    strategy = make(run, Collector(run, per_page=SIZE))
    measured: list[MeasuredCollection] = [
        await strategy.measure(run, collection) for collection in run.collections.values()
    ]
    for part in measured:
        shelf = shelves.of(part.collection.type)
        async for item in strategy.collect(part):
            await run.in_flight.sent(item)
            shelf.put(item)
            run.in_flight.arrived(item)
        if run.count_of(part.collection).is_proved:
            gone = await strategy.vanished(part.collection)
            async for item in VanishedObjects(run).look(part.collection, gone):
                shelf.put(item)
        await move_watermark(run, part.collection)
    async for item in strategy.afterwards():
        shelves.of(item.type).put(item)
    shelves.watermarks = run.site["watermarks"]
    shelves.brakes = run.site["brakes"]
    targets = [request.target for request in room.site.requests[before + 1 :]]
    return NewsroomRun(report, targets)
