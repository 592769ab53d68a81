"""Say what the class or id of an element means, by the names that WordPress and its plug-ins use.

Classes are compared as whole names, never by a part of a name: one pattern too many (`entry-title`)
costs more text than a missing one leaves noise.
"""

import re
from enum import Enum, auto
from functools import lru_cache

from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.rules.class_lists import (
    BOILERPLATE_CLASSES,
    BUTTON_CLASSES,
    CALL_CLASSES,
    FORM_CLASSES,
    NEVER_TEXT_CLASSES,
)
from pipelines.cleaning.rules.device_names import device_names, is_hidden_everywhere


class Meaning(Enum):
    """The meaning of a class or an id for its element."""

    NEVER_TEXT = auto()
    """It goes, whatever it holds."""
    BOILERPLATE = auto()
    """It looks like boilerplate: it goes, unless it is a large share of the post."""
    CALL = auto()
    """It calls to do something, or lists other posts: it goes like boilerplate if it leads
    somewhere."""
    TWEET = auto()
    """A tweet, quoted with its text."""
    POST = auto()
    """A post of another site or network, quoted with its text."""
    PLAYER = auto()
    """A block of which a script makes a player."""
    EMBED_WRAPPER = auto()
    """The block around what WordPress embeds."""
    FORM = auto()
    """A form of a plug-in, with what stands around it."""
    BUTTON = auto()
    """A button or a row of them: it goes like boilerplate, unless its links are an offer."""
    COLOURED = auto()
    """It probably has a background of its own, on which white letters are seen."""
    TOGGLE = auto()
    """A button that opens a fold or a tab."""
    FOOTNOTE = auto()
    """A `sup` that is the mark of a footnote."""
    LINE = auto()
    """A `span` that is a line of code."""
    PART = auto()
    """A `span` that is shown as a part of its own: a title, a label, a number."""
    ASIDE = auto()
    """A `span` whose text a mouse makes appear beside a word: a note, what a word means."""
    RAISED = auto()
    """It is raised, as the cents of a price."""
    INLINE = auto()
    """A block that is shown in the line before it."""
    CODE = auto()
    """A block of code, each line of it an element."""
    FORMULA = auto()
    """A formula that a script has drawn, or its second copy."""
    COUNTER = auto()
    """It shows a number up to which a script counts, and which an element around it names."""
    SOME_DEVICES = auto()
    """It is shown on some devices only: another element may stand for it on others."""


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


