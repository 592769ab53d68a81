"""Menus of a real WordPress: those of block themes are public, the others where a site says so."""

import json
from pathlib import Path

from tests.integration.crawling import crawl, documents

MENUS = """
$block = '<!-- wp:navigation-link {"label":"Opening hours","url":"/hours/","kind":"custom"} /-->'
    . '<!-- wp:navigation-submenu {"label":"Workshop","url":"/workshop/","kind":"custom"} -->'
    . '<!-- wp:navigation-link {"label":"Kilns & clay","url":"/kilns/","kind":"custom"} /-->'
    . '<!-- /wp:navigation-submenu -->';
$made = wp_insert_post(['post_type' => 'wp_navigation', 'post_status' => 'publish',
    'post_title' => 'Header navigation', 'post_content' => $block]);
$hidden = wp_insert_post(['post_type' => 'wp_navigation', 'post_status' => 'draft',
    'post_title' => 'Draft', 'post_content' => $block]);
$menu = wp_create_nav_menu('Foot');
$item = wp_update_nav_menu_item($menu, 0, ['menu-item-title' => 'Harbour',
    'menu-item-url' => '/harbour/', 'menu-item-status' => 'publish']);
set_theme_mod('nav_menu_locations', ['primary' => $menu]);
file_put_contents(SITE_DIR . '/menus.json', json_encode(
    ['navigation' => $made, 'menu' => $menu, 'item' => $item]));
"""


def test_menus_are_kept_with_their_entries(fresh_wordpress, tmp_path: Path) -> None:
    site = fresh_wordpress("7.1", posts=100)
    site.php(MENUS)
    made = json.loads((site.directory / "menus.json").read_text())
    archive = tmp_path / "a.db"
    first = crawl(site.url, archive)
    assert (first.exit_status, first.verdict) == (0, "complete"), first.output
    [kept] = documents(archive, "sites")
    assert json.loads(kept["public_settings"])["show_on_front"] == "posts"
    [header] = documents(archive, "posts", type="wp_navigation")
    assert header["id"] == made["navigation"]
    assert header["title"] == "Header navigation"
    for title, path in (("Opening hours", "/hours/"), ("Kilns & clay", "/kilns/")):
        assert title in header["text"]
        assert any(link["url"].endswith(path) for link in header["links"]), path
    assert first.type("wp_navigation")["proof"] == "proved"
    skipped = {part["name"]: part["reason"] for part in first.report["skipped"]}
    assert skipped["nav_menu_item"].startswith("closed to visitors: 401"), skipped
    assert skipped["nav_menu"].startswith("closed to visitors: 401"), skipped

    site.php(f"wp_delete_post({made['navigation']}, true);")
    site.switch(menus_open=1)
    second = crawl(site.url, archive, mode="update")
    assert second.exit_status == 0, second.output
    assert second.type("wp_navigation")["deleted"] == 1
    [item] = documents(archive, "posts", type="nav_menu_item")
    assert (item["id"], item["title"]) == (made["item"], "Harbour")
    assert item["links"][0]["url"].endswith("/harbour/")
    [menu] = documents(archive, "posts", type="nav_menu")
    assert (menu["id"], menu["title"]) == (made["menu"], "Foot")
    # `wp/v2/menu-locations` would say the same, by the names of places.
    extra = {field["k"]: field["v"] for field in menu["extra"]}
    assert json.loads(extra["locations"]) == ["primary"]
    site.switch()
    third = crawl(site.url, archive, mode="update")
    assert third.exit_status == 3, "it was open, and is closed now"
    assert {doc["state"] for doc in documents(archive, "posts", type="nav_menu")} == {"live"}
