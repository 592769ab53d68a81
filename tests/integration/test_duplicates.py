"""Duplicates in real archives of both backends.

They are marked while crawling, decided on in batch, listed, removed and brought back.
"""

import asyncio
import os
import random
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from pipelines.fingerprint import content_fingerprint
from samples import documents
from tests.servers.mongodb import ferretdb
from wparchive import open_archive
from wparchive.backends.opening import open_index, open_store
from wparchive.duplicates import sketch
from wparchive.duplicates.find.find_duplicates import Checkpoint, FindResult, find_duplicates
from wparchive.duplicates.index import MOST_EQUAL, DuplicateIndex
from wparchive.duplicates.mark_new import mark_posts
from wparchive.model.outcome import Outcome, Written

AT = datetime(2025, 3, 1, tzinfo=UTC)
VOCABULARY = [
    f"{a}{b}{c}"
    for a in "bdfgklmnprst"
    for b in ("ar", "en", "il", "os", "un")
    for c in ("a", "et", "ing", "o", "um", "y")
]


def prose(seed: int, words: int = 300) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choices(VOCABULARY, k=words))


def edited(text: str, share: float, seed: int = 1) -> str:
    rng = random.Random(seed)
    return " ".join(
        rng.choice(VOCABULARY) if rng.random() < share else word for word in text.split()
    )


def post(id_: int, text: str, days: int = 0, **fields: Any) -> dict[str, Any]:
    more = {
        "published_at": AT - timedelta(days=days),
        "content_fingerprint": content_fingerprint(text),
        "sketch": sketch(text),
        # Titles that differ in a number alone would be those of a series.
        "title": "Story",
        **fields,
    }
    return documents.post(id_, text, **more)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Yield the address of a server of MongoDB's protocol.

    `MONGODB_TEST_URI` names one, or says `ferretdb` to have one started.
    """
    named = os.environ.get("MONGODB_TEST_URI")
    if not named:
        pytest.skip("needs MONGODB_TEST_URI")
    if named != "ferretdb":
        yield named
        return
    with ferretdb() as started:
        yield started.uri


@pytest.fixture(params=["sqlite", pytest.param("mongodb", marks=pytest.mark.mongodb)])
def uri(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty archive's address."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/archive.db"
        return
    base = str(request.getfixturevalue("server")).rstrip("/")
    database = f"wparchive_{uuid.uuid4().hex[:12]}"
    yield f"{base}/{database}"
    with MongoClient[dict[str, Any]](base) as client:
        client.drop_database(database)


class Crawled:
    """An archive filled batch by batch, as a crawl does."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    def crawl(self, *batches: list[dict[str, Any]]) -> list[int]:
        """Marks set after each batch."""
        return [self._mark(self.save(batch)) for batch in batches]

    def _mark(self, written: list[Written]) -> int:
        with closing(open_index(self.uri)) as index:
            return mark_posts(
                index,
                [fate.key for fate in written if fate.outcome in (Outcome.NEW, Outcome.CHANGED)],
                AT,
            )

    def save(self, batch: list[dict[str, Any]]) -> list[Written]:
        """Without looking for duplicates."""

        async def work() -> list[Written]:
            store = open_store(self.uri)
            await store.open()
            try:
                return await store.save("posts", batch, AT)
            finally:
                await store.close()

        return asyncio.run(work())

    def marks(self) -> dict[str, dict[str, Any]]:
        """What posts repeat, by number."""
        with closing(open_index(self.uri)) as index:
            return {
                entry.key.rpartition("/")[2]: dict(entry.duplicate or {})
                for entry in index.marked()
            }

    def spoil(self, key: str) -> None:
        """Put into a post what no crawl writes."""
        if self.uri.startswith("sqlite"):
            with closing(sqlite3.connect(self.uri.removeprefix("sqlite:///"))) as connection:
                sql = "UPDATE posts SET sketch = x'0102', images = '{{' WHERE key = ?"
                connection.execute(sql, (key,))
                connection.commit()
            return
        client: MongoClient[dict[str, Any]] = MongoClient(self.uri)
        posts = client.get_default_database()["posts"]
        posts.update_one({"_id": key}, {"$set": {"title": 7}, "$unset": {"images": ""}})
        client.close()

    def of(self) -> dict[str, tuple[str, str]]:
        """Number of each copy: number of the original, kind."""
        return {
            copy: (mark["of"].rpartition("/")[2], mark["kind"])
            for copy, mark in self.marks().items()
        }

    def find(self, work: Path, **options: Any) -> FindResult:
        with closing(open_index(self.uri)) as index:
            return find_duplicates(index, work, AT, **options)


