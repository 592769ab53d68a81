"""Find shortcodes that WordPress left unexpanded.

Only known names are taken for shortcodes, because most brackets are text: `array[0]`, `[sic]`.
"""

import re

# Page builders, whose shortcodes all begin with the builder's prefix.
_BUILDER_PREFIXES = (
    "vc|et_pb|fusion|wpb|mk|kc|nectar|ux|tatsu|bt_bb|themify|thrive|eltdf|qode|edgtf|mkdf"
    "|siteorigin|cmsms"
)
_BLOCK_NAMES = (
    # WordPress itself
    "gallery|caption|wp_caption|embed"
    # forms and newsletters
    "|contact-form-7|contact-form|gravityforms?|ninja_forms?|wpforms|formidable|mc4wp_form"
    "|newsletter_form"
    # templates, sliders, tables of contents
    "|elementor-template|INSERT_ELEMENTOR|rev_slider(?:_vc)?|layerslider|metaslider|smartslider3"
    "|toc|ez-toc|lwptoc|no_toc"
    # advertisements, sharing, related posts
    "|adrotate|adinserter|the_ad|the_ad_group|quads|addtoany|social_share|sharethis-inline-buttons"
    "|ssba-buttons|yarpp|jetpack-related-posts"
    # the Avia builder, and columns
    "|av_(?:textblock|section|(?:one|two|three|four)_\\w+|heading|hr|image|button|layout_row"
    "|cell_\\w+|codeblock|icon_box|toggle\\w*)"
    "|one_half|one_third|two_third|one_fourth|three_fourth"
)
_INLINE_NAMES = r"su_\w+|dropcap"
# This takes linear time: no quantifier stands inside another one over the same characters, and
# attributes end at the next bracket of either kind. Doubled brackets are WordPress's way to escape.
_TAG = r"(?<!\[)\[/?(?:{names})(?:[\s=/][^\[\]]*)?\](?!\])"
_BLOCK_TAG = _TAG.format(names=rf"(?:{_BUILDER_PREFIXES})_\w+|{_BLOCK_NAMES}")
_BLOCK_TAGS = re.compile(rf"{_BLOCK_TAG}(?:\s*{_BLOCK_TAG})*")
_INLINE_TAGS = re.compile(_TAG.format(names=_INLINE_NAMES))


def split_at_shortcodes(text: str) -> list[str]:
    """Return the text without known shortcodes, split where a shortcode of layout stood.

    What shortcodes enclose is kept.
    """
    return _BLOCK_TAGS.split(_INLINE_TAGS.sub("", text))
