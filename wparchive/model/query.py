"""What an analyst types, parsed: search expressions, dates, sites and keys. Pure; the backends get values, never raw input.

Grammar of a search: words separated by white space, all of which must occur, in any order, in the title or in the text.
`"new york"` is a phrase, `-word` and `-"a phrase"` exclude, `climat*` is a beginning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from wparchive.errors import InvalidQuery
from wparchive.text.search_tokens import tokens

QUOTES = str.maketrans("“”„‟«»＂", '"' * 7)
TERM = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"(?P<star>\*?)|(?P<word>[^\s"]+))')
PERIOD = re.compile(r"(\d{4})(?:-(\d{1,2}))?")
AGO = re.compile(r"(\d{1,5})([hdwmy])")
AGO_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
    "y": timedelta(days=365),
}
DATE_HELP = (
    "write 2024, 2024-05, 2024-05-17, 2024-05-17T08:30+02:00, or an age such as 12h, 30d, 6w, 2y"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Adjacent tokens of one field: a word, a phrase, or the pieces that the analyser cuts a word into."""

    tokens: tuple[str, ...]
    """At least one."""
    prefix: bool = False
    """The last token is only a beginning."""


@dataclass(frozen=True, slots=True)
class Query:
    """A search: every required clause occurs, no excluded one does."""

    required: tuple[Clause, ...]
    """At least one."""
    excluded: tuple[Clause, ...] = ()


def parse_query(expression: str) -> Query:
    """Read a search expression. Raises InvalidQuery when a quotation mark is left open or nothing is left to look for."""
    text = expression.translate(QUOTES)
    if text.count('"') % 2:
        raise InvalidQuery(
            f"a quotation mark is never closed in {expression!r}: close it, or leave it out"
        )
    required: list[Clause] = []
    excluded: list[Clause] = []
    for match in TERM.finditer(text):
        if clause := _clause(match):
            (excluded if match["minus"] else required).append(clause)
    if not required:
        raise InvalidQuery(
            f"nothing to search for in {expression!r}: give at least one word, not only exclusions or signs"
        )
    return Query(tuple(dict.fromkeys(required)), tuple(dict.fromkeys(excluded)))


def _clause(match: re.Match[str]) -> Clause | None:
    words = match["phrase"] if match["phrase"] is not None else match["word"]
    prefix = bool(match["star"]) or words.endswith("*")
    found = tuple(tokens(words))
    return Clause(found, prefix or _half(found)) if found else None


def _half(found: tuple[str, ...]) -> bool:
    """Whether the tokens are one character of a script that is indexed in pairs: then it is the beginning of a pair."""
    return len(found) == 1 and len(found[0]) == 1 and len(tokens(found[0] * 3)) == 2


def occurs(clause: Clause, found: list[str]) -> bool:
    """Whether the clause's tokens stand side by side in a field's token list."""
    return next(occurrences(clause, found), None) is not None


def occurrences(clause: Clause, found: list[str]) -> Iterator[int]:
    """Positions in a field's token list at which the clause begins, ascending."""
    head, *_ = clause.tokens
    size = len(clause.tokens)
    if size == 1 and clause.prefix:
        return (at for at, token in enumerate(found) if token.startswith(head))
    return (
        at
        for at, token in enumerate(found)
        if token == head and _fits(clause, found[at : at + size])
    )


def _fits(clause: Clause, window: list[str]) -> bool:
    if len(window) < len(clause.tokens):
        return False
    *whole, last = clause.tokens
    return window[:-1] == whole and (
        window[-1].startswith(last) if clause.prefix else window[-1] == last
    )


def parse_since(text: str, now: datetime) -> datetime:
    """The first moment that the words include, UTC: `2024-05` is 1 May, `30d` is thirty days before `now`."""
    return _period(text, now)[0]


def parse_until(text: str, now: datetime) -> datetime:
    """The first moment that the words no longer include, UTC: `2024-05` is 1 June, a full time is itself."""
    return _period(text, now)[1]


def _period(text: str, now: datetime) -> tuple[datetime, datetime]:
    words = text.strip()
    try:
        if match := AGO.fullmatch(words):
            at = now - int(match[1]) * AGO_UNITS[match[2]]
            return at, at
        if match := PERIOD.fullmatch(words):
            return _month(int(match[1]), int(match[2])) if match[2] else _year(int(match[1]))
        at = datetime.fromisoformat(words)
        start = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        return (
            (start, start + timedelta(days=1))
            if len(words) == len("2024-05-17")
            else (start, start)
        )
    except (ValueError, OverflowError) as error:
        raise InvalidQuery(f"not a date: {text!r}; {DATE_HELP}") from error


def _year(year: int) -> tuple[datetime, datetime]:
    return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)


def _month(year: int, month: int) -> tuple[datetime, datetime]:
    start = datetime(year, month, 1, tzinfo=UTC)
    return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def bare(url: str) -> str:
    """An address without scheme, fragment, trailing slash or capitals in its host: how sites and links are compared."""
    rest = re.sub(r"^(?:[a-z][a-z0-9+.-]*:)?//", "", url.strip(), flags=re.IGNORECASE).partition(
        "#"
    )[0]
    host, slash, path = rest.partition("/")
    return (host.lower() + slash + path).rstrip("/")


def link_forms(url: str) -> tuple[str, ...]:
    """The spellings under which an archive may hold a link: both schemes, with and without a last slash, percent-encoded either way."""
    core = bare(url)
    encoded = quote(unquote(core), safe="/:?&=%+,;@!$'()*~")
    lower = re.sub(
        r"%[0-9A-F]{2}", lambda match: match[0].lower(), encoded
    )  # WordPress writes %e6, browsers %E6
    cores = dict.fromkeys((core, lower, encoded, unquote(core)))
    return tuple(
        f"{scheme}://{form}{end}"
        for form in cores
        for scheme in ("https", "http")
        for end in ("/", "")
    )
