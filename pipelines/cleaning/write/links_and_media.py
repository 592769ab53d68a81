"""Collect what a content points to: links, and images and embeds, each of them once."""

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.write.lazy_loading import frame_source, image_source, same_file
from pipelines.cleaning.write.whitespace import collapse_whitespace
from wparchive.model.document_parts import Embed, Image, Link


class LinkCollector:
    """A collector of links. It knows which anchors are open, because links cannot nest."""

    def __init__(self, base_url: str | None) -> None:
        self.links: list[Link] = []
        """The links that have ended, in order."""
        self.is_within_page = False
        """Whether the innermost open anchor leads to a place in the same page."""
        self._base_url = base_url
        self.text_before: list[int] = []
        """How many characters of text stand in the lines before that of each link."""
        # How an address begins that leads to a place in the same page.
        self._own_places: tuple[str, ...] = ("#",)
        if base_url:
            self._own_places = ("#", base_url.partition("#")[0] + "#")
        self._anchors: list[bool] = []  # the open ones; True: leads to a place in the same page
        self.has_open_link = False
        """Whether a link is open: no other one can begin."""

    def open_anchor(self, href: str) -> str | None:
        """Begin an anchor; return the absolute address of its link.

        It is None when the anchor leads nowhere or stands within a link: only its text counts.
        Each anchor is ended by `close_link` or `close_anchor`.
        """
        href = href.strip()
        self.is_within_page = href.startswith(self._own_places)
        self._anchors.append(self.is_within_page)
        if not href or self.is_within_page or self.has_open_link:
            return None
        url = resolve(href, self._base_url)
        self.has_open_link = url is not None
        return url

    def close_link(self, url: str, text: str, text_before: int) -> None:
        """End an anchor that is a link; so much text stands in lines before it."""
        self.links.append({"url": url, "text": text})
        self.text_before.append(text_before)
        self.has_open_link = False
        self.close_anchor()

    def drop(self, count: int) -> None:
        """Forget the links that ended after the first `count` ones."""
        del self.links[count:]
        del self.text_before[count:]

    def close_anchor(self) -> None:
        """End an anchor that is no link."""
        self._anchors.pop()
        self.is_within_page = bool(self._anchors) and self._anchors[-1]

    def leads_elsewhere(self, href: str) -> bool:
        """Return whether an address belongs to another host than the page."""
        url = resolve_web(href, self._base_url)
        if url is None:
            return False
        try:
            return urlsplit(url).hostname != urlsplit(self._base_url or "").hostname
        except ValueError:
            return False

    def urls_since(self, count: int) -> list[str]:
        """Return the addresses of the links that ended after the first `count` ones."""
        return [link["url"] for link in self.links[count:]]


class MediaCollector:
    """A collector of images and embeds.

    Plug-ins that load an image or a frame late write it twice: once for scripts, and once in a
    `noscript` for browsers without them. Two neighbours with the same file are one if one of them
    comes from a `noscript`.
    """

    def __init__(self, base_url: str | None) -> None:
        self.images: list[Image] = []
        """In order."""
        self.embeds: list[Embed] = []
        """In order."""
        self.picture_source: str | None = None
        """What the first `source` of the open `picture` names, for an `img` that names nothing."""
        self._base_url = base_url
        self._last_image_is_from_noscript = False
        self._last_frame_is_from_noscript = False

    def address(self, url: str | None) -> str | None:
        """Return the absolute http(s) address, None if it is none."""
        return resolve_web(url, self._base_url)

    def add_image(self, attributes: Attributes, alt: str, from_noscript: bool) -> Image | None:
        """Keep an image; return it, or None if it has no address or was just seen."""
        url = self.address(image_source(attributes))
        if url is None:
            url = self.address(self.picture_source)
        if url is None:
            return None
        may_be_seen = from_noscript or self._last_image_is_from_noscript
        if may_be_seen and self.images and same_file(self.images[-1]["url"], url):
            self._last_image_is_from_noscript = False
            return None
        self._last_image_is_from_noscript = from_noscript
        image: Image = {"url": url, "alt": alt}
        self.images.append(image)
        return image

    def frame(self, attributes: Attributes, from_noscript: bool) -> Embed | None:
        """Return the embed that an `iframe` is, None if it has no address or was just seen."""
        url = self.address(frame_source(attributes))
        if url is None:
            return None
        kind = "iframe"
        if "wp-embedded-content" in attributes.get("class", ""):
            # The frame of a card follows the quoted form of the same post.
            if self.embeds and self.embeds[-1]["kind"] == "post":
                return None
            kind = "post"
            url = url.partition("#")[0]
        elif self._is_second_frame(url, from_noscript):
            self._last_frame_is_from_noscript = False
            return None
        self._last_frame_is_from_noscript = from_noscript
        title = collapse_whitespace(attributes.get("title", ""))
        return {"kind": kind, "url": url, "title": title}

    def plugin_object(self, source: str | None) -> Embed | None:
        """Return the embed of a browser plug-in; None if it has no address or was just seen.

        An `object` names its address in a `param` and again in an inner `embed`.
        """
        url = self.address(source)
        if url is None:
            return None
        if self.embeds and self.embeds[-1]["kind"] == "object" and self.embeds[-1]["url"] == url:
            return None
        return {"kind": "object", "url": url, "title": ""}

    def expect_second_frame(self) -> None:
        """Say that the last embed may come again as a frame."""
        self._last_frame_is_from_noscript = True

    def add_embed(self, embed: Embed) -> None:
        """Keep an embed."""
        self.embeds.append(embed)

    def _is_second_frame(self, url: str, from_noscript: bool) -> bool:
        may_be_seen = from_noscript or self._last_frame_is_from_noscript
        return may_be_seen and bool(self.embeds) and same_file(self.embeds[-1]["url"], url)


