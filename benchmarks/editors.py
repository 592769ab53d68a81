"""Editors and readers of a made-up site, who change it between two measurements."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from benchmarks.english_site import Writer
from demo.api import Site


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
