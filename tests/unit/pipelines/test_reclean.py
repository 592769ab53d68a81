"""Cleaning a stored document again gives what a crawl has stored, whatever its record holds."""

import asyncio
import multiprocessing
import os
import signal
from typing import Any

import msgspec
import pytest

from crawler.parsing import RecordSource, parse_from
from crawler.rest.collections import Collection
from pipelines.clean import clean_item
from pipelines.fingerprint import fingerprint_item
from pipelines.helpers.document import document_of
from pipelines.helpers.reclean_batch import changes_of, changes_of_storable, reclean_batch
from pipelines.language import set_language
from pipelines.reclean import MOST_DEATHS, NO_PROCESS_LIVES, PROCESS_ENDED, CleaningPool
from pipelines.site_facts import SiteFacts
from wparchive.backends.recleaning import CleanedAgain
from wparchive.furniture.remove import NO_FURNITURE
from wparchive.model import storable

HOME = "https://example.com/"
LIMIT = 50_000_000
POSTS = Collection("posts", "post", "posts")
RECORD = {
    "id": 7,
    "date_gmt": "2024-01-01T10:00:00",
    "slug": "a-post",
    "link": "https://example.com/a-post/",
    "title": {"rendered": "A &amp; B"},
    "content": {"rendered": '<p>Words, a <a href="/x">link</a> and more words.</p>'},
    "excerpt": {"rendered": "<p>Words</p>"},
}
NESTED = "[" * 85 + "]" * 85
RAW_VALUES = {
    "plain": "1",
    "nul": '"a\\u0000b"',
    "half of a pair": '"\\ud800"',
    "no number of 64 bits": "1" + "0" * 30,
    "not finite": "NaN",
    "deep": NESTED,
}


def stored(raw: bytes, repaired: bool = False, limit: int = LIMIT) -> dict[str, Any]:
    """Return the document that a crawl stores, but for the life-cycle fields."""
    item = parse_from(raw, RecordSource(POSTS, "example.com", HOME, repaired))
    clean_item(item, limit)
    set_language(item)
    fingerprint_item(item)
    return storable.storable_document("posts", document_of(item))


def differences(document: dict[str, Any], limit: int = LIMIT) -> dict[str, Any]:
    sites = {document["site"]: SiteFacts(HOME, NO_FURNITURE)}
    [again] = reclean_batch("posts", [document], sites, limit)
    assert isinstance(again, CleanedAgain), again
    return {name: value for name, value in again.changes.items() if document[name] != value}


def with_plugin_field(value: str) -> bytes:
    return msgspec.json.encode(RECORD)[:-1] + b',"plugin":' + value.encode() + b"}"


@pytest.mark.parametrize("value", RAW_VALUES.values(), ids=RAW_VALUES)
def test_what_had_to_be_replaced_stays_flagged(value: str) -> None:
    assert differences(stored(with_plugin_field(value))) == {}


@pytest.mark.parametrize(
    "fields",
    [{"title": {"rendered": "a\u0000b"}}, {"date_gmt": "0001-01-01T00:00:00"}],
    ids=["nul", "first year"],
)
def test_what_a_crawl_has_to_replace_is_replaced_alike(fields: dict[str, Any]) -> None:
    assert differences(stored(msgspec.json.encode(RECORD | fields))) == {}


def test_what_a_crawl_leaves_out_of_a_big_document_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storable, "MAX_DOCUMENT_BYTES", 9_000)
    document = stored(msgspec.json.encode(RECORD | {"content": {"rendered": "<p>" + "é" * 3_000}}))
    assert document["flags"] == ["blocks_dropped", "html_dropped"]
    assert differences(document) == {}


