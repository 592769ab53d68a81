"""Many posts out of few: the recorded ones again and again, each time with another id, date, slug, title and closing sentence."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from demo.api import Site
from demo.collection import encode
from demo.content import core, sample_site

START = datetime(2000, 1, 1)


def multiplied_site(count: int) -> Site:
    """A site of `count` posts with the sample site's terms and authors, plus one tag for every 20 posts. The same for the same count."""
    sample = sample_site()
    originals = [json.loads(row.body) for row in sample["posts"].rows.values()]
    tags = [json.loads(row.body) for row in sample["tags"].rows.values()]
    own = [dict(tags[0], id=100_000 + n, name=f"Topic {n}", slug=f"topic-{n}", count=20) for n in range(count // 20 + 1)]
    records = {base: [json.loads(row.body) for row in sample[base].rows.values()] for base in ("categories", "users")}
    return Site(core(_copies(originals, count), tags + own, records["categories"], records["users"]), name=f"{count} posts")


def _copies(originals: list[dict[str, Any]], count: int) -> Iterator[bytes]:
    for n in range(count):
        original = originals[n % len(originals)]
        at = (START + timedelta(minutes=n * 7)).isoformat()
        content = dict(original["content"], rendered=f"{original['content']['rendered']}<p>Copy number {n} of this post.</p>\n")
        changed = {
            "id": n + 1,
            "date": at,
            "date_gmt": at,
            "modified": at,
            "modified_gmt": at,
            "slug": f"copy-{n}",
            "link": f"/copy-{n}/",
            "title": {"rendered": f"{original['title']['rendered']} ({n})"},
            "content": content,
            "tags": [*original["tags"], 100_000 + n // 20],
        }
        yield encode(original | changed)
