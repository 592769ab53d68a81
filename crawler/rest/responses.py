"""From a response of the API to the records in it, or to an exception that names what is wrong."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from crawler.errors import (
    ApiError,
    BrokenJson,
    Challenge,
    NotJson,
    ResponseError,
    RuleRefused,
    TooLarge,
    Unavailable,
)
from crawler.rest.catalogue import SEARCHED_BYTES, Reaction, recognise
from crawler.rest.encoding import as_utf8
from crawler.rest.lenient_json import (
    FoundJson,
    decode_record,
    find_json,
    in_wrapper,
    list_of_records,
)
from crawler.rest.php_values import as_integer, as_mapping
from crawler.rest.redirects import words_of_redirect
from crawler.routes.shape import RouteShape
from crawler.waits import Wait, asked_pause_s

MOST_RECORDS = 10_000
"""How many records of one answer are taken. At most 1,000 are ever asked for; sites that ignore the
number send whole lists, and every record takes memory until it is written."""
# A site's own message goes into reports and onto terminals: a short one, without controls.
_MESSAGE_LENGTH = 300

UNPACKED_MAX_BYTES = 32 << 20
"""Bytes of an answer that is compressed and does not say so."""
_GZIP = b"\x1f\x8b\x08"
_NOTHING = frozenset({b"null", b"false", b"true", b'""', b"0"})
_LAYERS_MAX = 2  # a server that compresses what PHP has compressed, and both unnamed

_STATUS_NAMES = ("status", "statusCode", "status_code", "code")
_WORDS_OF_ERRORS = frozenset({"code", "message", "error", "errors", "title", "detail", "reason"})
"""Fields with which an error says what is wrong; it has one of them at least."""
_OF_RECORDS = frozenset({"id", "ID", "slug", "rest_base", "routes", "namespaces", "_links"})
"""Fields of records, types and the index, which may have a status or a code of their own."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\s]+")
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


KEEPS_OUT = "the site keeps robots out"
"""What is said of a challenge."""


@dataclass(frozen=True, slots=True)
class RestResponse:
    """An HTTP response of any status."""

    url: str
    """The address that answered in the end, after redirects."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    latency_s: float | None = None
    """Seconds until the answer began; None where nobody has measured them."""
    warc: str | None = None
    """The WARC record that holds it, as documents name it; None where none was written."""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A page of a collection: its records as received, and what the headers say of the whole."""

    records: list[bytes]
    """JSON of each record, byte for byte."""
    total: int | None
    """X-WP-Total, or what the wrapper of a plugin's list says; None when absent or no number."""
    total_pages: int | None
    """X-WP-TotalPages, or what the wrapper says; None when absent or no number."""
    repaired: bool
    """True when something around the JSON had to be taken off."""
    warc: str | None = None
    """The WARC record of the answer; None where none was written."""
    is_followed: bool = False
    """True when other text than comments stands behind the JSON."""
    is_misread: bool = False
    """True when its letters are in another encoding than UTF-8, which nobody names."""


def read_page(response: RestResponse, shape: RouteShape | None = None) -> RecordPage:
    """Return the page of a collection, whose lists have a shape of their own or WordPress's.

    Raises ApiError, NotJson, Unavailable, BrokenJson; TooLarge for too many records.
    """
    found = _json_of(response)
    counts: Mapping[str, Any] = {}
    if shape is not None and shape.wrapper:
        records, counts = in_wrapper(found.text, shape.wrapper)
    else:
        records = list_of_records(found.text)
    if records is None:
        raise _error_instead_of_list(response.status, found.text)
    if response.status >= 400:
        raise ApiError(response.status, message="a list with an error status")
    if len(records) > MOST_RECORDS:
        raise TooLarge(f"{len(records):,} records in one answer, at most {MOST_RECORDS:,} are read")
    total = _number(response, "x-wp-total")
    pages = _number(response, "x-wp-totalpages")
    if shape is not None and shape.wrapper:
        total = _count(counts.get("total"))
        pages = _count(counts.get("total_pages"))
    # A list that always comes as a whole needs no header to say how long it is.
    if shape is not None and shape.is_whole and total is None:
        total, pages = len(records), 1
    return RecordPage(
        records,
        total,
        pages,
        found.repaired,
        response.warc,
        is_followed=found.is_followed,
        is_misread=found.is_misread,
    )


