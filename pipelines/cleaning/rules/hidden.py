"""Say what a reader does not see: by `style`, by the attribute `hidden`, by letters like the page.

Hidden text is a leftover of an editor or of an import, or spam. What a script shows later is text:
folds, tabs, slides. When in doubt it stays.
"""

import re
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.parse.lookahead import Lookahead
from pipelines.cleaning.rules.class_names import (
    Meaning,
    is_named_button,
    leads_to_page,
    meaning_of,
)

UNUSUAL_ATTRIBUTES = frozenset(
    {
        *("style", "hidden", "color", "bgcolor"),
        *("data-bg", "data-background-image", "data-background"),
        *("data-to-value", "data-to", "data-count", "data-end-value"),
    }
)
"""Attributes that may hide an element, give it a picture, or name the number that it counts up to.
Most elements have none of them."""
_MAX_LENGTH = 1000
_ADDRESS_OF_IMAGE = re.compile(r"""url\(\s*["']?([^"')\s]+)""", re.IGNORECASE)
_LENGTH = re.compile(r"-(\d{1,9})(?:\.\d+)?(px|pt|r?em|ch|%|vw|vh)?\b")
# So far to the left or above, in each unit, that it is not to be seen.
_OFF_SCREEN = {"em": 90, "rem": 90, "ch": 90, "%": 500, "vw": 100, "vh": 100}
_OFF_SCREEN_PIXELS = 500
_TINY = re.compile(r"(?:0+(?:\.0+)?(?:px|pt|r?em|%)?|1(?:px|pt))")
_SPECK = re.compile(r"[01](?:\.0+)?(?:px|pt)?")
_NO_SIZE = re.compile(r"0+(?:\.0+)?(?:px|pt|r?em|%)?")
_CLIPPED_AWAY = re.compile(
    r"rect\(\s*(?:0|1px)(?:px)?(?:[\s,]+(?:0|1px)(?:px)?){3}\s*\)|inset\(\s*(?:50|100)%\s*\)",
    re.IGNORECASE,
)
_WHITE = re.compile(
    r"white|#f{3}|#f{6}|transparent"
    r"|rgba?\(\s*255\s*,\s*255\s*,\s*255\s*(?:,[^)]*)?\)"
)
_BOX = frozenset({"padding", "padding-top", "padding-left", "border-radius"})
_NO_BACKGROUND = re.compile(r"(?:none|transparent|inherit|initial|unset|white|#f{3}|#f{6})?")
# Parts of names may keep a text; only whole names remove one.
_SHOWN_LATER = re.compile(
    r"accordion|tab(?:s|pane|panel|-|_|\b)|toggle|collaps|spoiler|fold|expand|faq|answer|panel"
    r"|reveal"
    r"|more|slide|slick|swiper|carousel|anim|fade|wow|lazy|gallery",
    re.IGNORECASE,
)
# ARVE tells editors so about a player. What readers see of it may be all that names the video.
_NEVER_SHOWN = "arve-error"


class Hiding(Enum):
    """The ways to hide an element."""

    UNTIL_SHOWN = auto()
    """It is not displayed. A script may show it."""
    FOR_GOOD = auto()
    """It is displayed where nobody sees it, or in letters that nobody sees."""


class Style(NamedTuple):
    """The declarations of a `style` that matter to the cleaner."""

    hiding: Hiding | None
    image: str | None
    """The address of the picture in its background."""
    has_background: bool
    has_white_letters: bool
    is_button: bool
    """The style of a button: a coloured box without a line under its words."""


@lru_cache(maxsize=4096)  # a site repeats itself
def read_style(style: str) -> Style:
    """Return what a `style` says."""
    found = _declarations(style)
    background = found.get("background", "") or found.get("background-color", "")
    image = None
    for name in ("background-image", "background"):
        address = _ADDRESS_OF_IMAGE.search(found.get(name, ""))
        if address is not None and image is None:
            image = address[1]
    has_image = "background-image" in found or image is not None
    has_background = has_image or not _NO_BACKGROUND.fullmatch(background.lower())
    return Style(
        hiding=_hiding(found),
        image=image,
        has_background=has_background,
        has_white_letters=_WHITE.fullmatch(found.get("color", "").lower()) is not None,
        is_button=has_background and not _BOX.isdisjoint(found) and _has_no_line(found),
    )


