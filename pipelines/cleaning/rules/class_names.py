"""Say what the class or id of an element means, by the names that WordPress and its plug-ins use.

Classes are compared as whole names, never by a part of a name: one pattern too many (`entry-title`)
costs more text than a missing one leaves noise.
"""

import re
from enum import Enum, auto
from functools import lru_cache

from pipelines.cleaning.parse.events import Attributes


class Meaning(Enum):
    """What a class or an id says about an element."""

    NEVER_TEXT = auto()
    """It goes, whatever it holds."""
    BOILERPLATE = auto()
    """It looks like boilerplate: it goes, unless it is a large share of the post."""
    TWEET = auto()
    """A tweet, quoted with its text."""
    POST = auto()
    """A post of another site or network, quoted with its text."""
    PLAYER = auto()
    """A block of which a script makes a player."""
    EMBED_WRAPPER = auto()
    """The block around what WordPress embeds."""
    COLOURED = auto()
    """It probably has a background of its own, on which white letters are seen."""
    TOGGLE = auto()
    """A button that opens a fold or a tab."""
    FOOTNOTE = auto()
    """A `sup` that is the mark of a footnote."""


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


NEVER_TEXT_CLASSES = _names(
    # read to users of screen readers only
    "screen-reader-text sr-only visually-hidden"
    # advertisements
    " adsbygoogle"
    # the second copy of a formula, and line numbers beside code
    " katex-html MathJax_Preview gutter crayon-nums line_numbers hljs-ln-numbers rouge-gutter"
    # buttons of networks, which a script makes of links
    " twitter-follow-button twitter-share-button twitter-hashtag-button twitter-mention-button"
    " fb-like fb-share-button fb-follow fb-save fb-send g-plusone linkedin-share-button"
    # labels and buttons beside code
    " shcb-language cbp-lang code-block-pro-copy-button"
    " enlighter-toolbar crayon-toolbar toolbar-item"
    # controls
    " wp-block-accordion-heading__toggle-icon ez-toc-toggle wp-block-file__embed"
    " wp-block-file__button"
)
"""Elements with one of these go, whatever they hold."""
# Names that mean this on a table cell only: other tools mark the code itself with them.
_NEVER_TEXT_IN_CELLS = frozenset({"gutter", "line_numbers"})
BOILERPLATE_CLASSES = _names(
    # sharing, likes, ratings, counters
    "sharedaddy sd-sharing-enabled sd-sharing jp-post-flair jetpack-likes-widget-wrapper"
    " addtoany_share_save_container addtoany_content a2a_kit ssba ssba-wrap"
    " heateor_sss_sharing_container heateorSssClear shared-counts-wrap essb_links"
    " mashsb-container swp_social_panel sfsi_Sicons nc_socialPanel simplesocialbuttons shariff"
    " sharethis-inline-share-buttons social-share social-sharing share-buttons td-post-sharing"
    " wp-block-jetpack-sharing-buttons wp-block-social-links wp-block-outermost-social-sharing"
    " kk-star-ratings rmp-widgets-container post-ratings wp_ulike wpulike pvc_stats post-views"
    " tptn_counter printfriendly pf-button"
    # related posts and navigation
    " jp-relatedposts wp-block-jetpack-related-posts yarpp yarpp-related crp_related"
    " related-posts related_posts relatedposts rp4wp-related-posts also-read also_read read-also"
    " alsoread more-link post-navigation nav-links navigation-post page-links"
    " wp-block-post-navigation-link wp-block-latest-posts wp-block-latest-comments"
    " wp-block-archives wp-block-tag-cloud wp-block-calendar wp-block-search wp-block-loginout"
    # tables of contents: the headings stay
    " ez-toc-container toc_container lwptoc rank-math-toc-block wp-block-rank-math-toc-block"
    " wp-block-yoast-seo-table-of-contents wp-block-aioseo-table-of-contents uagb-toc__wrap"
    " wp-block-uagb-table-of-contents simpletoc simpletoc-list wp-block-simpletoc-toc"
    " kb-table-of-content-nav wp-block-kadence-tableofcontents joli-toc wpj-jtoc"
    " wp-block-table-of-contents eztoc-hide"
    # newsletters, author boxes, advertisements
    " mc4wp-form jetpack_subscription_widget wp-block-jetpack-subscriptions mailpoet_form"
    " formkit-form newsletter-form tnp-subscription saboxplugin-wrap abh_box"
    " pp-multiple-authors-boxes-wrapper molongui-author-box m-a-box author-box wpa wpcnt"
    " wp-block-post-author wp-block-post-author-biography wp-block-post-author-name"
    " elementor-widget-author-box elementor-author-box"
    " wpadc-wrapper-class advads-target ad-label advads-label"
    # links under a podcast's player
    " powerpress_links"
    " ad-inserter quads-location wp-block-ad google-auto-placed"
)
"""Elements with one of these go, unless they are a large share of the post."""
BOILERPLATE_IDS = _names(
    "toc_container ez-toc-container jp-relatedposts jp-post-flair lwptoc crp_related rank-math-toc"
    " toc-container"
)
"""The same for ids. Other ids say nothing: they name places to jump to."""
# Ad Inserter's `code-block-1`; real code has no number.
_AD_INSERTER = re.compile(r"code-block-\d+")
FOOTNOTE_CLASSES = _names(
    "fn footnote easy-footnote footnote_referrer footnote-reference modern-footnotes-footnote"
)
"""Classes of a `sup` that is the mark of a footnote."""
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
_TOGGLE_NAME = re.compile(r"(?:^|[-_\s])(?:accordion|faq|questions?|tabs?)(?:$|[-_\s])")
EMBED_CLASSES = {
    "wp-block-embed__wrapper": Meaning.EMBED_WRAPPER,
    "elementor-widget-video": Meaning.PLAYER,
    "rll-youtube-player": Meaning.PLAYER,
    "perfmatters-lazy-youtube": Meaning.PLAYER,
    "youtube-player": Meaning.PLAYER,
    "brlbs-cmpnt-content-blocker": Meaning.PLAYER,
    "_brlbs-content-blocker": Meaning.PLAYER,
}
"""Classes of a `div` that is or becomes an embed."""
_COLOURED_NAME = re.compile(
    r"background|(?:^|[\s_-])(?:bg|btn|button|badge|cover|hero|banner|dark|card|callout|alert)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
# Longer names are cut before they are cached, or a hostile page would fill the memory.
_MAX_LENGTH = 500


def meaning_of(tag: str, attributes: Attributes) -> Meaning | None:
    """Return what an element's class or id says about it; None for nothing."""
    class_ = attributes.get("class", "")
    id_ = attributes.get("id", "")
    return _meaning(tag[:_MAX_LENGTH], class_[:_MAX_LENGTH], id_[:_MAX_LENGTH])


def toggle_meaning(button: Attributes) -> Meaning | None:
    """Return `TOGGLE` for a button that opens a fold or a tab, by its role, attributes or class."""
    if "aria-haspopup" in button:  # a menu or a dialogue
        return None
    if button.get("role") == "tab" or not _TOGGLE_ATTRIBUTES.isdisjoint(button):
        return Meaning.TOGGLE
    if _TOGGLE_NAME.search(button.get("class", "")[:_MAX_LENGTH]):
        return Meaning.TOGGLE
    return None


@lru_cache(maxsize=8192)  # a site repeats itself
def _meaning(tag: str, class_: str, id_: str) -> Meaning | None:
    if id_ in BOILERPLATE_IDS:
        return Meaning.BOILERPLATE
    for name in class_.split():
        meaning = _meaning_of_class(tag, name)
        if meaning is not None:
            return meaning
    if _COLOURED_NAME.search(class_):
        return Meaning.COLOURED
    return None


def _meaning_of_class(tag: str, name: str) -> Meaning | None:
    if name in NEVER_TEXT_CLASSES:
        if name in _NEVER_TEXT_IN_CELLS and tag != "td":
            return None
        return Meaning.NEVER_TEXT
    if name in BOILERPLATE_CLASSES:
        return Meaning.BOILERPLATE
    if tag == "div" and _AD_INSERTER.fullmatch(name):
        return Meaning.BOILERPLATE
    if tag == "sup" and name in FOOTNOTE_CLASSES:
        return Meaning.FOOTNOTE
    if tag == "div" and name in EMBED_CLASSES:
        return EMBED_CLASSES[name]
    if tag in _QUOTING_TAGS:
        return QUOTED_CLASSES.get(name)
    return None
