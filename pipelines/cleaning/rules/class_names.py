"""Say what the class or id of an element means, by the names that WordPress and its plug-ins use.

Classes are compared as whole names, never by a part of a name: one pattern too many (`entry-title`)
costs more text than a missing one leaves noise.
"""

import re
from enum import Enum, auto
from functools import lru_cache

from pipelines.cleaning.parse.events import Attributes


class Meaning(Enum):
    """The meaning of a class or an id for its element."""

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
    CODE = auto()
    """A block of code, each line of it an element."""


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


NEVER_TEXT_CLASSES = _names(
    # read to users of screen readers only
    "screen-reader-text sr-only visually-hidden elementor-screen-only visuallyhidden assistive-text"
    " show-for-sr screen-reader sr-text a11y-hidden visually-hidden-focusable sr-only-focusable"
    # the arrows and dots of carousels
    " swiper-button-next swiper-button-prev elementor-swiper-button swiper-pagination slick-arrow"
    " slick-dots carousel-control-prev carousel-control-next carousel-indicators owl-nav owl-dots"
    # advertisements
    " adsbygoogle"
    # the second copy of a formula, and line numbers beside code
    " katex-html MathJax_Preview gutter crayon-nums line_numbers hljs-ln-numbers rouge-gutter"
    # buttons of networks, which a script makes of links
    " twitter-follow-button twitter-share-button twitter-hashtag-button twitter-mention-button"
    " fb-like fb-share-button fb-follow fb-save fb-send g-plusone linkedin-share-button"
    # labels and buttons beside code
    " shcb-language cbp-lang code-block-pro-copy-button copy-code-button"
    " toolbar_item enlighter-toolbar enlighter-hint crayon-toolbar"
    " crayon-info crayon-plain-wrap toolbar-item"
    " urvanov-syntax-highlighter-toolbar urvanov-syntax-highlighter-info"
    " urvanov-syntax-highlighter-plain-wrap urvanov-syntax-highlighter-nums"
    # what stands in place of an embed until a reader agrees to cookies
    " cmplz-blocked-content-notice cmplz-blocked-content-container _brlbs-caption"
    " brlbs-cmpnt-cb-content brlbs-cmpnt-cb-main iub-placeholder cookieconsent-optout-marketing"
    " cookieconsent-optout-statistics cookieconsent-optout-preferences"
    " cookieconsent-optout-necessary cky-placeholder cli_pre_blocked-notice"
    " rcb-content-blocker rcb-content-blocker-text wpconsent-iframe-overlay-content"
    " gdpr-consent-placeholder moove-gdpr-placeholder cn-iframe-placeholder"
    " klaro context-notice embed-privacy-overlay sp-dsgvo-blocked-embedding-placeholder"
    " consent-placeholder cookie-placeholder content-blocker-placeholder cmp-placeholder"
    " embed-consent video-consent"
    # buttons and labels beside code, and on players
    " code-lang code-language code-label copy-btn copy-button copybutton btn-copy code-copy"
    " btn-clipboard mejs-offscreen mejs-controls mejs-overlay mejs-layers"
    # controls
    " wp-block-accordion-heading__toggle-icon ez-toc-toggle wp-block-file__embed"
    " wp-block-file__button"
)
"""Elements with one of these go, whatever they hold."""
# Names that mean this on a table cell only: other tools mark the code itself with them.
_NEVER_TEXT_IN_CELLS = frozenset({"gutter", "line_numbers"})
# Buttons of page builders and plug-ins: they stand alone, and call to do something.
_BUTTON_CLASSES = (
    "wp-block-buttons wp-block-button wp-block-uagb-buttons wp-block-uagb-buttons-child"
    " uagb-buttons__wrap wp-block-uagb-marketing-button wp-block-kadence-advancedbtn"
    " kb-buttons-wrap wp-block-stackable-button-group wp-block-stackable-button"
    " wp-block-coblocks-buttons wp-block-getwid-button-group wp-block-atomic-blocks-ab-button"
    " wp-block-ugb-button wp-block-otter-button-group wp-block-themeisle-blocks-button-group"
    " wp-block-jetpack-button wp-block-read-more gb-button-wrapper bricks-button brxe-button"
    " elementor-widget-button elementor-button-wrapper elementor-button"
    " et_pb_button_module_wrapper et_pb_button_wrapper et_pb_button fusion-button-wrapper"
    " fusion-button fl-module-button fl-button-wrap fl-button vc_btn3-container vc_btn3"
    " thrv-button tcb-button-block tcb-button-link brz-btn so-widget-sow-button ow-button-base"
    " ct-link-button oxy-button x-btn mk-button nectar-button su-button maxbutton"
    " avia-button-wrap avia-button bt_bb_button tatsu-button-wrap kc_button qbutton eltdf-btn"
    " mkdf-btn qodef-btn edgtf-btn swell-block-button button-block"
    " wp-block-cocoon-blocks-button-1 btn-wrap wp-block-ub-button ub-buttons"
    " wp-block-genesis-blocks-gb-button gb-block-button elementskit-btn"
    " eael-creative-button-wrapper premium-button-container bctt-ctt-btn"
    " wp-block-coblocks-click-to-tweet__twitter-btn elementor-blockquote__tweet-button"
    " wp-block-advgb-button wp-block-jetpack-payment-buttons wp-block-jetpack-donations"
    " wp-block-jetpack-recurring-payments wp-block-wpcom-donations"
)
# Boxes that call to do something, to buy, to subscribe.
_CALL_CLASSES = (
    "et_pb_promo et_pb_cta et_pb_newsletter et_pb_subscribe et_pb_signup fl-module-cta"
    " fl-cta-wrap fl-module-subscribe-form fl-module-social-buttons vc_cta3-container vc_cta3"
    " vc_cta elementor-widget-call-to-action elementor-cta fusion-reading-box-container"
    " fusion-tagline-container so-widget-sow-cta wp-block-uagb-call-to-action wp-block-ugb-cta"
    " wp-block-stackable-call-to-action wp-block-getwid-banner-cta"
    " wp-block-atomic-blocks-ab-cta ab-block-cta wp-block-newsletter mc4wp-form-container"
    " tve-leads-conversion-object tve_leads_form_container thrive-leads-block optin-box"
    " sib-form sml_subscribe es_subscription_form subscribe-box newsletter-box"
    " jetpack-subscribe wp-block-convertkit-form elementor-widget-countdown aawp aawp-product"
    " aawp-box amazon-auto-links product-box-amazon wp-polls yop-poll-container"
    " poll-maker-container totalpoll-wrapper wp-block-genesis-blocks-gb-cta gb-block-cta"
    " wp-block-genesis-blocks-gb-newsletter gb-block-newsletter"
    " wp-block-ub-call-to-action-block ub_call_to_action wp-block-ub-countdown"
    " wp-block-kadence-countdown wp-block-jetpack-mailchimp wp-block-jetpack-calendly"
    " wp-block-mailpoet-subscription-form-block wp-block-advgb-newsletter cta-box"
    " eael-call-to-action elementor-widget-form elementor-widget-login"
    " elementor-widget-search-form reward-button post-reward dashang"
    " wp-block-cocoon-blocks-cta elementor-countdown-wrapper et_pb_countdown_timer"
    " fusion-countdown fl-module-countdown ult_countdown premium-countdown eael-countdown"
    " ycd-countdown-wrapper hurrytimer-campaign wp-block-uagb-countdown brxe-countdown"
    ""
)
# Lists of other posts that a builder or plug-in puts together.
_POST_LIST_CLASSES = (
    "et_pb_blog et_pb_posts et_pb_posts_nav et_pb_post_slider fl-module-post-grid"
    " fl-post-grid fl-module-post-carousel fl-module-post-slider elementor-widget-posts"
    " elementor-posts elementor-widget-archive-posts elementor-widget-post-navigation"
    " elementor-post-navigation fusion-blog-shortcode fusion-recent-posts fusion-related-posts"
    " related-posts-wrapper vc_basic_grid vc_grid-container wpb_posts_slider brxe-posts"
    " brxe-related-posts brxe-post-navigation so-widget-sow-blog so-widget-sow-post-carousel"
    " oxy-posts-grid tve-post-list thrv_post_list wp-block-uagb-post-grid uagb-post-grid"
    " uagb-post__carousel wp-block-kadence-posts kb-posts wp-block-getwid-recent-posts"
    " wp-block-coblocks-posts wp-block-coblocks-post-carousel wp-block-stackable-posts"
    " wp-block-ugb-blog-posts wp-block-newspack-blocks-homepage-articles"
    " wp-block-newspack-blocks-carousel wp-block-atomic-blocks-ab-post-grid"
    " wp-block-themeisle-blocks-posts-grid display-posts-listing lcp_catlist"
    " srp-widget-container wpp-list sow-carousel-wrapper irp wp-block-irp"
    " relpost-thumb-wrapper relpost-block-container contextual-related-posts similar-posts"
    " wp_rp_wrap simple-related-posts erp_wrapper internal-linking-related-contents"
    " related-post related_post read-more-box amp-related-posts amp-next-page"
    " elementor-widget-loop-grid elementor-widget-loop-carousel"
    " elementor-widget-wp-widget-recent-posts elementor-widget-wp-widget-categories"
    " elementor-widget-wp-widget-archives elementor-widget-wp-widget-tag_cloud"
    " elementor-widget-wp-widget-recent-comments elementor-widget-nav-menu"
    " elementor-widget-breadcrumbs eael-post-grid box-blog-post wp-block-query"
    " wp-block-post-template wp-block-rss wp-block-page-list wp-block-categories"
    " wp-block-categories-list wp-block-post-comments-form wp-block-comments"
    " wp-block-jetpack-blogroll wp-block-uagb-post-timeline wp-block-uagb-post-masonry"
    " wp-block-uagb-post-carousel wp-block-genesis-blocks-gb-post-grid"
    " wp-block-advgb-recent-posts wp-block-cocoon-blocks-new-list"
    " wp-block-cocoon-blocks-popular-list wp-block-cocoon-blocks-ranking"
    " internal-blogcard-wrap lkc-internal-wrap swell-block-postLink kanren wp-block-post-terms"
    " article-tags post-tags entry-tags tags-links nav-next-prev next-prev-nav crp-list"
    " wp-block-contextual-related-posts elementor-gallery__titles-container"
    " elementor-portfolio__filters elementor-pagination wpml-ls"
    " wpml-ls-statics-shortcode_actions elementor-widget-polylang-language-switcher"
    " wp-block-polylang-language-switcher elementor-widget-sitemap elementor-widget-archives"
    " wp-pagenavi page-numbers"
)
# Tables of contents of builders and themes.
_CONTENTS_CLASSES = (
    "elementor-widget-table-of-contents elementor-toc tve-toc thrv-tables-of-contents"
    " et_pb_toc fusion-toc brxe-toc brxe-post-toc wp-block-getwid-table-of-contents"
    " wp-block-stackable-table-of-contents wp-block-ub-table-of-contents-block"
    " ub_table-of-contents wp-block-gutena-toc ht_toc_list cwp-toc tocer fixed-toc"
    " ftwp-container post-toc toc-title toc-content wp-block-cocoon-blocks-toc p-toc"
    " uagb-toc__list-wrap wp-block-gutenkit-table-of-contents"
)
# Parts of recipes and of events that are buttons or votes.
_CARD_PART_CLASSES = (
    "wprm-recipe-snippet wprm-recipe-jump wprm-recipe-print wprm-recipe-pin"
    " wprm-recipe-rating wprm-recipe-add-to-collection-recipe wprm-recipe-share"
    " wprm-recipe-email wprm-call-to-action wprm-recipe-jump-to-video"
    " wprm-recipe-adjustable-servings-container wprm-unit-conversion-container"
    " tasty-recipes-buttons tasty-recipes-rating tasty-recipes-quick-links"
    " tasty-recipes-print-button tasty-recipes-jump-target-wrap tasty-recipes-scale-container"
    " tasty-recipes-units-container mv-create-actions mv-create-reviews mv-create-print-form"
    " mv-create-social mv-create-jtr wpurp-recipe-print jump-to-recipe recipe-print"
    " recipe-jump cooked-recipe-print jetpack-recipe-print wpzoom-rcb-jump-to"
    " wpzoom-recipe-card-print-link recipe-card-rating tribe-events-cal-links"
    " tribe-events-c-subscribe-dropdown tribe-block__events-link em-ical eo-event-ical"
    " rt-reading-time span-reading-time yoast-reading-time__wrapper bsf-rt-reading-time"
    " reading-time wp-block-post-time-to-read eta-reading-time elementor-widget-post-info"
    " elementor-widget-star-rating elementor-widget-rating wp-block-ub-star-rating-block"
    " wp-block-post-date wp-block-avatar post-copyright article-copyright open-message"
    " copyright-notice elementor-post-info elementor-star-rating"
)
BOILERPLATE_CLASSES = _names(
    f"{_BUTTON_CLASSES} {_CALL_CLASSES} {_POST_LIST_CLASSES} {_CONTENTS_CLASSES}"
    f" {_CARD_PART_CLASSES}"
    # sharing, likes, ratings, counters
    " sharedaddy sd-sharing-enabled sd-sharing jp-post-flair jetpack-likes-widget-wrapper"
    " addtoany_share_save_container addtoany_content a2a_kit ssba ssba-wrap"
    " heateor_sss_sharing_container heateorSssClear shared-counts-wrap essb_links"
    " mashsb-container swp_social_panel sfsi_Sicons nc_socialPanel simplesocialbuttons shariff"
    " sharethis-inline-share-buttons social-share social-sharing share-buttons td-post-sharing"
    " wp-block-jetpack-sharing-buttons wp-block-social-links wp-block-outermost-social-sharing"
    " elementor-widget-share-buttons elementor-share-btn elementor-widget-social-icons"
    " fl-social-buttons fusion-sharing-box fusion-social-links brxe-post-sharing"
    " brxe-social-icons et_pb_social_media_follow et_social_inline et_social_networks"
    " sns-follow sns-share sns-box snsb-list wp-block-kadence-social-icons uagb-social-share"
    " wp-block-uagb-social-share addthis_toolbox addthis_inline_share_toolbox sassy-social-share"
    " sfsi_responsive_icons mashsb-box social-warfare wp-social-share dpsp-share-text"
    " dpsp-content-wrapper dpsp-networks-btns-share novashare-buttons jssocials ya-share2"
    " share-icons follow-icons social-icons bdsharebuttonbox jiathis_style wp-block-coblocks-social"
    " wp-block-genesis-blocks-gb-sharing gb-block-sharing wp-block-atomic-blocks-ab-sharing"
    " wp-block-jetpack-like wp-block-ub-social-share wp-block-advgb-social-links"
    " elementor-widget-facebook-button elementor-widget-facebook-page"
    " elementor-widget-facebook-comments"
    " uptolike-buttons pluso line-it-button fb-root ssk-group a2a_dd"
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
    " ad-inserter quads-location wp-block-ad google-auto-placed amp-ad-wrapper amp-ad-label"
    " wp-block-author-box author-bio about-author post-author-box post-author-bio"
    " fusion-about-author brxe-post-author td-author-box tdb-author-box"
    " wp-block-genesis-blocks-gb-profile-box gb-block-profile wp-block-atomic-blocks-ab-profile-box"
    " wp-block-coblocks-author wp-block-cocoon-blocks-profile"
    " elementor-widget-post-author wp-block-uagb-author-box ts-fab-wrapper guest-author-box"
    " wp-biographia-container-top vcard-author ppma-author-box"
    " author-info author-card author-profile author-description author-details post-author"
    " authorbox author_box author-block entry-author aboutauthor about-the-author blog-author"
    " writer-profile writer-info post_author"
    # boxes that themes and editors name themselves
    " cta cta-wrapper call-to-action cta-block cta-section cta-banner newsletter newsletter-signup"
    " newsletter-block newsletter-cta cta-newsletter newsletter-wrap signup-form signup-box"
    " subscribe-form subscription-box email-signup optin optin-form donate-block donate-box"
    " donation-box support-box support-us promo-box join-box telegram-box whatsapp-box"
    " channel-box follow-box social-box"
    " social-links share-links share-bar sharing-buttons post-share entry-share sharebar share-box"
    " share-post share-wrap share_buttons"
    " related-articles related-news related-links related-stories related-content read-more-links"
    " recommended-posts recommended-articles more-stories more-articles also-like you-may-like"
    " youmaylike more-posts popular-posts latest-posts recent-posts next-post prev-post post-nav"
    " article-nav gdrts-rating-block rating-block post-rating rating-form"
)
"""Elements with one of these go, unless they are a large share of the post."""
BOILERPLATE_IDS = _names(
    "toc_container ez-toc-container jp-relatedposts jp-post-flair lwptoc crp_related rank-math-toc"
    " toc-container toc"
)
"""The same for ids. Other ids say nothing: they name places to jump to."""
# Ad Inserter's `code-block-1`; real code has no number.
_AD_INSERTER = re.compile(r"code-block-\d+")
FOOTNOTE_CLASSES = _names(
    "fn footnote easy-footnote footnote_referrer footnote-reference modern-footnotes-footnote"
    " footnote_plugin_tooltip_text footnote-ref footnote-link fnref mfn-ref"
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
    "youtube-embed": Meaning.PLAYER,
    "lyMe": Meaning.PLAYER,
    "brlbs-cmpnt-content-blocker": Meaning.PLAYER,
    "_brlbs-content-blocker": Meaning.PLAYER,
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
    """Return `TOGGLE` for a button that opens a fold or a tab, by its role, attributes or class."""
    if "aria-haspopup" in button:  # a menu or a dialogue
        return None
    if button.get("role") == "tab" or not _TOGGLE_ATTRIBUTES.isdisjoint(button):
        return Meaning.TOGGLE
    if _TOGGLE_NAME.search(button.get("class", "")[:_MAX_LENGTH]):
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
    path = _HOST.sub("", href.partition("?")[0].partition("#")[0], count=1)
    return _FILE_ADDRESS.search(path) is None


def is_named_button(link: Attributes) -> bool:
    """Return whether a link has the class of a button."""
    return _BUTTON_NAME.search(link.get("class", "")[:_MAX_LENGTH]) is not None


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
