"""Say what players, frames and other embeds do. `handlers.py` says how handlers work."""

import re
from collections.abc import Callable
from functools import partial

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.rules.boilerplate import SkippedElement, SkipReason
from pipelines.cleaning.rules.formulas import FormulaScript
from pipelines.cleaning.rules.images import write_image_tag
from pipelines.cleaning.rules.named_embeds import embed_of_script, frame_in_base64
from pipelines.cleaning.rules.polls import poll_of_script
from pipelines.cleaning.write.lazy_loading import frame_source, is_pixel, same_file
from pipelines.cleaning.write.links_and_media import LinkCollector, MediaCollector
from pipelines.cleaning.write.text import Bookmark
from pipelines.cleaning.write.whitespace import collapse_whitespace
from wparchive.model.document_parts import Embed

MEDIA_TAGS = frozenset(
    {
        *("img", "amp-img", "picture", "source"),
        *("iframe", "amp-iframe", "video", "audio", "object", "embed"),
    }
)
"""Tags of images, frames and players."""
_PERMALINKS = ("cite", "data-instgrm-permalink", "data-text-post-permalink", "data-href")
_MAX_ADDRESS_PIECES = 16
_ADDRESS_ALONE = re.compile(r"https?://\S+")
_AUDIO_FILE = re.compile(r"\.(?:mp3|m4a|ogg|oga|wav|flac|aac|wma|opus)$", re.IGNORECASE)
_POLL = re.compile(
    r"https?://(?:[\w-]+\.)?(?:polldaddy\.com/(?:poll|p|s)/|poll\.fm/\w|crowdsignal\.com/\w"
    r"|survey\.fm/\w"
    r"|strawpoll\.\w+/\w|opinionstage\.com/\w|playbuzz\.com/\w|apester\.com/\w|riddle\.com/\w)",
    re.IGNORECASE,
)
_VIDEO_FILE = re.compile(r"\.(?:mp4|m4v|webm|ogv|mov|wmv|flv)$", re.IGNORECASE)
EMBED_KINDS = frozenset({"iframe", "video", "audio", "tweet", "post", "object"})
"""Kinds of embeds. Safe HTML marks each embed with its kind, so that cleaning it again gives the
same result."""


def handle_frame(content: ContentBuilder, attributes: Attributes) -> SkippedElement:
    """Write a frame as an embed; what it holds is for browsers without frames."""
    if not is_pixel(attributes):
        _write_frame(content, attributes, from_noscript=False)
    return SkippedElement(SkipReason.SHOWN_OTHERWISE)


def handle_video(content: ContentBuilder, attributes: Attributes) -> SkippedElement:
    """Begin a video player."""
    return _player(content, attributes, "video", frame_source(attributes))


def handle_audio(content: ContentBuilder, attributes: Attributes) -> SkippedElement:
    """Begin an audio player."""
    return _player(content, attributes, "audio", frame_source(attributes))


def handle_object(content: ContentBuilder, attributes: Attributes) -> SkippedElement | None:
    """Begin an object. One without an address is unwrapped: its `param` or `embed` has it."""
    address = attributes.get("data")
    if content.media.address(address) is None:
        return None
    return _player(content, attributes, "object", address)


def handle_object_parameter(content: ContentBuilder, attributes: Attributes) -> None:
    """Write an object of which only a parameter tells the address."""
    # Flash calls its address `movie`, QuickTime `src`.
    if attributes.get("name", "").lower() in ("movie", "src"):
        _write_plugin_object(content, attributes.get("value"))


def handle_embed(content: ContentBuilder, attributes: Attributes) -> None:
    """Write what a browser plug-in shows."""
    _write_plugin_object(content, attributes.get("src"))


def handle_noscript(content: ContentBuilder, attributes: Attributes) -> SkippedElement:
    """Look in a `noscript` for the images and frames that a script loads late."""
    return _Noscript(content)


