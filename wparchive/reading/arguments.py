"""Turn what an analyst writes into values: dates, sites, addresses, states and limits.

Pure functions. The backends get values only, never text as it was typed.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, cast, get_args
from urllib.parse import parse_qsl, quote, unquote

from wparchive.backends.questions import ALL_LACKED, Lacked
from wparchive.errors import InvalidQuery
from wparchive.model.documents import State
from wparchive.model.features import EMBED_PROVIDERS, FEATURES, provider_of
from wparchive.text.language_tags import usual_tag

OneOrMany = str | Iterable[str] | None
"""A filter's values: one, several, or None for any."""
When = str | datetime | None
"""A time: an aware datetime (UTC when it is naive), or words such as `2024-05` and `30d`."""
STATES: tuple[State, ...] = get_args(State)
ANY_STATE = "any"
MOST_ITEMS = 2**62
"""Largest limit: some more items can still be counted with 64 bits."""

# Parts of a host name (RFC 1035), in any script.
_LABEL = re.compile(r"[\w-]{1,63}")
_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2}))?")
_AGE = re.compile(r"(\d{1,5})\s*([a-z]+)")
_AGE_UNITS = {
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}
_DATE_HELP = (
    "write 2024, 2024-05, 2024-05-17, 2024-05-17T08:30+02:00,"
    " or an age such as 30min, 12h, 30d, 6w, 3mo, 2y"
)
_SHORT_LINKS = {
    "p": ("post", "page", "attachment"),
    "page_id": ("page",),
    "attachment_id": ("attachment",),
}
# Parameters that people copy with an address. The post is the same without them.
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|_ga)(?:=|$)")
_USUAL_HOST = re.compile(r"^www\.|:(?:80|443)$")
_SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9A-F]{2}")


def parse_since(text: str, now: datetime) -> datetime:
    """Return the first moment that the words include, UTC.

    `2024-05` is the beginning of 1 May, `30d` is thirty days before `now`. Raises InvalidQuery.
    """
    return _period(text, now)[0]


def parse_until(text: str, now: datetime) -> datetime:
    """Return the first moment that the words no longer include, UTC.

    `2024-05` is the beginning of 1 June, a full time is itself. Raises InvalidQuery.
    """
    return _period(text, now)[1]


def since_of(value: When, now: datetime) -> datetime | None:
    """Return the inclusive beginning of a time range. Raises InvalidQuery."""
    return _moment(value, parse_since, now)


def until_of(value: When, now: datetime) -> datetime | None:
    """Return the exclusive end of a time range. Raises InvalidQuery."""
    return _moment(value, parse_until, now)


def period_of(since: When, until: When, now: datetime) -> dict[str, Any]:
    """Return the parts of a filter that ask for times, by name. Raises InvalidQuery."""
    begin = since_of(since, now)
    end = until_of(until, now)
    if begin is not None and end is not None and begin > end:
        raise InvalidQuery(f"{since} begins when {until} is over: since is the earlier of the two")
    return {"since": begin, "until": end}


def _moment(
    value: When, parse: Callable[[str, datetime], datetime], now: datetime
) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str):
        return parse(value, now)
    try:
        return _as_utc(value)
    except OverflowError as error:
        raise InvalidQuery(f"{value} is outside the years 1 to 9999 in UTC") from error


def _as_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    return at.astimezone(UTC)


def _period(text: str, now: datetime) -> tuple[datetime, datetime]:
    """Return the beginning and the exclusive end of what the words mean."""
    words = text.strip()
    try:
        if age := _AGE.fullmatch(words):
            at = now - int(age[1]) * _unit_of(age)
            return at, at
        if period := _PERIOD.fullmatch(words):
            return _month_or_year(period)
        start = _as_utc(datetime.fromisoformat(words))
        # A date alone means its whole day, a time means one moment.
        if len(words) == len("2024-05-17"):
            return start, start + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise InvalidQuery(f"not a date: {text!r}; {_DATE_HELP}") from error
    return start, start


def _unit_of(age: re.Match[str]) -> timedelta:
    """Return the unit of an age. Raises InvalidQuery for one that means two things to people."""
    if age[2] == "m":
        raise InvalidQuery(f"{age[0]!r} may be minutes or months: write {age[1]}min or {age[1]}mo")
    if age[2] not in _AGE_UNITS:
        raise InvalidQuery(f"not a date: {age[0]!r}; {_DATE_HELP}")
    return _AGE_UNITS[age[2]]


