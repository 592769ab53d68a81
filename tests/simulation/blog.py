"""A simulated WordPress over time: its posts, its clock, its editors, and a cache in front of it.

It answers requests of a client as the REST API does, with rows of few fields.
"""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from crawler.rest.responses import RestResponse
from crawler.walk import Capabilities

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORDERS = frozenset({"id", "date", "modified", "include"})
PARAMETERS = frozenset(
    {"page", "per_page", "offset", "order", "orderby", "include", "after", "before"}
)
SINCE_5_7 = frozenset({"modified_after", "modified_before"})


@dataclass(frozen=True, slots=True)
class BlogPost:
    """A row of the posts table."""

    id: int
    date: str
    modified: str
    status: str = "publish"
    version: int = 1
    """Counted up by every edit: what a reader sees of the content."""
    hidden: bool = False
    """The site counts the row, and drops it from every answer."""

    @property
    def is_public(self) -> bool:
        return self.status == "publish"

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "date": self.date,
            "modified": self.modified,
            "content": {"rendered": f"version {self.version}"},
        }


@dataclass(slots=True)
class Blog:
    """A site with one type of posts."""

    random: Random
    posts: dict[int, BlogPost] = field(default_factory=dict)
    now: datetime = START
    offset_h: float = 0.0
    has_modified_after: bool = True
    cache_age_s: int = 0
    """Answers may be as old as this; they say so in `Age`."""
    next_id: int = 1
    events: dict[Any, float] = field(default_factory=lambda: dict(EVENTS))
    """What editors do, and how often."""
    asked: list[str] = field(default_factory=list)
    """The addresses of all requests."""
    past: list[tuple[datetime, dict[int, BlogPost]]] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        parameters = PARAMETERS
        if self.has_modified_after:
            parameters |= SINCE_5_7
        return Capabilities(parameters, ORDERS)

    def local(self, time: datetime | None = None) -> str:
        """Return a time, now by default, as the site's local text."""
        local = (time or self.now) + timedelta(hours=self.offset_h)
        return local.replace(tzinfo=None, microsecond=0).isoformat()

    @property
    def shown(self) -> dict[int, int]:
        """Return the version of each post that a visitor sees now."""
        rows = self.posts.values()
        return {row.id: row.version for row in rows if row.is_public and not row.hidden}

    # What happens to it

    def pass_time(self, step: timedelta) -> None:
        """Move the clock; scheduled posts whose time has come go live, as WordPress's cron does."""
        self.now += step
        for row in list(self.posts.values()):
            if row.status == "future" and row.date <= self.local():
                self.change(row.id, status="publish")

    def add(self, **fields: Any) -> int:
        id_ = self.next_id
        self.next_id += self.random.choice((1, 1, 2, 5))  # revisions have ids of the same sequence
        row = {"date": self.local(), "modified": self.local()} | fields
        self.posts[id_] = BlogPost(id_, **row)
        return id_

    def change(self, id_: int, **fields: Any) -> None:
        self.posts[id_] = replace(self.posts[id_], **fields)

    def schedule(self) -> None:
        hours = self.random.choice((0.2, 3, 30, 100))
        self.add(status="future", date=self.local(self.now + timedelta(hours=hours)))

    def import_old(self) -> None:
        when = self.local(START - timedelta(days=self.random.randint(1, 2000)))
        self.add(date=when, modified=when)

    def edit(self) -> None:
        if row := self._one("publish", "draft"):
            self.change(row.id, version=row.version + 1, modified=self.local())

    def delete(self) -> None:
        if row := self._one("publish", "trash"):
            del self.posts[row.id]

    def unpublish(self) -> None:
        if row := self._one("publish"):
            status = self.random.choice(("draft", "trash", "private"))
            self.change(row.id, status=status, modified=self.local())

    def republish(self) -> None:
        if row := self._one("draft", "trash", "private"):
            self.change(row.id, status="publish", modified=self.local())

    def publish_draft(self) -> None:
        if row := self._one("draft"):
            self.change(row.id, status="publish", modified=self.local(), date=self.local())

    def miss_schedule(self) -> None:
        """Write a post whose time passes while nobody visits: WordPress's cron does not run."""
        self.add(status="missed", date=self.local(self.now + timedelta(hours=1)))

    def run_missed(self) -> None:
        """Publish such a post, with the date and the `modified` of long ago."""
        if row := self._one("missed"):
            self.change(row.id, status="publish")

    def hide(self) -> None:
        if row := self._one("publish"):
            self.change(row.id, hidden=True)

    def move(self) -> None:
        """Change the site's time zone."""
        self.offset_h = self.random.choice((-11.0, -4.0, 0.0, 5.5, 13.0))

    def date_ahead(self) -> None:
        self.add(date="2038-01-19T03:14:07")

    def _one(self, *statuses: str) -> BlogPost | None:
        rows = [row for row in self.posts.values() if row.status in statuses and not row.hidden]
        return self.random.choice(rows) if rows else None

    # Answers

    async def get(self, url: str, **_: Any) -> RestResponse:
        """Answer a request, as `RestClient.get` does."""
        self.asked.append(url)
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        headers = {"date": format_datetime(self.now)}
        rows = self._cached_rows(headers)
        last = parts.path.rsplit("/", 1)[-1]
        if last.isdigit():
            return self._single(url, headers, self.posts.get(int(last)))
        listed = self._matching(rows, query)
        size = int(query.get("per_page", 10))
        start = int(query.get("offset", 0)) or (int(query.get("page", 1)) - 1) * size
        window = listed[start : start + size]
        total = len(listed) if window or not start else 0
        headers |= {"x-wp-total": str(total), "x-wp-totalpages": str(-(-total // size))}
        if not window and total and "page" in query:
            return _error(url, headers, 400, "rest_post_invalid_page_number")
        shown = [_selected(row, query) for row in window if not row.hidden]
        return RestResponse(url, 200, headers, json.dumps(shown).encode())

    def _cached_rows(self, headers: dict[str, str]) -> list[BlogPost]:
        """Return the public rows, as they are or as a cache still has them."""
        self.past.append((self.now, dict(self.posts)))
        oldest = self.now - timedelta(seconds=self.cache_age_s)
        known = [state for state in self.past if state[0] >= oldest]
        at, posts = self.random.choice(known)
        if age_s := int((self.now - at).total_seconds()):
            headers["age"] = str(age_s)
        return [row for row in posts.values() if row.is_public]

    def _matching(self, rows: list[BlogPost], query: dict[str, str]) -> list[BlogPost]:
        for name, value in query.items():
            column = "modified" if name.startswith("modified_") else "date"
            if column == "modified" and not self.has_modified_after:
                continue  # WordPress ignores what it does not know
            if name.endswith("after"):
                rows = [row for row in rows if getattr(row, column) > value]
            elif name.endswith("before"):
                rows = [row for row in rows if getattr(row, column) < value]
        if "include" in query:
            wanted = set(map(int, query["include"].split(",")))
            rows = [row for row in rows if row.id in wanted]
        order = query.get("orderby", "date")
        down = query.get("order", "desc") == "desc"
        # Rows of equal rank have no order of their own: the database may give them in any.
        self.random.shuffle(rows)
        return sorted(rows, key=lambda row: getattr(row, order), reverse=down)

    def _single(self, url: str, headers: dict[str, str], row: BlogPost | None) -> RestResponse:
        if row is None:
            return _error(url, headers, 404, "rest_post_invalid_id")
        if not row.is_public or row.hidden:
            return _error(url, headers, 401, "rest_forbidden")
        return RestResponse(url, 200, headers, json.dumps(row.shown()).encode())


EVENTS = {
    Blog.add: 6,
    Blog.schedule: 3,
    Blog.import_old: 2,
    Blog.edit: 8,
    Blog.delete: 3,
    Blog.unpublish: 3,
    Blog.republish: 3,
    Blog.publish_draft: 2,
    Blog.date_ahead: 0.3,
}
"""What the editors of any site do."""
MISSED = {Blog.add: 3, Blog.edit: 5, Blog.miss_schedule: 3, Blog.run_missed: 3}
"""What happens where nobody visits the site; nothing vanishes."""


def one_event(blog: Blog) -> None:
    """Let an editor do something."""
    happens = blog.random.choices(list(blog.events), list(blog.events.values()))[0]
    happens(blog)


def _selected(row: BlogPost, query: dict[str, str]) -> dict[str, Any]:
    record = row.shown()
    if "_fields" not in query:
        return record
    names = query["_fields"].split(",")
    return {name: record[name] for name in names if name in record}


def _error(url: str, headers: dict[str, str], status: int, code: str) -> RestResponse:
    body = {"code": code, "message": "Sorry.", "data": {"status": status}}
    return RestResponse(url, status, headers, json.dumps(body).encode())
