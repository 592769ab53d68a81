"""What to walk: every collection that the site shows, narrowed by `types`, and counted before the walk begins."""

from typing import Any

from crawler.errors import (
    ApiClosed,
    ApiError,
    BadArguments,
    BrokenJson,
    CrawlError,
    ResponseError,
    RobotsForbid,
)
from crawler.rest.api import Api
from crawler.rest.classify import is_closed
from crawler.rest.client import RestClient
from crawler.rest.collections import Collection, comments_collection, read_collections
from crawler.rest.record_fields import record_id
from crawler.rest.responses import read_object, read_page
from crawler.run.lifecycle import CrawlRun
from crawler.site.discovery import Discovered
from wparchive.model.documents import Kind

# What WordPress itself always has, for sites that close the routes which list types and taxonomies.
_CORE_TYPES = {
    "post": {"rest_base": "posts", "taxonomies": ["category", "post_tag"]},
    "page": {"rest_base": "pages", "taxonomies": []},
    "attachment": {"rest_base": "media", "taxonomies": []},
}
_CORE_TAXONOMIES = {
    "category": {"rest_base": "categories", "types": ["post"]},
    "post_tag": {"rest_base": "tags", "types": ["post"]},
}


async def plan(
    fetcher: RestClient, found: Discovered, run: CrawlRun, arguments: dict[str, str]
) -> list[Collection]:
    """The collections to walk, in order. Raises BadArguments for a type that the site does not have."""
    types = await _listing(fetcher, found.api, "/wp/v2/types", _CORE_TYPES, run)
    taxonomies = await _listing(fetcher, found.api, "/wp/v2/taxonomies", _CORE_TAXONOMIES, run)
    collections, skipped = read_collections(found.api, types, taxonomies, found.routes)
    run.report.skipped += skipped
    if arguments.get("comments", "0").lower() in ("1", "true", "yes"):
        collections.append(comments_collection(found.routes))
    run.collections = {(collection.kind, collection.type): collection for collection in collections}
    found.site["capabilities"] = [_described(collection) for collection in collections]
    return choose(collections, arguments.get("types", ""))


def choose(collections: list[Collection], wanted: str) -> list[Collection]:
    """The collections named by `types` (`post`, `posts`, `post_tag`, `tags`); all where it is empty. Raises BadArguments."""
    names = [name.strip() for name in wanted.split(",") if name.strip()]
    if not names:
        return collections
    chosen = []
    for name in names:
        matching = [
            part for part in collections if name in (part.type, part.route.rsplit("/", 1)[-1])
        ]
        if not matching:
            there = ", ".join(part.type for part in collections)
            raise BadArguments(
                f"the site has no type {name!r} (comments are asked for with -a comments=1); it has: {there}"
            )
        chosen += matching
    return [part for part in collections if part in chosen]


async def census(
    fetcher: RestClient,
    api: Api,
    run: CrawlRun,
    collections: list[Collection],
    arguments: dict[str, str],
) -> list[Collection]:
    """Ask each collection for its size; what is closed is listed with its reason. Raises ApiClosed when nothing is open."""
    opened, refused = [], []
    for collection in collections:
        if run.stopping:
            break
        try:
            total, top_id = await _size(fetcher, api, collection)
        except CrawlError as error:
            if is_closed(error):
                refused.append(str(error))
                await _refuse(run, collection, error, asked_for=bool(arguments.get("types")))
                continue
            total = top_id = None  # the walk itself will find out what is wrong
        count = run.report.count(collection.kind, collection.type)
        count.site_total, count.top_id = total, top_id
        opened.append(collection)
    if (
        refused
        and not any(part.kind == "posts" for part in opened)
        and any(part.kind == "posts" for part in collections)
    ):
        raise ApiClosed(
            f"the site's posts are closed to visitors: {refused[-1]}; ask its owner to open the REST API"
        )
    return opened


async def _size(
    fetcher: RestClient, api: Api, collection: Collection
) -> tuple[int | None, int | None]:
    """(total, highest id): both what the site says, each None where it does not. The highest id is what the walk's end is held against."""
    params = [("per_page", "1"), ("_fields", "id")]
    if "id" in collection.capabilities.orderby:
        params += [("orderby", "id"), ("order", "desc")]
    response = await fetcher.get(api.url(collection.route, params), follow=False)
    answer = read_page(response)
    by_id = "id" in collection.capabilities.orderby
    return answer.total, record_id(answer.records[0]) if by_id and answer.records else None


async def _refuse(
    run: CrawlRun, collection: Collection, error: CrawlError, *, asked_for: bool
) -> None:
    """A closed list is a fact about the site; it makes the run partial only where the list was asked for, or was open before.

    Posts that are refused without a word of WordPress's own (a firewall's 403, a proxy's 404) are missing.
    """
    reason = f"closed to visitors: {error}" if not _is_absent(error) else f"no such route: {error}"
    run.report.skipped.append({"name": collection.type, "reason": reason})
    run.closed[collection.kind, collection.type] = reason
    held = await run.guard(run.store.held(collection.kind, run.site_key, collection.type))
    mute = collection.kind == "posts" and isinstance(error, ApiError) and not error.code
    if asked_for or held or mute:
        count = run.report.count(collection.kind, collection.type)
        count.proof = f"skipped: {reason}"
        count.reasons.append(f"{reason}; {held} are held from earlier runs")


def _is_absent(error: CrawlError) -> bool:
    return isinstance(error, ApiError) and error.status == 404


async def _listing(
    fetcher: RestClient, api: Api, route: str, core: dict[str, Any], run: CrawlRun
) -> dict[str, Any]:
    """`/types` or `/taxonomies`; what WordPress always has where that list cannot be had, which the verdict then says."""
    for again in (True, True, False):
        try:
            response = await fetcher.get(api.url(route), follow=False)
            listing = read_object(response)
            return (
                listing if not listing and core is _CORE_TAXONOMIES else _described_types(listing)
            )
        except (ResponseError, RobotsForbid) as error:
            if not again or is_closed(error):
                run.report.doubts.append(
                    f"{route} cannot be read ({error}): only WordPress's own types are archived, there may be others"
                )
                break
    return core


def _described_types(listing: dict[str, Any]) -> dict[str, Any]:
    """A listing with its descriptions. Raises BrokenJson for an object that describes nothing, which would pass for an empty site."""
    if not any(
        isinstance(about, dict) and about.keys() & {"slug", "rest_base", "_links"}
        for about in listing.values()
    ):
        raise BrokenJson(f"no list of types or taxonomies: {', '.join(listing)[:100]}")
    return listing


def _described(collection: Collection) -> dict[str, Any]:
    kind: Kind = collection.kind
    capabilities = collection.capabilities
    return {
        "route": collection.route,
        "kind": kind,
        "type": collection.type,
        "parameters": sorted(capabilities.parameters),
        "orderby": sorted(capabilities.orderby),
        "per_page_maximum": capabilities.per_page_maximum,
    }
