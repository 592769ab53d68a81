"""Find shortcodes that WordPress left unexpanded.

Known names are taken for shortcodes, and what has attributes as only shortcodes have them. Other
brackets are text: `array[0]`, `[sic]`, `[Update: x]`.
"""

import re
from functools import cached_property
from typing import NamedTuple

# Page builders, whose shortcodes all begin with the builder's prefix.
_BUILDER_PREFIXES = (
    "vc|et_pb|fusion|wpb|mk|kc|nectar|ux|tatsu|bt_bb|themify|thrive|eltdf|qode|edgtf|mkdf"
    "|siteorigin|cmsms"
)
_BLOCK_NAMES = (
    # WordPress itself
    "gallery|caption|wp_caption|embed|youtube|vimeo|soundcloud|dailymotion|instagram|playlist"
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
    # Flatsome
    "|row(?:_inner)?|col(?:_inner)?"
)
_INLINE_NAMES = r"su_\w+|dropcap"
# This takes linear time: no quantifier stands inside another one over the same characters, and
# attributes end at the next bracket of either kind. Doubled brackets are WordPress's way to escape.
_TAG = r"(?<!\[)\[/?(?:{names})(?:[\s=/][^\[\]]*)?\](?!\])"
_BLOCK_TAG = _TAG.format(names=rf"(?:{_BUILDER_PREFIXES})_\w+|{_BLOCK_NAMES}")
# "The [gallery] shortcode shows pictures" is about WordPress, and ends in no line.
_MENTION = r"(?<=\w )\[(?:gallery|caption|embed|playlist|toc|contact-form-7)\],? [^\W\d_]"
_BLOCK_TAGS = re.compile(rf"(?!{_MENTION}){_BLOCK_TAG}(?:\s*{_BLOCK_TAG})*")
_INLINE_TAGS = re.compile(_TAG.format(names=_INLINE_NAMES))

# Editors turn the quotation marks of attributes into typographic ones.
_DOUBLE = '"“”„″'
_SINGLE = "'‘’′"
_QUOTED = rf"[{_DOUBLE}][^\[\]{_DOUBLE}]*[{_DOUBLE}]|[{_SINGLE}][^\[\]{_SINGLE}]*[{_SINGLE}]"
_UNQUOTED = rf"[^\s\[\]{_DOUBLE}{_SINGLE}]+"
_NAME = r"[A-Za-z][\w-]{1,60}"
# Words with a sign of equality may be prose (`[with n=20]`), but no word of prose has a `_` in it.
_COMPOUND_NAME = r"[A-Za-z][A-Za-z0-9-]{0,40}_[\w-]{1,60}"
_UNKNOWN_TAG = (
    rf"(?<!\[)\[(?:(?P<name>{_NAME})(?:\s+[\w:-]+=(?:{_QUOTED}))+"
    rf"|(?P<compound>{_COMPOUND_NAME})(?:\s+[\w:-]+=(?:{_QUOTED}|{_UNQUOTED}))+)\s*/?\](?!\])"
)
_UNKNOWN_TAGS = re.compile(_UNKNOWN_TAG)
_CLOSING_TAGS = re.compile(rf"(?<!\[)\[/({_NAME})\](?!\])")
_ONLY_CLOSING_TAGS = re.compile(rf"\s*(?:\[/{_NAME}\]\s*)+")
# Shortcodes of any name that enclose blocks: one begins a block or a line, its end ends one.
_BEGINS = re.compile(rf"(?:^|>|\n)[ \t]*(?<!\[)\[(?P<name>{_NAME})(?:[ ][^\[\]<>]*)?\](?!\])")
_ENDS = re.compile(rf"(?<!\[)\[/(?P<name>{_NAME})\](?!\])[ \t]*(?=<|\n|$)")
# A shortcode of the right name is no prose if its address follows at once, or it has attributes.
_MEDIA_TAG = re.compile(
    r"(?<!\[)\[(?P<name>youtube|vimeo|dailymotion|soundcloud|instagram|audio|video|gist)"
    r"(?P<inner>[\s=:][^\[\]]*)\](?!\])(?:\[/(?P=name)\])?"
)
_MEDIA_ADDRESS = re.compile(rf"https?://[^\s|<>{_DOUBLE}{_SINGLE}]+")
_BARE_MEDIA = re.compile(r"(?:[=:]|\s+)https?://\S+\s*")
_KINDS = {"audio": "audio", "video": "video", "instagram": "post"}
# What names a video by its number or letters, at once or as an attribute.
_ID = re.compile(
    rf"[\s=:]\s*(?:(?:id|video|clip_id)=)?[{_DOUBLE}{_SINGLE}]?([\w-]{{4,40}})"
    rf"[{_DOUBLE}{_SINGLE}]?(?=\s+[\w-]+=|\s*/?$)"
)
_ID_FORMS = {
    # A word of eleven letters is none: `[youtube performance]`.
    "youtube": (re.compile(r"(?=[\w-]*[A-Z\d_-])[\w-]{11}"), "https://www.youtube.com/embed/{}"),
    "vimeo": (re.compile(r"\d{5,12}"), "https://player.vimeo.com/video/{}"),
    "dailymotion": (
        re.compile(r"x(?=[a-z]*\d)[a-z0-9]{4,9}"),
        "https://www.dailymotion.com/embed/video/{}",
    ),
    "gist": (re.compile(r"\d{5,12}|[0-9a-f]{20,40}"), "https://gist.github.com/{}"),
}
# The files of old players are separated by commas, and what is said of them follows a stroke.
_FILES = re.compile(
    r"[:\s]\s*([^\s|=<>]{1,300}\.(?:mp3|m4a|ogg|oga|wav|mp4|m4v|webm|ogv|flv))\s*(?:\|.*)?",
    re.IGNORECASE | re.DOTALL,
)
# What these enclose is encoded, and no text.
_ENCODED = re.compile(
    r"(\[(vc_raw_html|vc_raw_js|fusion_code)\b[^\[\]]*\])[A-Za-z0-9+/=%\s]*(?=\[/\2\])"
)


