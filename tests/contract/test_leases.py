"""Of two runs of one site, only one goes on; and how far a walk has come is kept."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from samples.documents import SITE, post
from tests.archives import run
from tests.contract.kinds import media
from wparchive.backends import leases
from wparchive.backends.leases import SiteLease, Watch, fenced_store
from wparchive.backends.signs_of_life import process_mark
from wparchive.errors import ArchiveBusy
from wparchive.model.site_records import WalkCheckpoint

T1 = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHORT = Watch(term_s=0.6)


def a_lease(store: Any, watch: Watch = SHORT) -> SiteLease:
    return SiteLease(store, lambda: T1, watch)


async def test_nobody_has_a_lease_at_first(store):
    assert await store.lease("a.org") is None


async def test_one_lease_of_a_site_at_a_time(store):
    mine = a_lease(store)
    await mine.take("a.org", "a.org@1")
    held = await store.lease("a.org")
    assert (held["run"], held["pid"], held["beat"]) == ("a.org@1", os.getpid(), 0)
    await a_lease(store).take("b.org", "b.org@1")  # another site
    await mine.release()
    await mine.release()
    assert await store.lease("a.org") is None
    await a_lease(store).take("a.org", "a.org@2")


async def test_a_holder_that_gives_signs_of_life_is_left_alone(store):
    mine = a_lease(store)
    await mine.take("a.org", "a.org@1")
    mine.keep(on_loss=pytest.fail)
    with pytest.raises(ArchiveBusy, match=rf"a.org@1 on .*, process {os.getpid()}, since 2026-01"):
        await a_lease(store).take("a.org", "a.org@2")
    assert (await store.lease("a.org"))["run"] == "a.org@1"
    await mine.release()


async def test_a_holder_that_stands_still_is_replaced_and_finds_out_before_it_writes(store):
    mine = a_lease(store)
    await mine.take("a.org", "a.org@1")
    other = a_lease(store)
    await other.take("a.org", "a.org@2")
    with pytest.raises(ArchiveBusy, match=r"a\.org@2"):
        await mine.beat()
    fenced = fenced_store(store, mine)
    with pytest.raises(ArchiveBusy, match="stood still"):
        await fenced.save("posts", [post(1, "text")], T1)
    assert await fenced.held("posts", SITE, "post") == 0
    await fenced_store(store, other).save("posts", [post(1, "text")], T1)
    await mine.release()  # it takes nothing from the other one
    assert (await store.lease("a.org"))["run"] == "a.org@2"


async def test_a_loss_is_told_once(store):
    mine = a_lease(store)
    told: list[ArchiveBusy] = []
    await mine.take("a.org", "a.org@1")
    await store.swap_lease("a.org", await store.lease("a.org"), None)
    mine.keep(on_loss=told.append)
    await asyncio.sleep(SHORT.term_s)
    await mine.release()
    assert len(told) == 1


async def test_of_many_that_come_at_once_one_gets_it(store):
    found = await asyncio.gather(
        *(a_lease(store, Watch(0.2)).take("a.org", f"a.org@{n}") for n in range(6)),
        return_exceptions=True,
    )
    # Nobody gives signs of life here, so that each term has another holder; never two at once.
    held = await store.lease("a.org")
    assert held["run"] in {f"a.org@{n}" for n in range(6)}
    assert all(each is None or isinstance(each, ArchiveBusy) for each in found)


async def test_a_dead_process_of_this_machine_is_replaced_at_once(store, monkeypatch):
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "while True: pass")
    monkeypatch.setattr(leases.os, "getpid", lambda: child.pid)
    await a_lease(store).take("a.org", "a.org@1")
    monkeypatch.undo()
    assert process_mark(child.pid)
    child.kill()
    await child.wait()
    before = asyncio.get_running_loop().time()
    await a_lease(store, Watch(30)).take("a.org", "a.org@2")
    assert asyncio.get_running_loop().time() - before < 5


async def test_the_watcher_looks_at_its_own_clock_only(store):
    times = iter(range(0, 1000, 25))
    quick = Watch(term_s=60, clock=lambda: next(times))
    mine = SiteLease(store, lambda: T1 + timedelta(days=4000), SHORT)
    await mine.take("a.org", "a.org@1")
    leased = await store.lease("a.org")
    assert leased["beat_at"] == T1 + timedelta(days=4000)
    taker = SiteLease(store, lambda: T1, quick)
    monotone = asyncio.sleep
    try:
        leases.asyncio.sleep = lambda _: monotone(0)
        await taker.take("a.org", "a.org@2")
    finally:
        leases.asyncio.sleep = monotone
    assert (await store.lease("a.org"))["run"] == "a.org@2"


async def test_a_swap_that_is_repeated_after_a_lost_answer_has_worked(store):
    mine = a_lease(store)
    await mine.take("a.org", "a.org@1")
    first = await store.lease("a.org")
    second = {**first, "beat": 1}
    assert await store.swap_lease("a.org", first, second)
    assert await store.swap_lease("a.org", first, second)
    assert not await store.swap_lease("a.org", first, {**first, "beat": 2})
    assert not await store.swap_lease("a.org", None, {**first, "holder": "x"})
    assert await store.swap_lease("a.org", second, None)
    assert await store.swap_lease("a.org", second, None)


async def test_runs_that_were_killed_are_noted(store, look):
    for name, verdict in (("a.org@1", "running"), ("a.org@2", "partial"), ("a.org@3", "running")):
        await store.save_run(_run(name, verdict))
    await store.save_run({**_run("b.org@1", "running"), "site": "b.org"})
    assert await store.end_killed_runs("a.org", "a.org@3") == 1
    assert {key: run["verdict"] for key, run in look.all("runs").items()} == {
        "a.org@1": "killed",
        "a.org@2": "partial",
        "a.org@3": "running",
        "b.org@1": "running",
    }


async def test_checkpoints(store):
    assert await store.checkpoints("a.org") == []
    first = _checkpoint("post", 10)
    await store.save_checkpoint(first)
    await store.save_checkpoint(_checkpoint("page", 5))
    await store.save_checkpoint(_checkpoint("post", 20))
    found = await store.checkpoints("a.org")
    assert [(c["type"], c["up_to_id"]) for c in found] == [("page", 5), ("post", 20)]
    assert found[1] == {**first, "up_to_id": 20}
    await store.clear_checkpoints("a.org", ["a.org/posts/post"])
    assert [c["type"] for c in await store.checkpoints("a.org")] == ["page"]


async def test_what_the_run_behind_a_checkpoint_has_read(store):
    await store.save("posts", [post(n, f"text {n}") for n in (1, 2, 3, 9)], T1)
    later = T1 + timedelta(hours=1)
    await store.save("posts", [post(n, f"text {n}") for n in (3, 5)], later)
    await store.save("media", [media(1)], later)
    await store.set_state("posts", SITE, "post", [2], "withdrawn", later)
    key = {"site": SITE, "began_at": later}
    assert await store.count_read({**_checkpoint("post", 3), **key}) == 3  # 1, 3 and 5
    assert await store.count_read({**_checkpoint("post", 9), **key}) == 4


def _checkpoint(type_: str, up_to_id: int) -> WalkCheckpoint:
    return WalkCheckpoint(
        _id=f"a.org/posts/{type_}",
        site="a.org",
        kind="posts",
        type=type_,
        run="a.org@1",
        began_at=T1,
        saved_at=T1,
        up_to_id=up_to_id,
        proved=False,
        conditions={"route": "/wp/v2/posts"},
    )


def _run(key: str, verdict: str) -> dict[str, Any]:
    site, _, number = key.partition("@")
    report = run(site, T1 + timedelta(days=int(number)), verdict)
    return {**report, "_id": key, "finished_at": None, "exit_status": None, "reason": None}
