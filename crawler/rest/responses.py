"""Bytes of an answer -> records or a named error. Knows how real sites spoil JSON (notices, BOM, cache comments, challenges)."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec

from crawler.errors import ApiError, BrokenJson, Challenge, NotJson
from wparchive.model.storable import bounded_decoder

MAX_DEPTH = 90  # BSON allows about 100 levels; a record deeper than this is refused before Python's own decoder recurses
_RECORDS = msgspec.json.Decoder(list[msgspec.Raw])
_STRICT = bounded_decoder(10)  # records of WordPress itself, with `_embed`, have 10 levels
_RECORD = msgspec.json.Decoder()
_NUMBERED = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ANY = msgspec.json.Decoder(msgspec.Raw)
_JSON_START = re.compile(rb'\[\s*[{\]]|\{\s*["}]')
_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]|[\]}]', re.DOTALL
)  # possessive: long strings must not fill the stack
_FIRST_ID = re.compile(rb'\s*\{\s*"id"\s*:\s*"?(\d{1,19})"?\s*[,}]')
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_CHALLENGE = re.compile(
    rb"just a moment|sgcaptcha|sucuri|imunify360|wordfence|checking your browser|captcha",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A list answer: records as received, and what the headers say of the whole."""

    records: list[bytes]
    """JSON of each record, byte for byte."""
    total: int | None
    """X-WP-Total, None when absent or not a number."""
    total_pages: int | None
    repaired: bool
    """True when something around the JSON had to be taken off."""


