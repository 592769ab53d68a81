"""A crawl asks and notes more than documents.

It asks who is known, live and vanished, and notes failures, sites and runs.
"""

import zlib
from datetime import UTC, datetime, timedelta

from samples.documents import SITE, author, post, ref, term
from tests.contract.kinds import media

T1 = datetime(2026, 1, 1, 12, tzinfo=UTC)
T2, T3 = T1 + timedelta(milliseconds=1), T1 + timedelta(days=2)


async def test_known_names_of_live_terms_and_authors(store):
    await store.save(
        "terms",
        [term(1, "One"), term(2, "Two"), term(3, "Three"), term(1, "News", taxonomy="category")],
        T1,
    )
    await store.save("authors", [author(1, "Ada")], T1)
    await store.set_state("terms", SITE, "post_tag", [3], "deleted", T2)
    assert await store.known("terms", SITE, "post_tag", [1, 2, 3, 4]) == {
        1: {"id": 1, "name": "One", "slug": "one"},
        2: {"id": 2, "name": "Two", "slug": "two"},
    }
    assert await store.known("terms", SITE, "category", [1]) == {
        1: {"id": 1, "name": "News", "slug": "news"}
    }
    assert await store.known("authors", SITE, "user", [1]) == {
        1: {"id": 1, "name": "Ada", "slug": "ada"}
    }
    assert await store.known("terms", SITE, "post_tag", []) == {}


async def test_known_media_have_address_and_alternative_text(store):
    await store.save("media", [media(7), media(8, url=None, alt="")], T1)
    assert await store.known("media", SITE, "attachment", [7, 8]) == {
        7: {
            "id": 7,
            "name": "Picture 7",
            "slug": "picture-7",
            "url": f"https://{SITE}/files/7.jpg",
            "alt": "A hill",
        },
        8: {"id": 8, "name": "Picture 8", "slug": "picture-8"},
    }


async def test_ids_of_what_is_live(store):
    await store.save("posts", [post(i) for i in (9, 1, 5, 3)], T1)
    await store.save("posts", [post(1, type_="page"), post(1, site="example.org")], T1)
    await store.set_state("posts", SITE, "post", [3], "withdrawn", T2)
    assert await store.live_ids("posts", SITE, "post") == [1, 5, 9]
    assert await store.live_ids("posts", SITE, "page") == [1]
    assert await store.live_ids("terms", SITE, "post") == []
    addresses = sorted(await store.addresses("posts", SITE))
    assert addresses == [
        ("page", 1, post(1, type_="page")["link"]),
        *(("post", id_, post(id_)["link"]) for id_ in (1, 5, 9)),
    ]


async def test_setting_a_state_counts_what_changed_and_removes_nothing(store, look):
    await store.save("posts", [post(1), post(2)], T1)
    assert await store.set_state("posts", SITE, "post", [1, 2, 99], "withdrawn", T2) == 2
    assert await store.set_state("posts", SITE, "post", [1], "withdrawn", T3) == 0
    assert await store.set_state("posts", SITE, "post", [1], "deleted", T3) == 1
    states = {
        d["id"]: (d["state"], d["state_since"], d["last_seen_at"], d["revision"])
        for d in look.all("posts").values()
    }
    assert states == {1: ("deleted", T3, T1, 1), 2: ("withdrawn", T2, T1, 1)}
    assert await store.held("posts", SITE, "post") == 0


def failure(id_, run="r1", at=T1, **fields):
    return {
        "_id": f"{SITE}/post/{id_}#parse",
        "site": SITE,
        "type": "post",
        "id": id_,
        "stage": "parse",
        "cause": "RecursionError",
        "message": "too deep",
        "url": None,
        "raw": b"\x00raw",
        "run": run,
        "first_at": at,
        "last_at": at,
        "attempts": 1,
        **fields,
    }


async def test_failures_keep_their_first_time_and_count_runs(store, look):
    await store.save_failures([failure(1), failure(2)])
    await store.save_failures(
        [failure(1, "r2", T3, message="still too deep"), failure(1, "r2", T3)]
    )
    stored = look.all("failures")
    assert stored[f"{SITE}/post/2#parse"] == failure(2)
    assert stored[f"{SITE}/post/1#parse"] == failure(1, "r2", T1, last_at=T3, attempts=2)
    await store.save_failures([])


async def test_failures_are_cleared_by_type_and_time(store, look):
    await store.save_failures([failure(1), failure(2, at=T3), failure(3, type="page")])
    assert await store.clear_failures(SITE, "post", T3) == 1
    assert {f["id"] for f in look.all("failures").values()} == {2, 3}