@pytest.fixture
def archive(uri: str) -> Crawled:
    return Crawled(uri)


STORY = prose(1)
FAMILY = [
    post(1, STORY, days=9),
    post(2, STORY, days=8, title="Another headline"),
    post(3, edited(STORY, 0.05), days=7, site="other.example"),
    post(4, " ".join(STORY.split()[:120]), days=6),
    post(5, prose(2, 700) + " " + STORY, days=5),
    post(6, prose(3), days=4),
    post(7, "Closed today.", days=3, title="Notice"),
    post(8, "Closed today.", days=2, title="Notice"),
    post(9, "Closed today.", days=1, title="On holiday"),
]
EXPECTED = {
    "2": ("1", "exact"),
    "3": ("1", "near"),
    "4": ("1", "contained"),
    "5": ("1", "contained"),
    "8": ("7", "exact"),
}


@pytest.mark.parametrize("batch_size", [1, 4, 9])
def test_copies_are_marked_while_crawling(archive: Crawled, batch_size: int) -> None:
    archive.crawl(
        *(FAMILY[start : start + batch_size] for start in range(0, len(FAMILY), batch_size))
    )
    assert archive.of() == EXPECTED
    marks = archive.marks()
    assert marks["4"]["direction"] == "excerpt"
    assert marks["5"]["direction"] == "extended"
    assert marks["2"]["jaccard"] == 1.0
    assert 0.5 < marks["3"]["jaccard"] < marks["3"]["containment"] < 1


def test_an_original_that_comes_in_later_is_found(archive: Crawled) -> None:
    archive.crawl([FAMILY[1]], [FAMILY[0]])
    assert archive.of() == {"2": ("1", "exact")}


def test_seen_again_nothing_is_looked_up_and_marks_stay(archive: Crawled) -> None:
    assert archive.crawl(FAMILY, FAMILY) == [len(EXPECTED), 0]
    assert archive.of() == EXPECTED


def test_a_changed_post_is_looked_up_again(archive: Crawled) -> None:
    archive.crawl(FAMILY[:2], [post(2, prose(9), days=8)])
    assert archive.of() == {}


def test_a_declared_canonical_address_makes_a_copy(archive: Crawled) -> None:
    original = post(1, STORY, link="https://example.com/story/")
    archive.crawl(
        [
            original,
            post(2, edited(STORY, 0.3), days=30, canonical_url="http://www.example.com/story"),
        ]
    )
    assert archive.of() == {"2": ("1", "canonical")}


def test_a_declared_address_of_an_unrelated_text_is_not_believed(archive: Crawled) -> None:
    archive.crawl(
        [
            post(1, STORY, link="https://example.com/start"),
            post(2, prose(2), canonical_url="https://example.com/start"),
        ]
    )
    assert archive.of() == {}


def test_boilerplate_floods_nothing_and_copies_are_still_found(archive: Crawled) -> None:
    footer = " " + prose(99, 60)
    posts = [post(n, prose(n) + footer) for n in range(1, 61)]
    archive.crawl(posts, [post(500, edited(prose(47), 0.05) + footer, days=-1)])
    assert archive.of() == {"500": ("47", "near")}


def test_the_batch_finds_what_the_crawl_found_and_says_why(
    archive: Crawled, tmp_path: Path
) -> None:
    archive.crawl(FAMILY)
    found = archive.find(tmp_path / "work")
    assert archive.of() == EXPECTED
    assert (found.posts, found.clusters, found.relations) == (
        9,
        2,
        {"exact": 2, "near": 1, "contained": 2},
    )
    assert {mark.get("reason") for mark in archive.marks().values()} == {"earliest", None}
    assert not (tmp_path / "work").exists()


