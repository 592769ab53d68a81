"""Name what posts can be asked for: what they contain, whom they link to, who serves their embeds.

These small values are derived from its blocks, links and embeds when it is cleaned.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from wparchive.model.blocks import Block, BlockKind

Feature = Literal["table", "code", "image", "video", "audio", "embed", "quote", "formula"]
"""What a post may have."""
FEATURES: tuple[Feature, ...] = get_args(Feature)
FEATURE_FIELDS = ("has", "link_domains", "embed_providers")
"""The fields of a post that hold what it can be asked for, as lists of small values."""
CO_AUTHOR_FIELD = "co_author"
CO_AUTHOR_SLUG_FIELD = "co_author_slug"
"""Where a backend keeps lists of small values apart, the names of what `co_authors_of` gives."""
_BY_BLOCK: dict[BlockKind, Feature] = {
    "table": "table",
    "code": "code",
    "quote": "quote",
    "formula": "formula",
}

# A block of such a kind is the feature. The other features have other sources as well.
_NOTHING_BUT_BLOCKS = frozenset({"table", "code", "quote"})

# Names of providers with their domains; a domain stands for its subdomains too.
_VIDEO = {
    "youtube": "youtube.com youtube-nocookie.com youtu.be",
    "vimeo": "vimeo.com",
    "dailymotion": "dailymotion.com dai.ly",
    "tiktok": "tiktok.com",
    "twitch": "twitch.tv",
    "ted": "ted.com",
    "videopress": "videopress.com video.wordpress.com",
    "wistia": "wistia.com wistia.net",
    "loom": "loom.com",
    "brightcove": "brightcove.net",
    "rumble": "rumble.com",
    "odysee": "odysee.com",
    "bilibili": "bilibili.com",
    "nicovideo": "nicovideo.jp",
    "rutube": "rutube.ru",
    "kaltura": "kaltura.com",
    "jwplayer": "jwplayer.com",
    "streamable": "streamable.com",
    "arte": "arte.tv",
    "youku": "youku.com",
    "tudou": "tudou.com",
    "iqiyi": "iqiyi.com qiyi.com",
    "tencent-video": "v.qq.com video.qq.com",
    "sohu-video": "tv.sohu.com share.vrs.sohu.com",
    "le": "le.com letv.com",
    "56": "56.com",
    "ku6": "ku6.com",
    "acfun": "acfun.cn acfun.tv",
    "douyin": "douyin.com",
    "naver-tv": "tv.naver.com tvcast.naver.com",
    "kakao-tv": "tv.kakao.com tvpot.daum.net",
    "google-video": "video.google.com",
    "blip": "blip.tv",
    "vine": "vine.co",
    "metacafe": "metacafe.com",
    "veoh": "veoh.com",
    "coub": "coub.com",
    "bitchute": "bitchute.com",
    "vidyard": "vidyard.com",
    "screencast": "screencast.com",
}
_AUDIO = {
    "spotify": "spotify.com",
    "soundcloud": "soundcloud.com",
    "bandcamp": "bandcamp.com",
    "mixcloud": "mixcloud.com",
    "apple-podcasts": "podcasts.apple.com",
    "apple-music": "music.apple.com",
    "deezer": "deezer.com",
    "buzzsprout": "buzzsprout.com",
    "libsyn": "libsyn.com",
    "podbean": "podbean.com",
    "simplecast": "simplecast.com",
    "spreaker": "spreaker.com",
    "acast": "acast.com",
    "megaphone": "megaphone.fm",
    "transistor": "transistor.fm",
    "captivate": "captivate.fm",
    "audioboom": "audioboom.com",
    "iheart": "iheart.com",
    "ausha": "ausha.co",
}
_OTHERS = {
    "x": "x.com twitter.com",
    "instagram": "instagram.com",
    "facebook": "facebook.com fb.watch",
    "threads": "threads.net threads.com",
    "linkedin": "linkedin.com",
    "reddit": "reddit.com",
    "pinterest": "pinterest.com",
    "tumblr": "tumblr.com",
    "bluesky": "bsky.app",
    "telegram": "t.me telegram.org",
    "vk": "vk.com vkvideo.ru",
    "github-gist": "gist.github.com",
    "codepen": "codepen.io",
    "jsfiddle": "jsfiddle.net",
    "codesandbox": "codesandbox.io",
    "stackblitz": "stackblitz.com",
    "asciinema": "asciinema.org",
    "slideshare": "slideshare.net",
    "speakerdeck": "speakerdeck.com",
    "scribd": "scribd.com",
    "issuu": "issuu.com",
    "google-docs": "docs.google.com",
    "google-drive": "drive.google.com",
    "google-maps": "maps.google.com",
    "openstreetmap": "openstreetmap.org",
    "datawrapper": "datawrapper.de dwcdn.net",
    "flourish": "flourish.studio",
    "infogram": "infogram.com",
    "canva": "canva.com",
    "genially": "genial.ly genially.com",
    "padlet": "padlet.com",
    "prezi": "prezi.com",
    "flickr": "flickr.com",
    "imgur": "imgur.com",
    "giphy": "giphy.com",
    "typeform": "typeform.com",
    "jotform": "jotform.com",
    "kickstarter": "kickstarter.com",
    "figma": "figma.com",
    "miro": "miro.com",
    "internet-archive": "archive.org",
}
VIDEO_PROVIDERS = frozenset(_VIDEO)
"""Providers of nothing but video."""
AUDIO_PROVIDERS = frozenset(_AUDIO)
"""Providers of nothing but music, podcasts and radio."""
EMBED_PROVIDERS: dict[str, str] = {
    domain: name
    for name, domains in (_VIDEO | _AUDIO | _OTHERS).items()
    for domain in domains.split()
}
"""Names of providers, by domain."""
_MAPS = ("google.", "www.google.")  # with any ending, and a path that says what it is
# Second levels below which names are given out, in the domains of countries. A name that is missing
# here costs nothing but a further value that nobody asks for.
_SECOND_LEVELS = frozenset(
    [
        *("ac", "asso", "co", "com", "edu", "gob", "gouv", "gov", "govt", "id", "info", "ltd"),
        *("mil", "ne", "net", "nom", "or", "org", "plc", "sch", "web"),
    ]
)
# Hosts that need no care, in addresses as the cleaner writes them.
_USUAL_HOST = re.compile(r"https?://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?(?=[/?#]|$)")
MAX_LINK_DOMAINS = 1000
"""How many domains of one post are kept; only directories link to more."""


def provider_of(url: str) -> str:
    """Return the name of who serves an address, else its host without `www.`."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if host.startswith(_MAPS) and parts.path.startswith("/maps"):
        return "google-maps"
    return _provider_of_host(host.removeprefix("www."))


