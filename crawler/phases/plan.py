"""Plan a run: find the site and each collection that it shows. `measure.py` asks for sizes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from crawler.arguments import context_of, statuses_of, wants_unpublished
from crawler.errors import (
    ApiError,
    BadArguments,
    BrokenJson,
    CrawlError,
    CredentialsRefused,
    ResponseError,
    RobotsForbid,
)
from crawler.phases.languages import with_languages
from crawler.phases.lists_without_type import Listings, add_unlisted
from crawler.rest.api import other_keys, site_key
from crawler.rest.classify import is_closed
from crawler.rest.client import RestClient
from crawler.rest.collections import (
    TOO_MANY,
    Collection,
    comments_collection,
    read_collections,
)
from crawler.rest.php_values import as_mapping
from crawler.rest.responses import read_object
from crawler.routes.core_lists import CORE_TAXONOMIES, CORE_TYPES, with_core
from crawler.routes.plugin_lists import asks_lists_as_visitor, plugin_collections
from crawler.run.output import run_so_far
from crawler.run.run_state import RunState
from crawler.site.discovery import Discovered, discover, recall
from crawler.site.start_address import normalise_address
from wparchive.model.run_arguments import routes_of, wants_comments
from wparchive.model.site_records import Site

# A cache in front of the site may answer one request with the page of another.
_LISTING_TRIES = 3


async def find_site(
    run: RunState,
    client: RestClient,
    wordpress_com: str,
    may_recall: Callable[[Site], bool] = lambda _: False,
) -> Discovered:
    """Find the API of the site, and note in the archive that a run of it goes on.

    `wordpress_com` is the address of WordPress.com's public API. `may_recall` says whether a site
    that the archive knows may be asked where its API was. Raises SiteError, ArchiveError;
    ArchiveBusy where another run is crawling the site.
    """
    found = await _recalled(run, client, may_recall)
    if found is None:
        get = partial(client.get, tries=2)
        found = await discover(get, run.report.arguments["site"], run.clock(), wordpress_com)
    site = found.site
    held = await _held_site(run, site["_id"], site_key(found.api.home))
    if held is not None:
        site["_id"] = held["_id"]
    run.report.site = site["_id"]
    # The lease comes first: what another run of the site is writing must not be read half done.
    await run.take_site()
    known = await run.store.load_site(site["_id"])
    if known:
        site["brakes"] = known["brakes"]
        site["watermarks"] = known.get("watermarks") or []
        site["first_seen_at"] = known["first_seen_at"]
    run.site = site
    run.api = found.api
    run.client = client
    client.homes = found.homes
    # Written now, so that a run that is killed leaves a trace.
    await run.store.save_site(site)
    await run.store.save_run(run_so_far(run.report, run.traffic()))
    return found


async def _recalled(
    run: RunState, client: RestClient, may_recall: Callable[[Site], bool]
) -> Discovered | None:
    """Return the site where the archive knows it and its API is where it was. Raises ArchiveError.

    None where it has to be found.
    """
    key = site_key(normalise_address(run.report.arguments["site"]))
    given = await _held_site(run, key)
    if given is None or not may_recall(given):
        return None
    return await recall(partial(client.get, tries=2), given, run.clock())


async def _held_site(run: RunState, *keys: str) -> Site | None:
    """Return a site that the archive holds under one of these keys, or as an older version had it.

    Raises ArchiveError.
    """
    others = [other for key in keys for other in other_keys(key)]
    for key in dict.fromkeys([*keys, *others]):
        site = await run.store.load_site(key)
        if site is not None:
            return site
    return None


async def log_in(run: RunState) -> None:
    """Make sure that the site knows the user whose credentials it is sent.

    Raises CredentialsRefused where it does not, ResponseError.
    """
    credentials = run.credentials
    assert run.api is not None
    if credentials is None:
        return
    if not credentials.go_to(run.api.root):
        raise CredentialsRefused(
            f"the site's API is at {run.api.root}, and the credentials are for "
            f"{credentials.address}: they were not sent; give credentials for the API's address"
        )
    url = run.address("/wp/v2/users/me", [("_fields", "id")])
    try:
        read_object(await run.get(url))
        run.report.credentials = "user"
    except ApiError as error:
        if error.code != "rest_not_logged_in":
            return  # security plugins close this route to everybody
        only_server = await _is_server_login(run, url)
        run.report.credentials = "web server"
        if not only_server or wants_unpublished(run.report.arguments):
            raise CredentialsRefused(await _why_not_logged_in(run)) from error


async def _is_server_login(run: RunState, url: str) -> bool:
    """Tell whether the credentials are for the web server, which asks every visitor for them.

    Raises CrawlError.
    """
    assert run.client is not None
    response = await run.client.get(url, follow=False, anonymous=True)
    challenge = response.headers.get("www-authenticate", "")
    return response.status == 401 and challenge.lower().startswith("basic")


async def _why_not_logged_in(run: RunState) -> str:
    """Return why a site takes somebody with credentials for a visitor."""
    try:
        index = read_object(await run.get(run.address("/", [("_fields", "authentication")])))
    except ResponseError:
        index = {}
    reason = (
        "application passwords are switched off there: its owner can switch them on "
        "(filter wp_is_application_passwords_available)"
    )
    if "application-passwords" in as_mapping(index.get("authentication")):
        reason = (
            "user or password are wrong (WordPress wants an application password: Users, Profile, "
            "Application Passwords), or the web server keeps the header Authorization from "
            "WordPress"
        )
    return f"the site takes the crawl for a visitor, in spite of the credentials: {reason}"


async def plan(run: RunState, found: Discovered) -> list[Collection]:
    """Return the collections to read, in order, as the argument `types` chooses them.

    Raises BadArguments for a type that the site does not have.
    """
    arguments = run.report.arguments
    routes = found.routes
    types = await _listing(run, "/wp/v2/types", CORE_TYPES)
    taxonomies = await _listing(run, "/wp/v2/taxonomies", CORE_TAXONOMIES)
    listings = Listings(
        with_core(types, CORE_TYPES, routes), with_core(taxonomies, CORE_TAXONOMIES, routes)
    )
    wanted = _wanted_names(arguments.get("types", ""))
    collections, skipped = _collections(found, listings, wanted)
    if await add_unlisted(run, listings, routes, collections):
        collections, skipped = _collections(found, listings, wanted)
    _note_skipped(run, skipped, is_doubt=not wanted)
    collections += await plugin_collections(run, found.routes, collections)
    if routes_of(arguments) != "none":
        types_read = {collection.type for collection in collections}
        run.report.skipped = [part for part in run.report.skipped if part["name"] not in types_read]
    if wants_comments(arguments):
        collections.append(comments_collection(found.routes))
    if run.credentials is not None:
        collections = await _as_asked_by_user(run, collections)
    collections = await with_languages(run, collections, routes)
    # All of them, also those that are not chosen: a chosen post names terms of the others.
    run.collections = {(collection.kind, collection.type): collection for collection in collections}
    found.site["capabilities"] = [_described(collection) for collection in collections]
    if routes_of(arguments) == "none" and not wanted:
        collections = [part for part in collections if part.shape is None]
    chosen = choose(collections, arguments.get("types", ""))
    if wants_comments(arguments):
        chosen += [part for part in collections if part.kind == "comments" and part not in chosen]
    return chosen


def _note_skipped(run: RunState, skipped: list[dict[str, str]], is_doubt: bool) -> None:
    """Note in the report what is not read. What is too much to be read may be a doubt."""
    run.report.skipped += skipped
    for part in skipped:
        if part["reason"] == TOO_MANY and is_doubt:
            run.report.doubts.append(f"types and taxonomies: {part['name']} ({TOO_MANY})")


def _collections(
    found: Discovered, listings: Listings, wanted: list[str]
) -> tuple[list[Collection], list[dict[str, str]]]:
    return read_collections(found.api, listings.types, listings.taxonomies, found.routes, wanted)


async def _as_asked_by_user(run: RunState, collections: list[Collection]) -> list[Collection]:
    """Return the collections as they are asked for with credentials.

    Lists of media and authors have no status by which those of unpublished posts could be left out.
    So they are asked for as by a visitor, unless unpublished posts are wanted, or visitors may not
    have them. Lists of plugins always are: nothing tells which of their rows only editors see.
    """
    arguments = run.report.arguments
    anonymous = not wants_unpublished(arguments) and await _is_open_to_visitors(run)
    statuses = statuses_of(arguments)
    context = context_of(arguments)
    found = []
    for each in collections:
        if each.shape is not None:
            found.append(replace(each, anonymous=asks_lists_as_visitor(run)))
            continue
        if each.kind == "posts" and "status" in each.capabilities.parameters:
            each = replace(each, statuses=statuses, context=context)
        if each.kind in ("media", "authors"):
            each = replace(each, anonymous=anonymous)
        found.append(each)
    return found


async def _is_open_to_visitors(run: RunState) -> bool:
    try:
        return bool(read_object(await run.get(run.address("/wp/v2/types"), anonymous=True)))
    except CrawlError:
        return False


def choose(collections: list[Collection], wanted: str) -> list[Collection]:
    """Return the collections that `wanted` names: `post`, `posts`, `post_tag`, `tags`.

    An empty `wanted` means all of them. Raises BadArguments.
    """
    names = _wanted_names(wanted)
    if not names:
        return collections
    chosen = []
    for name in names:
        matching = [part for part in collections if name in (part.type, _base(part))]
        if not matching:
            there = ", ".join(part.type for part in collections)
            raise BadArguments(
                f"the site has no type {name!r} (comments are asked for with -a comments=1); "
                f"it has: {there}"
            )
        chosen += matching
    # In the order of the plan, each once, whatever the argument repeats.
    return [part for part in collections if part in chosen]


def _wanted_names(wanted: str) -> list[str]:
    return [name.strip() for name in wanted.split(",") if name.strip()]


def _base(collection: Collection) -> str:
    """Return the end of a collection's path: `tags` of `/wp/v2/tags`."""
    return collection.route.rsplit("/", 1)[-1]