def _month_or_year(period: re.Match[str]) -> tuple[datetime, datetime]:
    year = int(period[1])
    if period[2] is None:
        return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    month = int(period[2])
    start = datetime(year, month, 1, tzinfo=UTC)
    # After December (12 // 12 = 1, 12 % 12 = 0) comes January of the next year.
    return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def bare_address(url: str) -> str:
    """Return an address without scheme, fragment, last slash and capitals in its host.

    Sites and links are compared in this form.
    """
    rest = _SCHEME.sub("", url.strip()).partition("#")[0]
    # Capitals make no difference in a host's name, and may make one in a path.
    host, slash, path = rest.partition("/")
    return (host.lower() + slash + path).rstrip("/")


def link_forms(url: str) -> tuple[str, ...]:
    """Return the spellings under which an archive may hold a link.

    Both schemes, with and without a last slash, percent-encoded either way or not at all, and
    without what only tells a site where its visitor came from.
    """
    core = _without_tracking(url)
    encoded = quote(unquote(core), safe="/:?&=%+,;@!$'()*~")
    # WordPress writes %e6 where browsers write %E6.
    lower = _ESCAPE.sub(lambda match: match[0].lower(), encoded)
    cores = dict.fromkeys((core, lower, encoded, unquote(core)))
    return tuple(
        f"{scheme}://{form}{end}"
        for form in cores
        for scheme in ("https", "http")
        for end in ("/", "")
    )


def path_forms(part: str) -> tuple[str, ...]:
    """Return the spellings of a part of a path: as it is, and percent-encoded either way."""
    encoded = quote(part)
    lower = _ESCAPE.sub(lambda match: match[0].lower(), encoded)
    return tuple(dict.fromkeys((part, lower, encoded)))


def _without_tracking(url: str) -> str:
    """Return a bare address without what only tells a site where its visitor came from."""
    page, mark, query = bare_address(url).partition("?")
    kept = [part for part in query.split("&") if not _TRACKING.match(part)]
    return f"{page}{mark}{'&'.join(kept)}".rstrip("?").rstrip("/")


def loose_address(url: str) -> str:
    """Return what all spellings of an address have in common, `www.` and the usual ports too.

    Two sites may differ in no more than that: look for the exact address first.
    """
    host, slash, path = _without_tracking(url).partition("/")
    return unquote(_USUAL_HOST.sub("", host) + slash + path)


def short_link_keys(url: str) -> tuple[str, ...]:
    """Return the keys that WordPress's own short link of a post can mean; none for other names.

    `https://example.com/blog/?p=12` names `example.com/blog/post/12`.
    """
    page, _, query = bare_address(url).partition("?")
    given = dict(parse_qsl(query))
    site = page.removesuffix("/index.php").rstrip("/")
    keys = []
    for name, types in _SHORT_LINKS.items():
        number = given.get(name, "")
        if re.fullmatch("[0-9]{1,18}", number):
            types = (given["post_type"],) if "post_type" in given else types
            keys += [f"{site}/{type_}/{int(number)}" for type_ in types]
    return tuple(keys)


