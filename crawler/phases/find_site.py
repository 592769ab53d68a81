"""Find the site of a run, keep other runs from it, and log in: what comes before the plan."""

from collections.abc import Callable
from functools import partial

from crawler.arguments import wants_unpublished
from crawler.errors import ApiError, CredentialsRefused, ResponseError
from crawler.rest.api import other_keys, site_key
from crawler.rest.client import RestClient
from crawler.rest.php_values import as_mapping
from crawler.rest.responses import read_object
from crawler.run.output import run_so_far
from crawler.run.run_state import RunState
from crawler.site.discovery import Discovered, discover, recall
from crawler.site.start_address import normalise_address
from wparchive.model.site_records import Site


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
    known = await claim_site(run, client, site["_id"], site_key(found.api.home))
    site["_id"] = run.report.site
    if known:
        site["brakes"] = known["brakes"]
        site["watermarks"] = known.get("watermarks") or []
        site["first_seen_at"] = known["first_seen_at"]
    run.site = site
    run.api = found.api
    client.homes = found.homes
    # Written now, so that a run that is killed leaves a trace.
    await run.store.save_site(site)
    await run.store.save_run(run_so_far(run.report, run.traffic()))
    return found


async def claim_site(run: RunState, client: RestClient, *keys: str) -> Site | None:
    """Keep other runs from a site, and return it as the archive knows it; None where it does not.

    The first key is the one that the site has today. The archive may hold it under another one.
    Raises ArchiveError; ArchiveBusy where another run is crawling the site.
    """
    held = await _held_site(run, *keys)
    run.report.site = held["_id"] if held else keys[0]
    run.client = client
    # The lease comes first: what another run of the site is writing must not be read half done.
    await run.take_site()
    return await run.store.load_site(run.report.site)


async def _recalled(
    run: RunState, client: RestClient, may_recall: Callable[[Site], bool]
) -> Discovered | None:
    """Return the site where the archive knows it and its API is where it was. Raises ArchiveError.

    None where it has to be found.
    """
    key = site_key(normalise_address(run.report.arguments["site"]))
    given = await _held_site(run, key)
    if given is None:
        return None
    # A run that does not find a site which is held has failed for that site, not for an address.
    run.report.site = given["_id"]
    if not may_recall(given):
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
