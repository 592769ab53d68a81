"""Options that commands share: the archive, the filters and `--json`.

A command gets them as ready values, such as an open archive.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import update_wrapper
from shlex import join
from typing import Any

import click
from click.shell_completion import CompletionItem

from wparchive import open_archive
from wparchive.backends.address import default_uri
from wparchive.backends.opening import open_index
from wparchive.backends.questions import ALL_LACKED, EVENT_KINDS, GROUPS
from wparchive.commands.output import tell
from wparchive.duplicates.pair import DUPLICATE_KINDS
from wparchive.errors import ArchiveError, InvalidQuery, NotFound, crawl_hint
from wparchive.model.features import FEATURES
from wparchive.reading.arguments import ANY_STATE, STATES, bare_address
from wparchive.reading.library import Archive
from wparchive.reading.posts import Posts

FILTERS = (
    *("site", "type", "tag", "category", "term", "author", "language", "has", "embeds", "links_to"),
    *("without", "translation_of", "since", "until", "state", "matching", "unique"),
)
# A shell asks before it prints more.
_COMPLETIONS_MAX = 200
_SITES_SHOWN = 10
_COMPLETED_GROUPS = {
    "sites": "site",
    "named": "site",
    "type_": "type",
    "embeds": "provider",
    "links_to": "domain",
}
"""What posts are counted by for an option, where it has another name."""
PATIENCE_S = 60.0
"""How long a database may be away while a command writes."""
_Command = Callable[..., Any]
_EVENT_OPTIONS = {
    "new": "Only what was archived for the first time.",
    "edited": "Only what a crawl found in another version.",
    "refreshed": "Only what changed without a new version; not listed unless asked for.",
    "withdrawn": "Only what was found no longer public.",
    "deleted": "Only what was found gone, also if it has come back since.",
    "returned": "Only what was gone and is public again.",
    "unpublished": "Only what is not public any more, and was read with credentials.",
    "renamed": "Only terms and authors that got another name.",
    "merged": "Only terms whose posts have another one instead.",
    "gone": "Only terms that were deleted.",
}
_ARCHIVE_HELP = "sqlite:///path or mongodb://host/database (default: ARCHIVE_URI, else a file)."


def archive_option(command: _Command) -> _Command:
    """Add `--archive`; the command gets the open archive as `archive`, closed afterwards."""

    def opened(archive: str | None, **arguments: Any) -> Any:
        with open_archive(archive_uri(archive)) as reading:
            return command(archive=reading, **arguments)

    return click.option("--archive", metavar="URI", help=_ARCHIVE_HELP)(
        update_wrapper(opened, command)
    )


def writable_index_option(command: _Command) -> _Command:
    """Add `--archive`; the command gets the index of duplicates as `index`, closed afterwards.

    It may change the archive: `find` marks copies and `prune` takes them out.
    """

    def opened(archive: str | None, **arguments: Any) -> Any:
        index = open_index(archive_uri(archive))
        try:
            return command(index=index, **arguments)
        finally:
            index.close()

    return click.option("--archive", metavar="URI", help=_ARCHIVE_HELP)(
        update_wrapper(opened, command)
    )


def archive_uri(archive: str | None) -> str:
    """Return the archive that is named after the command, else before it, else the default.

    `wparchive --archive X sites` names one before the command.
    """
    if archive is None:
        archive = click.get_current_context().find_root().params.get("archive")
    if archive is None:
        return default_uri()
    return archive


def event_options(hidden: bool = False) -> Callable[[_Command], _Command]:
    """Return what adds an option for each kind of event; the command gets the chosen as `what`."""

    def added(command: _Command) -> _Command:
        def chosen(**arguments: Any) -> Any:
            what = [event for event in EVENT_KINDS if arguments.pop(event)]
            return command(what=what, **arguments)

        wrapped: _Command = update_wrapper(chosen, command)
        for name, help_text in reversed(_EVENT_OPTIONS.items()):
            option = click.option(f"--{name}", is_flag=True, help=help_text, hidden=hidden)
            wrapped = option(wrapped)
        return wrapped

    return added


def json_option(command: _Command) -> _Command:
    """Add `--json`, passed as `as_json`."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        help="JSON: one object a line for lists, times in ISO 8601.",
    )(command)