def handle_script(content: ContentBuilder, attributes: Attributes) -> SkippedElement:
    """Begin a script: it is no text, but it may hold a formula."""
    script_type = attributes.get("type", "").lower()
    if script_type.startswith(("math/tex", "math/asciimath", "math/mml")):
        return FormulaScript(content, script_type)
    if script_type == "text/template":
        return _EncodedFrame(content)
    embedded = embed_of_script(attributes) or poll_of_script(content, attributes)
    if embedded is not None:
        content.write_embed(Embed(kind="iframe", url=embedded, title=""))
    return SkippedElement(SkipReason.NEVER_TEXT)


def handle_embed_wrapper(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin the block around an embed. If it holds an address alone, that is what is embedded."""
    # WordPress leaves the bare address here when the other site did not answer for the embed.
    begin = content.text.bookmark()
    return partial(
        _end_embed_wrapper,
        content,
        begin,
        content.html.position(),
        _counts(content.links, content.media),
    )


def _end_embed_wrapper(
    content: ContentBuilder, begin: Bookmark, html_begin: int, counts_before: tuple[int, int, int]
) -> None:
    links, images, embeds = counts_before
    written = content.text.since(begin, _MAX_ADDRESS_PIECES)
    if written is None or not _ADDRESS_ALONE.fullmatch(written.strip()):
        return
    if _counts(content.links, content.media)[1:] != (images, embeds):  # it was resolved
        return
    url = content.media.address(written.strip())
    if url is None:
        return
    content.text.replace_since(begin, "")
    content.html.replace_since(html_begin, "")
    content.links.drop(links)
    content.write_embed(Embed(kind="iframe", url=url, title=""))


def _counts(links: LinkCollector, media: MediaCollector) -> tuple[int, int, int]:
    return len(links.links), len(media.images), len(media.embeds)


def marked_embed(content: ContentBuilder, attributes: Attributes) -> SkippedElement | None:
    """Begin the link that cleaned HTML has in place of an embed; None if it is no such link."""
    kind = attributes.get("data-embed", "")
    url = content.media.address(attributes.get("href"))
    if kind not in EMBED_KINDS or url is None:
        return None
    return _EmbedLink(content, Embed(kind=kind, url=url, title=""))


def handle_quote(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin a quotation, or a post that cleaned HTML marks as one."""
    kind = attributes.get("data-embed")
    if kind in EMBED_KINDS:
        return _start_quoted_post(content, attributes, kind)
    content.separate()
    content.text.start_kind("quote")
    content.html.open("blockquote", attributes)
    return partial(_end_quote, content)


def _end_quote(content: ContentBuilder) -> None:
    content.separate()
    content.text.end_kind()
    content.html.write_tag("</blockquote>")


def handle_tweet(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin a tweet: its text and links are the post's too."""
    return _start_quoted_post(content, attributes, "tweet")


def handle_quoted_post(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin a quoted post of another site or network: its text and links are the post's too."""
    return _start_quoted_post(content, attributes, "post")


def _start_quoted_post(
    content: ContentBuilder, attributes: Attributes, kind: str
) -> Callable[[], None]:
    content.separate()
    content.text.start_kind("quote")
    permalinks = (attributes[name] for name in _PERMALINKS if attributes.get(name))
    url = content.media.address(next(permalinks, None))
    if content.is_in_quoted_post:  # a quotation within a quoted post is no second embed
        content.html.open("blockquote", {}, {"cite": url})
        return partial(_end_quote, content)
    content.html.open("blockquote", {}, {"cite": url, "data-embed": kind})
    content.is_in_quoted_post = True
    content.start_recording()
    links_before = len(content.links.links)
    return partial(_end_quoted_post, content, kind, url, links_before)


def _end_quoted_post(
    content: ContentBuilder, kind: str, url: str | None, links_before: int
) -> None:
    _end_quote(content)
    content.is_in_quoted_post = False
    title = content.stop_recording()
    if url is None:
        url = _permalink(kind, content.links.urls_since(links_before))
    if url is not None:
        # The blocks before it have its text.
        content.add_embed(Embed(kind=kind, url=url, title=title), "")


def _permalink(kind: str, urls: list[str]) -> str | None:
    """Return the address of a quoted post, of all the addresses that it links to.

    A card's first link leads to the post; a tweet's own link is the last one to a status.
    """
    if not urls:
        return None
    if kind != "tweet":
        return urls[0]
    statuses = [url for url in urls if "/status/" in url]
    return (statuses or urls)[-1]


def _kind_of_link(url: str) -> str | None:
    """Return the kind of embed that a link within `noscript` stands for; None for any other."""
    path = url.partition("?")[0].partition("#")[0]
    if _AUDIO_FILE.search(path):
        return "audio"
    if _VIDEO_FILE.search(path):
        return "video"
    if path.startswith("https://gist.github.com/") or _POLL.match(path):
        return "iframe"
    return None


def _player(
    content: ContentBuilder, attributes: Attributes, kind: str, address: str | None
) -> SkippedElement:
    title = attributes.get("title") or attributes.get("aria-label") or ""
    url = content.media.address(address) or ""
    return _Player(content, Embed(kind=kind, url=url, title=collapse_whitespace(title)))


def _write_frame(content: ContentBuilder, attributes: Attributes, from_noscript: bool) -> None:
    embed = content.media.frame(attributes, from_noscript)
    if embed is not None:
        content.write_embed(embed)


def _write_plugin_object(content: ContentBuilder, source: str | None) -> None:
    embed = content.media.plugin_object(source)
    if embed is not None:
        content.write_embed(embed)


class _Player(SkippedElement):
    """An open player. Its first `source` tells the address if it has none of its own."""

    def __init__(self, content: ContentBuilder, embed: Embed) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._embed = embed

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        if name == "source" and not self._embed["url"]:
            self._embed["url"] = self._content.media.address(frame_source(attributes)) or ""

    def finish(self) -> None:
        if self._embed["url"]:
            self._content.write_embed(self._embed)


class _EmbedLink(SkippedElement):
    """An open link that stands for an embed in cleaned HTML; its text is the embed's title."""

    def __init__(self, content: ContentBuilder, embed: Embed) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._embed = embed
        self._title: list[str] = []

    def text(self, data: str) -> None:
        self._title.append(data)

    def finish(self) -> None:
        title = collapse_whitespace("".join(self._title))
        if title != self._embed["url"]:  # the address is written where there is no title
            self._embed["title"] = title
        self._content.write_embed(self._embed)


class _EncodedFrame(SkippedElement):
    """An open script in which a consent plug-in keeps a frame until a reader agrees."""

    def __init__(self, content: ContentBuilder) -> None:
        super().__init__(SkipReason.NEVER_TEXT)
        self._content = content
        self._encoded: list[str] = []

    def text(self, data: str) -> None:
        self._encoded.append(data)

    def finish(self) -> None:
        frame = frame_in_base64("".join(self._encoded))
        url = self._content.media.address(frame)
        if url is not None:
            self._content.write_embed(Embed(kind="iframe", url=url, title=""))


class _Noscript(SkippedElement):
    """An open `noscript`. Its images and frames are mostly those that stand before it.

    Of its links only tracks of playlists, gists and polls count: others are notices about scripts.
    """

    def __init__(self, content: ContentBuilder) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._embed: Embed | None = None
        self._title: list[str] = []

    def text(self, data: str) -> None:
        if self._embed is not None:
            self._title.append(data)

    def end(self) -> None:
        super().end()
        # The text of a track's link holds no tags; otherwise its title is cut at the first one.
        if self._embed is not None:
            self._embed["title"] = collapse_whitespace("".join(self._title))
            self._content.write_embed(self._embed)
            self._embed = None
            self._title = []

    def _begin_link(self, href: str) -> None:
        embeds = self._content.media.embeds
        url = self._content.media.address(href)
        if url is None or self._embed is not None:
            return
        kind = _kind_of_link(url)
        if kind is not None and not (embeds and same_file(embeds[-1]["url"], url)):
            self._embed = Embed(kind=kind, url=url, title="")

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        if name == "a":
            self._begin_link(attributes.get("href", ""))
            return
        if name not in ("img", "iframe") or is_pixel(attributes):
            return
        if name == "img":
            write_image_tag(self._content, attributes, from_noscript=True)
        else:
            _write_frame(self._content, attributes, from_noscript=True)
