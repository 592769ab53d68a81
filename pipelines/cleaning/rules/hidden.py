"""Say what a reader does not see: by `style`, by the attribute `hidden`, by letters like the page.

Hidden text is a leftover of an editor or of an import, or spam. What a script shows later is text:
folds, tabs, slides. When in doubt it stays.
"""

import re
from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.parse.lookahead import Lookahead
from pipelines.cleaning.rules.class_names import (
    COUNTER_ATTRIBUTES,
    Meaning,
    is_named_button,
    leads_to_page,
    meaning_of,
)

BACKGROUND_ATTRIBUTES = frozenset(
    {
        *("data-bg", "data-background-image", "data-background", "data-bg-image", "data-bg-src"),
        *("data-bgimage", "data-bg-url", "data-background-src", "data-background-url"),
        *("data-image-src", "data-lazy-bg", "data-lazy-background", "data-lazybg", "data-setbg"),
        *(
            "data-vc-parallax-image",
            "data-parallax-image",
            "data-parallax-img",
            "data-jarallax-img",
        ),
        *("data-lazy-background-image", "data-src-bg", "data-bg-lazy", "data-opt-bg"),
    }
)
"""Attributes that name the picture in an element's background."""
EMBED_ATTRIBUTES = frozenset(
    {
        *("data-youtube-id", "data-youtube", "data-yt-id", "data-ytid", "data-youtube-video-id"),
        *("data-vimeo-id", "data-vimeo", "data-vimeo-video-id", "data-wistia-id", "data-embed"),
        *(
            "data-vc-video-bg",
            "data-video-bg",
            "data-bg-video",
            "data-youtube-url",
            "data-vimeo-url",
        ),
        *("data-youtube-bg", "data-jarallax-video", "data-video-url", "data-settings"),
        "data-facadesrc",
        "data-crowdsignal-poll",
    }
)
"""Attributes that name an embed, on elements of any class."""
UNUSUAL_ATTRIBUTES = frozenset(
    {
        *("style", "hidden", "color", "bgcolor", "data-bgset", "data-gallery"),
        "aria-hidden",
        *BACKGROUND_ATTRIBUTES,
        *EMBED_ATTRIBUTES,
        *COUNTER_ATTRIBUTES,
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
_TINY = re.compile(
    r"0+(?:\.0+)?(?:px|pt|r?em|%)?|(?:1(?:\.0+)?|0?\.\d+)(?:px|pt)|0?\.0\d*r?em|[0-5](?:\.\d+)?%"
)
_SPECK = re.compile(r"(?:[01]|0?\.\d+)(?:\.0+)?(?:px|pt|r?em|%)?")
_SIZES = ("height", "max-height", "width", "max-width")
_PADDINGS = ("padding", "padding-top", "padding-bottom")
_NO_OVERFLOW = frozenset({"hidden", "clip"})
_SIZE_OF_FONT = re.compile(r"(?<![\w.])\d*\.?\d+(?:px|pt|r?em|%)?(?=/|\s)")
_NO_RECTANGLE = re.compile(r"rect\(\s*(?:0|1px)(?:px)?(?:[\s,]+(?:0|1px)(?:px)?){3}\s*\)")
_NO_PATH = re.compile(
    r"inset\(\s*(?:[5-9]\d|100)%\s*\)|circle\(\s*0(?:px|%)?(?:\s[^)]*)?\)"
    r"|polygon\(\s*0(?:px|%)? 0(?:px|%)?(?:\s*,\s*0(?:px|%)? 0(?:px|%)?){1,7}\s*\)"
    r"|rect\(\s*(?:0|1px)(?:px)?(?:[\s,]+(?:0|1px)(?:px)?){3}\s*\)"
)
_MOVED = re.compile(r"translate(?:3d|x|y)?\(\s*([^,()\s]+)\s*(?:,\s*([^,()\s]+))?")
_SHRUNK = re.compile(r"\bscale(?:3d|x|y)?\(\s*0(?:\.0*)?\s*(?:,|\))")
_FADED = re.compile(r"\bopacity\(\s*0(?:\.0*)?%?\s*\)")
_ZERO = re.compile(r"(?:0+(?:\.0*)?|\.0+)%?")
_NO_COLOUR = re.compile(
    r"transparent|#[\da-f]{3}0|#[\da-f]{6}00"
    r"|(?:rgb|hsl)a?\((?:[^,)]*,){3}\s*0(?:\.0*)?%?\s*\)"
    r"|(?:rgb|hsl)a?\([^,/)]*/\s*0(?:\.0*)?%?\s*\)"
)
_SHOWS_LETTERS = ("background", "-webkit-", "text-shadow", "text-emphasis", "transition")
_ANIMATED = frozenset({"animation", "animation-name", "transition", "transition-property"})
_ANIMATED_BY = re.compile(
    r"data-(?:[\w-]*(?:aos|anim|sal|wow|scroll|motion|reveal|delay|effect|parallax|settings|gsap))"
)
_IMPORTANT = re.compile(r"!\s*important", re.IGNORECASE)
_WHITE = re.compile(
    r"white|#f{3}|#f{6}|transparent"
    r"|rgba?\(\s*255\s*,\s*255\s*,\s*255\s*(?:,[^)]*)?\)"
)
_BOX = frozenset({"padding", "padding-top", "padding-left", "border-radius"})
_NO_BACKGROUND = re.compile(r"(?:none|transparent|inherit|initial|unset|white|#f{3}|#f{6})?")
# Parts of names may keep a text; only whole names remove one.
_SHOWN_LATER = re.compile(
    r"accordion|tab(?:s|pane|panel|-|_|\b)|toggle|collaps|spoiler|fold|expand|faq|answer|panel"
    r"|reveal|solution|hint"
    r"|more|elementor-invisible|slide|slick|swiper|carousel|anim|fade|wow|lazy|gallery",
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
    WITHOUT_SCRIPT = auto()
    """It is faded out or shrunk to nothing. Scripts let a text appear so."""


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


def hiding_of_letters(outer: str, attributes: Attributes) -> str | None:
    """Return what hides the letters of an element: declarations; empty if they are shown.

    `outer` is the same of the element around it. What hides letters is inherited, and may have
    another value inside: lists have letters of no size, to close the gaps between items, whose
    letters have one. None: it is hidden by something else, and nothing inside can be shown.
    """
    if "hidden" in attributes:
        return None
    if "style" not in attributes:
        return outer
    return _hiding_of_letters(outer, attributes["style"][:_MAX_LENGTH].lower())


@lru_cache(maxsize=4096)
def _hiding_of_letters(outer: str, inner: str) -> str | None:
    own = _declarations(inner)
    own["font-size"] = _letter_size(own)
    if _hiding({name: value for name, value in own.items() if name not in _LETTERS}) is not None:
        return None
    inherited = _declarations(outer)
    hiding = {
        name: own[name] if hides(own) else inherited[name]
        for name, hides in _INHERITED.items()
        if hides(own) or (name in inherited and _SAME.fullmatch(own.get(name, "")))
    }
    return ";".join(f"{name}:{value}" for name, value in hiding.items())


def hides_letters(attributes: Attributes) -> bool:
    """Return whether an element is hidden by what an element inside may take back."""
    return bool(hiding_of_letters("", attributes))


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
        if hiding is Hiding.WITHOUT_SCRIPT:
            return _faded(attributes)
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


def _faded(attributes: Attributes) -> Hiding | None:
    """Return how an element is hidden that is faded out, if no script can be meant to show it.

    A script finds its element by a class, an id or an attribute. What cannot be clicked either, or
    is taken out of the text, is hidden whatever it is called.
    """
    if any(map(_ANIMATED_BY.match, attributes)):
        return None
    style = _declarations(attributes.get("style", ""))
    is_out_of_reach = style.get("pointer-events") == "none" or style.get("z-index", "")[:1] == "-"
    is_out_of_reach |= attributes.get("aria-hidden") == "true"
    has_name = any(name in ("class", "id") or name.startswith("data-") for name in attributes)
    if has_name and not is_out_of_reach:
        return None
    return Hiding.UNTIL_SHOWN


def _has_no_line(style: dict[str, str]) -> bool:
    return style.get("text-decoration", "").lower().startswith("none")


def _declarations(style: str) -> dict[str, str]:
    found = {}
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        if "!" in value:
            value = _IMPORTANT.sub("", value)
        found[name.strip().lower()] = value.strip()
    return found


def _hiding(declared: dict[str, str]) -> Hiding | None:
    style = {name: value.lower() for name, value in declared.items()}
    if style.get("display") == "none" or style.get("content-visibility") == "hidden":
        return Hiding.UNTIL_SHOWN
    if _is_invisible(style):
        return Hiding.UNTIL_SHOWN
    if _is_out_of_sight(style) or _has_tiny_letters(style):
        return Hiding.FOR_GOOD
    if _is_clipped_away(style):
        return Hiding.FOR_GOOD
    if _has_unseen_letters(style):
        return Hiding.UNTIL_SHOWN
    hiding = _hiding_by_size(style)
    if hiding is None and not _ANIMATED.intersection(style) and _is_faded_out(style):
        return Hiding.WITHOUT_SCRIPT
    return hiding


def _has_tiny_letters(style: dict[str, str]) -> bool:
    return _TINY.fullmatch(_letter_size(style)) is not None


def _is_invisible(style: dict[str, str]) -> bool:
    # WOW.js hides an element like this until a reader comes to it.
    return style.get("visibility") in ("hidden", "collapse") and "animation-name" not in style


def _begins_off_screen(style: dict[str, str]) -> bool:
    return _is_off_screen(style.get("text-indent", ""))


def _is_out_of_sight(style: dict[str, str]) -> bool:
    position = style.get("position")
    if position in ("absolute", "fixed"):
        if any(_is_off_screen(style.get(side, "")) for side in ("left", "top", "right", "bottom")):
            return True
    if position in ("absolute", "fixed", "relative"):
        sides = (style.get(side, "") for side in ("left", "right"))
        if any(_is_far_away(side) or _is_far_away(f"-{side}") for side in sides):
            return True
    if _begins_off_screen(style):
        return True
    if any(_is_far_away(style.get(side, "")) for side in ("margin-left", "margin-top")):
        return True
    moved = _MOVED.search(_transform(style))
    return moved is not None and any(
        _is_far_away(f"-{move.lstrip('-')}") for move in moved.groups("")
    )


def _is_clipped_away(style: dict[str, str]) -> bool:
    if _NO_PATH.fullmatch(style.get("clip-path", "") or style.get("-webkit-clip-path", "")):
        return True
    is_placed = style.get("position") in ("absolute", "fixed")
    return is_placed and _NO_RECTANGLE.fullmatch(style.get("clip", "")) is not None


def _hiding_by_size(style: dict[str, str]) -> Hiding | None:
    """Return how an element is hidden that is too small for its text, and shows nothing beyond."""
    overflows = _NO_OVERFLOW.intersection(style.get("overflow", "").split())
    # A box for a player has its height from a padding.
    if not overflows or any("%" in style.get(name, "") for name in _PADDINGS):
        return None
    if all(_SPECK.fullmatch(style.get(side, "")) for side in ("width", "height")):
        return Hiding.FOR_GOOD
    # A script may give it its height.
    if any(_SPECK.fullmatch(style.get(side, "")) for side in _SIZES):
        return Hiding.UNTIL_SHOWN
    return None


def _letter_size(style: dict[str, str]) -> str:
    if "font-size" in style:
        return style["font-size"]
    size = _SIZE_OF_FONT.search(style.get("font", ""))
    return size[0] if size is not None else ""


def _has_unseen_letters(style: dict[str, str]) -> bool:
    """Return whether nothing shows the letters: a background through them, a shadow, a script."""
    if not _NO_COLOUR.fullmatch(style.get("color", "")):
        return False
    return not any(name.startswith(_SHOWS_LETTERS) for name in style)


def _is_faded_out(style: dict[str, str]) -> bool:
    if _ZERO.fullmatch(style.get("opacity", "")) or _FADED.search(style.get("filter", "")):
        return True
    return _SHRUNK.search(_transform(style)) is not None


def _transform(style: dict[str, str]) -> str:
    return style.get("transform", "") or style.get("-webkit-transform", "")


def _is_off_screen(length: str, times: int = 1) -> bool:
    found = _LENGTH.match(length)
    if found is None:
        return False
    return int(found[1]) >= times * _OFF_SCREEN.get(found[2] or "px", _OFF_SCREEN_PIXELS)


def _is_far_away(length: str) -> bool:
    """Return whether a margin or a shift moves an element off any screen; less is layout."""
    return _is_off_screen(length, times=2)


_INHERITED: dict[str, Callable[[dict[str, str]], bool]] = {
    "font-size": _has_tiny_letters,
    "visibility": _is_invisible,
    "color": _has_unseen_letters,
    "text-indent": _begins_off_screen,
}
"""The properties that hide what stands inside as well, unless it has a value of its own."""
_LETTERS = frozenset(_INHERITED) | {"font"}
# Values that leave it as it is outside: shares of a size that is none are none.
_SAME = re.compile(r"|inherit|unset|currentcolor|larger|smaller|[\d.]+(?:em|%)")