# Names that mean this on some tags only: other tools mark the code itself with them.
_NEVER_TEXT_TAGS_OF = {
    "gutter": ("td",),
    "line_numbers": ("td",),
    "linenos": ("td", "span"),
    "lineno": ("span",),
    "lnt": ("span",),
}
BOILERPLATE_IDS = _names(
    "toc_container ez-toc-container jp-relatedposts jp-post-flair lwptoc crp_related rank-math-toc"
)
"""The same for ids. Other ids say nothing: they name places to jump to."""
_IDS_OF_CALLS = frozenset({"toc", "toc-container"})  # of lists of links, and of other things
# Slots of Google's tags for publishers, and of Advanced Ads.
_AD_SLOT = re.compile(r"(?:div-gpt-ad|google_ads_|advads-)")
# Ad Inserter's `code-block-1` (real code has no number), and Advanced Ads with the place's name.
_AD_INSERTER = re.compile(r"code-block-\d+|advads-[\w-]+")
FOOTNOTE_CLASSES = _names(
    "fn footnote easy-footnote footnote_referrer footnote-reference modern-footnotes-footnote"
    " footnote_plugin_tooltip_text footnote-ref footnote-link fnref mfn-ref"
)
"""Classes of a `sup` that is the mark of a footnote."""
LINE_CLASSES = _names("line code-line token-line hljs-ln-line cm-line view-line")
"""Classes of a `span` that is a line of code: scripts that highlight it show each as a block."""
FORMULA_CLASSES = _names(
    "MathJax MathJax_Display MathJax_SVG MathJax_SVG_Display MathJax_CHTML MathJax_PHTML"
    " MathJax_MathML mjx-chtml MJXc-display MJX_Assistive_MathML MathJax_Preview"
    " katex-html katex katex-display"
    " mwe-math-mathml-a11y"
)
"""Classes of what MathJax and KaTeX draw, and of second copies of formulas."""
OWN_NUMBERS = frozenset({"data-to-value", "data-to", "data-count", "data-end-value"})
"""Attributes of a counter that name its last number."""
NUMBERS_OF_COUNTERS = frozenset(
    {
        *("data-counter-value", "data-value", "data-number", "data-final", "data-stop"),
        *("data-target", "data-num", "data-counter"),
    }
)
"""The same. They have other uses, too: the class says whether it is a counter."""
COUNTER_CLASS = re.compile(r"count|number|odometer", re.IGNORECASE)
"""A part of a class that speaks of a counter."""
NUMBERS_OF_PARTS = ("data-number-value", "data-pie-label-value", "data-pie-value", "data-end")
"""Attributes of an element that name the number of a part inside (Divi, WPBakery, Kadence)."""
COUNTER_ATTRIBUTES = frozenset({*OWN_NUMBERS, *NUMBERS_OF_COUNTERS, *NUMBERS_OF_PARTS})
"""All attributes that may name the last number of a counter."""
COUNTER_CLASSES = _names("percent-value vc_pie_chart_value kb-count-up-process")
"""Classes of a part with the number of a counter."""
ASIDE_CLASSES = _names(
    "footnote_tooltip modern-footnotes-footnote__note tooltiptext tooltip-text tooltip-content"
    " tooltip__content tooltip_text tooltipcontent sidenote marginnote simple-tooltip-content"
    " su-tooltip-content qtip-content glossary-tooltip-content"
)
"""Classes of a `span` whose text appears beside a word."""
_NAME_UNDER_QUOTATION = "su-quote-cite"  # a `span` that stands on a line of its own
_PARTS_OF_PRICES = {
    "elementor-price-table__fractional-part": Meaning.RAISED,
    "elementor-price-table__after-price": Meaning.INLINE,
    "elementor-price-table__period": Meaning.PART,
}
_SECOND_COPY = "et_pb_counter_amount overlay"  # of a number, in the colour of Divi's bar
_QUOTING_TAGS = frozenset({"blockquote", "div"})
QUOTED_CLASSES = {
    "twitter-tweet": Meaning.TWEET,
    "twitter-video": Meaning.TWEET,
    "wp-embedded-content": Meaning.POST,
    "instagram-media": Meaning.POST,
    "tiktok-embed": Meaning.POST,
    "bluesky-embed": Meaning.POST,
    "mastodon-embed": Meaning.POST,
    "reddit-embed-bq": Meaning.POST,
    "reddit-card": Meaning.POST,
    "text-post-media": Meaning.POST,
    "fb-post": Meaning.POST,
    "fb-video": Meaning.POST,
}
"""Classes of a `blockquote` or `div` that quotes a post of another site or network."""
_TOGGLE_ATTRIBUTES = frozenset({"aria-controls", "aria-expanded"})
# Parts of names may keep a text; only whole names remove one.
_TOGGLE_NAME = re.compile(
    r"(?:^|[-_\s])(?:accordion|faq|questions?|tabs?|collaps(?:e|ed|ible)|expand(?:er|able)?"
    r"|spoiler|fold|toggler?|show-?(?:more|hide))(?:$|[-_\s])"
)
_MENU_NAME = re.compile(r"(?:^|[-_\s])(?:menu|nav|navbar|sidebar|search|toc)(?:$|[-_\s])")
# Bootstrap's attribute; other values open a menu or a dialogue.
_TOGGLED = frozenset({"collapse", "tab", "pill"})
_TOGGLE_SCRIPT = re.compile(
    r"toggle|collapse|expand|spoiler|accordion|style\.display|\.hidden\b", re.IGNORECASE
)
EMBED_CLASSES = {
    "wp-block-embed__wrapper": Meaning.EMBED_WRAPPER,
    "elementor-widget-video": Meaning.PLAYER,
    "rll-youtube-player": Meaning.PLAYER,
    "perfmatters-lazy-youtube": Meaning.PLAYER,
    "youtube-player": Meaning.PLAYER,
    "youtube-embed": Meaning.PLAYER,
    "lyMe": Meaning.PLAYER,
    "brlbs-cmpnt-content-blocker": Meaning.PLAYER,
    "_brlbs-content-blocker": Meaning.PLAYER,
    "embed-privacy-container": Meaning.PLAYER,
    "youtube_player": Meaning.PLAYER,
    "vimeo_player": Meaning.PLAYER,
    "dailymotion_player": Meaning.PLAYER,
    "spotify_player": Meaning.PLAYER,
    "tac_iframe": Meaning.PLAYER,
    "wistia_embed": Meaning.PLAYER,
    "flourish-embed": Meaning.PLAYER,
    "infogram-embed": Meaning.PLAYER,
    "PDS_Poll": Meaning.PLAYER,
    "pd-embed": Meaning.PLAYER,
}
"""Classes of a `div` that is or becomes an embed."""
CODE_CLASSES = _names(
    "crayon-pre urvanov-syntax-highlighter-pre syntaxhighlighter enlighter codecolorer"
    " dp-highlighter prettyprint wp-block-kevinbatdorf-code-block-pro hcb_wrap"
)
"""Classes of a `div` whose lines are code: scripts make such blocks in place of `pre`."""
_COLOURED_NAME = re.compile(
    r"background|(?:^|[\s_-])(?:bg|btn|button|badge|cover|hero|banner|dark|card|callout|alert)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_PART_NAME = re.compile(
    r"(?:^|\s)(?:label|value|key|days?|hours|time|date|year|title|subtitle|text|name|price|number"
    r"|amount|desc(?:ription)?|role|position|job|question|answer|term|heading)(?:\s|$)"
    r"|\w[-_](?:title|heading|description|label|text|name|number|value|percentage|price|count|date"
    r"|author|meta)(?:\s|$)"
)
_BUTTON_NAME = re.compile(r"(?:^|[\s_-])(?:btn|button)(?:$|[\s_-])", re.IGNORECASE)
_HOST = re.compile(r"^(?:https?:)?//[^/]*", re.IGNORECASE)
_FILE_ADDRESS = re.compile(r"\.(?!html?$|php$)\w{2,5}$")
# Longer names are cut before they are cached, or a hostile page would fill the memory.
_MAX_LENGTH = 500