def read_list(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Records of a collection's answer. Raises ApiError, NotJson, BrokenJson."""
    text, repaired = _json_part(status, headers, body)
    raws: list[bytes | msgspec.Raw]
    try:
        raws = [*_RECORDS.decode(text)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raws = _rows_with_holes(text) or []
        if not raws:
            _raise_unless_list(status, text, error)
            raws = [*split_records(text)]
    if status >= 400:
        raise ApiError(status, message="a list with an error status")
    return Answer(
        [bytes(raw) for raw in raws],
        _number(headers, "x-wp-total"),
        _number(headers, "x-wp-totalpages"),
        repaired,
    )


def read_object(status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """A single JSON object (index, types, one post). Raises ApiError, NotJson, BrokenJson."""
    text, _ = _json_part(status, headers, body)
    try:
        value, _ = decode_record(text)
    except ValueError as error:
        raise BrokenJson(f"cannot be decoded: {error}") from error
    if "code" in value and (status >= 400 or ("message" in value and _status_of(value))):
        raise api_error(status, value)
    if status >= 400:
        raise ApiError(status)
    return value


def read_record(status: int, headers: Mapping[str, str], body: bytes) -> tuple[bytes, bool]:
    """The JSON of a single object, byte for byte, and whether something around it had to be taken off. Raises as `read_object`."""
    read_object(status, headers, body)
    return _json_part(status, headers, body)


def decode_record(raw: bytes) -> tuple[dict[str, Any], list[str]]:
    """One record -> (object, flags). Flags tell what had to be done: `surrogates`, `big_integers`, `not_finite`, `bad_utf8`.

    Raises ValueError when it is no JSON object or nested too deeply.
    """
    flags: set[str] = set()
    try:
        value = _STRICT.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = _leniently(raw, flags)
    if not isinstance(value, dict):
        raise ValueError(f"a {type(value).__name__} where an object was expected")
    return value, sorted(flags)


def _leniently(raw: bytes, flags: set[str]) -> Any:
    """What the strict decoder refuses: deeper, or with something that has to give."""
    if _depth(raw) > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    try:
        value = _RECORD.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = json.loads(
            _text(raw, flags), strict=False, parse_constant=lambda _: flags.add("not_finite")
        )
    return _scrub(value, flags) if isinstance(value, dict) else value


def record_id(raw: bytes) -> int | None:
    """The id of a record, also of one that cannot be decoded, if its id comes first; None where there is none that fits 64 bits."""
    found = _FIRST_ID.match(raw)
    if found is None:  # plugins may put other fields, with ids of their own, before it
        try:
            value = decode_record(raw)[0].get("id")
        except ValueError:
            return None
        found = re.fullmatch(
            rb"(\d{1,19})", str(int(value) if isinstance(value, float) else value).encode()
        )
    return int(found[1]) if found and int(found[1]) < 2**63 else None


def record_date(raw: bytes) -> str | None:
    """The site-local `date` of a record; None where there is none."""
    try:
        date = decode_record(raw)[0].get("date")
    except ValueError:
        return None
    return date if isinstance(date, str) else None


def api_error(status: int, value: Mapping[str, Any]) -> ApiError:
    """WordPress's error object as an exception; `data` may be an object, null, a string or missing."""
    data = value.get("data")
    params = data.get("params") if isinstance(data, dict) else None
    return ApiError(
        status if status >= 400 else _status_of(value) or status,
        str(value.get("code") or ""),
        _CONTROL.sub(" ", re.sub(r"<[^<>]*>", " ", str(value.get("message") or "")[:2000]))[
            :300
        ].strip(),
        frozenset(map(str, params)) if isinstance(params, (dict, list)) else frozenset(),
    )


def split_records(text: bytes) -> list[bytes]:
    """The elements of a JSON list, byte for byte, where a strict decoder refuses one of them (lone surrogates, NaN)."""
    decoder = json.JSONDecoder(strict=False)
    string = text.decode("utf-8", "surrogateescape")
    parts: list[bytes] = []
    at = string.index("[") + 1
    try:
        while True:
            at = re.compile(r"[\s,]*").match(string, at).end()  # type: ignore[union-attr]
            if string[at : at + 1] == "]":
                if string[at + 1 :].strip():
                    raise BrokenJson(f"text after the list: {string[at + 1 : at + 40]!r}")
                return parts
            _, end = decoder.raw_decode(string, at)
            parts.append(string[at:end].encode("utf-8", "surrogateescape"))
            at = end
    except (ValueError, RecursionError) as error:
        raise BrokenJson(f"the list breaks off after {len(parts)} records: {error}") from error


def _json_part(status: int, headers: Mapping[str, str], body: bytes) -> tuple[bytes, bool]:
    """The JSON inside a body, without BOM, notices before and comments after it."""
    if 300 <= status < 400:
        raise ApiError(status, message=f"redirects to {headers.get('location', 'nowhere')[:200]}")
    text = body.strip()
    if not text:
        raise BrokenJson("empty body") if status < 400 else ApiError(status, message="empty body")
    if text[:1] in b"[{" and text[-1:] in b"]}":
        return text, False
    starts = [found.start() for found in islice(_JSON_START.finditer(text), 20)]
    html = "html" in headers.get("content-type", "") or text[:1] == b"<"
    if not starts or (
        html and re.search(rb"<html|<!doctype|<head", text[: starts[0]], re.IGNORECASE)
    ):
        raise _no_json(status, body)
    text = _without_comments(text)
    if text[-1:] not in b"]}":
        raise BrokenJson("truncated")
    # A notice may hold brackets of its own: the JSON is what can be read to the end.
    whole = (text[start:] for start in starts if _is_json(text[start:]))
    return next(whole, text[starts[0] :]), True


def _without_comments(text: bytes) -> bytes:
    """Caches sign their pages with comments after the end."""
    while text.endswith(b"-->") and (start := text.rfind(b"<!--")) >= 0:
        text = text[:start].rstrip()
    return text


def _is_json(text: bytes) -> bool:
    try:
        _ANY.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _no_json(status: int, body: bytes) -> ApiError | NotJson:
    if _CHALLENGE.search(body[:20000]):
        return Challenge(
            f"a challenge page instead of JSON (status {status}); the site keeps robots out"
        )
    title = re.search(rb"<title[^>]*>(.*?)</title", body[:20000], re.IGNORECASE | re.DOTALL)
    words = _CONTROL.sub(
        " ", (title[1] if title else body[:60]).decode("utf-8", "replace")
    ).strip()[:80]
    return (
        ApiError(status, message=words)
        if status >= 400
        else NotJson(f"{words!r} instead of JSON (status {status})")
    )


def _rows_with_holes(text: bytes) -> list[bytes | msgspec.Raw] | None:
    """The rows of a PHP list from which a filter took some: PHP prints it as an object with numbers as keys."""
    try:
        rows = _NUMBERED.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return [*rows.values()] if all(re.fullmatch("[0-9]+", key) for key in rows) else None


def _raise_unless_list(status: int, text: bytes, error: Exception) -> None:
    if text.lstrip()[:1] == b"[":
        return
    try:
        value, _ = decode_record(text)
    except ValueError:
        raise BrokenJson(f"cannot be decoded: {error}") from error
    if "code" in value:
        raise api_error(status, value)
    raise ApiError(status) if status >= 400 else BrokenJson("an object where a list was expected")


def _status_of(value: Mapping[str, Any]) -> int | None:
    data = value.get("data")
    status = data.get("status") if isinstance(data, dict) else None
    return status if isinstance(status, int) else None


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "")
    return int(value) if re.fullmatch(r"[0-9]{1,11}", value) else None


def _depth(raw: bytes) -> int:
    """An upper bound of the nesting; exact counting only where the cheap bound is suspicious."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for token in _TOKEN.finditer(raw):
        char = token[0]
        if char in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in b"]}":
            depth -= 1
    return deepest


def _text(raw: bytes, flags: set[str]) -> str:
    """A record whose bytes are not all UTF-8 keeps what can be read."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        flags.add("bad_utf8")
        return raw.decode("utf-8", "replace")


def _scrub(value: Any, flags: set[str]) -> Any:
    """The same value without what no database takes: lone surrogates, integers beyond 64 bits, infinities."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            flags.add("surrogates")
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return value
    if isinstance(value, dict):
        return {_scrub(key, flags): _scrub(part, flags) for key, part in value.items()}
    if isinstance(value, list):
        return [_scrub(part, flags) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        flags.add("not_finite")
        return None
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        flags.add("big_integers")
        return str(value)
    return value
