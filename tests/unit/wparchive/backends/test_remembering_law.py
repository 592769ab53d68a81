"""Nothing that is learned about a site, or overruled, makes a revision or an event."""

import asyncio
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samples.documents import SITE
from tests.contract.look import Look
from tests.contract.test_remembering import crawled, own_text
from wparchive.backends.opening import open_store
from wparchive.backends.remembering import SiteLearner
from wparchive.backends.store import Store
from wparchive.furniture.keys import keys_of_blocks
from wparchive.furniture.remove import NO_FURNITURE
from wparchive.model.outcome import Outcome

T1 = datetime(2026, 1, 1, tzinfo=UTC)
FRAMES = ("Join our channel for the news.", "Best wishes", "None of this is advice of any kind.")
POSTS = 24
Version = tuple[int, frozenset[int], bool]
Crawl = dict[int, Version]
"""For each post its own text, its frames, and whether it is sticky."""
a_version = st.tuples(
    st.integers(0, 3), st.frozensets(st.integers(0, len(FRAMES) - 1)), st.booleans()
)
an_action = st.one_of(
    st.tuples(st.just("crawl"), st.dictionaries(st.integers(0, POSTS + 5), a_version, max_size=6)),
    st.tuples(st.just("killed"), st.dictionaries(st.integers(0, POSTS + 5), a_version, max_size=6)),
    st.tuples(st.just("keep"), st.integers(0, 2)),
    st.tuples(st.just("drop"), st.integers(0, 2)),
    st.tuples(st.just("vanish"), st.integers(0, POSTS)),
)


def text_of(number: int, version: Version) -> str:
    own, frames, _ = version
    return "\n\n".join([own_text(number + 30 * own), *(FRAMES[frame] for frame in sorted(frames))])


async def act(store: Store, actions: Sequence[Any], remembers: bool) -> None:
    posts: Crawl = {number: (0, frozenset({0, number % 3}), False) for number in range(POSTS)}
    await store.open()
    try:
        await crawl(store, posts, 0, remembers, settles=True)
        for day, (action, value) in enumerate(actions, 1):
            if action in ("crawl", "killed"):
                posts |= value
                await crawl(store, posts, day, remembers, settles=action == "crawl")
            elif action == "vanish":
                at = T1 + timedelta(days=day)
                await store.set_state("posts", SITE, "post", [value], "deleted", at)
            elif remembers:
                hashes = [block["hash"] for block in await store.recurring_blocks(SITE)]
                await SiteLearner(store, SITE, 0).overrule(hashes[value : value + 1], action)
    finally:
        await store.close()


async def crawl(store: Store, posts: Crawl, day: int, remembers: bool, settles: bool) -> None:
    await store.begin_run(f"{SITE}@{day}")
    learner = SiteLearner(store, SITE, 3)
    if remembers:
        await learner.begin()
    assert remembers or learner.furniture == NO_FURNITURE
    documents = [
        crawled(n, text_of(n, version), learner)
        | {"sticky": version[2], "refresh_hash": str(version[2])}
        for n, version in posts.items()
    ]
    written = await store.save("posts", documents, T1 + timedelta(days=day))
    for document, fate in zip(documents, written, strict=True):
        if fate.outcome in (Outcome.NEW, Outcome.CHANGED):
            is_new = fate.outcome is Outcome.NEW
            learner.note(document["_id"], "post", keys_of_blocks(document["blocks"]), is_new)
    if remembers and settles:
        await learner.settle()


def history(path: str) -> dict[str, Any]:
    """Everything that is known of the past of each post, but for its text."""
    look = Look(f"sqlite:///{path}")
    names = ("state", "state_since", "first_seen_at", "changed_at", "revision", "version_hash")
    known: dict[str, Any] = {
        key: {name: document[name] for name in names} for key, document in look.all("posts").items()
    }
    for key, revision in look.all("revisions").items():
        stood = revision.pop("document")
        known[key] = {**revision, "version_hash": stood.get("version_hash")}
    known["events"] = look.all("events")
    return known


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
@given(st.lists(an_action, min_size=1, max_size=6))
def test_the_history_is_that_of_an_archive_without_memory(actions: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        histories = []
        for name, remembers in (("with", True), ("without", False)):
            path = f"{folder}/{name}.db"
            asyncio.run(act(open_store(f"sqlite:///{path}"), actions, remembers))
            histories.append(history(path))
    assert histories[0] == histories[1]


def test_the_actions_teach_something(tmp_path: Any) -> None:
    path = f"{tmp_path}/archive.db"
    asyncio.run(
        act(
            open_store(f"sqlite:///{path}"),
            [("crawl", {0: (1, frozenset(), False)})],
            remembers=True,
        )
    )
    look = Look(f"sqlite:///{path}")
    assert any(block["removed"] for block in look.all("boilerplate").values())
    assert [event["event"] for event in look.all("events").values()] == ["edited"]
    assert any(document["removed_words"] for document in look.all("posts").values())
