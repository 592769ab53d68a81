"""JSON as real sites send it: find it in a body, cut it into records, decode each record.

Sites spoil JSON in ways that a strict decoder refuses:

| damage | cause |
|---|---|
| a byte-order mark before it | a PHP file of a theme or plugin that was saved with one |
| notices and warnings before or after it | PHP's `display_errors` |
| comments, scripts and panels after it | caches, statistics, debuggers such as Query Monitor |
| an object with numbers as keys instead of a list | a PHP filter that took some elements out |
| lone surrogates, NaN, big integers, bytes that are not UTF-8 | plugins that write JSON by hand |
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

import msgspec

from crawler.errors import BrokenJson
from wparchive.model.storable_values import (
    bounded_decoder,
    storable_float,
    storable_integer,
    storable_text,
)

# BSON allows about 100 levels, and Python's own decoder recurses: deeper records are refused first.
MAX_JSON_DEPTH = 90
UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that it cannot decode."""

# Python 3.11 refuses integers of more than 4,300 digits: they take quadratic time.
_DIGITS_MAX = 4000
_LOOK_BEHIND = 20  # bytes behind an empty value
_MAX_STARTS = 20  # places in a spoilt body at which the JSON may begin
_MAX_IN_VAIN = 5_000_000  # bytes that are read for the ends of values which have none

# Records of WordPress itself, with `_embed`, have 10 levels.
_strict_record = bounded_decoder(10)
_any_record = msgspec.json.Decoder()
_list_of_raw = msgspec.json.Decoder(list[msgspec.Raw])
_object_of_raw = msgspec.json.Decoder(dict[str, msgspec.Raw])
_anything = msgspec.json.Decoder(msgspec.Raw)

# `[{`, `[]`, `{"` and `{}`: a single bracket stands in many notices.
_JSON_START = re.compile(rb'\[\s*[{\]]|\{\s*["}]')
_HTML_PAGE = re.compile(rb"<html|<!doctype|<head", re.IGNORECASE)
_BETWEEN_RECORDS = re.compile(r"[\s,]*")
# The quantifiers are possessive, because a long string must not fill the stack.
_STRING_OR_BRACKET = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[{]|[\]}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class FoundJson:
    """The JSON inside a body."""

    text: bytes
    """Byte for byte as received."""
    repaired: bool
    """True when something around the JSON had to be taken off."""
    is_followed: bool = False
    """True when other text than comments stands behind it."""
    is_misread: bool = False
    """True when its letters are in another encoding than UTF-8, which nobody names."""


def find_json(body: bytes, *, html: bool) -> FoundJson | None:
    """Return the JSON in a body that is not empty; None where there is none.

    `html` says that the body is declared as HTML: then JSON inside a page's scripts does not count.
    Raises BrokenJson for JSON that breaks off.
    """
    text = body.strip()
    if text[:1] in b"[{" and text[-1:] in b"]}" and _is_json(text):
        return FoundJson(text, repaired=False)
    starts = [found.start() for found in islice(_JSON_START.finditer(text), _MAX_STARTS)]
    if not starts:
        return None
    if (html or text[:1] == b"<") and _HTML_PAGE.search(text[: starts[0]]):
        return None
    start, end = _best_value(text, starts)
    is_followed = end < _end_before_comments(text)
    return FoundJson(text[start:end], (start, end) != (0, len(text)), is_followed)


def _best_value(text: bytes, starts: list[int]) -> tuple[int, int]:
    """Return where the JSON of a spoilt body begins and ends.

    A value at the very beginning of the body is the JSON, unless it is empty. Behind a notice or a
    script, the JSON is the value that ends where the body ends, or else the longest value: notices
    and scripts may hold small values of their own. Raises BrokenJson where no value ends, and
    where an empty value at the beginning is followed by another one.
    """
    values = list(_values(text, starts))
    if not values:
        raise BrokenJson("truncated")
    body_end = _end_before_comments(text)
    likeliest = min(values, key=lambda value: _preference(text, value, body_end))
    start, end = values[0]
    if start > 0 or (start, end) == likeliest:
        return likeliest
    is_empty = not text[start + 1 : end - 1].strip()
    is_page_behind = text[end : end + _LOOK_BEHIND].lstrip()[:1] == b"<"
    if is_empty and not is_page_behind:
        # `[]` and then another value: the brackets may belong to a notice such as "[] given".
        # But an empty page, with HTML of a plugin behind it, is just that: an empty page.
        raise BrokenJson("an empty value, and another one after it")
    return start, end


