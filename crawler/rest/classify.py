"""Classify the errors of the API: what each means for a walk, a collection or the whole run.

| response | `problem_of` | `is_closed` | `ends_the_run` |
|---|---|---|---|
| past the last page | an empty page | | |
| a single record that is not there | an empty page | | |
| 400 | REJECTED | | |
| redirect, 401, 403, 404, 410, 451, a code of a closed API | CLOSED | yes | |
| 429, 503, 508, 509, 52x, a maintenance page, after all retries | FATAL | | |
| 500, 502, 504 and other statuses | CONTENT | | |
| a rule of ModSecurity, up to three times in a row | CONTENT | | |
| broken JSON, HTML, too large, timeout | CONTENT | | |
| robots.txt forbids it | CLOSED | yes | |
| a challenge page | FATAL | | yes |
| a private address, a pause that is too long, refused credentials | FATAL | | yes |
| errors or no answer after all pauses of the breaker | FATAL | | yes |
| no response | FATAL | | |
"""

from crawler.errors import (
    AddressForbidden,
    ApiError,
    AskedToWait,
    BrokenJson,
    Challenge,
    CrawlError,
    CredentialsRefused,
    KeepsFailing,
    NotJson,
    ResponseError,
    RobotsForbid,
    RuleRefused,
    TimedOut,
    TooLarge,
    Unavailable,
)
from crawler.rest.catalogue import Reaction, recognise
from crawler.walk import Page, PageRequest, Problem, ProblemKind

PAST_THE_END = frozenset(
    {
        "rest_post_invalid_page_number",
        "rest_search_invalid_page_number",
        "event-archive-page-not-found",  # of The Events Calendar
    }
)
"""Error codes for a page number beyond the last page."""
GONE = frozenset(
    {"rest_post_invalid_id", "rest_term_invalid", "rest_user_invalid_id", "rest_comment_invalid_id"}
)
"""Error codes for a single object that does not exist."""
_KINDS = {
    # The retry middleware has already waited when one of the first two gets here.
    Reaction.TRANSIENT: ProblemKind.FATAL,
    Reaction.THROTTLED: ProblemKind.FATAL,
    Reaction.SHRINK: ProblemKind.CONTENT,
    Reaction.CLOSED: ProblemKind.CLOSED,
    Reaction.HOSTILE: ProblemKind.FATAL,
    Reaction.BROKEN: ProblemKind.CONTENT,
}


def problem_of(error: CrawlError, request: PageRequest) -> Problem | Page:
    """Return what a walk is told of a failed request.

    An error that only says "nothing there" is an empty page.
    """
    cause = type(error).__name__
    if isinstance(error, ResponseError):
        cause = error.cause
    if isinstance(error, RuleRefused):  # before ApiError, of which it is a kind
        return Problem(ProblemKind.CONTENT, str(error), cause)
    if isinstance(error, ApiError):
        if _says_nothing_there(error, request):
            return Page(())
        return Problem(_kind(error), str(error), cause, error.parameters)
    if isinstance(error, Challenge):  # before NotJson, of which it is a kind
        return Problem(ProblemKind.FATAL, str(error), cause)
    if isinstance(error, BrokenJson | NotJson | TooLarge | TimedOut):
        return Problem(ProblemKind.CONTENT, str(error), cause)
    if isinstance(error, RobotsForbid):
        return Problem(ProblemKind.CLOSED, str(error), "robots")
    return Problem(ProblemKind.FATAL, str(error), cause)


def is_closed(error: CrawlError) -> bool:
    """Return True if visitors may not have this collection, or if there is no such collection."""
    if isinstance(error, ApiError):
        return _kind(error) is ProblemKind.CLOSED and not isinstance(error, RuleRefused)
    return isinstance(error, RobotsForbid)


def ends_the_run(error: CrawlError) -> bool:
    """Return True if any further request to this site is pointless for now."""
    return isinstance(
        error, AskedToWait | AddressForbidden | Challenge | CredentialsRefused | KeepsFailing
    )


def _says_nothing_there(error: ApiError, request: PageRequest) -> bool:
    if error.code in PAST_THE_END:
        return True
    # A visitor gets 401 or 403 for a single object that is no longer public.
    return request.purpose == "single" and (error.code in GONE or error.status in (401, 403))


def is_down(error: CrawlError) -> bool:
    """Return True if the site is down or has too much to do for now, whatever is asked."""
    if isinstance(error, ApiError):
        return _kind(error) is ProblemKind.FATAL
    return isinstance(error, Unavailable)


def _kind(error: ApiError) -> ProblemKind:
    symptom = recognise(error.status, {}, b"", error.code)
    # A 400 whose code says nothing is about parameters, and the walk can ask with others.
    if symptom is not None and (symptom.codes or error.status != 400):
        return _KINDS[symptom.reaction]
    if error.status == 400:
        return ProblemKind.REJECTED
    return ProblemKind.CONTENT
