"""`wparchive show`: read a post."""

import sys
import zlib
from typing import Any

import click

from wparchive.commands.options import archive_option, json_option
from wparchive.commands.output import moment, page, print_json, public, say, styled
from wparchive.model.documents import PostDocument, Ref
from wparchive.reading.library import Archive


@click.command()
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
@click.option("--as-of", metavar="DATE", help="As it was then, where another version was archived.")
@json_option
def show(archive: Archive, post: str, form: str, as_of: str | None, as_json: bool) -> None:
    """Read a POST, named by its key (site/type/id) or its public address.

    \b
    wparchive show example.com/post/12
    wparchive show https://example.com/2024/05/a-post/
    wparchive show example.com/post/12 --format markdown > a-post.md
    wparchive show example.com/post/12 --format raw | jq .yoast_head_json
    wparchive show example.com/post/12 --as-of 2024-05
    """
    document = archive.as_of(post, as_of).post if as_of else archive.get(post)
    if as_json or form == "json":
        print_json(public(document))
    elif form == "raw":
        sys.stdout.buffer.write(zlib.decompress(document["raw"]) + b"\n")
    elif form == "html":
        say(document["html"])
    elif form == "markdown":
        from wparchive.export.markdown import markdown

        say(markdown(document))
    else:
        page(_text(document))


def _text(post: PostDocument) -> str:
    facts = {
        "key": post["_id"],
        "link": post["link"],
        "published": moment(post["published_at"]),
        "modified": moment(post["modified_at"]),
        "author": _name(post["author"]),
        "categories": ", ".join(_name(term) or "" for term in post["categories"]),
        "tags": ", ".join(_name(term) or "" for term in post["tags"]),
        "terms": ", ".join(f"{term['taxonomy']}: {_name(term)}" for term in post["terms"]),
        "state": _state(post),
        "copy of": _copy(post["duplicate"]),
        "version": f"{post['revision']} (wparchive history {post['_id']})"
        if post["revision"] > 1
        else "",
    }
    lines = [f"{name + ':':<12}{value}" for name, value in facts.items() if value]
    body = (
        "(protected by a password: the site shows no content)"
        if post["protected"]
        else post["text"]
    )
    return "\n".join(
        [
            styled(post["title"] or post["slug"], bold=True),
            *(styled(line, dim=True) for line in lines),
            "",
            body,
        ]
    )


def _name(ref: Ref | None) -> str | None:
    return ref and (ref["name"] or ref["slug"] or f"#{ref['id']}")


def _state(post: PostDocument) -> str:
    return "" if post["state"] == "live" else f"{post['state']} since {moment(post['state_since'])}"


def _copy(duplicate: Any) -> str:
    return f"{duplicate['of']} ({duplicate['kind']})" if duplicate else ""
