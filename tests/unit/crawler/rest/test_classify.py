import pytest

from crawler.errors import (
    AddressForbidden,
    ApiError,
    AskedToWait,
    BrokenJson,
    Challenge,
    NoResponse,
    NotJson,
    RobotsForbid,
    TimedOut,
    TooLarge,
)
from crawler.rest.classify import ends_the_run, is_closed, problem_of
from crawler.walk import Page, PageRequest, ProblemKind

CHALLENGE = Challenge("a challenge page instead of JSON (status 403); the site keeps robots out")


def ask(purpose="slice"):
    return PageRequest(1, purpose, (), (12,) if purpose == "single" else ())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ApiError(400, "rest_invalid_param"), ProblemKind.REJECTED),
        (ApiError(401, "rest_user_cannot_view"), ProblemKind.CLOSED),
        (ApiError(403, "rest_forbidden"), ProblemKind.CLOSED),
        (ApiError(404, "rest_no_route"), ProblemKind.CLOSED),
        (ApiError(410), ProblemKind.CLOSED),
        (ApiError(451), ProblemKind.CLOSED),
        (ApiError(301, message="redirects to https://h.org/"), ProblemKind.CLOSED),
        (RobotsForbid("robots.txt forbids it"), ProblemKind.CLOSED),
        (ApiError(429), ProblemKind.FATAL),
        (ApiError(503, "wp_die"), ProblemKind.FATAL),
        (ApiError(508), ProblemKind.FATAL),
        (CHALLENGE, ProblemKind.FATAL),
        (NoResponse("connection refused: https://h.org/"), ProblemKind.FATAL),
        (ApiError(500, "internal_server_error"), ProblemKind.CONTENT),
        (ApiError(500, "rest_encode_error"), ProblemKind.CONTENT),
        (ApiError(502), ProblemKind.CONTENT),
        (ApiError(504), ProblemKind.CONTENT),
        (BrokenJson("truncated"), ProblemKind.CONTENT),
        (NotJson("'Home' instead of JSON (status 200)"), ProblemKind.CONTENT),
        (TooLarge("larger than DOWNLOAD_MAXSIZE allows"), ProblemKind.CONTENT),
        (TimedOut("no answer in time: https://h.org/"), ProblemKind.CONTENT),
    ],
)
def test_what_an_error_means_for_a_walk(error, kind):
    trouble = problem_of(error, ask())
    assert trouble.kind is kind
    assert trouble.message == str(error)
    assert trouble.cause


def test_a_rejection_names_its_parameters():
    trouble = problem_of(
        ApiError(
            400, "rest_invalid_param", "Invalid parameter(s): per_page", frozenset({"per_page"})
        ),
        ask(),
    )
    assert trouble.parameters == {"per_page"}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "rest_post_invalid_page_number"),
        (400, "rest_search_invalid_page_number"),
        (404, "event-archive-page-not-found"),
    ],
)
def test_a_page_past_the_end_is_empty(status, code):
    assert problem_of(ApiError(status, code), ask()) == Page(())


@pytest.mark.parametrize(
    "error",
    [
        ApiError(404, "rest_post_invalid_id"),
        ApiError(404, "rest_term_invalid"),
        ApiError(401, "rest_forbidden"),
        ApiError(403),
    ],
)
def test_a_single_object_that_is_not_shown_is_not_there(error):
    assert problem_of(error, ask("single")) == Page(())
    assert problem_of(error, ask()) != Page(())


@pytest.mark.parametrize(
    ("error", "refusal", "end"),
    [
        (ApiError(401, "rest_user_cannot_view"), True, False),
        (ApiError(404, "rest_no_route"), True, False),
        (ApiError(302), True, False),
        (RobotsForbid("no"), True, False),
        (ApiError(429), False, False),
        (ApiError(500), False, False),
        (BrokenJson("truncated"), False, False),
        (CHALLENGE, False, True),
        (AskedToWait("an hour"), False, True),
        (AddressForbidden("10.0.0.1"), False, True),
        (NoResponse("connection refused"), False, False),
    ],
)
def test_refusals_and_ends(error, refusal, end):
    assert is_closed(error) is refusal
    assert ends_the_run(error) is end
