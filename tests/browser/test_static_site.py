"""A static site, opened from its folder in a real Chromium: read, searched, judged by axe."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from samples.documents import post
from tests.archives import fill_run_of_posts, filled, new_file
from tests.browser.pages import pages_of
from wparchive.export.static_site.writing import write_site

pytestmark = pytest.mark.browser
PAGES = ("index.html", "search.html?q=heat", "newest-1.html", "month.html", "by/month-1-1.html")
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a static site."""
    place = tmp_path_factory.mktemp("static")
    archive = filled(new_file(place), fill_run_of_posts)
    target = place / "pages"
    command = [sys.executable, "-m", "wparchive", "--archive", archive, "export"]
    subprocess.run([*command, "-o", str(target), "--format", "site"], check=True)
    return target


@pytest.fixture
def open_page(folder: Path, chromium: Any) -> Iterator[Any]:
    """Yield a function that opens a page; whatever it complains of, or asks of others, fails."""
    with pages_of(chromium, f"file://{folder}/") as opened:
        yield opened


def test_a_search_from_the_front_page_leads_to_a_post(open_page: Any) -> None:
    page = open_page("index.html")
    page.fill("input[type=search]", "heat pum")  # the last word is not whole yet
    page.press("input[type=search]", "Enter")
    page.wait_for_selector(".hits a")
    assert "with all of these words" in page.inner_text("[role=status]")
    title = page.inner_text(".hits a >> nth=0")
    page.click(".hits a >> nth=0")
    assert page.inner_text("h1") == title
    page.click("text=All posts")
    assert page.inner_text("h1") == "All posts, newest first"


def test_what_is_nowhere_is_not_found(open_page: Any) -> None:
    page = open_page("search.html?q=nowhere-at-all")
    page.wait_for_function("document.querySelector('[role=status]').textContent")
    assert page.inner_text("[role=status]").startswith("0 posts")


def test_lists_and_posts_need_no_script(open_page: Any) -> None:
    page = open_page("index.html", java_script_enabled=False)
    page.click("text=Months")
    page.click("main li a >> nth=0")
    page.click(".hits a >> nth=0")
    assert page.inner_text("article h1")


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_a_phone_and_hold_what_wcag_asks(open_page: Any, name: str) -> None:
    page = open_page(name, viewport=PHONE)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # The policy of the pages lets no script in: axe comes by the browser's own door.
    page.evaluate(Path(os.environ["AXE_SCRIPT"]).read_text())
    found = page.evaluate(
        "axe.run({preload: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
    )
    assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []


TEXTS = (
    "The heat pump hums",
    "Straße in Köln",
    "東京の電車は速い",
    "カタカナと ひらがな",
    "서울의 봄",
    "Тихий вечер",
    "ราคาบ้านใหม่",
    "किताब पढ़ना",
    "كِتَاب قديم",
    "Ｆｕｌｌ ｗｉｄｔｈ",
    "naïve café №5",
)


def test_a_page_cuts_words_as_the_index_does(
    chromium: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    posts: list[Any] = [
        post(number, text, title=f"No. {number}", state="live") for number, text in enumerate(TEXTS)
    ]
    write_site(posts, tmp_path)
    context = chromium.new_context()
    request.addfinalizer(context.close)
    page = context.new_page()
    for number, text in enumerate(TEXTS):
        page.goto(f"file://{tmp_path}/search.html?q={quote(text)}")
        page.wait_for_selector(".hits a", timeout=5000)
        assert page.inner_text(".hits a >> nth=0") == f"No. {number}", text
