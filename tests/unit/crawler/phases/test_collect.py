"""The driver of a walk against odd collections: what it collects, and what it then calls proved."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scrapy.http import Request, Response

from crawler.phases.collect import Collector
from crawler.phases.full import FullStrategy
from crawler.phases.measure import measure
from crawler.rest.collections import Collection
from crawler.run.report import TypeCount
from crawler.walk import Capabilities
from tests.answers import Site, error, page
from tests.runs import a_run
from wparchive.backends.opening import open_store

POSTS = Collection("posts", "post", "/wp/v2/posts")
BY_DATE = Collection(
    "posts",
    "post",
    "/wp/v2/posts",
    capabilities=Capabilities(
        frozenset({"page", "per_page", "before", "order", "orderby"}), frozenset({"date"})
    ),
)
Answer = Callable[[dict[str, str]], Any]


class Rows(Site):
    """A route that answers by a function of its query; `/posts/ID` is a single record."""

    def __init__(self, answer: Answer, ids: range) -> None:
        super().__init__({})
        self._answer = answer
        self._ids = ids

    async def download(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        last = parts.path.rsplit("/", 1)[-1]
        if last.isdigit():
            self.answers = {
                request.url: record(int(last))
                if int(last) in self._ids
                else error(404, "rest_post_invalid_id")
            }
        else:
            self.answers = {request.url: self._answer(dict(parse_qsl(parts.query)))}
        return await super().download(request)


def record(id_: int) -> dict[str, Any]:
    return {
        "id": id_,
        "date": f"2024-01-{1 + id_ % 28:02}T{id_ % 24:02}:{id_ % 60:02}:00",
        "title": {"rendered": f"Post {id_}"},
    }


def collected(site: Rows, collection: Collection, tmp_path: Path) -> tuple[list[int], TypeCount]:
    """Ids of the items, and the type's count, after measuring and reading."""
    store = open_store(f"sqlite:///{tmp_path}/archive.db")
    run = a_run(store, site.fetcher, site="example.com")
    strategy = FullStrategy(run, Collector(run, per_page=99, width=1, probe_max=100))

    async def work() -> list[int]:
        await store.open()
        try:
            [measured] = await measure(run, [collection])
            return [item.id async for item in strategy.collect(measured)]
        finally:
            await store.close()

    return asyncio.run(work()), run.report.types["posts", "post"]


def slices(ids: range, total: Callable[[list[int]], int | None]) -> Answer:
    """What a list answers; `total` makes X-WP-Total of the page that is sent."""

    def answer(query: dict[str, str]) -> Any:
        wanted = query.get("include")
        chosen = [id_ for id_ in ids if not wanted or str(id_) in wanted.split(",")]
        chosen = chosen[::-1] if query.get("order") == "desc" else chosen
        start, size = int(query.get("offset", 0)), int(query.get("per_page", 10))
        page = chosen[start : start + size]
        count = total(page)
        return (
            200,
            {"X-WP-Total": str(count)} if count is not None else {},
            [record(id_) for id_ in page],
        )

    return answer


def test_honest_totals_need_no_second_walk(tmp_path: Path):
    site = Rows(slices(range(1, 251), lambda page: 250), range(1, 251))
    ids, count = collected(site, POSTS, tmp_path)
    assert (sorted(ids), str(str(count.proof)), len(site.asked)) == (
        list(range(1, 251)),
        "proved",
        1 + 3,
    )


def test_a_rule_of_a_firewall_is_met_four_times_in_a_row_at_most(tmp_path: Path):
    honest = slices(range(1, 251), lambda page: 250)
    refused = page("<title>Not Acceptable!</title>", status=406)

    def answer(query: dict[str, str]) -> Any:
        is_small = query.get("per_page") == "1"
        return honest(query) if is_small else refused

    site = Rows(answer, range(1, 251))
    ids, count = collected(site, POSTS, tmp_path)
    looks = 1  # at one row of the list, after two refusals
    assert (ids, len(site.asked)) == ([], 1 + 4 + looks)
    assert "ask the owner to let them pass" in str(count.proof)


def test_a_total_that_counts_the_page_is_not_believed(tmp_path: Path):
    ids, count = collected(Rows(slices(range(1, 251), len), range(1, 251)), POSTS, tmp_path)
    assert (sorted(set(ids)), str(count.proof)) == (list(range(1, 251)), "proved")


def test_the_highest_post_may_vanish_between_measure_and_walk(tmp_path: Path):
    honest = slices(range(1, 101), lambda page: 100)

    def answer(query: dict[str, str]) -> Any:
        return (
            (200, {"X-WP-Total": "101"}, [record(101)])
            if query.get("per_page") == "1"
            else honest(query)
        )

    ids, count = collected(Rows(answer, range(1, 101)), POSTS, tmp_path)
    assert (ids, str(count.proof)) == (list(range(1, 101)), "proved")


def test_a_walk_by_date_gets_its_dates(tmp_path: Path):
    everything = sorted(
        (record(id_) for id_ in range(1, 26)), key=lambda row: row["date"], reverse=True
    )

    def answer(query: dict[str, str]) -> Any:
        if query.get("orderby") == "id":
            return error(400, "rest_invalid_param", params={"orderby": "no"})
        rows = [row for row in everything if row["date"] < query.get("before", "9")]
        return 200, {"X-WP-Total": str(len(rows))}, rows[: min(10, int(query.get("per_page", 10)))]

    ids, count = collected(Rows(answer, range(1, 26)), BY_DATE, tmp_path)
    assert (sorted(set(ids)), str(count.proof)) == (list(range(1, 26)), "proved")
