"""The real WordPresses are as their manifests say, and the sample site answers as they do."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from demo.api import Site
from demo.collection import Collection
from demo.parameters import Family
from tests.integration.conftest import StartWordPress
from tests.servers.recorded_site import serve
from tests.servers.wordpress import WordPress
from tests.wordpress.check import differences, get

pytestmark = [pytest.mark.wordpress, pytest.mark.slow]

SITES: list[tuple[str, dict[str, Any]]] = [
    ("5.7", {}),
    ("6.1", {"path": "/blog"}),
    ("6.8", {}),
    ("7.1", {"plain": True}),
]
"""The sites that the crawls of test_crawl_wordpress.py use as well: each is started once."""
COLLECTIONS: list[tuple[str, str, Family, bool]] = [
    ("post", "posts", "post", False),
    ("page", "pages", "post", True),
    ("movie", "movies", "post", False),
    ("category", "categories", "term", True),
    ("post_tag", "tags", "term", False),
    ("user", "users", "user", False),
]
QUERIES: list[dict[str, Any]] = [
    {},
    {"per_page": 100, "page": 2},
    {"per_page": 7, "page": 999},
    {"per_page": 101},
    {"per_page": 0},
    {"page": 0},
    {"page": "x"},
    {"orderby": "id", "order": "asc"},
    {"orderby": "id", "order": "asc", "offset": 5, "per_page": 20},
    {"orderby": "id", "order": "desc", "offset": 0, "page": 2},
    {"orderby": "id", "offset": 100_000},
    {"orderby": "nothing"},
    {"include": "1,2,x"},
    {"include": "999999999"},
    {"order": "up"},
    {"context": "edit"},
    {"context": "embed", "orderby": "id"},
    {"unknown": 1, "orderby": "id"},
    {"_envelope": 1, "orderby": "id", "per_page": 3},
    {"_fields": "id", "orderby": "id"},
]
POST_QUERIES: list[dict[str, Any]] = [
    {"orderby": "relevance"},
    {"orderby": "include"},
    {"after": "2015-01-01"},
    {"after": "2015-01-01T00:00:00", "orderby": "id", "per_page": 100},
    {"before": "2015-01-01T00:00:00", "orderby": "id", "per_page": 100},
    {"modified_after": "2020-01-01T00:00:00", "orderby": "id", "per_page": 100},
    {"slug": "nothing-below,tables", "orderby": "id"},
    {"status": "publish"},
]


@pytest.mark.parametrize(("version", "options"), SITES, ids=str)
def test_a_site_is_what_its_manifest_says(
    wordpresses: StartWordPress, version: str, options: dict[str, Any]
) -> None:
    site = wordpresses(version, **options)
    assert differences(site.url, site.manifest(), plain=site.plain) == []


def test_a_mutated_site_is_what_its_new_manifest_says(fresh_wordpress: StartWordPress) -> None:
    site = fresh_wordpress("6.8")
    before = site.manifest()["objects"]
    done = site.mutate(
        publish=3,
        edit=3,
        delete=2,
        trash=2,
        unpublish=1,
        retag=2,
        rename_tag=2,
        delete_tag=1,
        comment=2,
        seed=7,
    )
    assert len(done) == 18
    after = site.manifest()["objects"]
    assert len(after["posts"]) == len(before["posts"]) + 3 - 5
    assert differences(site.url, site.manifest()) == []


@pytest.fixture(scope="module")
def twins(wordpresses: StartWordPress) -> Iterator[tuple[WordPress, Site]]:
    """A WordPress, and the sample server filled with its records."""
    real = wordpresses("6.8")
    collections = []
    for type_, base, family, hierarchical in COLLECTIONS:
        taxonomies = {
            "post": {"category": "categories", "post_tag": "tags"},
            "movie": {"post_tag": "tags", "genre": "genres"},
        }.get(type_, {})
        collection = Collection(type_, base, family, hierarchical, taxonomies)
        collections.append(collection.fill(_records(real, base)))
    with serve(Site(collections)) as site:
        yield real, site


def _records(real: WordPress, base: str) -> Iterator[Any]:
    page = pages = 1
    while page <= pages:
        _, headers, records = get(real.url, f"/wp/v2/{base}", per_page=100, page=page, orderby="id")
        pages, page = int(headers["X-WP-TotalPages"]), page + 1
        yield from records


def _seen(base_url: str, route: str, **query: Any) -> dict[str, Any]:
    status, headers, body = get(base_url, route, **query)
    if "_envelope" in query:
        body, status = body["body"], body["status"]
    some = {name: headers[name] for name in ("X-WP-Total", "X-WP-TotalPages")}
    rels = {rel for rel in ("next", "prev") if f'rel="{rel}"' in (headers["Link"] or "")}
    answer = (
        [record["id"] for record in body]
        if isinstance(body, list)
        else (body["code"], body["data"].get("params"))
    )
    return {"status": status, "answer": answer, "rels": rels, **some}


@pytest.mark.parametrize("base", [base for _, base, _, _ in COLLECTIONS])
def test_the_sample_site_answers_as_wordpress(twins: tuple[WordPress, Site], base: str) -> None:
    real, sample = twins
    queries = QUERIES + (POST_QUERIES if base in ("posts", "movies") else [])
    some = ",".join(str(id_) for id_ in list(sample[base].rows)[3:9])
    queries = [
        *queries,
        {"include": some, "orderby": "include", "per_page": 4},
        {"exclude": some, "orderby": "id"},
    ]
    for query in queries:
        expected, got = (
            _seen(real.url, f"/wp/v2/{base}", **query),
            _seen(sample.home, f"/wp/v2/{base}", **query),
        )
        if (
            "orderby" not in query and expected["status"] == 200 and "after" not in query
        ):  # WordPress has no tie-breaker for dates and names
            expected["answer"], got["answer"] = len(expected["answer"]), len(got["answer"])
        assert got == expected, urlencode(query)


@pytest.mark.parametrize("base", [base for _, base, _, _ in COLLECTIONS])
def test_the_sample_site_declares_what_wordpress_declares(
    twins: tuple[WordPress, Site], base: str
) -> None:
    real, sample = twins
    shown = []
    for url in (real.url, sample.home):
        with urllib.request.urlopen(f"{url}/wp-json/") as answer:
            arguments = json.loads(answer.read())["routes"][f"/wp/v2/{base}"]["endpoints"][0][
                "args"
            ]
        shown.append(
            (
                arguments["per_page"]["maximum"],
                sorted(arguments["orderby"]["enum"]),
                "offset" in arguments,
                "after" in arguments,
            )
        )
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    "missing",
    [
        "/wp/v2/posts/999999999",
        "/wp/v2/tags/999999999",
        "/wp/v2/users/999999999",
        "/wp/v2/none",
        "/nothing",
    ],
)
def test_what_is_not_there_answers_as_wordpress(
    twins: tuple[WordPress, Site], missing: str
) -> None:
    real, sample = twins
    assert _seen(sample.home, missing) == _seen(real.url, missing)


@pytest.mark.parametrize(
    ("switches", "status"),
    [
        ({"rest_blocked": 1}, 401),
        ({"orderby_off": 1}, 400),
        ({"cap_reject": 5}, 400),
        ({"cap_silent": 5}, 200),
        ({"no_totals": 1}, 200),
        ({"offset_off": 1}, 200),
        ({"same_page": 1}, 200),
    ],
)
def test_switches_do_the_same_to_both(
    twins: tuple[WordPress, Site], switches: dict[str, int], status: int
) -> None:
    real, sample = twins
    query = {"orderby": "id", "order": "asc", "offset": 30, "per_page": 20}
    real.switch(**switches)
    sample.switch(**switches)
    try:
        expected, got = (
            _seen(real.url, "/wp/v2/posts", **query),
            _seen(sample.home, "/wp/v2/posts", **query),
        )
    finally:
        real.switch()
        sample.switch()
    assert expected["status"] == status
    assert got == expected
