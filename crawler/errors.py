"""The family of errors of a crawl:

CrawlError
├── BadArguments           the arguments or settings cannot be used
├── RunEnds                the run was told to end, and nothing more is asked
├── SiteError              nothing of the site can be archived
│   ├── SiteUnreachable    no response: unknown host, refused, TLS, timeout
│   ├── NotWordPress       it answers, and no WordPress API was found
│   ├── ApiClosed          the API exists, and its owner closed it to visitors
│   ├── RobotsForbid       robots.txt keeps crawlers away from the API
│   ├── CredentialsRefused the site does not take the user and the password that it was given
│   ├── AddressForbidden   a public site pointed into a private network
│   ├── AskedToWait        the site asks for a longer pause than the settings allow
│   └── KeepsFailing       the site has stopped answering, and pauses did not help
└── ResponseError          one response that cannot be used
    ├── ApiError           a JSON error of WordPress: `status`, `code`, `parameters`
    │   └── RuleRefused    a rule of a firewall refuses the words of a request (ModSecurity)
    ├── NotJson            HTML or anything else where JSON was expected
    │   └── Challenge      a page that keeps robots out
    ├── Unavailable        a page that says that the site is down, or has too much to do
    ├── BrokenJson         empty, truncated or polluted JSON
    ├── TooLarge           more bytes than DOWNLOAD_MAXSIZE allows, or too many records
    └── NoResponse         the request failed below HTTP, after its retries
        └── TimedOut       no response in time

| raised by | what |
|---|---|
| the command, the spider and the check of settings | BadArguments |
| `phases.plan`, `phases.measure` | BadArguments, ApiClosed |
| `site.discovery` | SiteUnreachable, NotWordPress, ApiClosed, RobotsForbid, BadArguments |
| `phases.find_site`, `middlewares` | CredentialsRefused |
| `middlewares` | RobotsForbid, AddressForbidden, AskedToWait, KeepsFailing, RunEnds |
| `rest.client` | NoResponse, TimedOut, TooLarge, BrokenJson, and what the middlewares raise |
| `fallback.rendering` | ApiError, and what the client raises |
| `rest.responses` | ApiError, RuleRefused, NotJson, Challenge, Unavailable, BrokenJson, TooLarge |

`rest.classify` says what each of them means for a walk, a collection and the run.
A message says where, what was found, and what to do.
"""

from dataclasses import dataclass, field


class CrawlError(Exception):
    """Root of everything the crawl raises on purpose."""


class BadArguments(CrawlError):
    """The arguments or settings cannot be used."""


class RunEnds(CrawlError):
    """The run was told to end, and nothing more is asked."""


class SiteError(CrawlError):
    """Nothing of the site can be archived."""


class SiteUnreachable(SiteError):
    """The site does not answer at all."""


class NotWordPress(SiteError):
    """The site answers, and no WordPress API was found."""


class ApiClosed(SiteError):
    """The API exists and is closed to visitors."""


class RobotsForbid(SiteError):
    """robots.txt keeps crawlers away from the API."""


class CredentialsRefused(SiteError):
    """The site does not take the user and the password that it was given."""


class AddressForbidden(SiteError):
    """A public site pointed into a private network."""


class AskedToWait(SiteError):
    """The site asks for a longer pause than the settings allow."""


class KeepsFailing(SiteError):
    """The site has stopped answering, and pauses did not help."""


class ResponseError(CrawlError):
    """One response that cannot be used."""

    cause = "answer"
    """Short name of the error in failures and reports, where it is stored."""


class NotJson(ResponseError):
    """HTML or anything else where JSON was expected: a login, a home page."""

    cause = "not_json"


class Challenge(NotJson):
    """A page that keeps robots out ("checking your browser")."""

    cause = "challenge"


class Unavailable(ResponseError):
    """A page that says that the site is down for a moment, or has too much to do."""

    cause = "unavailable"


class BrokenJson(ResponseError):
    """Empty, truncated or polluted JSON."""

    cause = "broken_json"


class TooLarge(ResponseError):
    """More bytes than DOWNLOAD_MAXSIZE allows, before or after decompression; or more records than
    any request asks for."""

    cause = "too_large"


class NoResponse(ResponseError):
    """The request failed below HTTP, after its retries."""

    cause = "unanswered"


class TimedOut(NoResponse):
    """No response in time: the server may be busy with just this request."""

    cause = "timeout"


@dataclass
class ApiError(ResponseError):
    """An error in WordPress's own form, or a bare HTTP status.

    The form is made by `rest_convert_error_to_response()` in wp-includes/rest-api.php.
    """

    status: int
    code: str = ""
    """WordPress's name of the error (`rest_no_route`); empty for a bare status."""
    message: str = ""
    parameters: frozenset[str] = field(default_factory=frozenset)
    """Names of the parameters that the site refuses."""

    def __post_init__(self) -> None:
        self.cause = self.code or f"http_{self.status}"

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.status, self.code, self.message) if part)


class RuleRefused(ApiError):
    """A refusal by a rule of a firewall about the words of requests (ModSecurity).

    A smaller request may pass; a firewall that sees many of them locks the crawl out.
    """
