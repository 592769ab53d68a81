"""Find embeds that only attributes name: of AMP, lite players, page builders and consent plug-ins.

Scripts make players of such elements in a browser; what they hold until then is a picture or a
notice, and no text.
"""

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import partial
from html import unescape
from typing import Any

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.parse.shortcodes import ShortcodeMedia
from pipelines.cleaning.rules.boilerplate import SkippedElement, SkipReason
from pipelines.cleaning.rules.hidden import EMBED_ATTRIBUTES
from pipelines.cleaning.rules.polls import poll_of_block
from pipelines.cleaning.rules.settings import settings_of
from pipelines.cleaning.write.lazy_loading import PLAYER
from wparchive.model.document_parts import Embed

_YOUTUBE = "https://www.youtube.com/embed/{}"
_VIMEO = "https://player.vimeo.com/video/{}"
_WISTIA = "https://fast.wistia.net/embed/iframe/{}"
_TAGS = {
    "amp-youtube": ("data-videoid", "iframe", _YOUTUBE),
    "lite-youtube": ("videoid", "iframe", _YOUTUBE),
    "youtube-video": ("src", "iframe", "{}"),
    "amp-vimeo": ("data-videoid", "iframe", _VIMEO),
    "lite-vimeo": ("videoid", "iframe", _VIMEO),
    "vimeo-video": ("src", "iframe", "{}"),
    "amp-dailymotion": ("data-videoid", "iframe", "https://www.dailymotion.com/embed/video/{}"),
    "amp-soundcloud": (
        "data-trackid",
        "iframe",
        "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/{}",
    ),
    "amp-gist": ("data-gistid", "iframe", "https://gist.github.com/{}"),
    "amp-twitter": ("data-tweetid", "tweet", "https://twitter.com/i/status/{}"),
    "amp-instagram": ("data-shortcode", "post", "https://www.instagram.com/p/{}/"),
    "amp-facebook": ("data-href", "post", "{}"),
    "amp-tiktok": ("data-src", "post", "{}"),
    "amp-video": ("src", "video", "{}"),
    "amp-audio": ("src", "audio", "{}"),
    "oembed": ("url", "iframe", "{}"),
    "presto-player": ("src", "video", "{}"),
}
NAMED_EMBED_TAGS = frozenset(_TAGS)
"""Tags of which an attribute names an embed."""
_USABLE_ID = re.compile(r"[\w-]{1,64}")
_ID_ATTRIBUTES = {
    "data-youtube-id": _YOUTUBE,
    "data-youtube": _YOUTUBE,
    "data-yt-id": _YOUTUBE,
    "data-ytid": _YOUTUBE,
    "data-youtube-video-id": _YOUTUBE,
    "data-vimeo-id": _VIMEO,
    "data-vimeo": _VIMEO,
    "data-vimeo-video-id": _VIMEO,
    "data-wistia-id": _WISTIA,
}
# On blocks of players only: elsewhere these may be anything.
_ID_ATTRIBUTES_OF_PLAYERS = {
    "data-id": _YOUTUBE,
    "data-embed": _YOUTUBE,
    "data-video-id": _YOUTUBE,
    "data-video_id": _YOUTUBE,
}
_ADDRESS_ATTRIBUTES = frozenset(
    {
        *("data-vc-video-bg", "data-video-bg", "data-bg-video", "data-youtube-url"),
        *("data-vimeo-url", "data-youtube-bg", "data-jarallax-video", "data-video-url"),
        "data-facadesrc",
    }
)
_YOUTUBE_ID = re.compile(r"[\w-]{11}")
_VIDEO_FILE = re.compile(
    r"^(?:https?:)?//[^?#]+\.(?:mp4|m4v|webm|ogv|mov)(?:[?#]|$)", re.IGNORECASE
)
_WISTIA_CLASS = re.compile(r"wistia_async_([a-z0-9]{6,20})")
_ADDRESS = re.compile(r"(?:https?:)?//\S+")
_PATH = re.compile(r"[\w/-]{3,80}")
_OF_CLASSES = {
    # of tarteaucitron, which asks for consent
    "youtube_player": ("videoid", _USABLE_ID, _YOUTUBE),
    "vimeo_player": ("videoid", _USABLE_ID, _VIMEO),
    "dailymotion_player": ("videoid", _USABLE_ID, "https://www.dailymotion.com/embed/video/{}"),
    "spotify_player": ("spotifyid", _PATH, "https://open.spotify.com/embed/{}"),
    "tac_iframe": ("data-url", _ADDRESS, "{}"),
    # charts
    "flourish-embed": ("data-src", _PATH, "https://flo.uri.sh/{}/embed"),
    "infogram-embed": ("data-id", _PATH, "https://e.infogram.com/{}"),
}
"""By class: the attribute that names an embed, its form, and the address that it makes."""
_FRAME_IN_SCRIPT = re.compile(
    r"""<iframe\b.{0,2000}?\bsrc=\\*["']([^"'<>\s]+?)\\*["']""", re.IGNORECASE | re.DOTALL
)
_LYTE_ID = re.compile(r"WYL_([\w-]{11})")
_MAX_ENCODED = 20_000  # characters; the code of one frame is shorter
_FRAME_IN_HTML = re.compile(r"""<iframe\b[^>]{0,2000}?\bsrc\s*=\s*["']([^"'<>]+)""", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{16,}={0,2}\s*")
_GIST = re.compile(r"(?:https?:)?//gist\.github\.com/([\w./-]+)\.js(\?file=[^&#]*)?(?:$|[?#&])")
_SPEAKER_DECK = re.compile(r"(?:https?:)?//speakerdeck\.com/assets/embed\.js(?:$|[?#])")
_DATAWRAPPER = re.compile(r"(?:https?:)?//datawrapper\.dwcdn\.net/(\w{5})(?:/\d+)?/embed\.js")
_ASCIINEMA = re.compile(r"(?:https?:)?//asciinema\.org/a/([\w-]{1,64})\.js(?:$|[?#])")


def handle_named_embed(tag: str, content: ContentBuilder, attributes: Attributes) -> SkippedElement:
    """Write the embed that one of the `NAMED_EMBED_TAGS` names."""
    attribute, kind, form = _TAGS[tag]
    value = attributes.get(attribute, "").strip()
    if form != "{}" and not _USABLE_ID.fullmatch(value):
        return SkippedElement(SkipReason.SHOWN_OTHERWISE)
    _write(content, kind, form.format(value))
    return SkippedElement(SkipReason.SHOWN_OTHERWISE)


def handle_player_block(content: ContentBuilder, attributes: Attributes) -> Any:
    """Begin a block whose class says that a script makes a player of it."""
    content.separate()
    if "embed-privacy-container" in attributes.get("class", "").split():
        return _EmbedPrivacy(content)
    poll = poll_of_block(content, attributes)
    if poll is not None:
        _write(content, "iframe", poll)
        return SkippedElement(SkipReason.SHOWN_OTHERWISE)
    for kind, url in _named(attributes):
        if _write(content, kind, url):
            return SkippedElement(SkipReason.SHOWN_OTHERWISE)
    content.html.open("div", attributes)
    return partial(_end_block, content)


class _EmbedPrivacy(SkippedElement):
    """An open block of Embed Privacy: a notice, a link, and the code of the frame in a script."""

    def __init__(self, content: ContentBuilder) -> None:
        super().__init__(SkipReason.SHOWN_OTHERWISE)
        self._content = content
        self._link = ""
        self._is_link_next = False
        self._code: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        super().start(name, attributes)
        if name == "iframe":
            self._link = attributes.get("data-src") or attributes.get("src") or self._link
        elif name == "a" and self._is_link_next:
            self._link = self._link or attributes.get("href", "")
        self._is_link_next = "embed-privacy-url" in attributes.get("class", "")

    def text(self, data: str) -> None:
        if "iframe" in data:
            self._code.append(data)

    def finish(self) -> None:
        """Write the frame; without its code, what the link leads to."""
        code = unescape(_decoded("".join(self._code)[:_MAX_ENCODED]))
        frame = _FRAME_IN_SCRIPT.search(code)
        address = self._link
        if frame is not None:
            address = unescape(frame[1])
        _write(self._content, "iframe", address)


def _decoded(script: str) -> str:
    """Return a string of a script without the strokes that protect its quotation marks."""
    script = re.sub(r"\\+u003[cC]", "<", script)
    script = re.sub(r"\\+u003[eE]", ">", script)
    script = re.sub(r"\\+u0022", '"', script)
    return script.replace("\\", "")


def write_shortcode(content: ContentBuilder, media: ShortcodeMedia) -> None:
    """Write the embed that a shortcode names which WordPress left unexpanded."""
    url = content.media.address(media.url)
    if url is not None:
        content.write_embed(Embed(kind=media.kind, url=url, title=""))


def _end_block(content: ContentBuilder) -> None:
    content.separate()
    content.html.write_tag("</div>")


def embed_of_script(attributes: Attributes) -> str | None:
    """Return the address of what a script shows in its place; None for any other script.

    It is a gist or a file of it, slides of Speaker Deck, a recording of asciinema, or a chart.
    """
    source = attributes.get("src", "")
    gist = _GIST.match(source)
    if gist is not None:
        return f"https://gist.github.com/{gist[1]}{gist[2] or ''}"
    recording = _ASCIINEMA.match(source)
    if recording is not None:
        return f"https://asciinema.org/a/{recording[1]}"
    chart = _DATAWRAPPER.match(source)
    if chart is not None:
        return f"https://datawrapper.dwcdn.net/{chart[1]}/"
    deck = attributes.get("data-id", "")
    if _SPEAKER_DECK.match(source) and _USABLE_ID.fullmatch(deck):
        return f"https://speakerdeck.com/player/{deck}"
    return None


def frame_in_base64(encoded: str) -> str | None:
    """Return the address of the frame in HTML that a consent plug-in has encoded; None for none."""
    if len(encoded) > _MAX_ENCODED or not _BASE64.fullmatch(encoded):
        return None
    try:
        html = b64decode(encoded).decode(errors="replace")
    except ValueError:
        return None
    found = _FRAME_IN_HTML.search(html)
    if found is None:
        return None
    return unescape(found[1])


def _named(attributes: Attributes) -> Iterator[tuple[str, str]]:
    """Yield the kind and address of each embed that attributes name, the most certain first."""
    yield from _in_settings(attributes.get("data-settings", ""))
    yield from _by_class(attributes)
    lyte = _LYTE_ID.fullmatch(attributes.get("id", ""))
    if lyte is not None:
        yield "iframe", _YOUTUBE.format(lyte[1])
    for name, value in attributes.items():
        if name.startswith("data-"):
            if PLAYER.match(value):
                yield "iframe", value
            frame = frame_in_base64(value)
            if frame is not None:
                yield "iframe", frame
    yield from _by_id(attributes, _ID_ATTRIBUTES)
    yield from _by_id(attributes, _ID_ATTRIBUTES_OF_PLAYERS)


def _by_id(attributes: Attributes, forms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, form in forms.items():
        value = attributes.get(name, "")
        if _USABLE_ID.fullmatch(value):
            yield "iframe", form.format(value)


def _by_class(attributes: Attributes) -> Iterator[tuple[str, str]]:
    """Yield what a class names, together with an attribute that means something only beside it."""
    for name in attributes.get("class", "").split():
        wistia = _WISTIA_CLASS.fullmatch(name)
        if wistia is not None:
            yield "iframe", _WISTIA.format(wistia[1])
        if name in _OF_CLASSES:
            attribute, usable, form = _OF_CLASSES[name]
            value = attributes.get(attribute, "").strip()
            if usable is _PATH:
                value = value.partition("?")[0]
            if usable.fullmatch(value):
                yield "iframe", form.format(value)


def write_attribute_embed(content: ContentBuilder, attributes: Attributes) -> None:
    """Write the embed that an attribute of any element names: a background, or a lite player.

    What the element holds is written, too.
    """
    if EMBED_ATTRIBUTES.isdisjoint(attributes):
        return
    background = settings_of(attributes.get("data-settings", "")).get("background_video_link")
    found = [("iframe", background)] if isinstance(background, str) else []
    found += _by_id(attributes, _ID_ATTRIBUTES)
    for name, value in attributes.items():
        if name in _ADDRESS_ATTRIBUTES and (PLAYER.match(value) or _VIDEO_FILE.search(value)):
            found.append(("iframe", value))
    names = attributes.get("class", "")
    if "youtube" in names and _YOUTUBE_ID.fullmatch(attributes.get("data-embed", "")):
        found.append(("iframe", _YOUTUBE.format(attributes["data-embed"])))
    for kind, url in found[:1]:
        _write(content, "video" if _VIDEO_FILE.search(url) else kind, url)


def _in_settings(settings: str) -> Iterator[tuple[str, str]]:
    """Yield what Elementor's settings of a video name: they may hold addresses of other types."""
    video = settings_of(settings)
    if not video:
        return
    video_type = video.get("video_type", "youtube")
    if video_type == "hosted":
        for name in ("hosted_url", "external_url"):
            file = video.get(name)
            if isinstance(file, dict) and isinstance(file.get("url"), str) and file["url"]:
                yield "video", file["url"]
        return
    url = video.get(f"{video_type}_url")
    if isinstance(url, str) and url:
        yield "iframe", url


def _write(content: ContentBuilder, kind: str, address: str) -> bool:
    url = content.media.address(address)
    if url is None:
        return False
    content.write_embed(Embed(kind=kind, url=url, title=""))
    # The frame for browsers without scripts may follow.
    content.media.expect_second_frame()
    return True