def style_of(attributes: Attributes) -> Style:
    """Return what an element's `style` says."""
    style = attributes.get("style", "")[:_MAX_LENGTH]
    if "color" in attributes:
        style = f"color:{attributes['color'][:_MAX_LENGTH]};{style}"
    if "bgcolor" in attributes:
        style = f"background-color:{attributes['bgcolor'][:_MAX_LENGTH]};{style}"
    return read_style(style)


def is_button(link: Attributes) -> bool:
    """Return whether a link to another page looks like a button, by its class or its style."""
    if not leads_to_page(link):
        return False
    return is_named_button(link) or ("style" in link and style_of(link).is_button)


def is_coloured(link: Attributes) -> bool:
    """Return whether a link may have a background of its own, by its style or class."""
    if "style" in link and style_of(link).has_background:
        return True
    return meaning_of("a", link) is Meaning.COLOURED


class HiddenText:
    """The judge of what is hidden in one content."""

    def __init__(self, lookahead: Lookahead) -> None:
        self._lookahead = lookahead

    def hiding(self, attributes: Attributes) -> Hiding | None:
        """Return how an element is hidden; None for one that is or may be shown."""
        hiding = None
        if "style" in attributes:
            hiding = style_of(attributes).hiding
        if hiding is None and "hidden" in attributes:
            # A browser shows it to a reader who searches the page for its words.
            if attributes["hidden"].strip().lower() == "until-found":
                return None
            hiding = Hiding.UNTIL_SHOWN
        if hiding is None or _SHOWN_LATER.search(attributes.get("class", "")[:_MAX_LENGTH]):
            return None
        if hiding is Hiding.UNTIL_SHOWN:
            if _NEVER_SHOWN in attributes.get("class", "").split():
                return Hiding.FOR_GOOD
            if self._may_be_shown(attributes):
                return None
        return hiding

    def _may_be_shown(self, attributes: Attributes) -> bool:
        if attributes.get("role") == "tabpanel" or "aria-labelledby" in attributes:
            return True
        return attributes.get("id", "") in self._lookahead.references


def _has_no_line(style: dict[str, str]) -> bool:
    return style.get("text-decoration", "").lower().startswith("none")


def _declarations(style: str) -> dict[str, str]:
    found = {}
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        value = value.replace("!important", "").replace("!IMPORTANT", "")
        found[name.strip().lower()] = value.strip()
    return found


def _hiding(style: dict[str, str]) -> Hiding | None:
    if style.get("display", "").lower() == "none":
        return Hiding.UNTIL_SHOWN
    visibility = style.get("visibility", "").lower()
    # WOW.js hides an element like this until a reader comes to it.
    if visibility in ("hidden", "collapse") and "animation-name" not in style:
        return Hiding.UNTIL_SHOWN
    is_placed = style.get("position", "").lower() in ("absolute", "fixed")
    if is_placed and any(_is_off_screen(style.get(side, "")) for side in ("left", "top", "right")):
        return Hiding.FOR_GOOD
    if _is_off_screen(style.get("text-indent", "")):
        return Hiding.FOR_GOOD
    if _TINY.fullmatch(style.get("font-size", "").lower()):
        return Hiding.FOR_GOOD
    if is_placed and _CLIPPED_AWAY.match(style.get("clip", "") or style.get("clip-path", "")):
        return Hiding.FOR_GOOD
    if style.get("overflow", "").lower() == "hidden" and all(
        _SPECK.fullmatch(style.get(side, "").lower()) for side in ("width", "height")
    ):
        return Hiding.FOR_GOOD
    if any(_is_far_away(style.get(side, "")) for side in ("margin-left", "margin-top")):
        return Hiding.FOR_GOOD
    # A script may give it its height.
    if style.get("overflow", "").lower() == "hidden" and any(
        _NO_SIZE.fullmatch(style.get(side, "").lower()) for side in ("height", "max-height")
    ):
        return Hiding.UNTIL_SHOWN
    return None


def _is_off_screen(length: str, times: int = 1) -> bool:
    found = _LENGTH.match(length)
    if found is None:
        return False
    return int(found[1]) >= times * _OFF_SCREEN.get(found[2] or "px", _OFF_SCREEN_PIXELS)


def _is_far_away(margin: str) -> bool:
    """Return whether a margin moves an element off the screen; smaller ones are layout."""
    return _is_off_screen(margin, times=2)
