"""Lists of plugins outside `wp/v2`: products, events, menus, and what the table does not know."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from demo.responses import Response
from demo.server import serve
from tests.integration.crawling import ROOT, crawl, documents, environment
from tests.plugin_lists import (
    API_MENUS,
    CORE_MENUS,
    COURSES,
    EVENTS,
    MENU_ITEMS,
    NAVIGATION,
    ORDERS,
    PRODUCTS,
    THINGS,
    SiteWithPlugins,
    course,
    menu_item,
    navigation,
    site_with_plugins,
)


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


def test_of_a_list_about_people_nothing_is_kept_not_even_in_warc_files(
    site: SiteWithPlugins, tmp_path: Path
) -> None:
    things = site.things
    site.things = [{"ID": 3, "label": "Third", "data": {"telefon": "0301234567"}}]
    first = crawl(site.home, tmp_path / "a.db", routes="all", warc=tmp_path / "first")
    assert first.exit_status == 0, first.output
    [skipped] = [part for part in first.report["skipped"] if part["name"] == THINGS]
    assert "data.telefon: a telephone number" in skipped["reason"]
    assert documents(tmp_path / "a.db", "posts", type="route_acme_v1_things") == []
    written = [gzip.decompress(path.read_bytes()) for path in tmp_path.glob("first/*.warc.gz")]
    assert written
    assert b"telefon" not in b"".join(written)

    site.things = things
    second = crawl(site.home, tmp_path / "a.db", routes="all", warc=tmp_path / "second")
    assert second.exit_status == 0, second.output
    [thing] = documents(tmp_path / "a.db", "posts", type="route_acme_v1_things")
    assert thing["warc"].startswith(tuple(second.report["warc"])), "the list itself is there"


def test_a_list_that_is_held_and_breaks_is_named_and_the_run_is_partial(
    site: SiteWithPlugins, tmp_path: Path
) -> None:
    archive = tmp_path / "a.db"
    type_ = "route_acme_v1_things"
    crawl(site.home, archive, routes="all")
    site.things_broken = Response(500, {"Content-Type": "text/html"}, b"<h1>Oh</h1>")
    broken = crawl(site.home, archive, routes="all", mode="update")
    assert broken.exit_status == 3, broken.output
    assert broken.type(type_)["held"] == 1
    assert f"{type_}: skipped: it could not be looked at: 500" in broken.report["reason"]
    assert "; 1 are held from earlier runs" in broken.output

    site.things_broken = None
    site.things.append({"ID": 4, "label": "Fourth", "link": f"{site.home}/things/4/"})
    assert crawl(site.home, archive, routes="all").exit_status == 0
    del site.things[1]
    lacking = crawl(site.home, archive, routes="all", mode="update")
    assert lacking.exit_status == 0, lacking.output
    assert lacking.type(type_)["withdrawn"] == 1

    site.things = [{"ID": 3, "label": "Third", "contact": "ann@people.example"}]
    people = crawl(site.home, archive, routes="all", warc=tmp_path / "warcs")
    assert people.exit_status == 3, people.output
    assert [part["reason"] for part in people.report["skipped"] if part["name"] == type_] == [
        "its records have fields of people (contact: an e-mail address): not read; 1 are held from"
        " earlier runs"
    ]
    [thing] = documents(archive, "posts", type=type_, state="live")
    assert (thing["state"], thing["title"]) == ("live", "Third thing")
    written = b"".join(gzip.decompress(path.read_bytes()) for path in tmp_path.glob("warcs/*"))
    assert written
    assert b"people.example" not in written


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
    """Each known list is read twice: what was edited, deleted and closed is followed."""
    lists = "products,events,menus,navigation,menu-items,learndash_course,nav_menu"
    with serve(site_with_plugins(products=4, events=3)) as site:
        assert isinstance(site, SiteWithPlugins)
        site.menus_at = API_MENUS
        site.menus[6] = {**site.menus[5], "ID": 6, "name": "To be removed"}
        site.core_lists[NAVIGATION].append(navigation(72, ("Away", "/away/")))
        site.core_lists[MENU_ITEMS].append(menu_item(82, "Gone", "/gone/"))
        site.core_lists[CORE_MENUS].append({**site.core_lists[CORE_MENUS][0], "id": 92})
        site.core_lists[COURSES] = [course(101), course(102), course(103)]
        first = crawl(site.home, archive, types=lists)
        assert first.exit_status == 0, first.output
        posts = {(post["type"], post["id"]): post for post in documents(archive, "posts")}
        [top] = [posts["plugin_menu", 5]]
        assert top["text"] == "At the top\n\n- Start\n- Workshop\n  - Kilns"
        links = [urlsplit(link["url"]).path for link in top["links"]]
        assert links == ["/", "/workshop/", "/kilns/"]
        assert posts["wp_navigation", 71]["text"] == "- Opening hours\n\n- Pottery"
        assert posts["nav_menu_item", 81]["links"][0]["url"].endswith("/harbour/")
        assert posts["nav_menu", 91]["title"] == "Foot"
        assert posts["nav_menu", 92]["title"] == "Foot"
        assert first.type("learndash_course")["proof"] == "proved"
        assert "how to glaze it" in posts["learndash_course", 102]["text"]

        del site.products[2], site.events[1_001], site.menus[6]
        site.menus[5]["items"][0]["title"] = "Begin"
        site.core_lists[NAVIGATION].pop()
        site.core_lists[MENU_ITEMS].pop()
        site.core_lists[MENU_ITEMS][0]["url"] = "/quay/"
        site.core_lists[CORE_MENUS].pop()
        site.core_lists[COURSES].pop()
        site.core_lists[COURSES][0]["content"]["rendered"] = "<p>How to fire a kiln.</p>"
        site.core_lists[COURSES][0]["modified_gmt"] = "2026-01-01T09:00:00"
        done = crawl(site.home, archive, types=lists, mode="update")
    assert done.exit_status == 0, done.output
    followed = ("store_product", "calendar_event", "plugin_menu", "wp_navigation", "nav_menu_item")
    followed += ("nav_menu", "learndash_course")
    assert [done.type(type_)["deleted"] for type_ in followed] == [1] * 7
    assert [done.type(type_)["changed"] for type_ in followed] == [0, 0, 1, 0, 0, 0, 1]
    held = documents(archive, "posts")
    gone = {post["id"] for post in held if post["state"] == "deleted"}
    assert gone == {2, 1_001, 6, 72, 82, 92, 103}
    assert len(held) == 4 + 3 + 2 + 2 + 2 + 2 + 3
    now = {post["id"]: post for post in held}
    assert "Begin" in now[5]["text"]
    assert now[101]["text"] == "How to fire a kiln."
    # Its words are the same: it is brought up to date, and no version is made of it.
    assert now[81]["links"][0]["url"].endswith("/quay/")


def test_a_product_in_the_trash_is_withdrawn_also_where_wordpress_does_not_say(
    tmp_path: Path,
) -> None:
    archive = tmp_path / "a.db"
    with serve(site_with_plugins(products=6, events=1)) as site:
        assert isinstance(site, SiteWithPlugins)
        site.product_type_closed = True
        crawl(site.home, archive, types="store_product")
        site.products_in_trash[2] = site.products.pop(2)
        site.products_sold_out[3] = site.products.pop(3)
        site.products_sold_out[4] = site.products.pop(4) | {"permalink": "https://other.example/4/"}
        done = crawl(site.home, archive, types="store_product", mode="update")
    states = {post["id"]: post["state"] for post in documents(archive, "posts")}
    assert states == {1: "live", 2: "withdrawn", 3: "live", 4: "live", 5: "live", 6: "live"}
    count = done.type("store_product")
    assert (count["withdrawn"], count["deleted"]) == (1, 0)
    assert done.exit_status == 3, "nothing says what became of number 4"
    assert "1 held objects are no longer listed" in done.output


def test_menus_that_are_closed_to_visitors_are_named_and_are_no_error(
    site: SiteWithPlugins, tmp_path: Path
) -> None:
    site.closed_lists = {CORE_MENUS, MENU_ITEMS}
    done = crawl(site.home, tmp_path / "a.db")
    assert done.exit_status == 0, done.output
    skipped = {part["name"]: part["reason"] for part in done.report["skipped"]}
    assert skipped["nav_menu"].startswith("closed to visitors: 401")
    assert skipped["nav_menu_item"].startswith("closed to visitors: 401")
    assert done.type("wp_navigation")["new"] == 1


def test_a_menu_whose_entries_do_not_come_is_a_failure_and_no_edit(
    site: SiteWithPlugins, tmp_path: Path
) -> None:
    archive = tmp_path / "a.db"
    crawl(site.home, archive, types="plugin_menu")
    site.broken_menus = True
    done = crawl(site.home, archive, types="plugin_menu", mode="update")
    assert done.exit_status == 3
    assert done.type("plugin_menu")["missing"] == 1
    [menu] = documents(archive, "posts")
    assert menu["state"] == "live"
    assert "Workshop" in menu["text"]
