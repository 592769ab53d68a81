"""Find embeds that only attributes name: of AMP, lite players, page builders and consent plug-ins.

Scripts make players of such elements in a browser; what they hold until then is a picture or a
notice, and no text.
"""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from functools import partial
from html import unescape
from typing import Any

from pipelines.cleaning.builder import ContentBuilder
from pipelines.cleaning.parse.events import Attributes
from pipelines.cleaning.parse.shortcodes import ShortcodeMedia
from pipelines.cleaning.rules.boilerplate import SkippedElement, SkipReason
from pipelines.cleaning.write.lazy_loading import PLAYER
from wparchive.model.document_parts import Embed

_YOUTUBE = "https://www.youtube.com/embed/{}"
_VIMEO = "https://player.vimeo.com/video/{}"
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
}
NAMED_EMBED_TAGS = frozenset(_TAGS)
"""Tags of which an attribute names an embed."""
_USABLE_ID = re.compile(r"[\w-]{1,64}")
_ID_ATTRIBUTES = {
    "data-youtube-id": _YOUTUBE,
    "data-youtube": _YOUTUBE,
    "data-vimeo-id": _VIMEO,
    "data-id": _YOUTUBE,
    "data-video-id": _YOUTUBE,
    "data-video_id": _YOUTUBE,
}
_LYTE_ID = re.compile(r"WYL_([\w-]{11})")
_MAX_SETTINGS = 20_000  # characters; what a page builder says of one element is shorter
_FRAME_IN_HTML = re.compile(r"""<iframe\b[^>]{0,2000}?\bsrc\s*=\s*["']([^"'<>]+)""", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{16,}={0,2}\s*")
_GIST = re.compile(r"(?:https?:)?//gist\.github\.com/([\w./-]+)\.js(\?file=[^&#]*)?(?:$|[?#&])")
_SPEAKER_DECK = re.compile(r"(?:https?:)?//speakerdeck\.com/assets/embed\.js(?:$|[?#])")
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
    for kind, url in _named(attributes):
        if _write(content, kind, url):
            return SkippedElement(SkipReason.SHOWN_OTHERWISE)
    content.html.open("div", attributes)
    return partial(_end_block, content)


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

    It is a gist or a file of it, slides of Speaker Deck, or a recording of asciinema.
    """
    source = attributes.get("src", "")
    gist = _GIST.match(source)
    if gist is not None:
        return f"https://gist.github.com/{gist[1]}{gist[2] or ''}"
    recording = _ASCIINEMA.match(source)
    if recording is not None:
        return f"https://asciinema.org/a/{recording[1]}"
    deck = attributes.get("data-id", "")
    if _SPEAKER_DECK.match(source) and _USABLE_ID.fullmatch(deck):
        return f"https://speakerdeck.com/player/{deck}"
    return None


def frame_in_base64(encoded: str) -> str | None:
    """Return the address of the frame in HTML that a consent plug-in has encoded; None for none."""
    if len(encoded) > _MAX_SETTINGS or not _BASE64.fullmatch(encoded):
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
    for name, form in _ID_ATTRIBUTES.items():
        value = attributes.get(name, "")
        if _USABLE_ID.fullmatch(value):
            yield "iframe", form.format(value)


def _in_settings(settings: str) -> Iterator[tuple[str, str]]:
    """Yield what Elementor's settings of a video name: they may hold addresses of other types."""
    if not settings or len(settings) > _MAX_SETTINGS:
        return
    try:
        video = json.loads(settings)
    except (ValueError, RecursionError):
        return
    if not isinstance(video, dict):
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
