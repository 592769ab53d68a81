"""Say what images, players, frames and other embeds do. `handlers.py` says how handlers work."""

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.rules.boilerplate import SkippedElement, SkipReason
from pipelines.cleaning.rules.formulas import (
    FormulaScript,
    formula_of_image,
    is_displayed,
    write_formula,
)
from pipelines.cleaning.write.lazy_loading import frame_source, is_pixel
from pipelines.cleaning.write.text import collapse_whitespace
from wparchive.model.documents import Embed

EMBED_KINDS = frozenset({"iframe", "video", "audio", "tweet", "post", "object"})
"""Kinds of embeds. Safe HTML marks each embed with its kind, so that cleaning it again gives the
same result."""


def handle_image(content: ContentBuilder, attributes: Attributes) -> None:
    """Write an image."""
    if not is_pixel(attributes):
        _write_image(content, attributes, from_noscript=False)


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
    if script_type.startswith("math/tex"):
        return FormulaScript(content, script_type)
    return SkippedElement(SkipReason.NEVER_TEXT)


def marked_embed(content: ContentBuilder, attributes: Attributes) -> SkippedElement | None:
    """Begin the link that cleaned HTML has in place of an embed; None if it is no such link."""
    kind = attributes.get("data-embed", "")
    url = content.media.address(attributes.get("href"))
    if kind not in EMBED_KINDS or url is None:
        return None
    return _EmbedLink(content, Embed(kind=kind, url=url, title=""))


def _player(
    content: ContentBuilder, attributes: Attributes, kind: str, address: str | None
) -> SkippedElement:
    title = attributes.get("title") or attributes.get("aria-label") or ""
    url = content.media.address(address) or ""
    return _Player(content, Embed(kind=kind, url=url, title=collapse_whitespace(title)))


def _write_image(content: ContentBuilder, attributes: Attributes, from_noscript: bool) -> None:
    """Write an image; the picture of an emoji is written as its character."""
    alt = collapse_whitespace(attributes.get("alt", ""))
    if alt and _is_emoji(attributes):
        if not from_noscript:
            content.write(alt)
        return
    formula = formula_of_image(attributes, alt)
    if formula:
        if not from_noscript:
            write_formula(content, formula, is_displayed(attributes))
        return
    image = content.media.add_image(attributes, alt, from_noscript)
    if image is None:
        return
    content.write_space()  # what stands on both sides of a picture is not one word
    size = {key: attributes[key] for key in ("width", "height") if key in attributes}
    content.html.open("img", size, {"src": image["url"], "alt": alt})


def _is_emoji(attributes: Attributes) -> bool:
    classes = attributes.get("class", "").split()
    return "emoji" in classes or "wp-smiley" in classes


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


class _Noscript(SkippedElement):
    """An open `noscript`. Its images and frames are mostly those that stand before it."""

    def __init__(self, content: ContentBuilder) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        if name not in ("img", "iframe") or is_pixel(attributes):
            return
        if name == "img":
            _write_image(self._content, attributes, from_noscript=True)
        else:
            _write_frame(self._content, attributes, from_noscript=True)
