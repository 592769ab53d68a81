"""Lists of plugins outside `wp/v2`: products, events, menus, and what the table does not know."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.server import serve
from tests.integration.crawling import ROOT, crawl, documents, environment
from tests.plugin_lists import EVENTS, ORDERS, PRODUCTS, SiteWithPlugins, site_with_plugins


@pytest.fixture
def site() -> Iterator[SiteWithPlugins]:
    with serve(site_with_plugins()) as served:
        assert isinstance(served, SiteWithPlugins)
        yield served


def test_known_lists_are_kept_with_a_proof_and_stay_current(
    site: SiteWithPlugins, tmp_path: Path
) -> None:
    archive = tmp_path / "a.db"
    site.events[1_000]["start_date"] = "1965-05-01 19:00:00"
    site.events[1_001]["start_date"] = f"{datetime.now(UTC).year + 6}-05-01 19:00:00"
    first = crawl(site.home, archive)
    assert first.exit_status == 0, first.output
    assert first.type("store_product")["new"] == 230
    assert first.type("calendar_event")["new"] == 120, "also those of long ago, and far ahead"
    assert first.type("plugin_menu")["new"] == 1
    assert first.type("store_product")["proof"] == "proved"
    assert first.type("calendar_event")["proof"] == "proved"
    [kettle] = documents(archive, "posts", type="store_product", id=7)
    assert kettle["title"] == "Kettle & pot No. 7"
    assert kettle["text"] == "Enamelled by hand in the workshop of lane 7.\n\nBoils fast."
    assert kettle["link"] == f"{site.home}/product/kettle-7/"
    assert kettle["featured_media"]["id"] == 9_007
    assert [(term["taxonomy"], term["name"]) for term in kettle["terms"]] == [
        ("product_cat", "Kettles & more"),
        ("product_tag", "Enamel"),
    ]
    assert {"k": "sku", "v": "K-7"} in kettle["extra"]
    [evening] = documents(archive, "posts", type="calendar_event", id=1_003)
    assert evening["published_at"].startswith("2025-03-01T11:30:00")
    assert evening["text"] == "We carry chair 1003 to the lake, and back again."
    assert {"k": "utc_start_date", "v": "2025-06-24 17:00:00"} in evening["extra"]

    site.products[7]["description"] = "<p>Now with a lid.</p>"
    del site.products[9]
    site.products_in_trash[10] = site.products.pop(10)
    del site.events[1_005]
    site.events_in_trash = {1_006}
    del site.events[1_006]
    second = crawl(site.home, archive, mode="update")
    assert second.exit_status == 0, second.output
    assert second.type("store_product")["changed"] == 1
    for type_ in ("store_product", "calendar_event"):
        gone = second.type(type_)
        assert (gone["deleted"], gone["withdrawn"]) == (1, 1), type_
    assert second.type("calendar_event")["unchanged"] == 118

    site.closed_lists = {PRODUCTS, EVENTS}
    third = crawl(site.home, archive, mode="update")
    assert third.exit_status == 3
    states = {doc["state"] for doc in documents(archive, "posts", type="store_product")}
    assert states == {"live", "withdrawn", "deleted"}, "a list that is closed is no deletion"

    site.lists_away = {PRODUCTS, f"{PRODUCTS}/(?P<id>[\\d]+)"}
    site.closed_lists = {PRODUCTS}
    fourth = crawl(site.home, archive)
    assert fourth.exit_status == 0, fourth.output
    [reason] = [part["reason"] for part in fourth.report["skipped"]]
    assert reason == "the site no longer has this list; 228 are held from earlier runs"
    held = documents(archive, "posts", type="store_product", state="live")
    assert len(held) == 228, "a plugin that is switched off deletes nothing"


def test_all_lists_are_read_where_they_are_wanted(site: SiteWithPlugins, tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    done = crawl(site.home, archive, routes="all")
    assert done.exit_status == 0, done.output
    [thing] = documents(archive, "posts", type="route_acme_v1_things")
    assert thing["id"] == 3
    assert thing["title"] == "Third thing"
    assert thing["text"] == "It hums quietly."
    skipped = {part["name"]: part["reason"] for part in done.report["skipped"]}
    assert "personal data" in skipped[ORDERS]
    assert "personal data" in skipped["/wc/store/v1/cart"]
    assert not any(ORDERS in request.target for request in site.requests)


def test_lists_are_asked_for_as_by_a_visitor_in_a_run_with_credentials(
    site: SiteWithPlugins, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRAWL_CREDENTIALS", f"{site.home} editor:secret")
    done = crawl(site.home, tmp_path / "a.db", routes="all")
    assert done.report["credentials"] == "user", done.output
    with_login = [each.target for each in site.requests if "authorization" in each.headers]
    assert any("/wp/v2/posts" in target for target in with_login)
    lists = [each.target for each in site.requests if "/wp-json/" in each.target]
    lists = [target for target in lists if "/wp/v2/" not in target and "/v1/" in target]
    assert any("/wc/store" in target for target in lists)
    assert any("/acme/" in target for target in lists)
    assert not set(lists) & set(with_login)


def test_no_list_is_read_where_none_is_wanted(site: SiteWithPlugins, tmp_path: Path) -> None:
    done = crawl(site.home, tmp_path / "a.db", routes="none")
    assert done.exit_status == 0, done.output
    assert "store_product" not in done.report["types"]
    assert not any("/wc/" in request.target for request in site.requests)


def test_the_doctor_names_the_lists(site: SiteWithPlugins) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "doctor", site.home, "--json", "-s", "DOWNLOAD_DELAY=0"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = json.loads(done.stdout)
    totals = {offered["type"]: offered["total"] for offered in found["types"]}
    assert totals["store_product"] == 230
    assert totals["calendar_event"] == 120
    assert found["other_lists"] == ["/acme/v1/things"]
    assert {part["name"] for part in found["refused_lists"]} == {ORDERS, "/wc/store/v1/cart"}


def test_lists_are_kept_and_followed_on_each_backend(archive: Path | str) -> None:
    with serve(site_with_plugins(products=4, events=3)) as site:
        assert isinstance(site, SiteWithPlugins)
        crawl(site.home, archive, types="products,events,menus")
        del site.products[2], site.events[1_001]
        done = crawl(site.home, archive, types="products,events,menus", mode="update")
    assert done.exit_status == 0, done.output
    assert done.type("store_product")["deleted"] == done.type("calendar_event")["deleted"] == 1
    states = {document["id"]: document["state"] for document in documents(archive, "posts")}
    assert {id_ for id_, state in states.items() if state == "deleted"} == {2, 1_001}
    assert len(states) == 4 + 3 + 1