# ASCII only, and nothing in it that would have to be removed or encoded.
_USUAL = re.compile(r"https?://(?!https?:?/)[A-Za-z0-9][!#-;=?-_a-~]*")
# Slips: a scheme twice, without its colon, with a letter or a stroke too many or too few.
_BROKEN_SCHEME = re.compile(
    r"(?:https?:/+(https?):?/+|(https)s+:/+|(https?)//|(https?):/(?!/))(?=\w)", re.IGNORECASE
)
# Editors turn the quotation marks of an attribute into typographic ones, or double them.
_QUOTATION_MARKS = " '\"“”„‟″‘’‚′«»"
# A path from the root of the site, with nothing in it that would have to be resolved.
_USUAL_PATH = re.compile(r"(?:/[A-Za-z0-9_~%-][A-Za-z0-9_~%.-]*)+/?")
# The scheme and host of an address that has nothing unusual in them.
_USUAL_ORIGIN = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(?::[0-9]+)?(?=/)")
_ABSOLUTE = re.compile(r"https?://[^\s/?#\\<>\"'`\[\]:@]", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):/*", re.IGNORECASE)
_WEB_SCHEMES = frozenset({"http", "https"})
_OTHER_SCHEMES = frozenset({"mailto", "tel", "ftp"})
# Browsers read `java\nscript:` as `javascript:`, so addresses are judged without these.
_IGNORED_BY_BROWSERS = re.compile(r"[\x00-\x1f\x7f]+")
_TO_ENCODE = re.compile(r"[\s<>\"`]")


def resolve(url: str, base: str | None) -> str | None:
    """Return the absolute address of what a tag says, if it is http(s), ftp, mailto or tel.

    A relative address needs a `base`; without one it is None.
    """
    if _USUAL.fullmatch(url):
        return url
    if base and _USUAL_PATH.fullmatch(url):
        origin = _origin(base)
        if origin is not None:
            return origin + url
    return resolve_slowly(url, base)


def resolve_slowly(url: str, base: str | None) -> str | None:
    """Return what `resolve` returns, for any address; the oracle of its test."""
    url = url.strip()
    if not url.isprintable():
        url = _IGNORED_BY_BROWSERS.sub("", url).strip()
    if "://" in url:
        url = url.strip(_QUOTATION_MARKS)
    broken = _BROKEN_SCHEME.match(url)
    if broken is not None:
        scheme_name = next(filter(None, broken.groups()))
        url = f"{scheme_name.lower()}://{url[broken.end() :]}"
    if _ABSOLUTE.match(url):
        return _encode(url)
    if not url:
        return None
    scheme = _SCHEME.match(url)
    if scheme is not None:
        if scheme.end() == len(url):  # "https://" alone
            return None
        if scheme[1].lower() in _OTHER_SCHEMES:
            return _encode(url)
    joined = _join(url, base)
    if joined is None:
        return None
    return _encode(joined)


def resolve_web(url: str | None, base: str | None) -> str | None:
    """Return what `resolve` returns if it is http or https: what media can be loaded from."""
    if not url:
        return None
    resolved = resolve(url, base)
    if resolved is None or resolved[:4].lower() != "http":
        return None
    return resolved


@lru_cache(maxsize=8)  # all addresses of a post have the same base
def _origin(base: str) -> str | None:
    usual = _USUAL_ORIGIN.match(base)
    if usual is not None:
        return usual[0]
    return origin_slowly(base)


def origin_slowly(base: str) -> str | None:
    """Return the part of an address that stands before its path; the oracle of a test."""
    root = resolve_slowly("/", base)
    if root is None:
        return None
    return root.removesuffix("/")


def _join(url: str, base: str | None) -> str | None:
    try:
        joined = urljoin(base or "", url)
        parts = urlsplit(joined)
    except ValueError:  # "http://[": an address that urllib refuses cannot be followed either
        return None
    if parts.scheme in _WEB_SCHEMES and parts.hostname:
        return joined
    return None


def _encode(url: str) -> str:
    return _TO_ENCODE.sub(_percent_encoded, url)


def _percent_encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
