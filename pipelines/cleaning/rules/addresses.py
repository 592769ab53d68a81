"""Say where a link leads: to another post of the site, or to where readers are asked to join."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

_NO_PARTS = SplitResult("", "", "", "", "")
_FILE = re.compile(r"\.(?!html?$|php$|aspx?$)[a-z0-9]{2,5}$", re.IGNORECASE)
_LIST = re.compile(r"/(?:tag|tags|category|categories|author|authors|topic|topics)/")
_NO_POST = re.compile(r"/(?:feed|wp-[\w-]+)(?:/|$)")
# Services by the name before their top-level domain, which differs from country to country.
# What has a rule for its paths is a channel only there: an address of a post is none.
_ONE_NAME = r"/@?[\w.+-]+/?"
_CHANNELS = {
    "chat.whatsapp": r"/.+",
    "whatsapp": r"/channel/.+",
    "t": r"/(?:s/|joinchat/)?\+?[\w-]{3,}/?",
    "telegram": r"/(?:s/|joinchat/)?\+?[\w-]{3,}/?",
    "news.google": r"/.*",
    "discord": r"/.+",
    "line": r"/(?:R|ti)/.+",
    "lin": r"/.+",
    "facebook": rf"{_ONE_NAME}|/(?:groups|pages|profile\.php).*",
    "fb": _ONE_NAME,
    "instagram": _ONE_NAME,
    "twitter": _ONE_NAME,
    "x": _ONE_NAME,
    "threads": _ONE_NAME,
    "bsky": r"/profile/[^/]+/?",
    "vk": _ONE_NAME,
    "ok": r"/(?:group/)?[\w.]+/?",
    "tiktok": _ONE_NAME,
    "pinterest": _ONE_NAME,
    "linkedin": r"/(?:company|in|showcase)/.+",
    "weibo": r"/(?:u/)?\w+/?",
    "dzen": _ONE_NAME,
    "max": _ONE_NAME,
    "youtube": r"/(?:channel/|c/|user/|@)[^/]+/?|/[\w-]{3,}/?",
    "podcasts.apple": r"/.*",
    "podcasts.google": r"/.*",
    "itunes.apple": r"/(?:[a-z]{2}/)?podcast/.+",
    "open.spotify": r"/show/.+",
    "castbox": r"/.*",
    "overcast": r"/.*",
    "stitcher": r"/.*",
    "deezer": r"/.*/show/.+",
    "feeds.feedburner": r"/.*",
    "patreon": r"/.*",
    "boosty": r"/.*",
    "ko-fi": r"/.*",
    "buymeacoffee": r"/.*",
    "steadyhq": r"/.*",
    "liberapay": r"/.*",
    "donationalerts": r"/.*",
    "blogmura": r"/.*",
    "with2": r"/.*",
}
_GROUPS = frozenset(
    {
        *("chat.whatsapp", "whatsapp", "t", "telegram", "news.google", "discord", "line", "lin"),
        *("podcasts.apple", "podcasts.google", "itunes.apple", "open.spotify", "castbox"),
        *("patreon", "boosty", "ko-fi", "buymeacoffee", "steadyhq", "liberapay"),
        *("donationalerts", "blogmura", "with2"),
    }
)
# One part of an address in these is a page of the service, and no channel.
_PAGES = frozenset(
    {"share", "sharer", "watch", "search", "hashtag", "login", "intent", "about", "help", "home"}
)
_SHARE = {
    "facebook": r"/(?:sharer|share\.php|dialog/(?:share|feed|send)).*",
    "twitter": r"/(?:intent/(?:tweet|post)|share|home).*",
    "x": r"/(?:intent/(?:tweet|post)|share).*",
    "t": r"/share(?:/.*)?",
    "telegram": r"/share(?:/.*)?",
    "wa": r"/",
    "api.whatsapp": r"/send/?",
    "web.whatsapp": r"/send/?",
    "linkedin": r"/(?:shareArticle|sharing/.*|cws/share).*",
    "pinterest": r"/pin/create/.*",
    "reddit": r"/submit.*",
    "vk": r"/share\.php",
    "vkontakte": r"/share\.php",
    "connect.ok": r"/offer",
    "tumblr": r"/(?:share|widgets/share).*",
    "threads": r"/intent/post.*",
    "bsky": r"/intent/compose.*",
    "b.hatena": r"/(?:add|entry).*",
    "line": r"/(?:R/msg|lineit).*",
    "social-plugins.line": r"/lineit/share.*",
    "service.weibo": r"/share/.*",
    "connect.qq": r"/widget/shareqq/.*",
    "sns.qzone.qq": r"/cgi-bin/qzshare/.*",
    "getpocket": r"/(?:edit|save).*",
    "news.ycombinator": r"/submitlink.*",
    "xing": r"/(?:spi/shares|app/user|social_plugins/share).*",
    "buffer": r"/(?:add|share).*",
    "flipboard": r"/.*/share.*|/bookmarklet/.*",
}
"""Where each service shares a page."""
_SIGN_UP = re.compile(
    r"/(?:newsletters?|subscribe|subscription|sign-?up|mailing-list|boletin|suscrib\w+|suscripcion"
    r"|abonnieren|newsletter-\w+|abonnement|s-abonner|inscription|iscriviti|assine|inscreva-se"
    r"|nieuwsbrief|nyhetsbrev|nyhedsbrev|berlangganan|podpis\w+|rassylka|donate|donation|spenden"
    r"|donar|faire-un-don|support-us|unterstuetzen)/?$",
    re.IGNORECASE,
)
_TOP_LEVELS = re.compile(r"(?:\.(?:co|com|org|net))?\.[a-z]{2,}$")
# Brands are written the same way, or by their sound, wherever people read. The names are in small
# letters, and each begins with a letter of its own: so a search skips to the next letter that one
# begins with. `v(?<!\wv)k` is `\bvk` in that form.
_SERVICE = re.compile(
    r"telegram|whats\s?app|facebook|instagram|youtube|twitter|tiktok|spotify|podcast|google news"
    r"|v(?<!\wv)k\b|l(?<!\wl)ine\b|discord|patreon|linkedin|pinterest|threads|bluesky|mastodon"
    r"|r(?<!\wr)ss\b"
    r"|телеграм|вконтакте|ватсап|вотсап|ютуб|дзен|яндекс|инстаграм|фейсбук"
    r"|واتس|تلغرام|تليجرام|تيليجرام|فيسبوك|يوتيوب|تويتر|إنستغرام|انستغرام|أخبار غوغل|أخبار جوجل"
    r"|व्हाट्स|वॉट्स|टेलीग्राम|टेलिग्राम|फेसबुक|यूट्यूब|इंस्टाग्राम|ट्विटर|गूगल न्यूज"
    r"|微信|公众号|公眾號|微博|知乎|ツイッター|フェイスブック|インスタ|ユーチューブ|เฟซบุ๊ก|เฟสบุ๊ค|ไลน์|ยูทูบ|ทวิตเตอร์"
)
# Networks on which many things other than accounts are linked, such as the page of a book: their
# names count only beside others.
_NETWORK = re.compile(
    r"github|gitlab|flickr|tumblr|reddit|medium|vimeo|soundcloud|bandcamp|goodreads|twitch|snapchat"
    r"|豆瓣|小红书|小紅書|抖音|快手|哔哩哔哩|嗶哩嗶哩|今日头条|噗浪|네이버|카카오|одноклассники|рутуб"
)
# Where people put what they made for others to take: code, programs, files, papers.
_WORKS = frozenset(
    {
        *(
            "github",
            "gitlab",
            "bitbucket",
            "codeberg",
            "sourceforge",
            "npmjs",
            "pypi",
            "huggingface",
        ),
        *("play.google", "apps.apple", "itunes.apple", "f-droid", "addons.mozilla"),
        *(
            "drive.google",
            "docs.google",
            "dropbox",
            "mediafire",
            "mega",
            "disk.yandex",
            "pan.baidu",
        ),
        *("archive", "doi", "arxiv", "zenodo", "figshare", "osf", "wikipedia", "wordpress"),
    }
)
_MAX_NAME = 25
_MAX_NAME_WORDS = 3


class Destination(NamedTuple):
    """The target of a link."""

    is_own_post: bool
    """To another post or page of the same site; not to a file, a list or the home page."""
    is_itself: bool
    """To the page on which the link stands."""
    is_elsewhere: bool
    """To another host."""
    is_channel: bool
    """To a channel, a group or an account that readers may follow, or a place to donate."""
    is_group: bool
    """To a channel that is no person's account: a group, a show, a place to donate."""
    is_own_list: bool
    """To a list of posts of the same site: of a tag, a category, an author."""
    is_share: bool = False
    """To the form in which a reader of a network shares the page."""
    is_sign_up: bool = False
    """To a page of the same site on which readers sign up for a newsletter, or donate."""


