import pytest

from crawler.errors import (
    AddressForbidden,
    ApiError,
    AskedToWait,
    BrokenJson,
    Challenge,
    NotJson,
    RobotsForbid,
    TimedOut,
    TooLarge,
    Unanswered,
)
from crawler.troubles import ends_the_run, is_refusal, trouble_of
from crawler.walk import Ask, Page, TroubleKind

CHALLENGE = Challenge("a challenge page instead of JSON (status 403); the site keeps robots out")


def ask(purpose="slice"):
    return Ask(1, purpose, (), (12,) if purpose == "single" else ())


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ApiError(400, "rest_invalid_param"), TroubleKind.REJECTED),
        (ApiError(401, "rest_user_cannot_view"), TroubleKind.CLOSED),
        (ApiError(403, "rest_forbidden"), TroubleKind.CLOSED),
        (ApiError(404, "rest_no_route"), TroubleKind.CLOSED),
        (ApiError(410), TroubleKind.CLOSED),
        (ApiError(451), TroubleKind.CLOSED),
        (ApiError(301, message="redirects to https://h.org/"), TroubleKind.CLOSED),
        (RobotsForbid("robots.txt forbids it"), TroubleKind.CLOSED),
        (ApiError(429), TroubleKind.FATAL),
        (ApiError(503, "wp_die"), TroubleKind.FATAL),
        (ApiError(508), TroubleKind.FATAL),
        (CHALLENGE, TroubleKind.FATAL),
        (Unanswered("connection refused: https://h.org/"), TroubleKind.FATAL),
        (ApiError(500, "internal_server_error"), TroubleKind.CONTENT),
        (ApiError(500, "rest_encode_error"), TroubleKind.CONTENT),
        (ApiError(502), TroubleKind.CONTENT),
        (ApiError(504), TroubleKind.CONTENT),
        (BrokenJson("truncated"), TroubleKind.CONTENT),
        (NotJson("'Home' instead of JSON (status 200)"), TroubleKind.CONTENT),
        (TooLarge("larger than DOWNLOAD_MAXSIZE allows"), TroubleKind.CONTENT),
        (TimedOut("no answer in time: https://h.org/"), TroubleKind.CONTENT),
    ],
)
def test_what_an_error_means_for_a_walk(error, kind):
    trouble = trouble_of(error, ask())
    assert trouble.kind is kind
    assert trouble.message == str(error)
    assert trouble.cause


def test_a_rejection_names_its_parameters():
    trouble = trouble_of(ApiError(400, "rest_invalid_param", "Invalid parameter(s): per_page", frozenset({"per_page"})), ask())
    assert trouble.parameters == {"per_page"}


@pytest.mark.parametrize("code", ["rest_post_invalid_page_number", "rest_search_invalid_page_number"])
def test_a_page_past_the_end_is_empty(code):
    assert trouble_of(ApiError(400, code), ask()) == Page(())


@pytest.mark.parametrize(
    "error", [ApiError(404, "rest_post_invalid_id"), ApiError(404, "rest_term_invalid"), ApiError(401, "rest_forbidden"), ApiError(403)]
)
def test_a_single_object_that_is_not_shown_is_not_there(error):
    assert trouble_of(error, ask("single")) == Page(())
    assert trouble_of(error, ask()) != Page(())


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
        (Unanswered("connection refused"), False, False),
    ],
)
def test_refusals_and_ends(error, refusal, end):
    assert is_refusal(error) is refusal
    assert ends_the_run(error) is end
