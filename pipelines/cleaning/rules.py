"""What a tag means, and what a class or id says about it.

Classes are judged by whole tokens of known plug-ins and blocks, never by substrings: one pattern too many (`entry-title`)
costs more text than a missing one leaves noise.
"""

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from pipelines.cleaning.text import LINE, PARAGRAPH


class Tag(NamedTuple):
    """How a known tag is treated."""

    name: str
    """Its name in safe HTML."""
    gap: int
    """Text before, inside and after it stands apart: 0 not at all, 1 on lines of its own, 2 as a paragraph."""
    opening: str
    """Its start and end in safe HTML, without attributes; `hr` has no end."""
    closing: str


class Verdict(IntEnum):
    """What a tag, its class or its id says about an element."""

    NONE = 0
    HARD = 1
    """Never content: goes, whatever it holds."""
    FURNITURE = 2
    """Looks like boilerplate: goes, unless it is most of the post."""
    TWEET = 3
    POST = 4
    """A post of another site or network, quoted with its text."""
    FOOTNOTE = 5


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _tags(names: str, gap: int, html: str | None = None) -> dict[str, Tag]:
    return {
        name: Tag(html or name, gap, f"<{html or name}>", f"</{html or name}>")
        for name in names.split()
    }


TAGS: dict[str, Tag] = {
    **_tags(
        "p h1 h2 h3 h4 h5 h6 blockquote figure figcaption div dl dt dd details summary", PARAGRAPH
    ),
    **_tags("ul ol li pre table caption", PARAGRAPH),
    **_tags("thead tbody tfoot tr td th", LINE),
    **_tags(
        "section article aside header footer main nav address center fieldset legend form hgroup dialog",
        PARAGRAPH,
        "div",
    ),
    **_tags("dir menu", PARAGRAPH, "ul"),
    **_tags("xmp listing", PARAGRAPH, "pre"),
    **_tags(
        "a code kbd samp var em strong b i u s del ins mark small sub sup q cite abbr dfn time bdi bdo ruby",
        0,
    ),
    **_tags("strike", 0, "s"),
    "hr": Tag("hr", PARAGRAPH, "<hr>", ""),
}
"""Tags that are not here are unwrapped: they are neither blocks nor safe HTML, and what they hold stays."""

SAFE_TAGS = frozenset(tag.name for tag in TAGS.values()) | {"br", "img"}
SAFE_ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": frozenset({"href", "data-embed"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "blockquote": frozenset({"cite", "data-embed"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan"}),
    "ol": frozenset({"start"}),
    "li": frozenset({"value"}),
    "time": frozenset({"datetime"}),
    "abbr": frozenset({"title"}),
    "*": frozenset({"dir", "lang"}),
}
"""Attributes that safe HTML may have, by tag; `*` is every tag."""

HARD_TAGS = _names(
    "script style template svg canvas select option optgroup datalist textarea button input output progress meter keygen"
    " title head noframes frameset applet map noembed rp label"
)
"""Never text; but a button that is a heading's toggle (the accordion block) and a label outside a form (a fold without a script) are."""