async def _listing(
    run: RunState, route: str, core: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Return the types or taxonomies of the site, as `/types` and `/taxonomies` list them.

    Where that list cannot be had, return what every WordPress has, and note the doubt: the verdict
    must not say complete.
    """
    for tries_left in reversed(range(_LISTING_TRIES)):
        try:
            # A site can hide all its taxonomies. It cannot be without any type.
            return await _read_listing(run, route, may_be_empty=core is CORE_TAXONOMIES)
        except (ResponseError, RobotsForbid) as error:
            if not tries_left or is_closed(error):
                run.report.doubts.append(
                    f"{route} cannot be read ({error}): only WordPress's own types are archived, "
                    "there may be others"
                )
                break
    return core


async def _read_listing(run: RunState, route: str, *, may_be_empty: bool) -> dict[str, Any]:
    """Return a listing of types or taxonomies.

    Raises BrokenJson for an object that describes nothing: it would pass for an empty site.
    """
    response = await run.get(run.address(route))
    listing = read_object(response)
    if not listing and may_be_empty:
        return listing
    if not any(_is_description(about) for about in listing.values()):
        names = ", ".join(listing)[:100]
        raise BrokenJson(f"no list of types or taxonomies: {names}")
    return listing


def _is_description(about: object) -> bool:
    """Tell whether a part of a listing describes a type or a taxonomy."""
    return isinstance(about, dict) and bool(about.keys() & {"slug", "rest_base", "_links"})


def _described(collection: Collection) -> dict[str, Any]:
    """Return what the archive keeps of a collection's abilities."""
    capabilities = collection.capabilities
    return {
        "route": collection.route,
        "kind": collection.kind,
        "type": collection.type,
        "parameters": sorted(capabilities.parameters),
        "orderby": sorted(capabilities.orderby),
        "per_page_maximum": capabilities.per_page_maximum,
        "in_index": collection.in_index,
        "languages": list(collection.languages.codes) if collection.languages else [],
    }