def values_of(value: OneOrMany) -> tuple[str, ...]:
    """Return the values of a filter; none means any. Raises InvalidQuery."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (require_unicode(value),)
    return tuple(map(require_unicode, value))


def objects_of(site: OneOrMany, type: OneOrMany, state: OneOrMany) -> dict[str, Any]:
    """Return the parts of a filter that choose sites, types and states. Raises InvalidQuery."""
    return {"sites": sites_of(site), "types": values_of(type), "states": states_of(state)}


def named_of(
    tag: OneOrMany,
    category: OneOrMany,
    term: OneOrMany,
    author: OneOrMany,
    language: OneOrMany,
) -> dict[str, Any]:
    """Return the parts of a filter that ask for names of terms, authors and languages, by name.

    Raises InvalidQuery.
    """
    return {
        "tags": values_of(tag),
        "categories": values_of(category),
        "terms": terms_of(term),
        "authors": values_of(author),
        "languages": _languages_of(language),
    }


def terms_of(value: OneOrMany) -> tuple[str, ...]:
    """Return the terms of a filter, as `taxonomy=name`. Raises InvalidQuery."""
    labels = values_of(value)
    for label in labels:
        taxonomy, sign, name = label.partition("=")
        if not (taxonomy and sign and name):
            raise InvalidQuery(f"{label!r} is no term: write taxonomy=name, such as genre=drama")
    return labels


def _languages_of(value: OneOrMany) -> tuple[str, ...]:
    """Return the language tags of a filter, as the archive writes them. Raises InvalidQuery."""
    tags = []
    for text in values_of(value):
        tag = usual_tag(text.strip())
        if tag is None:
            raise InvalidQuery(f"{text!r} is no language: write a tag such as en, pt-BR or zh-Hant")
        tags.append(tag)
    return tuple(tags)


def sites_of(value: OneOrMany) -> tuple[str, ...]:
    """Return the site keys of a filter; a site may be given by its address too.

    Raises InvalidQuery.
    """
    return tuple(bare_address(site) for site in values_of(value))


def contents_of(
    has: OneOrMany = None,
    embeds: OneOrMany = None,
    links_to: OneOrMany = None,
    without: OneOrMany = None,
) -> dict[str, Any]:
    """Return the parts of a filter that ask for what a post has, and what it lacks, by name.

    Providers of embeds are given by name, domain or address, domains also by address. Raises
    InvalidQuery.
    """
    features = values_of(has)
    for name in features:
        require_known("content", name, FEATURES)
    return {
        "has": features,
        "embeds": tuple(_provider(name.strip().lower()) for name in values_of(embeds)),
        "links_to": tuple(_domain(domain) for domain in values_of(links_to)),
        "without": _lacked_of(without),
    }


def _lacked_of(without: OneOrMany) -> tuple[Lacked, ...]:
    """Return what posts are to be without. Raises InvalidQuery."""
    names = values_of(without)
    for name in names:
        require_known("without", name, ALL_LACKED)
    return cast(tuple[Lacked, ...], names)


def _provider(name: str) -> str:
    if "." in name:
        return provider_of("https://" + _domain(name))
    if _LABEL.fullmatch(name) is None:
        raise InvalidQuery(f"{name!r} is no provider of embeds: youtube is one, or a domain")
    return EMBED_PROVIDERS.get(f"{name}.com", name)  # twitter.com is that of x


def _domain(address: str) -> str:
    host = bare_address(address).partition("/")[0].partition(":")[0]
    host = host.removeprefix("www.").rstrip(".")
    if _DOMAIN.fullmatch(host) is None and host != "localhost":
        raise InvalidQuery(f"{address!r} is no domain: example.com is one")
    return host


def states_of(value: OneOrMany) -> tuple[State, ...]:
    """Return the states of a filter; none for `any`. Raises InvalidQuery."""
    names = values_of(value)
    if ANY_STATE in names:
        return ()
    for name in names:
        require_known("state", name, (*STATES, ANY_STATE))
    return cast(tuple[State, ...], names)


def require_known(what: str, value: str, known: Iterable[str]) -> None:
    """Raise InvalidQuery when a value is none of the known ones."""
    if value not in known:
        raise InvalidQuery(f"no such {what}: {value!r}; choose one of {', '.join(known)}")


def require_unicode(text: str) -> str:
    """Return the text. Raises InvalidQuery when it has no UTF-8 form, so that no archive holds it.

    Python makes such texts of command lines with broken bytes: half of a surrogate pair each.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidQuery(f"not Unicode text: {text[:100]!r}")
    return text


def require_limit(limit: int | None) -> None:
    """Raise InvalidQuery for a limit that is negative, or larger than databases count."""
    if limit is None:
        return
    if limit < 0:
        raise InvalidQuery(f"a limit of {limit} is less than nothing: leave it out for all")
    if limit > MOST_ITEMS:
        raise InvalidQuery(f"a limit of {limit} is larger than any archive: leave it out for all")


def require_id(id_: int | None) -> None:
    """Raise InvalidQuery for a number that no database holds as an id."""
    if id_ is not None and not -(2**63) <= id_ < 2**63:
        raise InvalidQuery(f"{id_} is no id of a post: it has more than 64 bits")