class ShortcodeMedia(NamedTuple):
    """The player or the quoted post that a shortcode names by its address."""

    kind: str
    """That of the embed."""
    url: str


class EnclosingShortcodes:
    """The shortcodes of any name that enclose blocks or lines of one content.

    Both ends must stand at the edge of a line: "put it between [note] and [/note]" is prose.
    """

    def __init__(self, html: str) -> None:
        self._html = html

    @cached_property
    def _names(self) -> frozenset[str]:
        """Their names. They are collected once, and only where a text has a bracket."""
        if "[/" not in self._html:
            return frozenset()
        ends = {found["name"] for found in _ENDS.finditer(self._html)}
        if not ends:
            return frozenset()
        return frozenset(ends.intersection(m["name"] for m in _BEGINS.finditer(self._html)))

    def without_ends(self, text: str) -> str:
        """Return the text without the beginnings and ends of these at the edges of its lines."""
        if "]" not in text or not self._names:
            return text
        text = _BEGINS.sub(self._removed, text)
        return _ENDS.sub(self._removed, text)

    def _removed(self, found: re.Match[str]) -> str:
        if found["name"] not in self._names:
            return found[0]
        return "\n" if found[0].startswith("\n") else ""


def split_at_media(text: str) -> list[str | ShortcodeMedia]:
    """Return the text in order, the shortcodes apart that say where what they embed is."""
    parts: list[str | ShortcodeMedia] = []
    position = 0
    for found in _MEDIA_TAG.finditer(text):
        addresses = _addresses(found)
        if not addresses:
            continue
        kind = _KINDS.get(found["name"], "iframe")
        parts.append(text[position : found.start()])
        parts += [ShortcodeMedia(kind, address) for address in addresses]
        position = found.end()
    return [*parts, text[position:]]


def _addresses(found: re.Match[str]) -> list[str]:
    """Return the addresses of what a shortcode embeds; none if it is text, or names nothing."""
    name, inner = found["name"], found["inner"]
    if name in ("audio", "video"):
        files = _FILES.fullmatch(inner)
        if files is not None:
            return files[1].split(",")
    if name in _ID_FORMS and "://" not in inner:
        form, address = _ID_FORMS[name]
        named = _ID.match(inner)
        if named is None or form.fullmatch(named[1]) is None:
            return []
        return [address.format(named[1])]
    url = _MEDIA_ADDRESS.search(inner)
    if url is None or not _is_media(found):
        return []
    return [url[0]]


def _is_media(found: re.Match[str]) -> bool:
    if found["name"] not in ("audio", "video") and found["inner"][0] != ":":
        return True
    tag = f"[{found['name']}{found['inner']}]"
    return bool(_BARE_MEDIA.fullmatch(found["inner"]) or _UNKNOWN_TAGS.fullmatch(tag))


def without_shortcodes(text: str) -> list[str]:
    """Return what `split_at_shortcodes` does, without those that embed something too."""
    texts = (part for part in split_at_media(text) if isinstance(part, str))
    return [part for one in texts for part in split_at_shortcodes(one)]


def split_at_shortcodes(text: str) -> list[str]:
    """Return the text without known shortcodes, split where a shortcode of layout stood.

    What shortcodes enclose is kept.
    """
    if _ONLY_CLOSING_TAGS.fullmatch(text):
        return ["", ""]
    if "[vc_raw" in text or "[fusion_code" in text:
        text = _ENCODED.sub(r"\1", text)
    parts = _BLOCK_TAGS.split(_INLINE_TAGS.sub("", text))
    if "=" in text or "[/" in text:
        return [_without_unknown(part) for part in parts]
    return parts


def _without_unknown(text: str) -> str:
    opened = {found["name"] or found["compound"] for found in _UNKNOWN_TAGS.finditer(text)}

    def closing(found: re.Match[str]) -> str:
        if found[1] in opened or "_" in found[1]:
            return ""
        return found[0]

    return _CLOSING_TAGS.sub(closing, _UNKNOWN_TAGS.sub("", text))
