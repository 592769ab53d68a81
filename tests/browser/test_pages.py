"""The pages of `wparchive serve` in a real Chromium: used, by keyboard too, and judged by axe."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.archives import fill_run_of_posts, filled, new_file
from tests.browser.pages import pages_of

pytestmark = pytest.mark.browser
POST = "example.com/blog/post/1"
RUN = "/run/example.com/blog@2025-01-31T00:00:00+00:00"
VIEWS = (
    *("/", "/?q=heat", "/?q=nowhere", "/sites", "/site/example.com/blog", "/runs", "/events"),
    *("/duplicates", f"/post/{POST}", f"/versions/{POST}?version=2", "/nothing"),
    *(f"/links/{POST}", f"/copies/{POST}", RUN, f"/?translation_of={POST}"),
)
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of an archive; it is made before Playwright's event loop runs."""
    return filled(new_file(tmp_path_factory.mktemp("served")), fill_run_of_posts)


@pytest.fixture(scope="module")
def served(archive: str) -> Iterator[str]:
    """Yield the address at which the archive is served."""
    command = [sys.executable, "-m", "wparchive", "--archive", archive, "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + process.stderr.read()
        yield found[0].rstrip("/")
        process.terminate()


@pytest.fixture
def open_page(chromium: Any, served: str) -> Iterator[Any]:
    """Yield a function that opens a view; whatever a page complains of fails the test."""
    with pages_of(chromium, served) as opened:
        yield opened


def test_a_search_a_facet_a_post_and_its_versions(open_page: Any) -> None:
    page = open_page("/")
    page.get_by_role("searchbox").fill("heat")
    page.get_by_role("searchbox").press("Enter")
    assert "q=heat" in page.url
    total = int(page.locator("#hits").inner_text().split()[0])
    assert page.locator("mark").count() > 0

    facet = page.locator(".facets li").filter(has=page.locator("a")).first
    count = int(facet.locator(".count").inner_text())
    facet.locator("a").click()
    assert int(page.locator("#hits").inner_text().split()[0]) == count <= total

    page.goto(page.url.split("/?")[0] + f"/post/{POST}")
    page.get_by_role("link", name="2 versions").click()
    assert page.locator("ins").count() > 0
    page.get_by_role("slider").press("ArrowLeft")
    page.wait_for_url("**version=1")
    assert "The first version" in page.content()


def test_a_chart_names_the_bar_under_the_pointer_and_can_be_taken_away(open_page: Any) -> None:
    page = open_page("/")
    titles = page.locator("svg.chart title").all_text_contents()
    assert any(re.fullmatch(r"\d{4}-\d\d: [1-9]\d*", title) for title in titles)
    with page.expect_download() as download:
        page.get_by_role("link", name="SVG").click()
    assert "<svg" in Path(download.value.path()).read_text()


def test_all_of_it_by_keyboard(open_page: Any) -> None:
    page = open_page("/sites")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the name leads to the search
    page.wait_for_function("document.activeElement.id === 'q'")  # the field of the search
    page.keyboard.type("heat")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=heat**")
    for _ in range(60):
        page.keyboard.press("Tab")
        if "/post/" in str(page.evaluate("document.activeElement.href")):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/post/**")


def test_without_javascript_everything_is_there(open_page: Any) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_role("searchbox").fill("heat")
    page.get_by_role("button", name="Search").click()
    assert page.locator("mark").count() > 0
    page.goto(page.url.split("/?")[0] + f"/versions/{POST}?version=2")
    assert page.locator("ins").count() > 0


@pytest.mark.parametrize("view", VIEWS)
def test_a_phone_shows_it_without_scrolling_sideways(open_page: Any, view: str) -> None:
    page = open_page(view, viewport=PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(open_page: Any, view: str, scheme: str) -> None:
    # The policy of the pages lets no script in: axe comes by the browser's own door.
    page = open_page(view, color_scheme=scheme, bypass_csp=True)
    page.evaluate(Path(os.environ["AXE_SCRIPT"]).read_text())
    desktop = page.viewport_size
    for size in (desktop, PHONE):
        page.set_viewport_size(size)
        found = page.evaluate(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        assert [
            (one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]
        ] == [], size