def _values(text: bytes, starts: list[int]) -> Iterator[tuple[int, int]]:
    """Yield where values begin and end, without those inside others.

    Raises BrokenJson for a value that breaks off. A notice may hold brackets that are never closed.
    """
    outer_end = 0
    in_vain = 0
    for start in starts:
        if start < outer_end:
            continue
        end = _end_of_value(text, start)
        if end is not None:
            yield start, end
            outer_end = end
            continue
        if start == 0 or _breaks_off(text[start:]):
            raise BrokenJson("truncated")
        in_vain += len(text) - start
        if in_vain > _MAX_IN_VAIN:
            return


def _preference(text: bytes, value: tuple[int, int], body_end: int) -> tuple[bool, bool, int]:
    """Return the sort key of a value; the value that is likeliest the JSON comes first.

    Real JSON comes before what only has brackets, then what ends the body, then what is longer.
    """
    start, end = value
    length = end - start
    return not _is_json(text[start:end]), end != body_end, -length


def _end_of_value(text: bytes, start: int) -> int | None:
    """Return where a value ends, by its brackets alone; None where it never ends."""
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text, start):
        char = token[0]
        if char in b"[{":
            depth += 1
        elif char in b"]}":
            depth -= 1
            if not depth:
                return token.end()
    return None


def list_of_records(text: bytes) -> list[bytes] | None:
    """Return the elements of a JSON list, byte for byte; None where the text is no list.

    A list that a strict decoder refuses is cut by a lenient one. Raises BrokenJson where that
    fails too: a list that breaks off is never taken for a shorter one.
    """
    try:
        return [bytes(raw) for raw in _list_of_raw.decode(text)]
    except UNDECODABLE:
        pass
    if rows := _rows_with_holes(text):
        return rows
    if text.lstrip()[:1] == b"[":
        return split_records(text)
    return None


def in_wrapper(text: bytes, name: str) -> tuple[list[bytes] | None, dict[str, Any]]:
    """Return the records in a field of an object, byte for byte, and all other fields.

    The records are None where the text is no object with such a list. Raises BrokenJson for a list
    that breaks off.
    """
    try:
        fields = _object_of_raw.decode(text)
        others = {key: _any_record.decode(raw) for key, raw in fields.items() if key != name}
    except UNDECODABLE:
        return None, {}
    if name not in fields:
        return None, others
    return list_of_records(bytes(fields[name])), others


def split_records(text: bytes) -> list[bytes]:
    """Return the elements of a JSON list, byte for byte, also of one with lone surrogates or NaN.

    Raises BrokenJson for a list that breaks off or has something after its end.
    """
    # Only the ends of the values are wanted, so that no digits need to be converted.
    decoder = json.JSONDecoder(strict=False, parse_int=str)
    # Bytes that are no UTF-8 come back as they were when the text is encoded in the same way.
    string = text.decode("utf-8", "surrogateescape")
    records: list[bytes] = []
    position = string.index("[") + 1
    try:
        while True:
            position = _next_record(string, position)
            if string[position : position + 1] == "]":
                break
            _, end = decoder.raw_decode(string, position)
            records.append(string[position:end].encode("utf-8", "surrogateescape"))
            position = end
    except (ValueError, RecursionError) as error:
        raise BrokenJson(f"the list breaks off after {len(records)} records: {error}") from error
    rest = string[position + 1 :]
    if rest.strip():
        raise BrokenJson(f"text after the list: {rest[:39]!r}")
    return records