def read_object(response: RestResponse) -> dict[str, Any]:
    """Return a single object: the index, the types, one post.

    Raises ApiError, NotJson, Unavailable, BrokenJson.
    """
    try:
        value, _ = decode_record(_json_of(response).text)
    except ValueError as error:
        raise BrokenJson(f"cannot be decoded: {error}") from error
    failed = response.status >= 400
    # Some sites send errors with status 200; and a record may have a field `code` of its own.
    if told_status(value) or (failed and "code" in value):
        raise api_error(response.status, value)
    if failed:
        raise ApiError(response.status)
    return value


def read_json(response: RestResponse) -> bytes:
    """Return the JSON of an answer of any shape, byte for byte.

    Raises ApiError, NotJson, Unavailable, BrokenJson.
    """
    found = _json_of(response)
    if response.status >= 400:
        raise _error_instead_of_list(response.status, found.text)
    return found.text


def read_record(response: RestResponse) -> FoundJson:
    """Return the JSON of a single record, byte for byte.

    Raises ApiError, NotJson, Unavailable, BrokenJson.
    """
    read_object(response)
    return _json_of(response)


def status_in_body(body: bytes, content_type: str) -> int | None:
    """Return the status that an error names in its JSON; None for anything else than an error."""
    if len(body) > SEARCHED_BYTES:
        return None
    try:
        text = as_utf8(_unpacked(body), content_type).body
        found = find_json(text, html="html" in content_type) if text.strip() else None
        return told_status(decode_record(found.text)[0]) if found else None
    except (ResponseError, ValueError):
        return None


def told_status(value: Mapping[str, Any]) -> int | None:
    """Return the status of an error, 400 to 599, that an object names; None for anything else.

    Proxies and caches send errors on as good answers, with the status in their JSON:

    | who | how |
    |---|---|
    | WordPress (`wp_die()`, `WP_Error`) | `{"code": "wp_die", "data": {"status": 503}}` |
    | gateways, RFC 9457 | `{"status": 429, "title": "Too Many Requests"}` |
    | interfaces of hosts | `{"error": {"code": 503, "message": "..."}}` |
    """
    if value.keys() & _OF_RECORDS or not value.keys() & _WORDS_OF_ERRORS:
        return None
    for part in (as_mapping(value.get("data")), value, as_mapping(value.get("error"))):
        for name in _STATUS_NAMES:
            status = as_integer(part.get(name))
            if status is not None and 400 <= status < 600:
                return status
    return None


def api_error(status: int, value: Mapping[str, Any]) -> ApiError:
    """Return WordPress's error object as an exception.

    `data` may be an object, null, a string or missing, and its `params` a list or an object.
    """
    if status < 400:
        status = told_status(value) or status
    # Cut first, so that the patterns need not read a page that a plugin put there.
    message = str(value.get("message") or "")[:2000]
    message = re.sub(r"<[^<>]*>", " ", message)
    message = _CONTROL.sub(" ", message)[:_MESSAGE_LENGTH].strip()
    parameters = _data(value).get("params")
    if not isinstance(parameters, dict | list):
        parameters = ()
    code = str(value.get("code") or "")
    return ApiError(status, code, message, frozenset(map(str, parameters)))


def _json_of(response: RestResponse) -> FoundJson:
    """Return the JSON in a response's body, without what stands around it."""
    status = response.status
    if 300 <= status < 400:
        target = response.headers.get("location", "nowhere")
        raise ApiError(status, message=words_of_redirect(target))
    if not response.body.strip():
        if status < 400:
            raise BrokenJson("empty body")
        if status == 403:
            _raise_if_for_now(response, b"")
        raise ApiError(status, message="empty body")
    content_type = response.headers.get("content-type", "")
    text = as_utf8(_unpacked(response.body), content_type)
    found = find_json(text.body, html="html" in content_type)
    if status == 403:
        _raise_if_for_now(response, found.text if found else b"")
    if found is None:
        raise _error_instead_of_json(replace(response, body=text.body))
    if text.body is not response.body:
        found = replace(found, repaired=True)
    return replace(found, is_misread=text.is_misread)