def copies_site_option(command: _Command) -> _Command:
    """Add `--site`, passed as `sites`: where the copies are."""
    return completed_option("site", "SITE", "Only copies on this site.", "sites")(command)


def require_some_site(archive: Archive) -> list[str]:
    """Return the keys of the sites. Raises NotFound where there is none: nothing is wrong then."""
    keys = [site.key for site in archive.sites()]
    if not keys:
        raise NotFound(f"{archive.address} holds no site yet: {crawl_hint()}")
    return keys


def the_site(archive: Archive, named: str | None) -> str:
    """Return the key of the site that a command is about: the named one, else the only one.

    Raises NotFound for one that the archive does not hold, InvalidQuery where there are several.
    """
    if named is not None:
        key = bare_address(named)
        archive.require_sites(key)
        return key
    keys = require_some_site(archive)
    if len(keys) > 1:
        more = f" and {len(keys) - _SITES_SHOWN:,} more" * (len(keys) > _SITES_SHOWN)
        held = ", ".join(keys[:_SITES_SHOWN])
        raise InvalidQuery(f"say by --site which site is meant; the archive holds: {held}{more}")
    return keys[0]


def kind_option(default: str) -> Callable[[_Command], _Command]:
    """Return what adds `--kind`, passed as `kinds`; `default` is for its help."""
    return click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice(DUPLICATE_KINDS),
        help=f"Only this kind (default: {default}).",
    )


def completed_option(
    name: str, metavar: str, help_text: str, passed_as: str | None = None
) -> Callable[[_Command], _Command]:
    """Return an option that may be given several times; the shell completes it."""
    return click.option(
        f"--{name}",
        passed_as or name.replace("-", "_"),
        multiple=True,
        metavar=metavar,
        help=help_text,
        shell_complete=completed_value,
    )