def test_the_batch_does_not_depend_on_what_was_marked_before(
    archive: Crawled, tmp_path: Path
) -> None:
    archive.crawl(random.Random(5).sample(FAMILY, len(FAMILY)))
    archive.find(tmp_path / "work")
    settled = archive.marks()
    wrong: Any = {"of": FAMILY[5]["_id"], "kind": "near", "jaccard": 0.9, "containment": 0.9}
    with closing(open_index(archive.uri)) as index:
        index.mark({FAMILY[0]["_id"]: wrong, FAMILY[1]["_id"]: None})
    assert archive.find(tmp_path / "work").changed == 2
    assert archive.marks() == settled
    assert archive.find(tmp_path / "work").changed == 0


def test_a_chain_of_edits_is_no_cluster(archive: Crawled, tmp_path: Path) -> None:
    versions = [STORY]
    for generation in range(6):
        versions.append(edited(versions[-1], 0.12, generation))
    archive.crawl([post(n, text, days=20 - n) for n, text in enumerate(versions, 1)])
    archive.find(tmp_path / "work")
    near = {copy: original for copy, (original, kind) in archive.of().items() if kind == "near"}
    assert near["2"] == "1"
    assert near.get("7") != "1"


def test_more_copies_than_a_common_key_has_are_one_cluster(
    archive: Crawled, tmp_path: Path
) -> None:
    archive.save([post(n, edited(STORY, 0.04, n), days=200 - n) for n in range(1, 53)])
    found = archive.find(tmp_path / "work")
    assert found.clusters == 1
    assert {original for original, _ in archive.of().values()} == {"1"}
    assert len(archive.of()) == 51


def test_a_selection_settles_only_its_posts_against_the_whole_archive(
    archive: Crawled, tmp_path: Path
) -> None:
    archive.crawl(FAMILY)
    with closing(open_index(archive.uri)) as index:
        index.mark({document["_id"]: None for document in FAMILY})
    archive.find(tmp_path / "work", selected=lambda entry: entry.site == "other.example")
    assert archive.of() == {"3": ("1", "near"), "2": ("1", "exact")}