def _raise_if_for_now(response: RestResponse, text: bytes) -> None:
    """Raise Unavailable for a refusal that says when it ends, as firewalls that count requests do.

    A page that keeps robots out, and WordPress's word that its owner has closed the API, stay what
    they are.
    """
    headers = response.headers
    pause_s = asked_pause_s(403, headers.get("retry-after", ""), headers.get("date", ""))
    if pause_s is None:
        return
    symptom = recognise(403, headers, response.body, _code_in(text))
    if symptom is not None and symptom.reaction is Reaction.CLOSED and not symptom.codes:
        raise Unavailable(f"refused for now: 403, and to wait {pause_s:.0f} s; run again later")


def _code_in(text: bytes) -> str:
    """Return WordPress's code of an error; empty where there is none."""
    try:
        return str(decode_record(text)[0].get("code") or "")
    except ValueError:
        return ""


def _unpacked(body: bytes) -> bytes:
    """Return a body without the compression that its headers do not name.

    Raises BrokenJson for what cannot be unpacked, and TooLarge.
    """
    for _ in range(_LAYERS_MAX):
        if not body.startswith(_GZIP):
            return body
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            body = unpacker.decompress(body, UNPACKED_MAX_BYTES)
        except zlib.error as error:
            raise BrokenJson(f"compressed, and cannot be unpacked: {error}") from None
        if unpacker.unconsumed_tail:
            raise TooLarge(f"larger than {UNPACKED_MAX_BYTES >> 20} MiB when unpacked")
    return body


def _error_instead_of_json(response: RestResponse) -> ResponseError:
    """Return the error for a page, or for anything else that holds no JSON."""
    status = response.status
    symptom = recognise(status, response.headers, response.body)
    if symptom is not None and symptom.reaction is Reaction.HOSTILE:
        return Challenge(
            f"a challenge page instead of JSON: {symptom.name} (status {status}); {KEEPS_OUT}"
        )
    if symptom is not None and symptom.is_down and symptom.is_sure:
        return Unavailable(f"{symptom.name} instead of JSON (status {status}); run again later")
    title = _TITLE.search(response.body[:SEARCHED_BYTES])
    words = title[1] if title else response.body[:60]
    shown = _CONTROL.sub(" ", words.decode("utf-8", "replace")).strip()[:80]
    if status < 400 and response.body.strip() in _NOTHING:  # of a plugin that has failed
        return BrokenJson(f"{response.body.strip().decode()} where records were expected")
    if symptom is not None and symptom.wait is Wait.SMALLER:
        return RuleRefused(status, message=f"{symptom.name}: {shown}")
    if status >= 400:
        return ApiError(status, message=shown)
    return NotJson(f"{shown!r} instead of JSON (status {status})")


def _error_instead_of_list(status: int, text: bytes) -> ResponseError:
    """Return the error for JSON that is no list: mostly an error object of WordPress."""
    try:
        value, _ = decode_record(text)
    except ValueError as error:
        return BrokenJson(f"cannot be decoded: {error}")
    if "code" in value or told_status(value):
        return api_error(status, value)
    if status >= 400:
        return ApiError(status)
    return BrokenJson("an object where a list was expected")


def _data(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the `data` of an error object, which is an object only where it is filled."""
    data = value.get("data")
    return data if isinstance(data, dict) else {}


def _count(value: Any) -> int | None:
    """Return a number of rows or pages, as the wrapper of a plugin's list says it."""
    number = as_integer(value)
    return number if number is not None and 0 <= number < 10**11 else None


def _number(response: RestResponse, name: str) -> int | None:
    value = response.headers.get(name, "")
    return int(value) if re.fullmatch(r"[0-9]{1,11}", value) else None