def decode_record(raw: bytes) -> tuple[dict[str, Any], list[str]]:
    """Return the object of one record, and flags that say what was replaced.

    The flags are `surrogates`, `big_integers`, `not_finite` and `bad_utf8`.
    Raises ValueError for anything but a JSON object, and for one that is nested too deeply.
    """
    flags: set[str] = set()
    try:
        value = _strict_record.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = _decode_leniently(raw, flags)
    if not isinstance(value, dict):
        raise ValueError(f"a {type(value).__name__} where an object was expected")
    return value, sorted(flags)


def _decode_leniently(raw: bytes, flags: set[str]) -> Any:
    """Decode a record that is deeper than usual, or holds values that no database takes."""
    if _depth(raw) > MAX_JSON_DEPTH:
        raise ValueError(f"nested deeper than {MAX_JSON_DEPTH} levels")
    try:
        value = _any_record.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = json.loads(
            _decoded_text(raw, flags),
            strict=False,
            parse_int=partial(_integer, flags=flags),
            parse_constant=lambda name: storable_float(float(name), flags),
        )
    return _storable(value, flags)


def _integer(digits: str, flags: set[str]) -> int | str:
    """Return the integer; as text where Python refuses to read that many digits."""
    if len(digits) > _DIGITS_MAX:
        flags.add("big_integers")
        return digits
    return int(digits)


def _storable(value: Any, flags: set[str]) -> Any:
    """Return a decoded JSON value with each of its parts made storable."""
    if isinstance(value, str):
        return storable_text(value, flags)
    if isinstance(value, dict):
        return {storable_text(key, flags): _storable(part, flags) for key, part in value.items()}
    if isinstance(value, list):
        return [_storable(part, flags) for part in value]
    if isinstance(value, float):
        return storable_float(value, flags)
    if isinstance(value, int) and not isinstance(value, bool):
        return storable_integer(value, flags)
    return value


def _decoded_text(raw: bytes, flags: set[str]) -> str:
    """Return the text of a record; bytes that are not UTF-8 become U+FFFD."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        flags.add("bad_utf8")
        return raw.decode("utf-8", "replace")


def _depth(raw: bytes) -> int:
    """Return how deeply JSON is nested, or 0 where it cannot be deeper than `MAX_JSON_DEPTH`."""
    # Brackets inside strings count as well, so the depth cannot be greater than this.
    if raw.count(b"[") + raw.count(b"{") <= MAX_JSON_DEPTH:
        return 0
    depth = 0
    deepest = 0
    for token in _STRING_OR_BRACKET.finditer(raw):
        char = token[0]
        if char in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in b"]}":
            depth -= 1
    return deepest


def _end_before_comments(text: bytes) -> int:
    """Return where a text ends without the comments with which caches sign their pages."""
    end = len(text)
    while text.endswith(b"-->", 0, end):
        start = text.rfind(b"<!--", 0, end)
        if start < 0:
            break
        end = start
        while text[end - 1 : end].isspace():  # no copy of the text: there may be many comments
            end -= 1
    return end


def _breaks_off(text: bytes) -> bool:
    """Tell whether a text is the beginning of JSON that goes on."""
    try:
        _anything.decode(text)
    except UNDECODABLE as error:
        # msgspec has one class for all errors, and says which it is in the message alone.
        return "truncated" in str(error)
    return False


def _is_json(text: bytes) -> bool:
    try:
        _anything.decode(text)
    except UNDECODABLE:
        return False
    return True


def _rows_with_holes(text: bytes) -> list[bytes] | None:
    """Return the rows of a PHP list from which a filter took some; None for any other object.

    PHP prints such a list as an object with numbers as keys.
    """
    try:
        rows = _object_of_raw.decode(text)
    except UNDECODABLE:
        return None
    if all(re.fullmatch("[0-9]+", key) for key in rows):
        return [bytes(raw) for raw in rows.values()]
    return None


def _next_record(string: str, position: int) -> int:
    """Return where the next record of a list begins, or where the list ends."""
    found = _BETWEEN_RECORDS.match(string, position)
    assert found is not None  # the pattern matches the empty string
    return found.end()