def meaning_of(tag: str, attributes: Attributes) -> Meaning | None:
    """Return what an element's class or id says about it; None for nothing."""
    class_ = attributes.get("class", "")
    id_ = attributes.get("id", "")
    return _meaning(tag[:_MAX_LENGTH], class_[:_MAX_LENGTH], id_[:_MAX_LENGTH])


def toggle_meaning(button: Attributes) -> Meaning | None:
    """Return `TOGGLE` for a button that opens a fold or a tab, by its role, attributes or names."""
    names = f"{button.get('class', '')[:_MAX_LENGTH]} {button.get('id', '')[:_MAX_LENGTH]}"
    if "aria-haspopup" in button or _MENU_NAME.search(names):  # a menu or a dialogue
        return None
    if button.get("role") == "tab" or not _TOGGLE_ATTRIBUTES.isdisjoint(button):
        return Meaning.TOGGLE
    if button.get("data-toggle", button.get("data-bs-toggle")) in _TOGGLED:
        return Meaning.TOGGLE
    if _TOGGLE_NAME.search(names) or _TOGGLE_SCRIPT.search(button.get("onclick", "")[:_MAX_LENGTH]):
        return Meaning.TOGGLE
    return None


def leads_to_page(link: Attributes) -> bool:
    """Return whether a link leads to another page.

    One that opens something in the page, or leads to a file, does not.
    """
    href = link.get("href", "").strip()
    if not href or href.startswith(("#", "mailto:", "tel:", "javascript:")):
        return False
    if link.get("role") == "tab" or not _TOGGLE_ATTRIBUTES.isdisjoint(link):
        return False
    return not leads_to_file(href)


def leads_to_file(href: str) -> bool:
    """Return whether an address is that of a file, by its ending."""
    path = _HOST.sub("", href.partition("?")[0].partition("#")[0], count=1)
    return _FILE_ADDRESS.search(path) is not None