@lru_cache(maxsize=1024)  # a site repeats itself
def _provider_of_host(host: str) -> str:
    domain = host
    while domain:
        if domain in EMBED_PROVIDERS:
            return EMBED_PROVIDERS[domain]
        domain = domain.partition(".")[2]
    return host


def embed_providers_of(blocks: Iterable[Block]) -> list[str]:
    """Return the providers of the embeds among some blocks, in order, each once."""
    return list(dict.fromkeys(block["provider"] for block in blocks if block["kind"] == "embed"))


def link_domains_of(urls: Iterable[str]) -> list[str]:
    """Return the domains of web addresses, in order, each once.

    A host comes without `www.`, and with the domains above it: `blog.example.com` is followed by
    `example.com`.
    """
    domains: dict[str, None] = {}
    for url in urls:
        if url[:4] == "http" and len(domains) < MAX_LINK_DOMAINS:
            domains |= dict.fromkeys(_domains_of_address(url))
    return list(domains)


def _domains_of_address(url: str) -> Sequence[str]:
    usual = _USUAL_HOST.match(url)
    if usual is not None:
        return _domains_of_host(usual[1])
    return domains_of_address_slowly(url)


def domains_of_address_slowly(url: str) -> Sequence[str]:
    """Return the domains of any web address; the oracle of the test of `link_domains_of`."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return ()
    if not host:
        return ()
    return _domains_of_host(host.removeprefix("www.").rstrip("."))


@lru_cache(maxsize=4096)  # a site repeats itself
def _domains_of_host(host: str) -> Sequence[str]:
    labels = host.split(".")
    if labels[-1].isdigit():  # an address of four numbers
        return (host,)
    shortest = 2
    if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS:
        shortest = 3
    above = (".".join(labels[begin:]) for begin in range(1, len(labels) - shortest + 1))
    return (host, *above)


def features_of(
    blocks: Iterable[Block], embed_kinds: Iterable[str], has_image: bool, has_formula: bool
) -> list[Feature]:
    """Return what a post has, in the order of `FEATURES`.

    `embed_kinds` are the kinds of its embeds; its images and formulas may stand within a line.
    """
    found: set[Feature] = set()
    for block in blocks:
        kind = block["kind"]
        if "removed" in block:
            continue
        if kind in _BY_BLOCK:
            found.add(_BY_BLOCK[kind])
        elif kind == "embed":
            found |= _features_of_provider(block["provider"])
        if "quoted" in block:
            found.add("quote")
    # A `<video>` or `<audio>` of the site itself has no provider that says what it plays.
    kinds = set(embed_kinds)
    if "video" in kinds:
        found.add("video")
    if "audio" in kinds:
        found.add("audio")
    if has_image:
        found.add("image")
    if has_formula:
        found.add("formula")
    return [feature for feature in FEATURES if feature in found]


def features_without_removed(has: Iterable[Feature], blocks: Iterable[Block]) -> list[Feature]:
    """Return what a post has, after blocks of it were removed or put back since it was cleaned.

    Tables, code and quotations are blocks; all else may also stand within a line.
    """
    found = {name for name in has if name not in _NOTHING_BUT_BLOCKS}
    for block in blocks:
        if "removed" in block:
            continue
        if block["kind"] in _NOTHING_BUT_BLOCKS:
            found.add(_BY_BLOCK[block["kind"]])
        if "quoted" in block:
            found.add("quote")
    return [name for name in FEATURES if name in found]


def _features_of_provider(provider: str) -> set[Feature]:
    if provider in VIDEO_PROVIDERS:
        return {"embed", "video"}
    if provider in AUDIO_PROVIDERS:
        return {"embed", "audio"}
    return {"embed"}


def author_names_of(post: Mapping[str, Any]) -> list[str]:
    """Return the names under which a post counts as one of its authors, each once.

    The first is that of its author; a slug stands for a name that is not known.
    """
    refs = [post.get("author"), *(post.get("authors") or [])]
    names = (_author_name(ref) for ref in refs if ref is not None)
    return list(dict.fromkeys(name for name in names if name is not None))


def co_authors_of(post: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return names and slugs of the authors of a post besides its first one, as field and value."""
    first = post.get("author") or {"name": None, "slug": None}
    names = [name for name in author_names_of(post) if name != _author_name(first)]
    slugs = [ref["slug"] for ref in post.get("authors") or [] if ref["slug"] != first["slug"]]
    return [
        *((CO_AUTHOR_FIELD, name) for name in names),
        *((CO_AUTHOR_SLUG_FIELD, slug) for slug in dict.fromkeys(slugs) if slug is not None),
    ]


def _author_name(ref: Mapping[str, Any]) -> str | None:
    name: str | None = ref["name"]
    if name is None:
        name = ref["slug"]
    return name
