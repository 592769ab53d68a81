"""What an unusable answer means for a walk. Pure."""

from crawler.errors import (
    AddressForbidden,
    AnswerError,
    ApiError,
    AskedToWait,
    BrokenJson,
    Challenge,
    CrawlError,
    NotJson,
    RobotsForbid,
    TimedOut,
    TooLarge,
)
from crawler.walk import Page, PageRequest, Problem, ProblemKind

PAST_THE_END = frozenset({"rest_post_invalid_page_number", "rest_search_invalid_page_number"})
GONE = frozenset(
    {"rest_post_invalid_id", "rest_term_invalid", "rest_user_invalid_id", "rest_comment_invalid_id"}
)


def problem_of(error: CrawlError, ask: PageRequest) -> Problem | Page:
    """A failed ask as trouble; answers that only say "nothing there" are empty pages (field notes of WordPress's controllers)."""
    if isinstance(error, ApiError):
        if error.code in PAST_THE_END or (
            ask.purpose == "single" and (error.code in GONE or error.status in (401, 403))
        ):
            return Page(())
        return Problem(_kind(error), str(error), error.cause, error.parameters)
    if isinstance(error, Challenge):
        return Problem(ProblemKind.FATAL, str(error), error.cause)
    if isinstance(error, (BrokenJson, NotJson, TooLarge, TimedOut)):
        return Problem(ProblemKind.CONTENT, str(error), error.cause)
    if isinstance(error, RobotsForbid):
        return Problem(ProblemKind.CLOSED, str(error), "robots")
    cause = error.cause if isinstance(error, AnswerError) else type(error).__name__
    return Problem(ProblemKind.FATAL, str(error), cause)


def _kind(error: ApiError) -> ProblemKind:
    if error.status == 400:
        return ProblemKind.REJECTED
    if 300 <= error.status < 400 or error.status in (401, 403, 404, 410, 451):
        return ProblemKind.CLOSED
    if error.status in (429, 503, 508, 509):
        return ProblemKind.FATAL
    return ProblemKind.CONTENT


def is_refusal(error: CrawlError) -> bool:
    """Whether an answer says that visitors may not have this list, or that there is none."""
    return isinstance(error, RobotsForbid) or (
        isinstance(error, ApiError) and _kind(error) is ProblemKind.CLOSED
    )


def ends_the_run(error: CrawlError) -> bool:
    """Whether asking anything else of this site is pointless for now."""
    return isinstance(error, (AskedToWait, AddressForbidden, Challenge))
