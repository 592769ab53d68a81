"""Shortcodes that WordPress left unexpanded: known names only, because most brackets are text (`array[0]`, `[sic]`)."""

import re

_BUILDERS = "vc|et_pb|fusion|wpb|mk|kc|nectar|ux|tatsu|bt_bb|themify|thrive|eltdf|qode|edgtf|mkdf|siteorigin|cmsms"
_NAMED = (
    "gallery|caption|wp_caption|embed|contact-form-7|contact-form|gravityforms?|ninja_forms?|wpforms|formidable|mc4wp_form|newsletter_form"
    "|elementor-template|INSERT_ELEMENTOR|rev_slider(?:_vc)?|layerslider|metaslider|smartslider3|toc|ez-toc|lwptoc|no_toc|adrotate|adinserter"
    "|the_ad|the_ad_group|quads|addtoany|social_share|sharethis-inline-buttons|ssba-buttons|yarpp|jetpack-related-posts"
    "|av_(?:textblock|section|(?:one|two|three|four)_\\w+|heading|hr|image|button|layout_row|cell_\\w+|codeblock|icon_box|toggle\\w*)"
    "|one_half|one_third|two_third|one_fourth|three_fourth"
)
_INLINE = r"su_\w+|dropcap"
# Linear: no quantifier inside another over the same characters, and attributes end at the next bracket of either kind.
_TAG = r"(?<!\[)\[/?(?:{names})(?:[\s=/][^\[\]]*)?\](?!\])"
_BLOCK_TAG = _TAG.format(names=rf"(?:{_BUILDERS})_\w+|{_NAMED}")
_BLOCK_TAGS = re.compile(rf"{_BLOCK_TAG}(?:\s*{_BLOCK_TAG})*")
_INLINE_TAGS = re.compile(_TAG.format(names=_INLINE))


def split_at_shortcodes(text: str) -> list[str]:
    """The text without the tags of known shortcodes, split where one of a layout stood; what they enclose stays."""
    return _BLOCK_TAGS.split(_INLINE_TAGS.sub("", text))
