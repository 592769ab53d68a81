"""A static site, opened from its folder in a real Chromium: read, searched, judged by axe."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from samples.documents import SITE, post
from tests.archives import file_record, fill_run_of_posts, filled, new_file, site
from tests.browser.pages import pages_of
from wparchive.backends.store import Store
from wparchive.export.static_site.writing import write_site
from wparchive.model.file_records import file_key, stored_path

pytestmark = pytest.mark.browser
PAGES = ("index.html", "search.html?q=heat", "newest-1.html", "month.html", "by/month-1-1.html")
LINK = f"https://{SITE}/post-"
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


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f00040502005fc8f1d20000000049454e44ae426082"
)


async def _fill_linked(store: Store) -> None:
    """Save two posts that link to each other, and the record of a picture."""
    digest = sha256(PICTURE).hexdigest()
    url = "https://example.com/wp-content/uploads/a.png"
    html = (
        f'<p><a href="{url}"><img src="{url}" alt="A dot"></a> <a href="{LINK}2/">The other</a> '
        '<a href="https://example.com/blog/post-9/">Not held</a></p>'
    )
    image = {"url": url, "alt": "A dot", "caption": "", "linked_to": None}
    links = [{"url": url, "text": "", "internal": True}]
    posts = [
        post(1, "One", html=html, title="First", images=[image], links=links),
        post(2, "Two", html=f'<p><a href="{LINK}1/">Back</a></p>', title="Second"),
    ]
    await store.save_site(site(SITE))
    await store.save("posts", posts, datetime(2026, 1, 1, tzinfo=UTC))
    fetched = {"sha256": digest, "path": stored_path(digest), "mime_type": "image/png"}
    named = {"_id": file_key(SITE, url), "url": url}
    await store.save_files([{**file_record(1, SITE), **fetched, **named}])


def test_links_lead_to_the_pages_of_the_folder(chromium: Any, tmp_path: Path) -> None:
    place = tmp_path / "a.files" / stored_path(sha256(PICTURE).hexdigest())
    place.parent.mkdir(parents=True)
    place.write_bytes(PICTURE)
    address = f"sqlite:///{tmp_path}/a.db"
    # In a thread, because Playwright has a loop running in this one.
    with ThreadPoolExecutor() as pool:
        pool.submit(filled, address, _fill_linked).result()
    command = [sys.executable, "-m", "wparchive", "--archive", address, "export"]
    subprocess.run([*command, "-o", f"{tmp_path}/pages", "--format", "site"], check=True)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"file://{tmp_path}/pages/index.html")
    page.click("text=First")
    assert page.evaluate("document.querySelector('.article img').naturalWidth") == 1
    whole = page.evaluate("document.querySelector('.article a').href")
    assert Path(whole.removeprefix("file://")).read_bytes() == PICTURE
    away = page.get_attribute("text=Not held", "href")
    assert away == "https://example.com/blog/post-9/"
    page.click("text=The other")
    assert page.inner_text("h1") == "Second"
    page.click("text=Back")
    assert page.inner_text("h1") == "First"
    context.close()