def site(**fields):
    return {
        "_id": SITE,
        "home": f"https://{SITE}/",
        "api_root": f"https://{SITE}/wp-json/",
        "found_by": "link header",
        "name": "Example",
        "description": "",
        "timezone": "",
        "gmt_offset": 5.5,
        "public_settings": {"site_icon": 12, "show_on_front": "posts"},
        "namespaces": ["wp/v2"],
        "language": None,
        "theme": None,
        "theme_seen_at": None,
        "capabilities": [
            {
                "route": "/wp/v2/posts",
                "parameters": ["offset"],
                "per_page_maximum": 100,
                "orderby": ["id"],
            }
        ],
        "brakes": [{"type": "post", "count": 30, "run": "r1", "at": T1}],
        "watermarks": [
            {
                "kind": "posts",
                "type": "post",
                "date": "2026-01-01T12:00:00",
                "modified": "2026-01-01T12:30:00",
                "hidden": 0,
                "cache_age_s": 0.5,
                "timezone": "UTC+5.5",
                "at": T1.isoformat(),
                "read_at": T1.isoformat(),
            }
        ],
        "first_seen_at": T1,
        "last_seen_at": T1,
        **fields,
    }


async def test_a_site_is_remembered_and_keeps_its_first_time(store):
    assert await store.load_site(SITE) is None
    await store.save_site(site())
    await store.save_site(site(name="Renamed", first_seen_at=T3, last_seen_at=T3))
    expected = site(name="Renamed", last_seen_at=T3)
    expected["brakes"] = [{"type": "post", "count": 30, "run": "r1", "at": T1.isoformat()}]
    assert await store.load_site(SITE) == expected


def run(at, verdict="complete", **fields):
    return {
        "_id": f"{SITE}@{at.isoformat()}",
        "site": SITE,
        "started_at": at,
        "finished_at": at + timedelta(minutes=1),
        "verdict": verdict,
        "exit_status": 0,
        "reason": None,
        "arguments": {"site": SITE},
        "mode": "update",
        "scope": "everything",
        "types": [{"type": "post", "held": 3, "reasons": []}],
        "skipped": [{"name": "users", "reason": "401"}],
        "failures": 0,
        "requests": 9,
        "retries": 0,
        "bytes": 5_000_000_000,
        "seconds": 60.25,
        "boilerplate": None,
        "resumed_from": None,
        "begun_again": [],
        **fields,
    }


async def test_a_run_is_replaced_by_its_later_report(store, look):
    running = run(T3, "running", finished_at=None)
    finished = running | {"finished_at": T3, "verdict": "complete"}
    await store.save_run(run(T1))
    await store.save_run(running)
    await store.save_run(finished)
    stored = look.all("runs")
    assert len(stored) == 2
    for report in (run(T1), finished):
        assert report.items() <= stored[report["_id"]].items()


async def test_records_of_live_documents_come_back_as_they_were_received(store):
    await store.save("posts", [post(1), post(2), post(3), post(1, type_="page")], T1)
    await store.set_state("posts", SITE, "post", [3], "deleted", T2)
    records = await store.raw_records("posts", SITE, "post", [1, 2, 3, 4])
    assert records == {id_: zlib.decompress(post(id_)["raw"]) for id_ in (1, 2)}
    assert await store.raw_records("posts", SITE, "post", []) == {}


async def test_the_newest_dates_are_those_of_live_documents_up_to_a_time(store):
    dates = ("2026-01-01T10:00:00", "2026-01-02T10:00:00", "2038-01-19T03:14:07", None)
    posts = [
        post(id_, published_local=date, modified_local=date) for id_, date in enumerate(dates, 1)
    ]
    await store.save("posts", posts, T1)
    until = "2026-06-01T00:00:00"
    assert await store.newest("posts", SITE, "post", until) == (dates[1], dates[1])
    await store.set_state("posts", SITE, "post", [2], "withdrawn", T2)
    assert await store.newest("posts", SITE, "post", until) == (dates[0], dates[0])
    assert await store.newest("posts", SITE, "page", until) == ("", "")
    assert await store.newest("terms", SITE, "post_tag", until) == ("", "")


async def test_the_posts_that_name_a_term_an_author_or_an_image(store):
    tagged = {"tags": [ref(7, "Sea"), ref(8, "Sky")], "categories": [ref(7, "News")]}
    other = {"terms": [ref(7, "Jazz") | {"taxonomy": "genre"}], "author": ref(5, "Ada")}
    picture = {"featured_media": ref(5, "Picture")}
    await store.save("posts", [post(1, **tagged), post(2, **other), post(3, **picture)], T1)
    await store.save("posts", [post(4, **tagged), post(1, site="example.org", **tagged)], T1)
    await store.set_state("posts", SITE, "post", [4], "withdrawn", T2)

    async def found(kind, type_, *ids):
        return [tuple(one) for one in await store.referring_posts(SITE, kind, type_, ids)]

    assert await found("terms", "post_tag", 7, 8, 9) == [("post", 1, 7), ("post", 1, 8)]
    assert await found("terms", "category", 7) == [("post", 1, 7)]
    assert await found("terms", "genre", 7) == [("post", 2, 7)]
    assert await found("media", "attachment", 5) == [("post", 3, 5)]
    assert ("post", 2, 5) in await found("authors", "user", 5)
