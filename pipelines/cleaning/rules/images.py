"""Say what images do. `handlers.py` says how handlers work."""

import re
from collections.abc import Callable
from functools import partial

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.parse.shortcodes import without_shortcodes
from pipelines.cleaning.rules.boilerplate import SkippedElement, SkipReason
from pipelines.cleaning.rules.formulas import formula_of_image, is_displayed, write_formula
from pipelines.cleaning.rules.hidden import BACKGROUND_ATTRIBUTES
from pipelines.cleaning.rules.named_embeds import frame_in_base64
from pipelines.cleaning.rules.settings import backgrounds_in_settings, pictures_in_gallery
from pipelines.cleaning.write.lazy_loading import is_pixel, largest_of_set, largest_source
from pipelines.cleaning.write.whitespace import collapse_whitespace
from wparchive.model.document_parts import Embed

# Colours and the names of settings stand in the same attributes.
_BACKGROUND = re.compile(
    r"(?:https?:)?//|\.{0,2}/|[^\s:]+\.(?:jpe?g|png|gif|webp|avif)$", re.IGNORECASE
)

# Words of drawings: those of a chart are text, those of an icon are not.
_WORDS = frozenset({"text", "foreignobject"})
# Names that are read out or shown to a mouse, and what is drawn nowhere or only elsewhere.
_NO_WORDS = frozenset({"title", "desc", "style", "script", "metadata", "defs", "symbol"})
_ICON = re.compile(r"icon|logo|sprite|spinner|loader", re.IGNORECASE)
_HIDDEN_WORDS = re.compile(r"display:\s*none|visibility:\s*hidden|opacity:\s*0(?:[;.]0|;|$)")
_MAX_ICON = 64
_MIN_WORDS = 2


def handle_image(content: ContentBuilder, attributes: Attributes) -> None:
    """Write an image, or the frame for which it stands until a script loads that (BJ Lazy Load)."""
    if attributes.get("data-lazy-type") == "iframe":
        url = content.media.address(frame_in_base64(attributes.get("data-lazy-src", "")))
        if url is not None:
            content.write_embed(Embed(kind="iframe", url=url, title=""))
    elif not is_pixel(attributes):
        write_image_tag(content, attributes, from_noscript=False)


def handle_hidden_image(content: ContentBuilder, attributes: Attributes) -> None:
    """Write an image that stands in hidden text, if it is none that is read as text."""
    if not _is_emoji(attributes) and not formula_of_image(attributes, attributes.get("alt", "")):
        handle_image(content, attributes)


def handle_picture(content: ContentBuilder, attributes: Attributes) -> Callable[[], None]:
    """Begin a picture: its sources count where its `img` names nothing usable."""
    content.open_pictures += 1
    return partial(_end_picture, content)


def _end_picture(content: ContentBuilder) -> None:
    content.open_pictures -= 1
    content.media.picture_source = None


def handle_source(content: ContentBuilder, attributes: Attributes) -> None:
    """Remember the first source of a picture."""
    if content.open_pictures and content.media.picture_source is None:
        content.media.picture_source = largest_source(attributes)


# All attributes that may name such a picture.
_NAMING = BACKGROUND_ATTRIBUTES | {"data-settings", "data-bgset", "data-gallery"}


def write_backgrounds(
    content: ContentBuilder, attributes: Attributes, of_style: str | None
) -> None:
    """Write the picture in an element's background as an image, or those of a slideshow.

    Attributes name it for a script that loads it late; else it is that of the style.
    """
    if not of_style and _NAMING.isdisjoint(attributes):
        return
    alt = attributes.get("aria-label", "")
    addresses = backgrounds_in_settings(attributes.get("data-settings", ""))
    named = [value for name, value in attributes.items() if name in BACKGROUND_ATTRIBUTES]
    named += filter(None, map(largest_of_set, _sets(attributes.get("data-bgset", ""))))
    usable = [address for address in named if _BACKGROUND.match(address.strip())]
    addresses += usable[:1] or [of_style or ""]
    for address in addresses:
        if _BACKGROUND.match(address.strip()):
            write_image_tag(content, {"src": address, "alt": alt}, from_noscript=False)
    for picture in pictures_in_gallery(attributes.get("data-gallery", "")):
        write_image_tag(content, picture, from_noscript=False)


def _sets(bgset: str) -> list[str]:
    """Return the sets of a `data-bgset`, each without its media query."""
    return [part.partition("[")[0] for part in bgset.split("|")]


def write_image_tag(content: ContentBuilder, attributes: Attributes, from_noscript: bool) -> None:
    """Write an image; the picture of an emoji is written as its character."""
    alt = collapse_whitespace(attributes.get("alt", ""))
    if alt and _is_emoji(attributes):
        # A lazy emoji stands a second time in the `noscript` beside it.
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
    content.text.add_image(image["url"], alt)
    content.write_space()  # what stands on both sides of a picture is not one word
    size = {key: attributes[key] for key in ("width", "height") if key in attributes}
    content.html.open("img", size, {"src": image["url"], "alt": alt})


def _is_emoji(attributes: Attributes) -> bool:
    classes = attributes.get("class", "").split()
    # WordPress makes the first with its script, and the second out of `:-)`.
    return "emoji" in classes or "wp-smiley" in classes


class _Drawing(SkippedElement):
    """An open drawing. Its title is that of a tooltip, and no text."""

    def __init__(self, content: ContentBuilder, attributes: Attributes) -> None:
        super().__init__(SkipReason.NEVER_TEXT)
        self._content = content
        self._is_icon = content.links.has_open_link or _is_icon(attributes)
        self._words_depth = 0
        self._skipped_depth = 0
        self._pieces: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        self._pieces.append(" " if name != "tspan" or {"x", "dy"} & attributes.keys() else "")
        if not self._skipped_depth and (name in _NO_WORDS or _is_hidden_drawing(attributes)):
            self._skipped_depth = self.depth
        elif not self._words_depth and name in _WORDS:
            self._words_depth = self.depth

    def text(self, data: str) -> None:
        if self._words_depth and not self._skipped_depth:
            self._pieces.append(data)

    def end(self) -> None:
        if self._words_depth == self.depth:
            self._words_depth = 0
        if self._skipped_depth == self.depth:
            self._skipped_depth = 0
        super().end()

    def finish(self) -> None:
        """Write the words of a chart, as a paragraph."""
        words = collapse_whitespace(" ".join(without_shortcodes("".join(self._pieces))))
        if self._is_icon or len(words.split()) < _MIN_WORDS:
            return
        self._content.break_apart()
        self._content.write(words)
        self._content.break_apart()


def handle_drawing(content: ContentBuilder, attributes: Attributes) -> SkippedElement:
    """Begin a drawing."""
    return _Drawing(content, attributes)


def _is_icon(attributes: Attributes) -> bool:
    if attributes.get("aria-hidden") == "true" or _ICON.search(attributes.get("class", "")):
        return True
    return any(_is_small(attributes.get(side, "")) for side in ("width", "height"))


def _is_small(size: str) -> bool:
    number = size.strip().removesuffix("px").partition(".")[0]
    if size.strip().endswith("em"):
        return True
    return number.isdecimal() and int(number[:6]) <= _MAX_ICON


def _is_hidden_drawing(attributes: Attributes) -> bool:
    if attributes.get("visibility") == "hidden" or attributes.get("display") == "none":
        return True
    return attributes.get("opacity") == "0" or bool(
        _HIDDEN_WORDS.search(attributes.get("style", ""))
    )