_HARD_TOKENS = _names(
    "adsbygoogle screen-reader-text sr-only visually-hidden katex-html gutter crayon-nums line_numbers hljs-ln-numbers rouge-gutter"
    " wp-block-accordion-heading__toggle-icon ez-toc-toggle wp-block-file__embed wp-block-file__button"
)
_HARD_ONLY_IN = {
    "gutter": ("td",),
    "line_numbers": ("td",),
}  # Prism marks the code itself with `line-numbers`
_FURNITURE_TOKENS = _names(
    # sharing, likes, ratings, counters
    "sharedaddy sd-sharing-enabled sd-sharing jp-post-flair jetpack-likes-widget-wrapper addtoany_share_save_container addtoany_content"
    " a2a_kit ssba ssba-wrap heateor_sss_sharing_container heateorSssClear shared-counts-wrap essb_links mashsb-container swp_social_panel"
    " sfsi_Sicons nc_socialPanel simplesocialbuttons shariff sharethis-inline-share-buttons social-share social-sharing share-buttons"
    " td-post-sharing wp-block-jetpack-sharing-buttons wp-block-social-links wp-block-outermost-social-sharing"
    " kk-star-ratings rmp-widgets-container post-ratings wp_ulike wpulike pvc_stats post-views tptn_counter printfriendly pf-button"
    # related posts and navigation
    " jp-relatedposts wp-block-jetpack-related-posts yarpp yarpp-related crp_related related-posts related_posts relatedposts"
    " rp4wp-related-posts also-read also_read read-also alsoread more-link post-navigation nav-links navigation-post page-links"
    " wp-block-post-navigation-link wp-block-latest-posts wp-block-latest-comments wp-block-archives wp-block-tag-cloud wp-block-calendar"
    " wp-block-search wp-block-loginout"
    # tables of contents: the headings stay
    " ez-toc-container toc_container lwptoc rank-math-toc-block wp-block-rank-math-toc-block wp-block-yoast-seo-table-of-contents"
    " wp-block-aioseo-table-of-contents uagb-toc__wrap wp-block-uagb-table-of-contents simpletoc simpletoc-list wp-block-simpletoc-toc"
    " kb-table-of-content-nav wp-block-kadence-tableofcontents joli-toc wpj-jtoc wp-block-table-of-contents eztoc-hide"
    # newsletters, author boxes, advertisements
    " mc4wp-form jetpack_subscription_widget wp-block-jetpack-subscriptions mailpoet_form formkit-form newsletter-form tnp-subscription"
    " saboxplugin-wrap abh_box pp-multiple-authors-boxes-wrapper molongui-author-box m-a-box author-box"
    " wpa wpcnt ad-inserter quads-location wp-block-ad google-auto-placed"
)
_FURNITURE_IDS = _names(
    "toc_container ez-toc-container jp-relatedposts jp-post-flair lwptoc crp_related rank-math-toc toc-container"
)
_AD_INSERTER = re.compile(r"code-block-\d+")
_FOOTNOTE_TOKENS = _names(
    "fn footnote easy-footnote footnote_referrer footnote-reference modern-footnotes-footnote"
)
_QUOTED = {
    "twitter-tweet": Verdict.TWEET,
    "twitter-video": Verdict.TWEET,
    "wp-embedded-content": Verdict.POST,
    "instagram-media": Verdict.POST,
    "tiktok-embed": Verdict.POST,
    "bluesky-embed": Verdict.POST,
    "mastodon-embed": Verdict.POST,
    "reddit-embed-bq": Verdict.POST,
    "reddit-card": Verdict.POST,
    "text-post-media": Verdict.POST,
    "fb-post": Verdict.POST,
    "fb-video": Verdict.POST,
}


@lru_cache(maxsize=8192)
def verdict(tag: str, class_: str, id_: str) -> Verdict:
    """What class and id say about an element; cached, because a site repeats itself."""
    if id_ in _FURNITURE_IDS:
        return Verdict.FURNITURE
    for token in class_.split():
        found = _verdict_of(tag, token)
        if found:
            return found
    return Verdict.NONE


def _verdict_of(tag: str, token: str) -> Verdict:
    if token in _HARD_TOKENS:
        return Verdict.HARD if tag in _HARD_ONLY_IN.get(token, (tag,)) else Verdict.NONE
    if token in _FURNITURE_TOKENS or (tag == "div" and _AD_INSERTER.fullmatch(token)):
        return Verdict.FURNITURE
    if tag in ("blockquote", "div"):
        return _QUOTED.get(token, Verdict.NONE)
    return Verdict.FOOTNOTE if tag == "sup" and token in _FOOTNOTE_TOKENS else Verdict.NONE
