"""`wparchive show`: read a post."""

import sys
import zlib

import click

from wparchive.commands.options import archive_option, json_option
from wparchive.commands.output import print_json, print_paged, say, styled
from wparchive.model.documents import PostDocument
from wparchive.reading.library import Archive
from wparchive.reading.views import minute_text, public_fields, ref_name, term_names


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
@click.option("--as-of", metavar="DATE", help="As it was then, where another version was archived.")
@json_option
def show_command(archive: Archive, post: str, form: str, as_of: str | None, as_json: bool) -> None:
    """Read a POST, named by its key (site/type/id) or its public address.

    \b
    wparchive show example.com/post/12
    wparchive show https://example.com/2024/05/a-post/
    wparchive show example.com/post/12 --format markdown > a-post.md
    wparchive show example.com/post/12 --format raw | jq .yoast_head_json
    wparchive show example.com/post/12 --as-of 2024-05
    """
    document = _version(archive, post, as_of)
    if as_json:
        form = "json"
    _print(document, form)


def _version(archive: Archive, post: str, as_of: str | None) -> PostDocument:
    if as_of:
        return archive.as_of(post, as_of).post
    return archive.get(post)


def _print(document: PostDocument, form: str) -> None:
    if form == "json":
        print_json(public_fields(document))
    elif form == "raw":
        sys.stdout.buffer.write(zlib.decompress(document["raw"]) + b"\n")
    elif form == "html":
        say(document["html"])
    elif form == "markdown":
        from wparchive.export.markdown import post_markdown

        say(post_markdown(document))
    else:
        print_paged(_text(document))


def _text(post: PostDocument) -> str:
    lines = [f"{name + ':':<12}{value}" for name, value in _facts(post).items() if value]
    body = post["text"]
    if post["protected"]:
        body = "(protected by a password: the site shows no content)"
    title = styled(post["title"] or post["slug"], bold=True)
    return "\n".join([title, *(styled(line, dim=True) for line in lines), "", body])


def _facts(post: PostDocument) -> dict[str, str | None]:
    """Return what stands above the text; what is empty is not shown."""
    author = state = copy_of = version = ""
    if post["author"]:
        author = ref_name(post["author"])
    if post["state"] != "live":
        state = f"{post['state']} since {minute_text(post['state_since'])}"
    if post["duplicate"]:
        copy_of = f"{post['duplicate']['of']} ({post['duplicate']['kind']})"
    if post["revision"] > 1:
        version = f"{post['revision']} (wparchive history {post['_id']})"
    return {
        "key": post["_id"],
        "link": post["link"],
        "published": minute_text(post["published_at"]),
        "modified": minute_text(post["modified_at"]),
        "author": author,
        "categories": ", ".join(term_names(post["categories"])),
        "tags": ", ".join(term_names(post["tags"])),
        "terms": ", ".join(f"{term['taxonomy']}: {ref_name(term)}" for term in post["terms"]),
        "state": state,
        "copy of": copy_of,
        "version": version,
    }
