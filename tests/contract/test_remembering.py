"""What recurs on a site is learned, left out of the texts that are stored, and comes back."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from samples.documents import SITE, post
from wparchive import open_archive
from wparchive.backends.remembering import SiteLearner, distrust_counts
from wparchive.backends.store import Store
from wparchive.duplicates.text_hashes import content_fingerprint
from wparchive.furniture.keys import block_key, key_text, keys_of_blocks
from wparchive.furniture.memory import Learned
from wparchive.furniture.noted import NotedPosts
from wparchive.furniture.remove import fields_of_blocks, without_furniture
from wparchive.model.documents import StoredDocument
from wparchive.model.outcome import Outcome

T1 = datetime(2026, 1, 1, tzinfo=UTC)
JOIN = "Join our channel for the news of the day."
WORDS = ("amber", "birch", "cedar", "drift", "ember", "fjord", "grove", "heron", "islet", "jetty")


def own_text(number: int) -> str:
    """A paragraph that stands in this post alone."""
    first = WORDS[number % 10]
    second = WORDS[number // 10 % 10]
    return f"The {first} by the {second} was seen by nobody but the keeper of {first}{second}."


def texts(numbers: Sequence[int], *further: str) -> dict[int, str]:
    return {number: "\n\n".join([own_text(number), *further]) for number in numbers}


async def crawl(
    store: Store, posts: Mapping[int, str], day: int, settles: bool = True
) -> tuple[list[Outcome | None], Learned]:
    """Do what a run does with the posts of a site."""
    learner = SiteLearner(store, SITE, 3, now=lambda: T1)
    await learner.begin()
    documents = [crawled(number, text, learner) for number, text in posts.items()]
    written = await store.save("posts", documents, T1 + timedelta(days=day))
    for document, fate in zip(documents, written, strict=True):
        if fate.outcome in (Outcome.NEW, Outcome.CHANGED):
            keys = keys_of_blocks(document["blocks"])
            learner.note(document["_id"], "post", keys, fate.outcome is Outcome.NEW)
    learned = Learned()
    if settles:
        learned = await learner.settle()
    return [fate.outcome for fate in written], learned


def crawled(number: int, text: str, learner: SiteLearner) -> StoredDocument:
    hashes = {"version_hash": content_fingerprint(text), "refresh_hash": "r"}
    document = post(number, text, cleaner_version=3, **hashes)
    blocks = without_furniture(document["blocks"], learner.furniture)
    return document | fields_of_blocks(blocks, document["has"])


def all_posts(look: Any) -> list[StoredDocument]:
    return sorted(look.all("posts").values(), key=lambda document: document["id"])


async def test_a_first_crawl_learns_and_leaves_out(store, look, uri):
    outcomes, learned = await crawl(store, texts(range(30), JOIN), 0)
    assert outcomes == [Outcome.NEW] * 30
    assert (learned.removed, learned.posts, learned.counted) == (1, 30, True)
    for number, document in enumerate(all_posts(look)):
        assert document["text"] == own_text(number)
        assert document["blocks"][1] == {"kind": "paragraph", "text": JOIN, "removed": "recurs"}
        assert document["removed_words"] == 9
        assert document["content_fingerprint"] == content_fingerprint(own_text(number))
        assert document["version_hash"] == content_fingerprint(f"{own_text(number)}\n\n{JOIN}")
        assert document["revision"] == 1
    assert look.all("revisions") == {}
    with open_archive(uri) as archive:
        assert archive.search("channel") == []
        (block,) = archive.boilerplate(SITE)
    assert block["hash"] == key_text(block_key(JOIN))
    assert (block["posts"], block["free"], block["reason"]) == (30, 30, "recurs")
    assert block["example"] == f"{SITE}/post/0"


async def test_facts_that_each_post_fills_in_stay_and_are_not_counted_again(store, look, uri):
    counted = {n: f"Attendance at the gate: {n * 7919 % 10007}" for n in range(30)}
    posts = {n: "\n\n".join([own_text(n), counted[n], JOIN]) for n in range(30)}
    _, learned = await crawl(store, posts, 0)
    assert (learned.removed, learned.posts, learned.counted) == (1, 30, True)
    for number, document in enumerate(all_posts(look)):
        assert document["text"] == f"{own_text(number)}\n\n{counted[number]}"
    with open_archive(uri) as archive:
        reasons = {block["text"]: block["reason"] for block in archive.boilerplate(SITE)}
    assert reasons == {JOIN: "recurs", counted[0]: "facts"}
    _, learned = await crawl(store, posts, 1)
    assert (learned.posts, learned.counted) == (0, False)


async def test_a_further_crawl_that_finds_the_same_does_nothing(store, look):
    await crawl(store, texts(range(30), JOIN), 0)
    before = all_posts(look)
    outcomes, learned = await crawl(store, texts(range(30), JOIN), 1)
    assert outcomes == [Outcome.UNCHANGED] * 30
    assert (learned.posts, learned.counted) == (0, False)
    assert all_posts(look) == before
    assert look.all("revisions") == {}


async def test_a_new_post_loses_its_furniture_at_once(store, look):
    await crawl(store, texts(range(30), JOIN), 0)
    _, learned = await crawl(store, texts([30], JOIN), 1, settles=False)
    assert all_posts(look)[30]["text"] == own_text(30)
    assert learned.posts == 0


async def test_what_becomes_frequent_only_later_is_learned_then(store, look):
    await crawl(store, texts(range(30)), 0)
    _, learned = await crawl(store, texts(range(30, 33), JOIN), 1)
    assert (learned.removed, learned.counted) == (0, False)
    _, learned = await crawl(store, texts([33], JOIN), 2)
    assert (learned.removed, learned.posts, learned.counted) == (1, 4, True)
    assert [document["text"] for document in all_posts(look)] == [own_text(n) for n in range(34)]


async def test_what_a_site_takes_from_its_posts_is_counted_again(store, look, uri):
    await crawl(store, texts(range(30), JOIN), 0)
    _, learned = await crawl(store, texts(range(30)), 1)
    assert (learned.removed, learned.counted) == (0, True)
    with open_archive(uri) as archive:
        assert archive.boilerplate(SITE) == []


async def test_what_is_kept_comes_back_and_stays(store, look, uri):
    await crawl(store, texts(range(30), JOIN), 0)
    whole = {n: f"{own_text(n)}\n\n{JOIN}" for n in range(31)}
    hash_ = key_text(block_key(JOIN))
    learned = await SiteLearner(store, SITE, 0).overrule([hash_], "keep")
    assert learned.posts == 30
    assert [document["text"] for document in all_posts(look)] == [whole[n] for n in range(30)]
    assert {document["removed_words"] for document in all_posts(look)} == {0}
    with open_archive(uri) as archive:
        assert len(archive.search("channel", limit=100)) == 30
    outcomes, learned = await crawl(store, texts(range(31), JOIN), 1)
    assert outcomes == [Outcome.UNCHANGED] * 30 + [Outcome.NEW]
    assert learned.posts == 0
    assert [document["text"] for document in all_posts(look)] == list(whole.values())
    assert look.all("revisions") == {}
    (block,) = await store.recurring_blocks(SITE)
    assert (block["overruled"], block["removed"], block["reason"]) == ("keep", False, "asked")


async def test_what_is_dropped_goes_against_the_guards_for_good(store, look):
    await crawl(store, texts(range(30), "Best wishes"), 0)
    (block,) = await store.recurring_blocks(SITE)
    assert (block["removed"], block["reason"]) == (False, "short")
    learned = await SiteLearner(store, SITE, 0).overrule([block["hash"]], "drop")
    assert learned.posts == 30
    await crawl(store, texts(range(40), "Best wishes"), 1)
    for number, document in enumerate(all_posts(look)):
        assert document["text"] == own_text(number)
        assert document["blocks"][1]["removed"] == "dropped"


async def test_a_run_that_was_killed_is_made_up_for(store, look):
    await crawl(store, texts(range(30), JOIN), 0, settles=False)
    assert all_posts(look)[0]["removed_words"] == 0
    _, learned = await crawl(store, texts([30]), 1)
    assert (learned.removed, learned.posts, learned.counted) == (1, 30, True)
    assert [document["text"] for document in all_posts(look)] == [own_text(n) for n in range(31)]


async def test_a_run_without_memory_is_made_up_for(store, look):
    await crawl(store, texts(range(30), JOIN), 0)
    await distrust_counts(store, SITE)
    text = f"{own_text(30)}\n\n{JOIN}"
    await store.save("posts", [post(30, text, removed_words=0)], T1)
    _, learned = await crawl(store, texts([31]), 1)
    assert (learned.posts, learned.counted) == (1, False)
    assert [document["text"] for document in all_posts(look)] == [own_text(n) for n in range(32)]
    memory = await store.load_memory(SITE)
    assert memory["complete"]


async def test_posts_that_a_later_cleaner_refreshes_are_counted(store, look):
    """As in an archive that is older than blocks: an update first, then a run over all posts."""
    old = [
        post(number, text, blocks=[], removed_words=0, cleaner_version=2)
        for number, text in texts(range(30), JOIN).items()
    ]
    await store.save("posts", old, T1)
    _, learned = await crawl(store, {}, 1)
    assert learned.removed == 0
    outcomes, learned = await crawl(store, texts(range(30), JOIN), 2)
    assert outcomes == [Outcome.REFRESHED] * 30
    assert (learned.removed, learned.posts) == (1, 30)
    assert [document["text"] for document in all_posts(look)] == [own_text(n) for n in range(30)]
    assert look.all("revisions") == {}
    assert look.all("events") == {}
    _, learned = await crawl(store, {}, 3)
    assert not learned.counted
    memory = await store.load_memory(SITE)
    assert memory["cleaner_version"] == 3


async def test_a_pass_that_was_stopped_goes_on_in_the_next_run(store, look, monkeypatch):
    monkeypatch.setattr("wparchive.backends.remembering.READ_AT_ONCE", 10)
    learner = SiteLearner(store, SITE, 3, now=lambda: T1)
    await learner.begin()
    documents = [crawled(number, text, learner) for number, text in texts(range(30), JOIN).items()]
    await store.save("posts", documents, T1)
    for document in documents:
        learner.note(document["_id"], "post", keys_of_blocks(document["blocks"]), is_new=True)
    learner.should_stop = lambda: any(document["removed_words"] for document in all_posts(look))
    learned = await learner.settle()
    assert not learned.finished
    assert 0 < learned.posts < 30
    _, learned = await crawl(store, texts(range(30), JOIN), 1)
    assert learned.finished
    assert [document["text"] for document in all_posts(look)] == [own_text(n) for n in range(30)]


async def test_a_large_first_crawl_writes_few_posts_twice(store, look):
    learner = SiteLearner(store, SITE, 3, now=lambda: T1)
    await learner.begin()
    posts = texts(range(100), JOIN, "Best wishes")
    for start in range(0, 300, 50):
        some = {n + start: f"{WORDS[start // 50]}: {posts[n]}" for n in range(50)}
        documents = [crawled(number, text, learner) for number, text in some.items()]
        await store.save("posts", documents, T1)
        for document in documents:
            learner.note(document["_id"], "post", keys_of_blocks(document["blocks"]), is_new=True)
    learned = await learner.settle()
    assert learned.posts == 100  # those that came before the first guess
    assert {JOIN in document["text"] for document in all_posts(look)} == {False}
    assert {"Best wishes" in document["text"] for document in all_posts(look)} == {True}


async def test_posts_that_are_picked_teach_what_all_posts_teach(store, look, monkeypatch):
    read: list[str] = []
    passed_over = type(store).next_blocks

    async def next_blocks(self, site, after, limit, keys=None):
        found = await passed_over(self, site, after, limit, keys)
        if keys is None:
            read.extend(post["_id"] for post in found)
        return found

    monkeypatch.setattr(type(store), "next_blocks", next_blocks)
    # One block recurs, one stands in too few posts; the others are those of one post each.
    posts = (
        texts(range(100)) | texts(range(0, 100, 9), JOIN) | texts(range(1, 100, 50), "Good luck")
    )
    found = []
    for site, most in (("picked.example", 1000), ("all.example", 0)):
        learner = SiteLearner(store, site, 3, now=lambda: T1)
        await learner.begin()
        learner.noted = NotedPosts(most=most)
        documents = [
            crawled(number, text, learner) | {"site": site, "_id": f"{site}/post/{number}"}
            for number, text in posts.items()
        ]
        await store.save("posts", documents, T1)
        for document in documents:
            keys = keys_of_blocks(document["blocks"])
            learner.note(document["_id"], "post", keys, is_new=True)
        learned = await learner.settle()
        memory = await store.load_memory(site)
        blocks = await store.recurring_blocks(site)
        texts_now = [post["text"] for post in look.all("posts").values() if post["site"] == site]
        names = ("text", "block_kind", "posts", "free", "types", "removed", "reason")
        found.append(
            (
                learned,
                {key: value for key, value in memory.items() if key != "_id"},
                [{name: block[name] for name in names} for block in blocks],
                texts_now,
            )
        )
    assert found[0] == found[1]
    assert found[0][0] == Learned(removed=1, posts=12, counted=True)
    assert {key.split("/")[0] for key in read} == {"all.example"}


async def test_posts_that_were_all_cleaned_again_teach_what_all_posts_teach(
    store, look, monkeypatch
):
    read: list[str] = []
    passed_over = type(store).next_blocks

    async def next_blocks(self, site, after, limit, keys=None):
        found = await passed_over(self, site, after, limit, keys)
        if keys is None:
            read.extend(post["_id"] for post in found)
        return found

    # One block recurs no more, one recurs since, one recurs still.
    before = texts(range(100)) | texts(range(0, 100, 9), JOIN) | texts(range(1, 100, 20), "Read on")
    after = (
        texts(range(100)) | texts([0, 9], JOIN) | texts(range(2, 100, 20), "All rights reserved")
    )
    found = []
    for most in (1000, 0):
        await crawl(store, before, 0)
        learner = SiteLearner(store, SITE, 4, now=lambda: T1)
        await learner.begin(afresh=True)
        documents = [crawled(number, text, learner) for number, text in after.items()]
        raws = {document["_id"]: document["raw"] for document in look.all("posts").values()}
        await store.rewrite(
            "posts", [document | {"raw": raws[document["_id"]]} for document in documents]
        )
        learner.noted = NotedPosts(most=most)
        for document in documents:
            keys = keys_of_blocks(document["blocks"])
            learner.note(document["_id"], "post", keys, is_new=True)
        monkeypatch.setattr(type(store), "next_blocks", next_blocks)
        learned = await learner.settle(again=True)
        monkeypatch.undo()
        texts_now = {post["id"]: post["text"] for post in all_posts(look)}
        found.append((learned, await store.recurring_blocks(SITE), texts_now, len(read)))
        await store.save_recurring_blocks(SITE, [])
    (picked, all_) = found
    assert picked[:3] == all_[:3]
    assert picked[2][0] == after[0]  # what recurs no more comes back
    assert picked[2][2] == own_text(2)  # what recurs since is left out
    assert (picked[3], all_[3] > 0) == (0, True)


async def test_a_guess_that_turns_out_wrong_is_taken_back(store, look):
    learner = SiteLearner(store, SITE, 3, now=lambda: T1)
    await learner.begin()
    for _ in range(100):
        learner.note(f"{SITE}/post/1", "post", {block_key(JOIN)}, is_new=False)
    documents = [crawled(n, text, learner) for n, text in texts(range(30)).items()]
    documents += [crawled(30, f"{own_text(30)}\n\n{JOIN}", learner)]
    await store.save("posts", documents, T1)
    assert all_posts(look)[30]["removed_words"] == 9
    # The run is killed here.
    again = SiteLearner(store, SITE, 3, now=lambda: T1)
    await again.begin()
    learned = await again.settle()
    assert (learned.removed, learned.posts) == (0, 1)
    assert all_posts(look)[30]["text"] == f"{own_text(30)}\n\n{JOIN}"


async def test_only_the_posts_concerned_are_written(store, look, monkeypatch):
    written: list[str] = []
    rewrite = store.rewrite

    async def spy(kind: Any, documents: Any) -> Any:
        written.extend(document["_id"] for document in documents)
        return await rewrite(kind, documents)

    monkeypatch.setattr(store, "rewrite", spy)
    posts = texts(range(30)) | texts(range(4), JOIN)
    _, learned = await crawl(store, posts, 0)
    assert written == [f"{SITE}/post/{n}" for n in range(4)]
    assert learned.posts == 4


async def test_a_text_that_is_not_that_of_its_blocks_stays(store, look):
    learner = SiteLearner(store, SITE, 3, now=lambda: T1)
    await learner.begin()
    documents = [crawled(number, text, learner) for number, text in texts(range(30), JOIN).items()]
    documents[7]["text"] = "What a stage of somebody else made of it."
    await store.save("posts", documents, T1)
    learned = await learner.settle()
    assert learned.posts == 29
    assert all_posts(look)[7]["text"] == "What a stage of somebody else made of it."


async def test_an_edited_post_is_one_revision_and_counts_once(store, look):
    await crawl(store, texts(range(30), JOIN), 0)
    edited = {0: f"{own_text(99)}\n\n{JOIN}"}
    outcomes, _ = await crawl(store, edited, 1)
    assert outcomes == [Outcome.CHANGED]
    (document, *_) = all_posts(look)
    assert (document["text"], document["revision"]) == (own_text(99), 2)
    assert len(look.all("revisions")) == 1
    learner = SiteLearner(store, SITE, 3)
    await learner.begin()
    await learner.settle(again=True)
    (block,) = await store.recurring_blocks(SITE)
    assert block["posts"] == 30


async def test_texts_of_two_posts_that_were_edited_do_not_pass_for_furniture(store, look):
    bodies = {number: own_text(number // 2) for number in range(30)}
    await crawl(store, bodies, 0)
    # Each text was noted four times now, and stands in two posts.
    outcomes, learned = await crawl(store, {n: f"{b}\n\n{JOIN}" for n, b in bodies.items()}, 1)
    assert outcomes == [Outcome.CHANGED] * 30
    assert (learned.removed, learned.posts, learned.counted) == (1, 30, True)
    assert {document["id"]: document["text"] for document in all_posts(look)} == bodies


async def test_posts_that_vanish_are_counted_no_more(store):
    await crawl(store, texts(range(30), JOIN), 0)
    await store.set_state("posts", SITE, "post", list(range(20)), "deleted", T1)
    learner = SiteLearner(store, SITE, 3)
    await learner.begin()
    learned = await learner.settle()
    assert learned.counted  # there are so many fewer posts
    blocks = await store.recurring_blocks(SITE)
    assert blocks == []


async def test_duplicate_marks_follow_the_texts(store, look):
    frame = " ".join(f"{word} {other} and" for word in WORDS for other in WORDS[:4])
    posts = texts(range(4), frame) | texts(range(4, 30))
    learner = SiteLearner(store, SITE, 3, now=lambda: T1)
    await learner.begin()
    documents = [crawled(number, text, learner) for number, text in posts.items()]
    for document in documents[:4]:
        document["title"] = "What the keeper has seen"
    await store.save("posts", documents, T1)
    await store.mark_duplicates([document["_id"] for document in documents], T1)
    assert [document["id"] for document in all_posts(look) if document["duplicate"]]
    for document in documents:
        learner.note(document["_id"], "post", keys_of_blocks(document["blocks"]), is_new=True)
    learned = await learner.settle()
    assert learned.posts == 4
    assert [document["id"] for document in all_posts(look) if document["duplicate"]] == []


@pytest.mark.parametrize("version", [2, 3])
async def test_another_cleaner_counts_all_again(store, version):
    await crawl(store, texts(range(30), JOIN), 0)
    learner = SiteLearner(store, SITE, version)
    await learner.begin()
    learned = await learner.settle()
    assert learned.posts == 0
    memory = await store.load_memory(SITE)
    assert memory["cleaner_version"] == version
    assert memory["complete"]
