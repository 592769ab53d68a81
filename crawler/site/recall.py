"""Asks a known site where its API was, which spares its front page and most of its index."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crawler.errors import CrawlError
from crawler.rest.api import Api
from crawler.rest.responses import read_object
from crawler.site.candidates import Get
from crawler.site.discovery import Discovered, site_of
from wparchive.model.documents import Site

_FIELDS = "name,description,url,home,gmt_offset,timezone_string,namespaces"
"""What the index says of the site; its routes, up to megabytes, are left out."""


async def recall(get: Get, known: Site, now: datetime) -> Discovered | None:
    """Return a known site, with the routes that its document describes.

    None where it has to be found anew: it does not answer as it did, or has other plugins.
    """
    api = Api(known["api_root"])
    if api.home != known["home"] or not known["capabilities"]:
        return None  # WordPress.com has no index, and a run that was killed may know no routes
    url = api.url("/", [("_fields", _FIELDS)])
    try:
        response = await get(url)
        index = read_object(response)
    except CrawlError:
        return None
    if response.url != url or index.get("namespaces") != known["namespaces"]:
        return None
    site = site_of(api, index, known["found_by"], now)
    site["language"] = known["language"]
    return Discovered(api, site, dict(_routes(known)), str(index.get("home") or ""))


def _routes(known: Site) -> Mapping[str, Any]:
    """Return the routes of a site, as its index would describe them."""
    return {part["route"]: _route(part) for part in known["capabilities"]}


def _route(part: Mapping[str, Any]) -> Mapping[str, Any]:
    args: dict[str, Any] = {name: {} for name in part["parameters"]}
    args["orderby"] = {"enum": part["orderby"]}
    args["per_page"] = {"maximum": part["per_page_maximum"]}
    return {"endpoints": [{"methods": ["GET"], "args": args}]}
