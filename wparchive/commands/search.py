"""`wparchive search`: find posts by their words."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, NoReturn

import click

from wparchive.backends.questions import Filter, SearchOrder
from wparchive.commands.options import (
    archive_option,
    filter_options,
    hint_at_reclean,
    json_option,
    require_named,
    require_some_site,
)
from wparchive.commands.output import (
    cut_line,
    marked_hit,
    print_json_lines,
    print_paged,
    styled,
    tell,
    wrapped,
)
from wparchive.model.documents import PostDocument
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts, SearchHit
from wparchive.reading.selection import ResultPage
from wparchive.reading.snippets import Snippet
from wparchive.reading.views import minute_text, public_fields

_BEGINNING = 200  # characters of a text that are shown where no word was sought


@click.command(
    "search",
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("words", nargs=-1)
@archive_option
@filter_options
@click.option(
    "--order",
    type=click.Choice(["relevance", "newest", "oldest"]),
    help="Best first, or by date (default: relevance; without WORDS, newest).",
)
@click.option(
    "--limit", type=click.IntRange(1), default=10, show_default=True, help="The most posts to show."
)
@click.option("--after", metavar="CURSOR", help="Go on where an earlier answer ended.")
@click.option("--count", is_flag=True, help="Only how many posts match.")
@json_option
def search_command(
    archive: Archive,
    posts: Posts,
    words: tuple[str, ...],
    order: SearchOrder | None,
    limit: int,
    after: str | None,
    count: bool,
    as_json: bool,
) -> None:
    """Find posts by words in their title, text or terms.

    A post must have all WORDS. Without WORDS, options select posts: --order newest lists all.

    \b
    wparchive search heat pump               both words, anywhere
    wparchive search '"heat pump"'           side by side
    wparchive search 'heat -gas -"oil fire"' without these
    wparchive search 'climat*'               any word that begins so
    wparchive search 'heat (pump OR stove)'  one of these, or both
    wparchive search 'title:heat -tag:oil'   in the title; without a tag
    wparchive search 東京 --since 2024 --order newest
    wparchive search pump --tag energy --site example.com --json
    wparchive search --embeds youtube --links-to example.org

    Any script and any case will do. Inside the shell's quotes, double quotes make a phrase. Options
    may stand anywhere. All of them are long (--site), because -word is an exclusion.
    """
    _require_a_question(posts, words, order, count)
    expression = " ".join(words)
    if count:
        found = _print_count(posts, expression)
    else:
        found = _print_hits(posts, expression, order or "relevance", limit, after, as_json)
    if not found:
        _say_that_nothing_is_found(archive, posts, expression)


def _print_count(posts: Posts, expression: str) -> int:
    """Print how many posts match, and return it."""
    found = _count(posts, expression)
    click.echo(found)
    return found


def _count(posts: Posts, expression: str) -> int:
    return posts.matches(expression) if expression else posts.count()


def _page(
    posts: Posts, expression: str, order: SearchOrder, size: int, after: str | None
) -> ResultPage[SearchHit]:
    """Return what a search finds; without words all that is selected, by date, as hits of none."""
    if expression:
        return posts.search_page(expression, order=order, size=size, after=after)
    # Nothing is more relevant than anything else where no word was given.
    chosen = posts.ordered("oldest" if order == "oldest" else "newest")
    page = chosen.page(size, after)
    hits = [
        SearchHit(post, 0.0, Snippet(cut_line(post["text"], _BEGINNING), ()), _title(post))
        for post in page.items
    ]
    return ResultPage(hits, page.next)


def _title(post: PostDocument) -> Snippet:
    return Snippet(post["title"], ())


def _say_that_nothing_is_found(archive: Archive, posts: Posts, expression: str) -> NoReturn:
    require_some_site(archive)
    require_named(archive, posts, expression or None)
    ways = ["fewer words, a prefix*"] if expression else []
    if replace(posts.filter, states=Filter().states) != Filter():
        ways.append("fewer filters")
    if posts.filter.states:
        ways.append("--state any")
    advice = f"{' or '.join(ways)} may find more" if ways else "nothing is held"
    # People write it so, and find only posts that have the word "or".
    if " or " in expression:
        advice = f"`or` is a word here, and OR in capitals is for either; {advice}"
    if posts.filter.since and posts.filter.states in ((), ("live",)):
        advice += " (--since is about publication; `wparchive history --since` tells of changes)"
    sought = f"for {expression}" if expression else "that these options select"
    tell(f"nothing found {sought}; {advice}")
    hint_at_reclean(posts)
    raise click.exceptions.Exit(1)


def _require_a_question(
    posts: Posts, words: tuple[str, ...], order: str | None, count: bool
) -> None:
    """Raise click's error where neither words nor options say what is sought, or one is wrong."""
    _refuse_unknown_options(words)
    if not (words or order or count) and posts.filter == Filter():
        raise click.UsageError(
            "name words, or an option that selects posts (--tag, --embeds, ...); "
            "--order newest lists all"
        )


def _refuse_unknown_options(words: tuple[str, ...]) -> None:
    """Raise click's error for a mistyped option.

    Unknown options pass as words, because exclusions look like options.
    """
    for word in words:
        if word.startswith("--"):
            known = [name for option in search_command.params for name in option.opts]
            near = get_close_matches(word.partition("=")[0], known, 1)
            raise click.NoSuchOption(word, possibilities=near)


def _print_hits(
    posts: Posts, expression: str, order: SearchOrder, size: int, after: str | None, as_json: bool
) -> int:
    """Print one page of hits, and how to go on; return how many hits it has."""
    page = _page(posts, expression, order, size, after)
    if as_json:
        print_json_lines(_as_json(hit) for hit in page.items)
    elif page.items:
        print_paged("\n\n".join("\n".join(_lines(hit)) for hit in page.items))
    if page.next is not None:
        _say_how_to_go_on(page, as_json, lambda: _count(posts, expression))
    return len(page.items)


def _say_how_to_go_on(
    page: ResultPage[SearchHit], as_json: bool, count_all: Callable[[], int]
) -> None:
    if as_json:
        tell(f"next: {page.next}")
    else:
        said = (
            f"\n{len(page.items)} of {count_all():,} posts; --limit shows more."
            f" Go on with --after {page.next}"
        )
        tell(said)


def _lines(hit: SearchHit) -> Iterator[str]:
    post = hit.post
    yield styled(hit.title.marked(marked_hit), bold=True) or post["slug"]
    facts = f"{minute_text(post['published_at'])[:10]}  {post['_id']}"
    if post["author"] and post["author"]["name"]:
        facts += f"  {post['author']['name']}"
    line = styled(facts, dim=True)
    if post["state"] != "live":
        line += "  " + styled(post["state"], fg="red")
    yield line
    if hit.snippet.text:
        yield wrapped("  " + hit.snippet.marked(marked_hit).replace("\n", " "))


def _as_json(hit: SearchHit) -> dict[str, Any]:
    passage = {"text": hit.snippet.text, "hits": hit.snippet.hits}
    return {"score": hit.score, "snippet": passage, "post": public_fields(hit.post)}