def test_a_killed_batch_goes_on_where_it_ended(
    archive: Crawled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.crawl(FAMILY)
    monkeypatch.setattr("wparchive.duplicates.find.find_duplicates.PAIRS_AT_ONCE", 2)
    done: list[tuple[str, int]] = []

    def stop_after_two(stage: str, number: int, total: int | None) -> None:
        done.append((stage, number))
        if (stage, number) == ("comparing", 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.find(tmp_path / "work", progress=stop_after_two)
    done.clear()
    archive.find(
        tmp_path / "work", progress=lambda stage, number, total: done.append((stage, number))
    )
    assert next(number for stage, number in done if stage == "comparing") > 2
    assert archive.of() == EXPECTED


def test_sketches_of_another_version_are_made_again_and_compared(
    archive: Crawled, tmp_path: Path
) -> None:
    old = [document | {"sketch": [1, 2, 3], "sketch_version": 1} for document in FAMILY[:3]]
    archive.crawl(old, FAMILY[3:])
    with closing(open_index(archive.uri)) as index:
        assert list(index.outdated()) == sorted(document["_id"] for document in old)
        assert all(not post.sketch for post in index.find([d["_id"] for d in old]).values())
    archive.find(tmp_path / "work")
    assert archive.of() == EXPECTED
    with closing(open_index(archive.uri)) as index:
        assert list(index.outdated()) == []
        for document in FAMILY:
            assert index.find([document["_id"]])[document["_id"]].sketch == document["sketch"]
        sharing = index.sharing({"absent": FAMILY[0]["sketch"], "other": [1, 2, 3]})
        assert FAMILY[0]["_id"] in sharing["absent"]
        assert sharing["other"] == []


def test_a_sketch_that_a_crawl_has_stored_meanwhile_is_kept(archive: Crawled) -> None:
    archive.crawl(FAMILY[:1])
    with closing(open_index(archive.uri)) as index:
        index.renew({FAMILY[0]["_id"]: [7], "absent/post/1": [8]})
        assert index.find([FAMILY[0]["_id"]])[FAMILY[0]["_id"]].sketch == FAMILY[0]["sketch"]


def test_removal_moves_posts_out_and_back(archive: Crawled) -> None:
    archive.crawl(FAMILY)
    copies = [FAMILY[1]["_id"], FAMILY[2]["_id"]]
    with closing(open_index(archive.uri)) as index:
        before = {entry.key: entry for entry in index.summaries()}
        assert index.move_out([*copies, "absent/post/1"], AT) == 2
        assert list(index.removed()) == [(key, AT) for key in sorted(copies)]
        assert {entry.key for entry in index.summaries()} == before.keys() - set(copies)
        with open_archive(archive.uri) as reading:
            for name in ("_id", "link", "slug"):
                (moved,) = reading.reader.moved_out([FAMILY[1][name], "absent/post/1"])
                assert (moved.key, moved.moved_at) == (FAMILY[1]["_id"], AT)
                assert (moved.copy_of, moved.copy_kind) == (FAMILY[0]["_id"], "exact")
        assert (
            copies[0]
            not in index.sharing({FAMILY[0]["_id"]: FAMILY[0]["sketch"]})[FAMILY[0]["_id"]]
        )
        assert index.move_back(copies) == 2
        assert {entry.key: entry for entry in index.summaries()} == before
        assert list(index.removed()) == []
        assert copies[1] in index.sharing({FAMILY[0]["_id"]: FAMILY[0]["sketch"]})[FAMILY[0]["_id"]]


def test_a_removed_post_that_a_crawl_meets_again_comes_back_with_its_history(
    archive: Crawled,
) -> None:
    archive.crawl(FAMILY[:2])
    key = FAMILY[1]["_id"]
    with closing(open_index(archive.uri)) as index:
        index.move_out([key], AT)
    assert [written.outcome for written in archive.save([FAMILY[1]])] == [Outcome.UNCHANGED]
    with closing(open_index(archive.uri)) as index:
        assert list(index.removed()) == []
        assert index.find([key])[key].duplicate
        index.move_out([key], AT)
    assert [written.outcome for written in archive.save([post(2, prose(8))])] == [Outcome.CHANGED]
    with closing(open_index(archive.uri)) as index:
        assert index.move_back([key]) == 0
        assert index.texts([key]) == {key: prose(8)}
    with open_archive(archive.uri) as reading:
        assert [version.post["text"] for version in reading.history(key)] == [
            FAMILY[1]["text"],
            prose(8),
        ]


def test_a_text_in_very_many_posts_does_not_crowd_out_others(archive: Crawled) -> None:
    same = [post(n, "Photo of the day.") for n in range(1, 61)]
    archive.save([*same, post(100, "Another short note."), post(101, "Another short note.")])
    with closing(open_index(archive.uri)) as index:
        found = index.equal(
            {same[0]["content_fingerprint"], content_fingerprint("Another short note."), "absent"}
        )
    assert {len(keys) for keys in found.values()} == {MOST_EQUAL, 2}


def test_work_of_another_state_of_the_archive_is_not_used(tmp_path: Path) -> None:
    Checkpoint(tmp_path / "work", "one").keep_candidates([(1, 2)], tuple)
    assert Checkpoint(tmp_path / "work", "one").has_candidates
    assert not Checkpoint(tmp_path / "work", "two").has_candidates


def test_a_damaged_post_is_named_and_the_others_are_decided_on(
    archive: Crawled, tmp_path: Path
) -> None:
    archive.save(FAMILY)
    archive.spoil(FAMILY[5]["_id"])
    found = archive.find(tmp_path / "work")
    assert found.damaged.keys() == {FAMILY[5]["_id"]}
    assert archive.of() == EXPECTED
    with closing(open_index(archive.uri)) as index:
        assert index.contents([FAMILY[5]["_id"]]) == {}
        mark_posts(index, [document["_id"] for document in FAMILY], AT)
    assert archive.of() == EXPECTED


def test_index_is_what_the_protocol_says(archive: Crawled) -> None:
    archive.crawl(FAMILY[:1])
    with closing(open_index(archive.uri)) as index:
        checked: DuplicateIndex = index
        assert checked.find(["absent/post/1"]) == {}
        assert checked.linked(["https://example.com/blog/post-1/"]) == {
            "https://example.com/blog/post-1/": [FAMILY[0]["_id"]]
        }