@pytest.mark.parametrize("value", RAW_VALUES.values(), ids=RAW_VALUES)
@pytest.mark.parametrize("other", [{}, {"title": "T"}, {"cleaner_version": 1}, {"text": "\ufffd"}])
def test_what_differs_is_found_as_if_all_were_made_storable(
    value: str, other: dict[str, Any]
) -> None:
    raw = with_plugin_field(value).replace(b"Words", b"Words \\u0000 \\ud800")
    document = stored(raw) | other
    item = parse_from(raw, RecordSource(POSTS, "example.com", HOME))
    clean_item(item)
    set_language(item)
    fingerprint_item(item)
    made = document_of(item)
    assert changes_of("posts", document, made) == changes_of_storable("posts", document, made)


def test_the_sketch_of_the_same_text_is_the_stored_one() -> None:
    document = stored(msgspec.json.encode(RECORD))
    same = document | {"sketch": [1, 2], "content_fingerprint": "stored"}
    assert "sketch" not in differences(same)
    assert "content_fingerprint" not in differences(same)
    for other in ({"text": "other"}, {"sketch_version": 0}):
        assert {"sketch", "content_fingerprint"} <= differences(
            same | {"sketch": [1, 2]} | other
        ).keys()


def test_flags_that_only_a_crawl_can_know_stay() -> None:
    document = stored(msgspec.json.encode(RECORD), repaired=True)
    document["flags"].append("long")  # as a stage of a user's own does
    assert differences(document) == {}


def test_flags_of_the_cleaner_follow_the_cleaner() -> None:
    raw = msgspec.json.encode(RECORD)
    cut = stored(raw, limit=20)
    assert cut["flags"] == ["truncated"]
    assert differences(cut)["flags"] == []
    assert differences(stored(raw), limit=20)["flags"] == ["truncated"]


class Deadly:
    """A value that ends the process which receives it, as a document beyond all memory does."""

    def __reduce__(self) -> Any:
        return os._exit, (9,)


def test_a_process_that_is_killed_is_replaced() -> None:
    document = stored(msgspec.json.encode(RECORD))

    async def work(pool: CleaningPool) -> None:
        first = await pool.clean("posts", [document])
        (process,) = multiprocessing.active_children()
        process.kill()
        process.join()
        assert await pool.clean("posts", [document] * 3) == first * 3
        assert await pool.clean("posts", [document]) == first

    with CleaningPool({"example.com": HOME}, 1) as pool:
        asyncio.run(work(pool))


def test_only_the_document_that_ends_its_process_fails() -> None:
    document = stored(msgspec.json.encode(RECORD))
    batch = [document, document | {"raw": Deadly()}, document]
    with CleaningPool({"example.com": HOME}, 1) as pool:
        before, deadly, after = asyncio.run(pool.clean("posts", batch))
    assert deadly == PROCESS_ENDED
    assert before == after
    assert isinstance(before, CleanedAgain)


def test_processes_that_always_end_at_once_are_not_started_for_ever() -> None:
    document = stored(msgspec.json.encode(RECORD)) | {"raw": Deadly()}
    with CleaningPool({"example.com": HOME}, 1) as pool:
        first = asyncio.run(pool.clean("posts", [document] * 9))
        second = asyncio.run(pool.clean("posts", [document] * 2))
    assert first == [PROCESS_ENDED] * MOST_DEATHS + [NO_PROCESS_LIVES] * (9 - MOST_DEATHS)
    assert second == [NO_PROCESS_LIVES] * 2


def test_an_interrupt_does_not_reach_a_process_that_is_starting(
    capfd: pytest.CaptureFixture[str],
) -> None:
    document = stored(msgspec.json.encode(RECORD))

    async def work(pool: CleaningPool) -> None:
        task = asyncio.create_task(pool.clean("posts", [document]))
        await asyncio.sleep(0)  # the task runs until it waits for the process
        (process,) = multiprocessing.active_children()
        for _ in range(20):
            os.kill(process.pid or 0, signal.SIGINT)
            await asyncio.sleep(0.05)
        assert isinstance((await task)[0], CleanedAgain)

    with CleaningPool({"example.com": HOME}, 1) as pool:
        asyncio.run(work(pool))
    assert capfd.readouterr().err == ""