def completed_value(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the values of an option that the archive holds and that begin with what is typed.

    There are none without an archive, because a message would spoil the line being typed.
    """
    group = _COMPLETED_GROUPS.get(str(parameter.name), str(parameter.name))
    if group not in GROUPS:
        return []
    chosen = {}
    sites = context.params.get("site")
    if sites and group != "site":  # a second site is offered beside the first
        chosen["site"] = sites
    try:
        with open_archive(_archive_being_asked(context)) as archive:
            counts = archive.posts(**chosen).by(group)
    except ArchiveError:
        return []
    names = [name for name in counts if name and name.lower().startswith(incomplete.lower())]
    names.sort(key=lambda name: -counts[name])
    return [CompletionItem(name, help=f"{counts[name]:,}") for name in names[:_COMPLETIONS_MAX]]


def _archive_being_asked(context: click.Context) -> str | None:
    """Return the archive that an unfinished command line names; None for the default."""
    if "source" in [parameter.name for parameter in context.command.params]:
        # `copy FROM TO --site` lacks a value: what stands before is not assigned yet.
        return context.params.get("source") or next(iter(context.args), None)
    return context.params.get("archive") or context.find_root().params.get("archive")


_FILTER_OPTIONS: tuple[Callable[[_Command], _Command], ...] = (
    completed_option("site", "SITE", "Only this site (host and path, or its address)."),
    completed_option("type", "TYPE", "Only this post type: post, page, ..."),
    completed_option("tag", "NAME", "Only posts with this tag (name or slug)."),
    completed_option("category", "NAME", "Only posts in this category (name or slug)."),
    completed_option("term", "TAXONOMY=NAME", "Only posts with this term of another taxonomy."),
    completed_option("author", "NAME", "Only posts by this author (name or slug)."),
    completed_option(
        "language", "TAG", "Only posts in this language: en, zh-Hant; pt is also pt-BR."
    ),
    click.option(
        "--has",
        multiple=True,
        type=click.Choice(FEATURES),
        help="Only posts that contain this.",
    ),
    completed_option(
        "embeds", "PROVIDER", "Only posts with embeds of this provider: youtube, x, ..."
    ),
    completed_option(
        "links-to", "DOMAIN", "Only posts that link to this domain or its subdomains."
    ),
    click.option(
        "--without",
        multiple=True,
        type=click.Choice(ALL_LACKED),
        help="Only posts that have nothing of this kind: no tag at all, no author at all.",
    ),
    click.option(
        "--translation-of",
        multiple=True,
        metavar="KEY",
        help="Only translations of this post (key or address), as Polylang or WPML link them.",
    ),
    click.option(
        "--since",
        metavar="DATE",
        help="Published since: 2024, 2024-05, 2024-05-17, a full time, or an age (30d, 6w, 2y).",
    ),
    click.option(
        "--until",
        metavar="DATE",
        help="Published until the end of that day, month or year; the same forms.",
    ),
    click.option(
        "--state",
        multiple=True,
        type=click.Choice([*STATES, ANY_STATE]),
        help="Only posts in this state at their site (default: live).",
    ),
    click.option(
        "--matching",
        metavar="WORDS",
        help="Only posts that `wparchive search` finds for these words.",
    ),
    click.option(
        "--unique",
        is_flag=True,
        help="Leave out copies of other posts (found by `wparchive duplicates`).",
    ),
)


def filter_options(command: _Command) -> _Command:
    """Add the filters; the command gets the posts that they select as `posts`.

    It stands below `archive_option`, whose archive it reads.
    """

    def selected(archive: Archive, **arguments: Any) -> Any:
        chosen = {name: arguments.pop(name) for name in FILTERS}
        # click gives an empty tuple where nothing was chosen. To the library that is any state.
        posts = archive.posts(**{**chosen, "state": chosen["state"] or "live"})
        _hint_at_history(chosen)
        return command(archive=archive, posts=posts, **arguments)

    wrapped: _Command = update_wrapper(selected, command)
    # Decorators are applied from the last to the first, and the help shows them in this order.
    for option in reversed(_FILTER_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _hint_at_history(chosen: dict[str, Any]) -> None:
    """Say how to ask when posts vanished, where a period is combined with posts that are gone.

    Periods are about publication: deleted posts since last week are hardly ever what was meant.
    """
    gone = [state for state in chosen["state"] if state in EVENT_KINDS]
    if not gone or not (chosen["since"] or chosen["until"]):
        return
    words = ["wparchive", "history"]
    for name in ("since", "until"):
        if chosen[name]:
            words += [f"--{name}", chosen[name]]
    words += [f"--{state}" for state in gone]
    for site in chosen["site"]:
        words += ["--site", site]
    said = f"note: --since and --until are about publication; what vanished then: {join(words)}"
    tell(said)


def require_named(archive: Archive, posts: Posts, words: str | None = None) -> None:
    """Raise NotFound when filters or words name something that no post of the archive has.

    That may be a tag, a type, a domain or a word. The message names those that are like it.
    """
    if posts.filter.sites:
        archive.require_sites(posts.filter.sites)
    if unknown := posts.unknown(words):
        hint_at_reclean(posts)
        raise NotFound("; ".join(one.text() for one in unknown))


def hint_at_reclean(posts: Posts) -> None:
    """Say why filters find nothing where most posts were cleaned by an earlier version.

    Version 1 kept no language, and no lists of what a post contains. Posts that this version has
    cleaned have a language, except for a few without any text.
    """
    chosen = posts.filter
    if not (chosen.languages or chosen.has or chosen.embeds or chosen.links_to):
        return
    wider = posts.of(replace(chosen, languages=(), has=(), embeds=(), links_to=()))
    languages = wider.by("language")
    unknown = languages.get(None, 0)
    if unknown and 2 * unknown >= sum(languages.values()):
        tell(
            f"{unknown:,} posts have no language, because an earlier version cleaned them: "
            "`wparchive reclean --all` finds it, and what they contain and link to"
        )
