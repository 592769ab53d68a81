"""Show what the cleaner makes of a file: `python -m pipelines.cleaning < post.html`."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipelines.cleaner_facts import CLEANER_VERSION
from pipelines.cleaning.cleaner import clean_html, clean_text

TEXT_FIELDS = ("title", "excerpt")
"""What `clean_text` makes: a title stands on one line, an excerpt may have several."""
CONTENT_FIELDS = ("text", "blocks", "html", "links", "images", "embeds")
"""What `clean_html` makes of the content."""
_EXAMPLES = """
Standard input holds HTML as WordPress renders it, or one record as JSON, as the site's API sends
it. Of a record, the title, the excerpt and the content are cleaned, and its `link` is the base of
relative addresses. HTML is cleaned as content, and with --field title or excerpt as one of these.

examples:
  python -m pipelines.cleaning < post.html
  python -m pipelines.cleaning --base https://example.com/post/ --field links < post.html
  wparchive show KEY --format raw | python -m pipelines.cleaning --field excerpt
"""


class UnusableInput(Exception):
    """Standard input holds nothing that can be cleaned; the message says why."""


def show_cleaned(arguments: Sequence[str] | None = None) -> int:
    """Clean standard input and print the result; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        rendered, link = read_input(sys.stdin.buffer.read(), options.field)
        cleaned = cleaned_fields_of(rendered, options.field, options.base or link)
    except UnusableInput as error:
        print(f"pipelines.cleaning: {error}", file=sys.stderr)
        return 2
    if options.json:
        output = _as_json(cleaned, options.field)
    else:
        output = "\n\n".join(_readable(cleaned, options.field))
    try:
        sys.stdout.buffer.write(output.encode())
        sys.stdout.buffer.write(b"\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has stopped, as `head` does. Python must not fail once more when
        # it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return 0


def read_input(data: bytes, field: str) -> tuple[dict[str, str], str | None]:
    """Return HTML by the name of its field, and the base of its addresses.

    The names are `content`, `title` and `excerpt`. A record has several of them; HTML by itself is
    taken for the title or the excerpt if `field` says so, and else for the content.
    """
    # A byte order mark, and bytes that are not UTF-8, must not stop anybody from looking.
    text = data.decode("utf-8-sig", errors="replace")
    as_html = {_source_of(field): text}
    if not text.lstrip().startswith("{"):
        return as_html, None
    try:
        record = json.loads(text)
    except ValueError:
        return as_html, None  # it is HTML that begins with a brace
    rendered = {}
    for name in ("content", *TEXT_FIELDS):
        value = record.get(name)
        if isinstance(value, Mapping) and isinstance(value.get("rendered"), str):
            rendered[name] = value["rendered"]
    link = record.get("link")
    if not isinstance(link, str):
        link = None
    return rendered, link


def cleaned_fields_of(
    rendered: Mapping[str, str], field: str, base_url: str | None
) -> dict[str, Any]:
    """Return what the cleaner makes of each field of the input; `field` is the one to show.

    Raise UnusableInput where the input does not have what `field` is made of.
    """
    source = _source_of(field)
    if source not in rendered:
        raise UnusableInput(f"the JSON record has no {source}.rendered; see --help")
    cleaned: dict[str, Any] = {
        name: clean_text(rendered[name], one_line=name == "title")
        for name in TEXT_FIELDS
        if name in rendered
    }
    if "content" in rendered:
        cleaned |= asdict(clean_html(rendered["content"], base_url))
    return cleaned


def _source_of(field: str) -> str:
    """Return the part of a record that a field is made of."""
    if field in TEXT_FIELDS:
        return field
    return "content"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.cleaning",
        description="Show what the cleaner makes of HTML on standard input.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--base", metavar="URL", help="the page's address, against which others are resolved"
    )
    parser.add_argument(
        "--field",
        choices=(*TEXT_FIELDS, *CONTENT_FIELDS, "all"),
        default="all",
        help="what to show (default: all)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--version", action="version", version=f"cleaner {CLEANER_VERSION}")
    return parser


def _as_json(cleaned: Mapping[str, Any], field: str) -> str:
    value: Any = cleaned
    if field != "all":
        value = cleaned[field]
    return json.dumps(value, ensure_ascii=False, indent=2)


def _readable(cleaned: Mapping[str, Any], field: str) -> list[str]:
    """Return a piece of text for each field; with a heading, if all are shown."""
    if field != "all":
        return [_field_as_text(cleaned[field])]
    shown = [name for name in (*TEXT_FIELDS, *CONTENT_FIELDS) if name in cleaned]
    headed = [f"== {name}\n{_field_as_text(cleaned[name])}" for name in shown]
    flags = ", ".join(cleaned["flags"]) or "none"
    return [*headed, f"== {cleaned['word_count']} words, flags: {flags}"]


def _field_as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "\n".join("\t".join(map(_part_as_text, entry.values())) for entry in value)


def _part_as_text(value: Any) -> str:
    """Return a text as it is, where it is one line, and anything else as JSON."""
    if isinstance(value, str) and "\n" not in value:
        return value
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.exit(show_cleaned())
