"""Show what the cleaner makes of a file: `python -m pipelines.cleaning < post.html`."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipelines.cleaning import CLEANER_VERSION
from pipelines.cleaning.cleaner import clean_html
from pipelines.cleaning.content import CleanContent

CONTENT_FIELDS = ("text", "html", "links", "images", "embeds")
"""What can be shown by itself."""
_EXAMPLES = """
Standard input holds HTML as WordPress renders it, or one record as JSON, as the site's API sends
it. Of a record, `content.rendered` is cleaned, and its `link` is the base of relative addresses.

examples:
  python -m pipelines.cleaning < post.html
  python -m pipelines.cleaning --base https://example.com/post/ --field links < post.html
  wparchive show KEY --format raw | python -m pipelines.cleaning --field text
"""


class UnusableInput(Exception):
    """Standard input holds nothing that can be cleaned; the message says why."""


def show_cleaned(arguments: Sequence[str] | None = None) -> int:
    """Clean standard input and print the result; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        html, base_url = read_input(sys.stdin.buffer.read())
    except UnusableInput as error:
        print(f"pipelines.cleaning: {error}", file=sys.stderr)
        return 2
    content = clean_html(html, options.base or base_url)
    shown: tuple[str, ...] = CONTENT_FIELDS
    if options.field != "all":
        shown = (options.field,)
    if options.json:
        output = _as_json(content, options.field)
    else:
        output = "\n\n".join(_readable(content, shown))
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


def read_input(data: bytes) -> tuple[str, str | None]:
    """Return the HTML to clean and the base of its addresses, from HTML or a JSON record.

    Raise UnusableInput for JSON that is no record with content.
    """
    # A byte order mark, and bytes that are not UTF-8, must not stop anybody from looking.
    text = data.decode("utf-8-sig", errors="replace")
    if not text.lstrip().startswith("{"):
        return text, None
    try:
        record = json.loads(text)
    except ValueError:
        return text, None  # it is HTML that begins with a brace
    content = record.get("content")
    if not isinstance(content, Mapping) or not isinstance(content.get("rendered"), str):
        raise UnusableInput("the JSON record has no content.rendered; see --help")
    link = record.get("link")
    if not isinstance(link, str):
        link = None
    return content["rendered"], link


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
        choices=(*CONTENT_FIELDS, "all"),
        default="all",
        help="what to show (default: all)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--version", action="version", version=f"cleaner {CLEANER_VERSION}")
    return parser


def _as_json(content: CleanContent, field: str) -> str:
    value: Any = asdict(content)
    if field != "all":
        value = value[field]
    return json.dumps(value, ensure_ascii=False, indent=2)


def _readable(content: CleanContent, shown: Sequence[str]) -> list[str]:
    """Return a piece of text for each field; with a heading, if there is more than one."""
    pieces = [_field_as_text(content, field) for field in shown]
    if len(shown) == 1:
        return pieces
    headed = [f"== {field}\n{piece}" for field, piece in zip(shown, pieces, strict=True)]
    flags = ", ".join(content.flags) or "none"
    return [*headed, f"== {content.word_count} words, flags: {flags}"]


def _field_as_text(content: CleanContent, field: str) -> str:
    value = getattr(content, field)
    if isinstance(value, str):
        return value
    return "\n".join("\t".join(entry.values()) for entry in value)


if __name__ == "__main__":
    sys.exit(show_cleaned())
