"""The versions of a post on one time line: those that were replaced, then the one that stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from wparchive.errors import NotFound
from wparchive.model.documents import PostDocument, Revision


@dataclass(frozen=True, slots=True)
class Version:
    """A post as it stood from one crawl to another."""

    revision: int
    """1 for the first."""
    from_at: datetime
    """When a crawl first saw it."""
    until_at: datetime | None
    """When a crawl saw it replaced; None for the one that stands."""
    post: PostDocument

    def summary(self) -> dict[str, Any]:
        """What a list of versions shows."""
        post = self.post
        return {
            "revision": self.revision,
            "from_at": self.from_at,
            "until_at": self.until_at,
            "title": post["title"],
            "words": post["word_count"],
            "characters": len(post["text"]),
            "modified_at": post["modified_at"],
        }


def versions(current: PostDocument, earlier: Sequence[Revision]) -> list[Version]:
    """All versions, oldest first."""
    past = [
        Version(r["revision"], r["from_at"], r["until_at"], cast(PostDocument, r["document"]))
        for r in earlier
    ]
    start = past[-1].until_at if past else None
    return [*past, Version(current["revision"], start or current["first_seen_at"], None, current)]


def version_at(history: Sequence[Version], at: datetime) -> Version:
    """The version that stood at a time (a version ends where the next begins). Raises NotFound when the post was not archived yet."""
    for version in reversed(history):
        if version.from_at <= at:
            return version
    first = history[0]
    form = "%Y-%m-%d %H:%M UTC"
    raise NotFound(
        f"{first.post['_id']} was not archived yet at {at:{form}}: a crawl first saw it at {first.from_at:{form}}"
    )
