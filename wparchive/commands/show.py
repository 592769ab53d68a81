"""`wparchive show`: read a post, or whatever else is held."""

import sys
import zlib
from collections.abc import Mapping
from typing import Any, cast

import click

from wparchive.commands.options import archive_option, json_option
from wparchive.commands.output import print_json, print_paged, say, styled, tell, wrapped
from wparchive.errors import InvalidQuery
from wparchive.model.documents import Kind, PostDocument, StoredDocument
from wparchive.model.event_records import title_of
from wparchive.model.file_records import shown_address
from wparchive.model.second_look import UNSTEADY_AFTER
from wparchive.reading.library import Archive
from wparchive.reading.missing_files import missing_files
from wparchive.reading.views import (
    co_author_names,
    minute_text,
    protected_status,
    public_fields,
    ref_name,
    term_names,
    translation_names,
)

FILES_SHOWN = 8


@click.command("show")
@click.argument("post")
@archive_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html", "json", "raw"]),
    default="text",
    show_default=True,
    help="raw is the record exactly as the site sent it.",
)
@click.option(
    "--as-of", metavar="DATE", help="Show it as it was then, if that version was archived."
)
@json_option
def show_command(archive: Archive, post: str, form: str, as_of: str | None, as_json: bool) -> None:
    """Read a post, named by its key or its address.

    A key is site/type/id, and the address is the public one. Terms, authors, media and comments
    are named by their keys.

    \b
    wparchive show example.com/post/12
    wparchive show https://example.com/2024/05/a-post/
    wparchive show example.com/post/12 --format markdown > a-post.md
    wparchive show example.com/post/12 --format raw | jq .yoast_head_json
    wparchive show example.com/post/12 --as-of 2024-05
    wparchive show example.com/category/3
    """
    if as_json:
        form = "json"
    kind, document = _found(archive, post, as_of)
    files: list[str] = []
    if form == "text":
        files = _file_lines(archive, document)
    if kind == "posts" or form in ("json", "raw"):
        _print(cast(PostDocument, document), form, files)
    elif form == "text":
        say(_object_text(kind, document, files))
    elif "html" in document and form == "html":
        say(document["html"])
    else:
        raise InvalidQuery(
            f"{document['_id']} is one of the {kind}, which have no {form}: "
            "leave out --format, or choose json or raw"
        )


def _found(archive: Archive, name: str, as_of: str | None) -> tuple[Kind, StoredDocument]:
    """Return what is named, with its kind; say where something in it may be of another time."""
    if not as_of:
        return archive.find(name)
    version = archive.as_of(name, as_of)
    if version.note:
        tell(f"note: {version.note}")
    return version.kind, version.post


def _file_lines(archive: Archive, document: StoredDocument) -> list[str]:
    """Return a line for each of the first files that a document names, kept or missing."""
    held = archive.files.of_document(document)
    found = {record["_id"]: record for record in held.values()}
    lines = []
    for record in list(found.values())[:FILES_SHOWN]:
        where = archive.files.where(record) or f"{record['path']} in {archive.files.place}"
        at = record["fetched_at"]
        fetched = f", fetched {minute_text(at)}" if at else ""
        size = f"{record['size_bytes']:,} bytes"
        problem = record.get("problem")
        since = f"; not there when it was last asked for: {problem}" if problem else ""
        about = f"{record['mime_type']}, {size}{fetched}{since}"
        lines.append(f"{'file:':<12}{shown_address(record['url'])}")
        lines.append(f"{'':<12}{where} ({about})")
    if len(found) > FILES_SHOWN:
        lines.append(f"{'':<12}and {len(found) - FILES_SHOWN:,} more")
    missing = missing_files(archive.reader, document, held)
    for url, reason in list(missing.items())[:FILES_SHOWN]:
        lines.append(f"{'no file:':<12}{shown_address(url)}{': ' if url else ''}{reason}")
    if len(missing) > FILES_SHOWN:
        lines.append(f"{'':<12}and {len(missing) - FILES_SHOWN:,} more that are missing")
    return lines


def _object_text(kind: Kind, document: StoredDocument, files: list[str]) -> str:
    """Return what a terminal shows of a term, an author, a media item or a comment."""
    facts = {
        "key": document["_id"],
        "link": document["link"],
        "slug": document.get("slug"),
        "published": document.get("published_at") and minute_text(document["published_at"]),
        "address": document.get("url"),
        "by": document.get("author_name"),
        "state": _state_text(document),
        "version": _version_text(document),
        "read from": document.get("warc"),
    }
    lines = [f"{name + ':':<12}{value}" for name, value in facts.items() if value] + files
    texts = [document.get(name) for name in ("text", "caption", "alt", "description")]
    title = styled(title_of(kind, document), bold=True)
    body = [text for text in texts if text]
    return "\n".join([title, *(styled(line, dim=True) for line in lines), "", *body]).rstrip()


def _state_text(document: Mapping[str, Any]) -> str:
    if document["state"] == "live":
        return ""
    return f"{document['state']} since {minute_text(document['state_since'])}"


def _version_text(document: Mapping[str, Any]) -> str:
    if document["revision"] == 1:
        return ""
    return f"{document['revision']} (wparchive history {document['_id']})"


def _print(document: PostDocument, form: str, files: list[str]) -> None:
    if form == "json":
        print_json(public_fields(document))
    elif form == "raw":
        # Bytes and not text: the record is to come out exactly as it was received.
        sys.stdout.buffer.write(zlib.decompress(document["raw"]) + b"\n")
    elif form == "html":
        say(document["html"])
    elif form == "markdown":
        from wparchive.export.markdown import post_markdown
        from wparchive.export.readable import without_removed_blocks

        # As `wparchive export` writes it; `--format html` has all that the post holds.
        say(post_markdown(without_removed_blocks(document)))
    else:
        print_paged(_text(document, files))


def _text(post: PostDocument, files: list[str]) -> str:
    lines = [f"{name + ':':<12}{value}" for name, value in _facts(post).items() if value] + files
    body = post["text"]
    if post["protected"] and not body:
        body = "(protected by a password: the site shows no content)"
    title = styled(post["title"] or post["slug"], bold=True)
    return "\n".join(
        [title, *(styled(wrapped(line, 12), dim=True) for line in lines), "", wrapped(body)]
    )


def _facts(post: PostDocument) -> dict[str, str | None]:
    """Return what stands above the text; what is empty is not shown."""
    author = copy_of = unsteady = left_out = ""
    if post["author"]:
        author = ref_name(post["author"])
    if post["duplicate"]:
        copy_of = f"{post['duplicate']['of']} ({post['duplicate']['kind']})"
    if (post.get("unsteady") or 0) >= UNSTEADY_AFTER:
        unsteady = "changes at every request; one version a day is kept at most"
    if words := post.get("removed_words"):
        left_out = f"{words:,} words that the site repeats (wparchive boilerplate list)"
    return {
        "key": post["_id"],
        "link": post["link"],
        "published": minute_text(post["published_at"]),
        "modified": minute_text(post["modified_at"]),
        "author": author,
        "authors": ", ".join(co_author_names(post)),
        "categories": ", ".join(term_names(post["categories"])),
        "tags": ", ".join(term_names(post["tags"])),
        "terms": ", ".join(f"{term['taxonomy']}: {ref_name(term)}" for term in post["terms"]),
        "translated": ", ".join(translation_names(post)),
        "status": protected_status(post),
        "state": _state_text(post),
        "copy of": copy_of,
        "version": _version_text(post),
        "read from": post.get("warc"),
        "text": unsteady,
        "left out": left_out,
    }