def is_named_button(link: Attributes) -> bool:
    """Return whether a link has the class of a button."""
    return _BUTTON_NAME.search(link.get("class", "")[:_MAX_LENGTH]) is not None


@lru_cache(maxsize=8192)  # a site repeats itself
def _meaning(tag: str, class_: str, id_: str) -> Meaning | None:
    if id_ in _IDS_OF_CALLS:
        return Meaning.CALL
    if id_ in BOILERPLATE_IDS or (id_ and _AD_SLOT.match(id_)):
        return Meaning.BOILERPLATE
    for name in class_.split():
        meaning = _meaning_of_class(tag, name)
        if meaning is not None:
            return meaning
    if class_.startswith(_SECOND_COPY):
        return Meaning.NEVER_TEXT
    if tag == "span" and not LINE_CLASSES.isdisjoint(class_.split()):
        return Meaning.LINE
    if tag == "span" and _PART_NAME.search(class_):
        return Meaning.PART
    devices = device_names(class_)
    if devices:
        return Meaning.BOILERPLATE if is_hidden_everywhere(devices) else Meaning.SOME_DEVICES
    if _COLOURED_NAME.search(class_):
        return Meaning.COLOURED
    return None


def is_coloured_name(attributes: Attributes) -> bool:
    """Return whether the class of an element says that it has a background of its own."""
    return _COLOURED_NAME.search(attributes.get("class", "")[:_MAX_LENGTH]) is not None


def _meaning_of_class(tag: str, name: str) -> Meaning | None:
    if name in NEVER_TEXT_CLASSES:
        if tag not in _NEVER_TEXT_TAGS_OF.get(name, (tag,)):
            return None
        return Meaning.NEVER_TEXT
    if name in FORM_CLASSES:
        return Meaning.FORM
    if name in BOILERPLATE_CLASSES:
        return Meaning.BOILERPLATE
    if name in CALL_CLASSES:
        return Meaning.CALL
    if name in BUTTON_CLASSES:
        return Meaning.BUTTON
    if name in COUNTER_CLASSES:
        return Meaning.COUNTER
    if name in FORMULA_CLASSES:
        return Meaning.FORMULA
    if tag == "div" and _AD_INSERTER.fullmatch(name):
        return Meaning.BOILERPLATE
    if name in _PARTS_OF_PRICES:
        return _PARTS_OF_PRICES[name]
    if name == _NAME_UNDER_QUOTATION:
        return Meaning.TOGGLE
    if tag == "span" and name in ASIDE_CLASSES:
        return Meaning.ASIDE
    if tag == "sup" and name in FOOTNOTE_CLASSES:
        return Meaning.FOOTNOTE
    if tag == "div" and name in CODE_CLASSES:
        return Meaning.CODE
    if tag == "div" and name in EMBED_CLASSES:
        return EMBED_CLASSES[name]
    if tag in _QUOTING_TAGS:
        return QUOTED_CLASSES.get(name)
    return None


_LANGUAGE_ATTRIBUTES = ("data-enlighter-language", "data-language", "data-lang")
_LANGUAGE_CLASS = re.compile(
    r"(?:^|\s)(?:language-|lang-|lang:\s?|brush:\s?)([A-Za-z0-9+#.-]{1,30})"
)
_LANGUAGE = re.compile(r"[A-Za-z0-9+#.-]{1,30}")
_NO_LANGUAGE = _names("default generic nohighlight none plain plaintext text")


def code_language(attributes: Attributes) -> str:
    """Return the language that highlighters name on an element of code; empty for none."""
    named = [attributes.get(name, "") for name in _LANGUAGE_ATTRIBUTES]
    found = _LANGUAGE_CLASS.search(attributes.get("class", "")[:_MAX_LENGTH])
    if found is not None:
        named.append(found[1])
    # `lang` is meant for people's languages, whose codes have two letters.
    named += [lang for lang in [attributes.get("lang", "")] if len(lang) > 2 and "-" not in lang]
    for name in named:
        if _LANGUAGE.fullmatch(name) and name.lower() not in _NO_LANGUAGE:
            return name.lower()
    return ""
