"""What posts teach while they are cleaned again is what they teach where all are read afterwards.

The full count is slow and obvious. Two sites have the same posts, and after each change one of them
is settled by each of the two ways: the archive is then the same to the last field.
"""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from crawler.parsing import RecordSource, parse_from
from crawler.rest.collections import Collection
from pipelines.clean import clean_item
from pipelines.cleaner_facts import CLEANER_VERSION
from pipelines.fingerprint import fingerprint_item
from pipelines.helpers.document import document_of
from pipelines.language import set_language
from pipelines.reclean import CleaningPool
from wparchive.backends.recleaning import Recleaner
from wparchive.backends.remembering import SiteLearner
from wparchive.backends.store import CleaningSelection, Store
from wparchive.model.storable import storable_document

AT = datetime(2026, 1, 1, tzinfo=UTC)
POSTS = Collection("posts", "post", "posts")
HOME = "https://harbour.example/"
QUICK, SLOW = "one.example", "two.example"
NUMBERS = range(1, 61)
NOUNS = ("ferry", "harbour", "kettle", "lantern", "meadow", "orchard", "quarry", "stable")
FRAMES = (
    "<p>Join our channel for the news of the day.</p>",
    "<p>Best wishes</p>",
    "<p>Attendance at the gate: {fact}</p>",
    "<p>Referee of the day: {name}</p>",
    "<p>What did you want to become as a child?</p><p>A keeper of the {noun} by the sea.</p>",
    "<ul><li>Bring a warm coat with you</li><li>Bring the {noun}</li></ul>",
    "<h2>What comes next</h2><p>Copy number {number} of this letter.</p>",
    "<h2>Read on</h2><p>This letter comes every week.</p><p>Yes please</p>",
    "<p>None of this is advice of any kind, says the editor.</p>",
    "<p>www.harbour.example/join</p>",
)


def html_of(draw: random.Random, number: int) -> str:
    """Make a text of a post's own, and some of the frames around it."""
    filled_in = {
        "fact": draw.randrange(10_000),
        "name": draw.choice(("Ann Archer", "Ben Baker", "Cid Cooper")),
        "noun": draw.choice(NOUNS),
        "number": number,
    }
    own = (
        f"<p>The {draw.choice(NOUNS)} number {number} was seen by {draw.choice(NOUNS)} keepers.</p>"
    )
    if draw.random() < 0.1:
        own = ""
    parts = [own, *draw.sample(FRAMES, draw.randrange(5))]
    if draw.random() < 0.5:
        parts.append(parts.pop(0))
    return "".join(parts).format(**filled_in)


def crawled(site: str, number: int, html: str) -> dict[str, Any]:
    """Return the document that a crawl without a memory stores."""
    record = {
        "id": number,
        "date_gmt": "2024-01-01T10:00:00",
        "slug": f"post-{number}",
        "link": f"{HOME}post-{number}/",
        "title": {"rendered": f"Post {number}"},
        "content": {"rendered": html},
    }

    item = parse_from(msgspec.json.encode(record), RecordSource(POSTS, site, HOME, False))
    clean_item(item)
    set_language(item)
    fingerprint_item(item)
    return storable_document("posts", document_of(item))


async def change(store: Store, site: str, draw: random.Random, turn: int) -> None:
    """Write some posts with other texts, delete some, and overrule a block."""
    changed = [number for number in NUMBERS if turn == 0 or draw.random() < 0.15]
    posts = [crawled(site, number, html_of(draw, number)) for number in changed]
    await store.save("posts", posts, AT)
    gone = [number for number in NUMBERS if draw.random() < 0.05]
    await store.set_state("posts", site, "post", gone, "deleted", AT)
    blocks = await store.recurring_blocks(site)
    if blocks and draw.random() < 0.5:
        block = draw.choice(sorted(blocks, key=lambda block: block["hash"]))
        wish = draw.choice(("keep", "drop"))
        await SiteLearner(store, site, CLEANER_VERSION).overrule([block["hash"]], wish)
    await make_older(store, site, draw)


async def make_older(store: Store, site: str, draw: random.Random) -> None:
    """Make all posts look as if an older cleaner had made them, some of them with other blocks."""
    posts = await store.next_to_clean(CleaningSelection("posts", site=site), "", 1000)
    older = [{"_id": post["_id"], "raw": post["raw"], "cleaner_version": 1} for post in posts]
    for post, fields in zip(posts, older, strict=True):
        if draw.random() < 0.2:
            fields |= {"text": "Older words.", "blocks": post["blocks"][1:]}
    await store.rewrite("posts", older)


async def clean_again(store: Store, site: str, is_slow: bool) -> None:
    """Do what `wparchive reclean` does with a site."""
    learner = SiteLearner(store, site, CLEANER_VERSION, now=lambda: AT)
    await learner.begin(afresh=True)
    furniture, watched = {site: learner.furniture}, {site: learner.noted.watched}

    def note(kind: str, post: Mapping[str, Any], made: Any) -> None:
        if post["state"] == "live":
            learner.note(post["_id"], post["type"], made.block_keys, True, made.found)
        else:
            learner.noted.add(post["_id"], post["type"], made.block_keys)

    with CleaningPool({site: HOME}, 0, furniture, watched=watched) as pool:
        recleaner = Recleaner(store, pool, on_cleaned=note)
        await recleaner.run(CleaningSelection("posts", site=site))
    assert recleaner.summary.failures == {}
    if is_slow:
        learner.noted.forget()
    learned = await learner.settle(again=True)
    assert learned.counted


def known(look: Any, site: str) -> list[Any]:
    """Return all that an archive holds of a site, but for the site's name."""
    found = []
    for name in ("posts", "boilerplate", "site_memory"):
        for key, document in sorted(look.all(name).items()):
            if key.startswith(site):
                kept = {k: v for k, v in document.items() if k not in ("raw", "duplicate")}
                found.append((name, repr(sorted(kept.items())).replace(site, "")))
    return found


@pytest.mark.parametrize("worth_picking", [0.2, 1.0])
@pytest.mark.parametrize("seed", range(2))
async def test_the_archive_is_the_one_that_reading_all_posts_makes(
    store, look, monkeypatch, seed, worth_picking
):
    monkeypatch.setattr("wparchive.furniture.noted.WORTH_PICKING", worth_picking)
    read = {QUICK: 0, SLOW: 0}
    passed_over = type(store).next_blocks

    async def next_blocks(self, site, after, limit, keys=None):
        found = await passed_over(self, site, after, limit, keys)
        read[site] += len(found)
        return found

    monkeypatch.setattr(type(store), "next_blocks", next_blocks)
    for turn in range(3):
        for site in (QUICK, SLOW):
            await change(store, site, random.Random(f"{seed} {turn}"), turn)
            await clean_again(store, site, is_slow=site == SLOW)
        assert known(look, QUICK) == known(look, SLOW)
    assert {name for name, _ in known(look, QUICK)} == {"posts", "boilerplate", "site_memory"}
    assert read[QUICK] < read[SLOW]
