"""A batch that is written again after a lost connection knows its own writes."""

from datetime import UTC, datetime, timedelta

from samples.documents import SITE, post, ref, term
from tests.servers.proxy import cutting_proxy
from wparchive.backends.opening import open_store
from wparchive.backends.retrying import retrying_store
from wparchive.model.outcome import Outcome

T1 = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = " ".join(f"word{n * n % 97}x{n}" for n in range(80))


def told(written):
    return [(one.outcome, one.returned) for one in written]


async def test_what_the_first_try_wrote_is_told_as_it_would_have_told_it(store):
    await store.save("posts", [post(n) for n in (1, 2, 3, 4)], T1)
    await store.set_state("posts", SITE, "post", [3, 4], "withdrawn", T1 + DAY)
    batch = [
        post(1),
        post(2, "Edited."),
        post(3),
        post(4, "Edited and back."),
        post(5),
        post(6, version_hash="v", refresh_hash="a"),
    ]
    first = told(await store.save("posts", batch, T1 + 2 * DAY))
    assert first == [
        (Outcome.UNCHANGED, False),
        (Outcome.CHANGED, False),
        (Outcome.UNCHANGED, True),
        (Outcome.CHANGED, True),
        (Outcome.NEW, False),
        (Outcome.NEW, False),
    ]
    assert told(await store.save("posts", batch, T1 + 2 * DAY, again=True)) == first
    refreshed = [post(6, version_hash="v", refresh_hash="b", tags=[ref(1, "Energy")])]
    assert told(await store.save("posts", refreshed, T1 + 3 * DAY)) == [(Outcome.REFRESHED, False)]
    again = await store.save("posts", refreshed, T1 + 3 * DAY, again=True)
    assert told(again) == [(Outcome.REFRESHED, False)]
    # Without the word of the caller, and at another time, it is what it looks like.
    assert told(await store.save("posts", refreshed, T1 + 3 * DAY)) == [(Outcome.UNCHANGED, False)]
    later = await store.save("posts", refreshed, T1 + 4 * DAY, again=True)
    assert told(later) == [(Outcome.UNCHANGED, False)]


async def test_what_a_first_call_marked_as_gone_is_counted_by_the_second(store):
    await store.save("posts", [post(n) for n in (1, 2, 3)], T1)
    assert await store.set_state("posts", SITE, "post", [3], "deleted", T1 + DAY) == 1
    gone = ("posts", SITE, "post", [1, 2, 3, 99], "deleted", T1 + 2 * DAY)
    assert await store.set_state(*gone) == 2
    assert await store.set_state(*gone, again=True) == 2
    assert await store.set_state(*gone) == 0


async def test_an_answer_that_is_lost_in_mid_batch(mongo_uri, caplog):
    """The server has written a part of the batch, and the crawl never hears of it."""
    original = f"https://{SITE}/post-1/"
    posts = [post(n, TEXT, canonical_url=original) for n in range(1, 61)]
    with cutting_proxy(mongo_uri) as proxy:
        store = retrying_store(open_store(proxy.uri), 30)
        await store.open()
        try:
            # Twice: PyMongo tries once more by itself where the server has retryable writes.
            proxy.cut("insert", times=2)
            written = await store.save("posts", posts, T1)
            assert {one.outcome for one in written} == {Outcome.NEW}
            proxy.cut("insert", times=2)
            (new,) = await store.save("terms", [term(1, "Energy")], T1)
            assert new.outcome is Outcome.NEW
            edited = [post(n, f"Another text {n}.") for n in range(51, 56)]
            proxy.cut("update", times=2)
            written = await store.save("posts", [*edited, post(200)], T1 + DAY)
            assert [one.outcome for one in written] == [Outcome.CHANGED] * 5 + [Outcome.NEW]
            proxy.cut("find", times=2)
            assert await store.mark_duplicates([f"{SITE}/post/{n}" for n in (1, 2)], T1 + DAY)
            proxy.cut("update", times=2, collection="posts")
            gone = list(range(11, 31))
            later = T1 + 2 * DAY
            assert await store.set_state("posts", SITE, "post", gone, "deleted", later) == 20
        finally:
            await store.close()
    assert proxy.cuts_made >= 7
    assert "does not answer, trying again" in caplog.text
