"""Cleaning as a first version does it: one soup of html.parser, one pass for each wanted thing.

It glues or splits words at tags and keeps unsafe HTML, so it does less than `pipelines/cleaning`.
"""

from dataclasses import dataclass
from urllib.parse import urljoin

from bs4 import BeautifulSoup

NOISE = (
    "script, style, noscript, form, .sharedaddy, .jp-relatedposts, "
    ".addtoany_share_save_container, #toc_container, .adsbygoogle"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What is stored of a post's content."""

    text: str
    html: str
    links: list[tuple[str, str]]
    images: list[tuple[str, str]]
    frames: list[str]
    words: int


def clean(html: str, base: str) -> Cleaned:
    """Return the content: noise is removed by selectors, then each thing is searched for."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup.select(NOISE):
        element.decompose()
    text = soup.get_text("\n", strip=True)
    return Cleaned(
        text,
        str(soup),
        [(urljoin(base, str(a["href"])), a.get_text()) for a in soup.find_all("a", href=True)],
        [
            (urljoin(base, str(img["src"])), str(img.get("alt", "")))
            for img in soup.find_all("img", src=True)
        ],
        [urljoin(base, str(frame["src"])) for frame in soup.find_all("iframe", src=True)],
        len(text.split()),
    )


def text_of(html: str) -> str:
    """Of a title or an excerpt."""
    return BeautifulSoup(html, "html.parser").get_text(" ", strip=True)
