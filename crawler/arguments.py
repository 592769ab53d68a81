"""The arguments of the spider: what there is, and what each may be."""

import os
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from crawler.errors import BadArguments
from crawler.site.start_address import normalise_address
from wparchive.model.run_arguments import YES, names_in

SPIDER_ARGUMENTS = {
    "site": "address of the site, or of any page of it (https://example.com/blog)",
    "types": "only these types, by name or by the end of their API path: post,page,tags "
    "(default: everything public)",
    "status": "with credentials, what is archived of posts: publish,private,draft,pending,future "
    "(default: publish, which is what visitors see)",
    "context": "view (default) or edit: with credentials, posts as their editors get them, "
    "passwords of protected posts included",
    "comments": "1 archives comments too (default: 0; they are personal data)",
    "mode": "auto (default), full: read everything; update: only what changed; reconcile: compare "
    "every object, and read what differs",
    "confirm": "vanished: believe the site when very many objects vanished at once, without a "
    "second run",
    "render": "1 completes posts whose content the API leaves out from their public pages "
    "(default: 0)",
    "media": "files: keep the files that the site names, pictures, documents and all; images: only "
    "pictures (default: none; the archive says where they are)",
    "routes": "lists of plugins outside wp/v2: known (default; products, events and others of a "
    "table), all: every list that visitors may read, none",
    "warc": "folder for WARC files with every request and answer (default: none)",
    "fallback": "feed,sitemap,html or some of them: what to read where the API is closed "
    "(default: nothing, the run ends)",
    "report": "file for the run's report as JSON; - for standard output",
}
SOURCES = ("feed", "sitemap", "html")
"""What can be read instead of the API: feeds, sitemaps, public pages."""
MODES = ("auto", "full", "update", "reconcile")
CHOICES = {
    "mode": MODES,
    "confirm": ("vanished",),
    "context": ("view", "edit"),
    "media": ("files", "images"),
    "routes": ("known", "all", "none"),
}
"""Arguments that take one of a few words; the first one is the default."""
PUBLISHED = "publish"
POST_STATUSES = (PUBLISHED, "private", "draft", "pending", "future")
"""WordPress's statuses of posts that somebody writes or reads; the trash is none of them."""
# Scrapy gives every `-a name=value` as text.
_NO = frozenset({"0", "false", "no"})


def _unknown(name: str) -> BadArguments:
    """Return the error of a name that there is not, with the name that may be meant."""
    alike = get_close_matches(name, SPIDER_ARGUMENTS, 1)
    meant = f"did you mean {alike[0]!r}? " if alike else ""
    there = ", ".join(f"-a {known}=..." for known in SPIDER_ARGUMENTS)
    return BadArguments(f"unknown argument {name!r}; {meant}there are: {there}")


def check_arguments(arguments: dict[str, str]) -> dict[str, str]:
    """Return the spider's arguments. Raises BadArguments with what is wrong and what to give.

    They are stored with the run, so the address of the site has no parameters that may be secrets.
    Names that begin with `_` are left out: launchers add such notes of their own (Scrapyd `_job`).
    """
    arguments = {name: value for name, value in arguments.items() if not name.startswith("_")}
    for name in arguments:
        if name not in SPIDER_ARGUMENTS:
            raise _unknown(name)
    if not arguments.get("site", "").strip():
        raise BadArguments("no site given: scrapy crawl wordpress -a site=https://example.com/blog")
    address = normalise_address(arguments["site"])
    # `normalise_address` has left out the parameters, which may hold a token.
    if any(mark in arguments["site"] for mark in "?#;"):
        arguments = arguments | {"site": address}
    _check_report(arguments.get("report", ""))
    _check_warc(arguments.get("warc", ""))
    for name in ("comments", "render"):
        value = arguments.get(name, "0")
        if value.lower() not in YES | _NO:
            raise BadArguments(f"{name} is 1 or 0, not {value!r}")
    unknown = [name for name in names_in(arguments.get("fallback", "")) if name not in SOURCES]
    if unknown:
        raise BadArguments(f"fallback is one or more of {', '.join(SOURCES)}, not {unknown[0]!r}")
    for name, values in CHOICES.items():
        if arguments.get(name, values[0]) not in values:
            raise BadArguments(f"{name} is {' or '.join(values)}, not {arguments[name]!r}")
    for status in statuses_of(arguments):
        if status not in POST_STATUSES:
            raise BadArguments(f"status is of {','.join(POST_STATUSES)}, not {status!r}")
    types = arguments.get("types")
    # `-a types=,` asks for nothing, and would be read as everything.
    if types and not types.strip(" ,"):
        raise BadArguments(f"types names no type: {types!r}; leave it out for everything public")
    return arguments


def _check_report(path: str) -> None:
    """Raise BadArguments where the report cannot be written to this path."""
    report = Path(path)
    if path and (report.is_dir() or not report.parent.is_dir()):
        raise BadArguments(
            f"the report cannot be written to {path}: its folder must exist, and it must be a file"
        )


def _check_warc(folder: str) -> None:
    """Raise BadArguments where WARC files cannot be written into this folder."""
    if not folder:
        return
    if find_spec("warcio") is None:
        raise BadArguments(
            "WARC files need the package warcio: pip install -c constraints.txt -e '.[warc]'"
        )
    there = Path(folder).absolute()
    # The folder is made when the crawl begins. Until then its nearest parent must allow that.
    while not there.exists():
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise BadArguments(
            f"WARC files cannot be written to {folder}: {there} is not a folder "
            "that you can write to"
        )


def wants_rendering(arguments: dict[str, str]) -> bool:
    """Tell whether posts without content are to be completed from their public pages."""
    return arguments.get("render", "0").lower() in YES


def fallback_sources(arguments: dict[str, str]) -> tuple[str, ...]:
    """Return what is to be read where the API is closed; empty: nothing."""
    asked = names_in(arguments.get("fallback", ""))
    return tuple(name for name in SOURCES if name in asked)


def confirms_vanished(arguments: dict[str, str]) -> bool:
    """Tell whether the operator has confirmed that very many objects vanished at once."""
    return arguments.get("confirm") == "vanished"


def statuses_of(arguments: dict[str, str]) -> tuple[str, ...]:
    """Return the statuses of the posts to archive; the order of the words does not matter."""
    words = {word.strip() for word in arguments.get("status", PUBLISHED).split(",")}
    return tuple(sorted(words - {""})) or (PUBLISHED,)


def wants_unpublished(arguments: dict[str, str]) -> bool:
    """Tell whether the run asks for more than every visitor may have."""
    return statuses_of(arguments) != (PUBLISHED,) or bool(context_of(arguments))


def context_of(arguments: dict[str, str]) -> str:
    """Return the context in which posts are asked for: `edit`, or nothing for the usual one."""
    context = arguments.get("context", "")
    return context if context == "edit" else ""