_NOWHERE = Destination(False, False, False, False, False, False)
_OWN_POST = _NOWHERE._replace(is_own_post=True)
_OWN_LIST = _NOWHERE._replace(is_own_list=True)
_ELSEWHERE = _NOWHERE._replace(is_elsewhere=True)
_ITSELF = _NOWHERE._replace(is_itself=True)


_USUAL_HOST = re.compile(r"https?://(?:[a-z0-9-]+\.)*([a-z0-9-]+\.[a-z0-9-]+)(?=[/?#]|$)")


class _Address(NamedTuple):
    """The parts of an address that tell where it leads."""

    scheme: str
    host: str
    path: str
    query: str


def destination_of(url: str, base_url: str | None) -> Destination:
    """Return where an absolute address leads from the page at `base_url`."""
    target = _address_of(url)
    page = _address_of(base_url or "")
    if target is None or page is None or target.scheme not in ("http", "https"):
        return _NOWHERE
    if target.host != page.host:
        return _destination_elsewhere(target)
    if target.path.rstrip("/") == page.path.rstrip("/") and target.query == page.query:
        return _ITSELF
    return _destination_within(target)


# A site repeats its links, on pages of which each has an address of its own.
@lru_cache(maxsize=4096)
def _address_of(url: str) -> _Address | None:
    """Return the parts of an address; None where it is none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return _Address(parts.scheme, _host(parts.hostname), parts.path, parts.query)


@lru_cache(maxsize=4096)
def _destination_elsewhere(target: _Address) -> Destination:
    """Return where an address of another host leads."""
    if _shares(target.host, target.path):
        return _ELSEWHERE._replace(is_share=True)
    name = _channel(target.host, target.path)
    if name is None:
        return _ELSEWHERE
    return _ELSEWHERE._replace(is_channel=True, is_group=name in _GROUPS)


@lru_cache(maxsize=4096)
def _destination_within(target: _Address) -> Destination:
    """Return where an address of the same site leads."""
    path = target.path
    is_home = path in ("", "/") and not target.query
    if is_home or _FILE.search(path) or _NO_POST.search(path):
        return _NOWHERE
    if _LIST.search(path):
        return _OWN_LIST
    if _SIGN_UP.search(path):
        return _OWN_POST._replace(is_sign_up=True)
    return _OWN_POST


def names_service(link_text: str) -> bool:
    """Return whether the text of a link is the name of a network or messenger, or little more."""
    if len(link_text) > _MAX_NAME or len(link_text.split()) > _MAX_NAME_WORDS:
        return False
    return "://" not in link_text and _SERVICE.search(link_text.lower()) is not None


def names_network(label: str) -> bool:
    """Return whether a label is the name of a network, of those that have accounts or more."""
    if names_service(label):
        return True
    return len(label) <= _MAX_NAME and _NETWORK.search(label.lower()) is not None


def hosts_works(url: str) -> bool:
    """Return whether an address is that of a thing on a host of code, programs, files or papers."""
    address = _address_of(url)
    if address is None or not address.path.strip("/"):
        return False
    whole = _TOP_LEVELS.sub("", address.host)
    return whole in _WORKS or whole.rpartition(".")[2] in _WORKS


def split_address(url: str) -> SplitResult:
    """Return the parts of an address; empty parts where it is none, as of `http://a.com]/b`."""
    try:
        return urlsplit(url)
    except ValueError:
        return _NO_PARTS


def service_of(url: str) -> str:
    """Return the last two parts of an address's host: `vimeo.com` of `player.vimeo.com`."""
    usual = _USUAL_HOST.match(url)
    if usual is not None:
        return usual[1]
    return service_of_slowly(url)


def service_of_slowly(url: str) -> str:
    """Return what `service_of` returns, for any address; the oracle of its test."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return ".".join(host.split(".")[-2:])


def _host(name: str | None) -> str:
    return (name or "").removeprefix("www.").removeprefix("m.")


def _shares(host: str, path: str) -> bool:
    whole = _TOP_LEVELS.sub("", host)
    form = _SHARE.get(whole) or _SHARE.get(whole.rpartition(".")[2])
    return form is not None and re.fullmatch(form, path) is not None


def _channel(host: str, path: str) -> str | None:
    """Return the name of the service of which an address is a channel; None for any other."""
    whole = _TOP_LEVELS.sub("", host)
    name = whole
    if name not in _CHANNELS:
        name = whole.rpartition(".")[2]
    form = _CHANNELS.get(name)
    if form is None or path.strip("/").partition("/")[0].partition(".")[0] in _PAGES:
        return None
    if re.fullmatch(form, path) is None:
        return None
    return name
