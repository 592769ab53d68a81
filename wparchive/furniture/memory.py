"""The memory of a site: what an archive keeps of the blocks that recur in its posts. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wparchive.furniture.counting import KeyCount, is_furniture
from wparchive.furniture.keys import key_of_text, key_text
from wparchive.furniture.remove import Furniture
from wparchive.model.site_records import RecurringBlock, RecurringReason, SiteMemory


@dataclass(slots=True)
class Learned:
    """The changes that the end of a run, or a command, made to recurring blocks."""

    removed: int = 0
    """Blocks that are left out of the texts of the site."""
    posts: int = 0
    """Posts whose texts changed."""
    counted: bool = False
    """All posts were counted again."""
    finished: bool = True
    """False where it was told to stop; the next run goes on."""


def recurring_block(
    site: str,
    key: int,
    count: KeyCount,
    posts: Mapping[str, int],
    before: RecurringBlock | None,
) -> RecurringBlock:
    """Return what is remembered of a block after an exact count.

    `before` is what was remembered of it until now.
    """
    hash_ = key_text(key)
    block = RecurringBlock(
        _id=f"{site}#{hash_}",
        site=site,
        hash=hash_,
        text=count.text,
        block_kind=count.kinds.most_common(1)[0][0],
        posts=count.posts.total(),
        free=count.free.total(),
        types=[{"type": type_, "posts": n} for type_, n in sorted(count.posts.items())],
        example=count.example,
        removed=False,
        reason="rare",
        overruled=None,
    )
    if before is not None and before["overruled"]:
        block["overruled"] = before["overruled"]
        block["removed"] = before["overruled"] == "drop"
        block["reason"] = "asked"
    elif is_furniture(count, posts, was=before is not None and before["removed"]):
        block["removed"] = True
        block["reason"] = "recurs"
    elif count.recurs_among(posts):
        block["reason"] = _why_it_stays(count)
    return block


def _why_it_stays(count: KeyCount) -> RecurringReason:
    if count.variety is not None:
        return count.variety
    for guard, _ in count.guards.most_common(1):
        return guard
    return "rare"


def keys_of_recurring(blocks: Iterable[RecurringBlock]) -> set[int]:
    """Return the keys of blocks that are remembered."""
    return {key_of_text(block["hash"]) for block in blocks}


def no_memory(site: str, now: datetime) -> SiteMemory:
    """Return the memory of a site whose posts were never counted."""
    return SiteMemory(
        _id=site,
        complete=False,
        counted_at=now,
        types=[],
        cleaner_version=0,
        applied=Furniture().digest(),
        keys=[],
        counts=[],
        shortfall=0,
    )


def posts_by_type(memory: SiteMemory) -> Counter[str]:
    """Return how many posts of each type the last exact count was of."""
    return Counter({part["type"]: part["posts"] for part in memory["types"]})
