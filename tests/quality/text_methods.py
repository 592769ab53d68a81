"""Ways to get text from HTML that are measured: ours, and those of other projects.

A method gets all posts of a site at once, so that it may learn from them. A fragment is a site of
its own. The other projects are for whole pages: each piece becomes the one article of a page.
"""

from collections.abc import Callable, Sequence

from bs4 import BeautifulSoup

from pipelines.cleaning import clean_html
from wparchive.furniture.counting import furniture_of_posts
from wparchive.furniture.remove import Furniture, without_furniture
from wparchive.model.blocks import text_of_blocks

from .gold import BASE_URL, GoldText

Method = Callable[[Sequence[GoldText]], list[str]]
"""Return the text of each post of a site."""


def this_project(site: Sequence[GoldText]) -> list[str]:
    """Return what our cleaner writes, less what the site repeats."""
    cleaned = [clean_html(post.html, BASE_URL).blocks for post in site]
    furniture = Furniture(frozenset(furniture_of_posts(("post", blocks) for blocks in cleaned)))
    return [text_of_blocks(without_furniture(blocks, furniture)) for blocks in cleaned]


def soup_text(site: Sequence[GoldText]) -> list[str]:
    """Return what is left without tags."""
    return [BeautifulSoup(post.html, "lxml").get_text() for post in site]


def trafilatura_text(site: Sequence[GoldText]) -> list[str]:
    """Return what trafilatura extracts, which is told that short texts are texts too."""
    from trafilatura import extract
    from trafilatura.settings import use_config

    config = use_config()
    for name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        config["DEFAULT"][name] = "1"
    texts = [
        extract(_page(post), include_comments=False, favor_recall=True, config=config)
        for post in site
    ]
    return [text or "" for text in texts]


def readability_text(site: Sequence[GoldText]) -> list[str]:
    """Return the text of the HTML that readability-lxml extracts."""
    from readability import Document
    from resiliparse.extract.html2text import extract_plain_text

    summaries = [Document(_page(post)).summary() for post in site]
    return [extract_plain_text(summary, main_content=False) for summary in summaries]


def resiliparse_text(site: Sequence[GoldText]) -> list[str]:
    """Return what Resiliparse takes for the main content."""
    from resiliparse.extract.html2text import extract_plain_text

    return [
        extract_plain_text(_page(post), main_content=True, alt_texts=False, list_bullets=False)
        for post in site
    ]


def _page(post: GoldText) -> str:
    return f"<html><body><main><article>{post.html}</article></main></body></html>"


OURS = "this project"
PEERS: dict[str, Method] = {
    "bs4 get_text": soup_text,
    "trafilatura": trafilatura_text,
    "readability-lxml": readability_text,
    "resiliparse": resiliparse_text,
}
"""Methods of other projects; they are in the extra `bench`."""
