"""What an update costs beside a full recrawl and beside plain polling by `modified_after`.

A site on loopback, with an image and a comment for each post, is crawled once. Then editors work,
and each contender brings its copy up to date: update runs of ours, a full run of ours, and a script
that asks for what was modified since the last change that it saw. Requests and bytes are counted,
those of finding the site included, and so is what each copy has wrong afterwards.
"""

import argparse
import json
import shutil
import sqlite3
import tempfile
import urllib.parse
import urllib.request
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.contenders import CONTENDERS, python
from benchmarks.english_site import Writer, english_site
from benchmarks.processes import run
from demo.api import Site
from demo.server import serve

POLLING = "modified_after alone"
FIELDS = ("id", "date", "modified", "tags", "categories")


@dataclass(slots=True)
class Editors:
    """Changes a site as its editors would, at a time of its own."""

    site: Site
    random: Random = field(default_factory=lambda: Random(1))
    now: datetime = datetime(2026, 3, 1, 12)
    kinds: dict[int, str] = field(default_factory=dict)
    """What happened to each post that was met."""

    def begin(self) -> None:
        """Edit one post today, so that the site is in use; and count what each term has."""
        self._put(min(self.site["posts"].rows), "from before", modified=self._time())
        self.count_terms()

    def work(self, edits: int) -> None:
        """Edit so many posts. A tenth as many happens of everything else, but at least one."""
        if not edits:
            return
        self.now += timedelta(days=1)
        self.kinds = {}
        few = max(1, edits // 10)
        free = self.random.sample(sorted(self.site["posts"].rows), edits + 4 * few)
        for id_ in free[:edits]:
            self._put(id_, "edited", modified=self._time(), content=self._text())
        for id_ in free[edits : edits + few]:
            self.kinds[id_] = "deleted"
            self._delete(id_)
        for id_ in free[edits + few : edits + 2 * few]:
            self.kinds[id_] = "unpublished"
            self.site["posts"].withdraw(id_)
            self._hide_what_belongs_to(id_)
        for id_ in free[edits + 2 * few : edits + 3 * few]:
            # Plugins and bulk actions give a post another tag without touching its date.
            self._retag(id_)
        for _ in range(few):
            self._new("published", self._time(), self._time())
            self._new("scheduled, went live", self._time(), self._time(-96))
            self._new("imported", "2015-06-01T10:00:00", "2015-06-01T10:00:00")
        tag = self.random.choice(sorted(self.site["tags"].rows))
        self._rename(tag)
        self.count_terms()

    def _time(self, hours: float = 0) -> str:
        return (self.now + timedelta(hours=hours)).isoformat()

    def _text(self) -> dict[str, Any]:
        number = self.random.random()
        return {"rendered": f"<p>Written anew, {number} times over.</p>", "protected": False}

    def _record(self, base: str, id_: int) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(self.site[base].rows[id_].body)
        return record

    def _put(self, id_: int, kind: str, **fields: Any) -> None:
        gmt = {f"{name}_gmt": fields[name] for name in ("date", "modified") if name in fields}
        self.site["posts"].put(self._record("posts", id_) | fields | gmt)
        self.kinds[id_] = kind

    def _new(self, kind: str, date: str, modified: str) -> None:
        posts = self.site["posts"]
        model = self._record("posts", self.random.choice(sorted(posts.rows)))
        id_ = max(posts.rows) + 1
        dates = {"date": date, "date_gmt": date, "modified": modified, "modified_gmt": modified}
        text = {"content": self._text(), "slug": f"new-{id_}", "link": f"/new-{id_}/"}
        posts.put(model | dates | text | {"id": id_})
        self.kinds[id_] = kind
        self.site["media"].put(image_of(model | {"id": id_}, self._next("media")))
        self._comment(id_)

    def _comment(self, post: int) -> None:
        """Have a reader comment on a post, and edit one of the newest comments."""
        comments = self.site["comments"]
        comments.put(comment_on(post, self._next("comments"), self._time(), self.random))
        edited = self.random.choice(sorted(comments.rows)[-50:])
        changed = {"content": {"rendered": f"<p>Said otherwise: {self.random.random()}.</p>"}}
        comments.put(self._record("comments", edited) | changed)

    def _next(self, base: str) -> int:
        return max(self.site[base].rows, default=0) + 1

    def _retag(self, id_: int) -> None:
        tags = sorted(self.site["tags"].rows)
        self._put(id_, "retagged", tags=[self.random.choice(tags)])

    def _delete(self, id_: int) -> None:
        """Delete a post with its comments, as WordPress does. Its images belong to none then."""
        self.site["posts"].delete(id_)
        for comment in self._belonging("comments", id_):
            self.site["comments"].delete(comment)
        for image in self._belonging("media", id_):
            self.site["media"].put(self._record("media", image) | {"post": None})

    def _hide_what_belongs_to(self, post: int) -> None:
        for base in ("comments", "media"):
            for id_ in self._belonging(base, post):
                self.site[base].hide(id_)

    def _belonging(self, base: str, post: int) -> list[int]:
        return [id_ for id_, row in self.site[base].rows.items() if row.keys.get("post") == post]

    def count_terms(self) -> None:
        """Keep the counts of tags and categories, as WordPress does."""
        for base in ("tags", "categories"):
            counts: Counter[int] = Counter()
            for row in self.site["posts"].rows.values():
                counts.update(row.keys.get(base, ()))
            for id_, row in list(self.site[base].rows.items()):
                record = json.loads(row.body)
                if record.get("count") != counts[id_]:
                    self.site[base].put(record | {"count": counts[id_]})

    def _rename(self, tag: int) -> None:
        name = f"Renamed {self.random.randrange(10**6)}"
        self.site["tags"].put(self._record("tags", tag) | {"name": name})


def furnish(site: Site) -> None:
    """Give each post an image and a comment."""
    chance = Random(2)
    for id_, row in list(site["posts"].rows.items()):
        post = json.loads(row.body)
        site["media"].put(image_of(post, id_))
        site["comments"].put(comment_on(id_, id_, post["date"], chance))


def image_of(post: dict[str, Any], id_: int) -> dict[str, Any]:
    """Return an image that was uploaded to a post."""
    dates = {name: post[name] for name in ("date", "date_gmt", "modified", "modified_gmt")}
    address = f"/wp-content/uploads/{id_}.jpg"
    sizes = {
        name: {"file": f"{id_}-{name}.jpg", "width": width, "height": width, "source_url": address}
        for name, width in {"thumbnail": 150, "medium": 300, "large": 1024, "full": 1600}.items()
    }
    return {
        "id": id_,
        "type": "attachment",
        "status": "inherit",
        "slug": f"image-{id_}",
        "link": f"/image-{id_}/",
        "title": {"rendered": f"Image {id_}"},
        "author": 1,
        "alt_text": "",
        "caption": {"rendered": ""},
        "description": {"rendered": f'<p><img src="{address}" alt=""></p>'},
        "mime_type": "image/jpeg",
        "media_details": {"width": 1600, "height": 1600, "sizes": sizes},
        "post": post["id"],
        "source_url": address,
        **dates,
    }


def comment_on(post: int, id_: int, at: str, chance: Random) -> dict[str, Any]:
    """Return a comment on a post."""
    text = Writer(chance).paragraph()
    avatar = "https://secure.gravatar.com/avatar/0123456789abcdef?d=mm&r=g&s="
    return {
        "id": id_,
        "post": post,
        "parent": 0,
        "author": 0,
        "author_name": f"Reader {id_ % 97}",
        "author_url": "",
        "date": at,
        "date_gmt": at,
        "content": {"rendered": f"<p>{text}</p>\n"},
        "link": f"/?p={post}#comment-{id_}",
        "status": "approved",
        "type": "comment",
        "author_avatar_urls": {size: f"{avatar}{size}" for size in ("24", "48", "96")},
        "meta": [],
    }


@dataclass(slots=True)
class Polling:
    """The control: everything that was modified since the last change seen, and no more."""

    held: dict[int, str] = field(default_factory=dict)
    since: str = "1970-01-01T00:00:00"

    def run(self, home: str) -> None:
        """Ask until there is nothing newer."""
        page = 0
        since = self.since
        while True:
            page += 1
            query = {
                "modified_after": since,
                "orderby": "modified",
                "order": "asc",
                "per_page": "100",
                "page": str(page),
            }
            address = f"{home}/wp-json/wp/v2/posts?{urllib.parse.urlencode(query)}"
            with urllib.request.urlopen(address) as answer:
                records = json.load(answer)
                pages = int(answer.headers["X-WP-TotalPages"])
            for record in records:
                self.held[record["id"]] = digest(record)
                self.since = max(self.since, record["modified"])
            if page >= pages:
                return


def digest(record: dict[str, Any]) -> str:
    """Return what two equal versions of a post share."""
    return json.dumps([record[name] for name in FIELDS] + [record["content"]["rendered"]])


def truth(site: Site) -> dict[int, str]:
    """Return the version of each post that the site shows."""
    return {id_: digest(json.loads(row.body)) for id_, row in site["posts"].rows.items()}


def archived(archive: Path) -> dict[int, str]:
    """Return the version of each live post of an archive."""
    with closing(sqlite3.connect(archive)) as database:
        rows = database.execute("SELECT id, raw FROM posts WHERE state = 'live'")
        return {id_: digest(json.loads(zlib.decompress(raw))) for id_, raw in rows}


@dataclass(frozen=True, slots=True)
class Measured:
    """One contender's way to be up to date again."""

    contender: str
    edits: int
    requests: int
    sent_bytes: int
    wrong: Counter[str]
    """Posts that the copy misses, has in an old version, or still has, by what happened to them."""
    of_type: str = ""


def measure(posts: int, edits: Sequence[int]) -> Iterator[Measured]:
    """Yield what each contender took for each number of edits. Raises RuntimeError."""
    folder = Path(tempfile.mkdtemp(prefix="benchmark-update-"))
    try:
        furnished = english_site(posts)
        furnish(furnished)
        with serve(furnished) as site:
            editors, polling = Editors(site), Polling()
            editors.begin()
            yield _ours("first run", site, folder, "full", 0, editors)
            polling.run(site.home)
            for number in edits:
                editors.work(number)
                yield _polled(polling, site, number, editors)
                if number == max(edits):
                    copy = folder / "full"
                    copy.mkdir()
                    shutil.copy(folder / "archive.db", copy)
                yield _ours("update", site, folder, "auto", number, editors)
            yield _ours("full recrawl", site, copy, "full", max(edits), editors)
    finally:
        shutil.rmtree(folder)


def _ours(name: str, site: Site, folder: Path, mode: str, edits: int, editors: Editors) -> Measured:
    before = len(site.requests)
    command = [*python(CONTENDERS["ours"], site.home, folder)]
    command += ["-a", f"mode={mode}", "-a", "comments=1"]
    run(command, folder / "log")
    report = json.loads((folder / "report.json").read_text())
    if report["verdict"] != "complete":
        raise RuntimeError(f"{name} was {report['verdict']}: {report['reason']}")
    types = ", ".join(f"{type_} {part['requests']}" for type_, part in report["types"].items())
    wrong = _wrong(archived(folder / "archive.db"), site, editors)
    requests = len(site.requests) - before
    return Measured(f"{name} ({report['mode']})", edits, requests, report["bytes"], wrong, types)


def _polled(polling: Polling, site: Site, edits: int, editors: Editors) -> Measured:
    before = len(site.requests)
    polling.run(site.home)
    asked = site.requests[before:]
    size = sum(len(site.respond(request).body) for request in asked)
    wrong = _wrong(polling.held, site, editors)
    return Measured(POLLING, edits, len(asked), size, wrong)


def _wrong(held: dict[int, str], site: Site, editors: Editors) -> Counter[str]:
    shown = truth(site)
    ids = {id_ for id_ in shown.keys() | held.keys() if shown.get(id_) != held.get(id_)}
    return Counter(editors.kinds.get(id_, "from before") for id_ in sorted(ids))


def table(measured: Sequence[Measured], posts: int) -> Table:
    """Return a row for each contender and number of edits."""
    first = measured[0].sent_bytes
    result = Table("", "edits", "requests", "kB", "of the first run", "wrong afterwards")
    result.title = f"english: {posts} posts"
    for one in measured:
        wrong = ", ".join(f"{count} {what}" for what, count in one.wrong.items()) or "nothing"
        share = f"{one.sent_bytes / first:.2%}"
        kilobytes = f"{one.sent_bytes / 1000:.0f}"
        result.add_row(one.contender, str(one.edits), str(one.requests), kilobytes, share, wrong)
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    summary = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.update", description=summary)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--edits", default="0,10,100", help="comma-separated")
    options = parser.parse_args(arguments)
    edits = [int(part) for part in options.edits.split(",")]
    measured = list(measure(options.posts, edits))
    console = Console(width=150)
    console.print(table(measured, options.posts))
    for one in measured:
        if one.of_type:
            console.print(f"{one.contender}, {one.edits} edits, requests by type: {one.of_type}")


if __name__ == "__main__":
    main()
