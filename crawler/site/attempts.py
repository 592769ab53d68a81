"""Why a site's API was not found: what each place answered, and what that means for whoever asked. Pure."""

from dataclasses import dataclass, field

from crawler.errors import (
    ApiClosed,
    ApiError,
    Challenge,
    CrawlError,
    NotJson,
    NotWordPress,
    RobotsForbid,
    SiteUnreachable,
)


@dataclass
class DiscoveryAttempts:
    """Why the candidates so far did not do."""

    tried: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    robots: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Homes whose API said no: another entrance to it is not tried."""
    foreign: str = ""
    """An API that the page names at another site."""
    hinted: bool = False


def shows_closed_api(error: Exception, how: str) -> bool:
    """An answer that shows an API which is closed, rather than no API at this place."""
    if isinstance(error, ApiError):
        return (
            error.status in (401, 403) or error.code.startswith("rest_")
        ) and error.code != "rest_no_route"
    return isinstance(error, Challenge) or (
        isinstance(error, NotJson) and not how.startswith("probe")
    )


def discovery_error(start: str, attempts: DiscoveryAttempts) -> CrawlError:
    """The error that all of it amounts to, the strongest no first."""
    if attempts.robots:
        return RobotsForbid(
            f"{attempts.robots[0]}; a site that says no is left alone (ROBOTSTXT_OBEY is for sites of your own)"
        )
    if attempts.closed:
        return ApiClosed(
            f"the site's REST API is closed to visitors: {attempts.closed[0]}; ask its owner to open it"
        )
    if attempts.silent:
        return SiteUnreachable(attempts.silent[0])
    if attempts.hinted:
        return ApiClosed(
            f"{start} names an API that does not answer as one (redirect or page instead); ask its owner to open it"
        )
    if attempts.foreign:
        return NotWordPress(
            f"{start} names an API at another site, {attempts.foreign}; give that site's address if it is the one you mean"
        )
    return NotWordPress(
        f"no WordPress API at {start} (tried: {', '.join(attempts.tried)}); give the address of the blog itself"
    )
