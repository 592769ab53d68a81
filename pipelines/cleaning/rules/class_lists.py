"""List the classes by which WordPress, its page builders and plug-ins name what is no text.

`class_names.py` says what each list means for an element.
"""


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


FORM_CLASSES = _names(
    "wpcf7 gform_wrapper wpforms-container nf-form-cont ninja-forms-form-wrap frm_forms"
    " fluentform forminator-ui hs-form hbspt-form jetpack-contact-form-container"
    " wp-block-jetpack-contact-form happyforms-form caldera-grid quform everest-forms"
    " weforms-form metform-form contact-form-wrapper wp-block-contact-form-7-contact-form-selector"
)
"""Forms of plug-ins, which may have words outside their `form`: they go with these."""
NEVER_TEXT_CLASSES = _names(
    # read to users of screen readers only
    "screen-reader-text sr-only visually-hidden elementor-screen-only visuallyhidden assistive-text"
    " show-for-sr screen-reader sr-text a11y-hidden visually-hidden-focusable sr-only-focusable"
    # the arrows and dots of carousels
    " swiper-button-next swiper-button-prev elementor-swiper-button swiper-pagination slick-arrow"
    " slick-dots carousel-control-prev carousel-control-next carousel-indicators owl-nav owl-dots"
    # advertisements
    " adsbygoogle"
    # fonts of icons: the name or the letter of each
    " material-icons material-icons-outlined material-icons-round material-icons-rounded"
    " material-icons-sharp material-icons-two-tone material-symbols-outlined"
    " material-symbols-rounded material-symbols-sharp et-pb-icon"
    # line numbers beside code
    " linenos linenodiv lineno lnt"
    " gutter crayon-nums line_numbers hljs-ln-numbers rouge-gutter"
    # buttons of networks, which a script makes of links
    " twitter-follow-button twitter-share-button twitter-hashtag-button twitter-mention-button"
    " fb-like fb-share-button fb-follow fb-save fb-send g-plusone linkedin-share-button"
    # signs beside footnotes, and what is shown without a script
    " footnote_index_arrow footnote_reference_container_collapse_button easy-footnote-to-top"
    " jetpack-slideshow-noscript"
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
    " elementor-menu-toggle elementor-alert-dismiss"
    " wp-block-accordion-heading__toggle-icon ez-toc-toggle wp-block-file__embed"
    " wp-block-file__button"
)
"""Elements with one of these go, whatever they hold."""
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
    " add_to_cart_button single_add_to_cart_button added_to_cart wc-block-grid__product-add-to-cart"
    " wc-block-components-product-button kt-blocks-info-box-learnmore-wrap slideshowlink"
    " wp-block-advgb-button wp-block-jetpack-payment-buttons wp-block-jetpack-donations"
    " wp-block-jetpack-recurring-payments wp-block-wpcom-donations"
)
# Boxes that call to do something, to buy, to subscribe.
_CALL_CLASSES = (
    "et_pb_newsletter et_pb_subscribe et_pb_signup fl-module-subscribe-form"
    " fl-module-social-buttons wp-block-newsletter mc4wp-form-container"
    " tve-leads-conversion-object tve_leads_form_container thrive-leads-block optin-box"
    " sib-form sml_subscribe es_subscription_form subscribe-box newsletter-box"
    " jetpack-subscribe wp-block-convertkit-form elementor-widget-countdown aawp aawp-product"
    " aawp-box amazon-auto-links product-box-amazon wp-polls yop-poll-container"
    " poll-maker-container totalpoll-wrapper"
    " wp-block-genesis-blocks-gb-newsletter gb-block-newsletter"
    " wp-block-ub-countdown"
    " wp-block-kadence-countdown wp-block-jetpack-mailchimp wp-block-jetpack-calendly"
    " wp-block-mailpoet-subscription-form-block wp-block-advgb-newsletter"
    " elementor-widget-form elementor-widget-login"
    " elementor-widget-search-form reward-button post-reward dashang"
    " elementor-countdown-wrapper et_pb_countdown_timer"
    " fusion-countdown fl-module-countdown ult_countdown premium-countdown eael-countdown"
    " ycd-countdown-wrapper hurrytimer-campaign wp-block-uagb-countdown brxe-countdown"
)
# Lists of other posts that a builder or plug-in puts together.
_POST_LIST_CLASSES = (
    "elementor-posts-container"
    " et_pb_blog et_pb_posts et_pb_posts_nav et_pb_post_slider fl-module-post-grid"
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
    " read-more-box amp-related-posts amp-next-page"
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
    # lists of a sidebar, which builders set into posts
    " elementor-widget-sidebar widget-area widget_recent_entries widget_recent_comments"
    " widget_categories widget_archive widget_tag_cloud widget_meta widget_search widget_calendar"
    " widget_nav_menu widget_pages widget_rss widget_top-posts"
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
    " tasty-recipes-buttons tasty-recipes-rating tasty-recipes-yield-scale"
    " tasty-recipes-quick-links"
    " tasty-recipes-print-button tasty-recipes-jump-target-wrap tasty-recipes-scale-container"
    " tasty-recipes-units-container mv-create-actions mv-create-reviews mv-create-print-form"
    " mv-create-social mv-create-jtr wpurp-recipe-print jump-to-recipe recipe-print"
    " recipe-jump cooked-recipe-print jetpack-recipe-print wpzoom-rcb-jump-to"
    " wpzoom-recipe-card-print-link recipe-card-rating tribe-events-cal-links"
    " tribe-events-c-subscribe-dropdown tribe-block__events-link em-ical eo-event-ical"
    " rt-reading-time span-reading-time yoast-reading-time__wrapper bsf-rt-reading-time"
    " reading-time wp-block-post-time-to-read eta-reading-time elementor-widget-post-info"
    " elementor-widget-star-rating elementor-widget-rating wp-block-ub-star-rating-block"
    " wp-block-post-date wp-block-avatar post-copyright article-copyright"
    " copyright-notice elementor-post-info elementor-star-rating"
)
CALL_CLASSES = _names(
    # boxes of builders that call to do something, and what themes and editors call such boxes,
    # and lists of other posts
    "et_pb_promo et_pb_cta fl-module-cta fl-cta-wrap vc_cta3-container vc_cta3 vc_cta"
    " elementor-widget-call-to-action elementor-cta fusion-reading-box-container"
    " fusion-tagline-container so-widget-sow-cta wp-block-uagb-call-to-action"
    " wp-block-ugb-cta wp-block-stackable-call-to-action wp-block-getwid-banner-cta"
    " wp-block-atomic-blocks-ab-cta ab-block-cta wp-block-genesis-blocks-gb-cta gb-block-cta"
    " wp-block-ub-call-to-action-block ub_call_to_action cta-box eael-call-to-action"
    " wp-block-cocoon-blocks-cta cta cta-wrapper call-to-action cta-block cta-section"
    " cta-banner support-box promo-box"
    " related-articles related-news related-links related-stories"
    " related-content related-post related_post recommended-posts recommended-articles"
    " more-stories more-articles also-like more-posts popular-posts latest-posts recent-posts"
    " next-post prev-post post-nav article-nav"
)
"""Elements with one of these go if they lead somewhere: what holds no link, button or field calls
for nothing. They stay if they are a large share of the post."""
BUTTON_CLASSES = _names(_BUTTON_CLASSES)
"""Elements with one of these are buttons or rows of buttons."""
BOILERPLATE_CLASSES = _names(
    f"{_CALL_CLASSES} {_POST_LIST_CLASSES} {_CONTENTS_CLASSES}"
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
    " brxe-social-icons et_pb_social_media_follow et_pb_member_social_links"
    " et_social_inline et_social_networks"
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
    " tptn_counter printfriendly pf-button sociable ssbp-wrap shareaholic-canvas yuzo_related_post"
    " helpful-header helpful-controls helpful-theme-base ht-voting wpra-reactions-wrap"
    " yasr-vv-stats-title-container yasr-vv-stats-text-container"
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
    # what a script shows in a window of its own
    " elementor-location-popup elementor-popup-modal"
    # boxes that themes and editors name themselves
    " donate-block donate-box donation-box support-us join-box channel-box open-message"
    " newsletter newsletter-signup newsletter-block newsletter-cta cta-newsletter newsletter-wrap"
    " signup-form signup-box subscribe-form subscription-box email-signup optin optin-form"
    " telegram-box whatsapp-box follow-box social-box"
    " social-links share-links share-bar sharing-buttons post-share entry-share sharebar share-box"
    " share-post share-wrap share_buttons"
    " read-more-links you-may-like youmaylike gdrts-rating-block rating-block post-rating"
    " rating-form"
)
"""Elements with one of these go, unless they are a large share of the post."""
