"""`wparchive search`: find posts by their words."""

from collections.abc import Iterator
from typing import Any

import click

from wparchive.backends.reader import SearchOrder
from wparchive.commands.options import (
    archive_option,
    filter_options,
    found_or_explained,
    json_option,
)
from wparchive.commands.output import hit, moment, page, print_json_lines, public, styled
from wparchive.reading.library import Archive, Hit, Posts


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, required=True)
@archive_option
@filter_options
@click.option(
    "--order",
    type=click.Choice(["relevance", "newest", "oldest"]),
    default="relevance",
    help="Best first (default), or by date.",
)
@click.option(
    "--limit", type=click.IntRange(1), default=10, show_default=True, help="At most so many."
)
@click.option("--count", is_flag=True, help="Only how many posts match.")
@json_option
def search(
    archive: Archive,
    posts: Posts,
    words: tuple[str, ...],
    order: SearchOrder,
    limit: int,
    count: bool,
    as_json: bool,
) -> None:
    """Find posts that have all WORDS in their title, text or names of terms, in any script and any case.

    \b
    wparchive search heat pump               both words, anywhere
    wparchive search '"heat pump"'           side by side
    wparchive search 'heat -gas -"oil fire"' without these
    wparchive search 'climat*'               any word that begins so
    wparchive search 東京 --since 2024 --order newest
    wparchive search pump --tag energy --site example.com --json

    Inside the shell's quotes, double quotes make a phrase. Options may stand before or after the words, all are long:
    -word is an exclusion. An exclusion alone finds nothing: give a word to look for.
    """
    for word in words:
        if word.startswith("--"):
            raise click.NoSuchOption(
                word
            )  # exclusions are why unknown options pass as words; a mistyped one must not
    expression = " ".join(words)
    found = posts.matches(expression) if count else 0
    hits = [] if count else posts.search(expression, order=order, limit=limit)
    if count:
        click.echo(found)
    elif as_json:
        print_json_lines(_as_json(one) for one in hits)
    elif hits:
        page("\n\n".join("\n".join(_lines(one)) for one in hits))
    if not (hits or found):
        found_or_explained(archive, posts)
        click.echo(
            f"nothing found for {expression}; fewer words, a prefix* or --state any find more",
            err=True,
        )
        raise click.exceptions.Exit(1)
    if len(hits) == limit and not as_json:
        click.echo(
            f"\nthe first {limit}; --limit shows more, --count says how many there are", err=True
        )


def _lines(found: Hit) -> Iterator[str]:
    post = found.post
    yield styled(found.title.marked(hit), bold=True) or post["slug"]
    author = f"  {post['author']['name']}" if post["author"] and post["author"]["name"] else ""
    state = "" if post["state"] == "live" else "  " + styled(post["state"], fg="red")
    yield styled(f"{moment(post['published_at'])[:10]}  {post['_id']}{author}", dim=True) + state
    if found.snippet.text:
        yield "  " + found.snippet.marked(hit)


def _as_json(found: Hit) -> dict[str, Any]:
    passage = {"text": found.snippet.text, "hits": found.snippet.hits}
    return {"score": found.score, "snippet": passage, "post": public(found.post)}
