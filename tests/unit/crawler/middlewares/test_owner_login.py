import json
from base64 import b64encode
from urllib.parse import quote

import pytest
from scrapy.http import Request, Response, TextResponse

from crawler.credentials import Credentials
from crawler.errors import CredentialsRefused, NoResponse
from crawler.middlewares.owner_login import OwnerLoginMiddleware
from crawler.rest.client import ANONYMOUS

HOME = "https://example.com/blog"
TOKEN = b64encode(b"editor:a long password").decode()


@pytest.fixture
def middleware():
    return OwnerLoginMiddleware(Credentials(HOME, "editor", "a long password"))


def sent(middleware, url, **arguments):
    request = Request(url, **arguments)
    middleware.process_request(request)
    return request.headers.get("Authorization")


def refused(middleware, code="", status=401, **headers):
    body = json.dumps({"code": code, "message": f"Basic {TOKEN}"}).encode()
    response = TextResponse(HOME, status=status, headers=headers, body=body)
    return middleware.process_response(Request(HOME), response)


def test_every_request_of_the_site_carries_the_header(middleware):
    for path in ("/robots.txt", "/blog/wp-json/wp/v2/posts", "/wp-json/"):
        assert sent(middleware, f"https://example.com{path}") == f"Basic {TOKEN}".encode()


@pytest.mark.parametrize("url", ["http://example.com/blog", "https://cdn.example.com/blog"])
def test_another_origin_does_not_even_where_a_redirect_has_copied_it(middleware, url):
    assert sent(middleware, url, headers={"Authorization": f"Basic {TOKEN}"}) is None


def test_an_anonymous_request_goes_without(middleware):
    assert sent(middleware, HOME, meta={ANONYMOUS: True}) is None


@pytest.mark.parametrize(
    "code",
    [
        "incorrect_password",
        "invalid_username",
        "invalid_email",
        "application_passwords_disabled",
        "application_passwords_disabled_for_user",
    ],
)
def test_refused_credentials_are_an_error_of_their_own(middleware, code):
    with pytest.raises(CredentialsRefused, match=code) as caught:
        refused(middleware, code)
    assert TOKEN not in str(caught.value)


def test_a_web_server_that_asks_again_refuses_them(middleware):
    with pytest.raises(CredentialsRefused, match="web server"):
        refused(middleware, WWW_Authenticate="x", **{"WWW-Authenticate": 'Basic realm="staging"'})


def test_a_closed_route_is_no_refusal_and_its_body_is_cleared(middleware):
    response = refused(middleware, "rest_forbidden")
    assert json.loads(response.body)["message"] == "Basic [credentials]"
    assert refused(middleware, "incorrect_password", status=403).status == 403


def test_headers_that_repeat_them_are_cleared(middleware):
    headers = {"X-Debug": f"Basic {TOKEN}", "Location": "https://h.org/?key=a+long+password"}
    response = middleware.process_response(Request(HOME), Response(HOME, headers=headers))
    assert response.headers["X-Debug"] == b"Basic [credentials]"
    assert response.headers["Location"] == b"https://h.org/?key=[credentials]"


@pytest.mark.parametrize(
    "query", [f"auth={TOKEN}", f"auth={quote(TOKEN, safe='')}", "u=editor:a%20long%20password"]
)
def test_an_address_that_repeats_them_is_not_asked(middleware, query):
    for host in ("example.com", "other.example"):
        with pytest.raises(NoResponse, match="credentials in it") as caught:
            sent(middleware, f"https://{host}/?{query}")
        assert TOKEN not in str(caught.value)


def test_an_answer_that_repeats_nothing_is_handed_on(middleware):
    response = TextResponse(HOME, body=b"[]")
    assert middleware.process_response(Request(HOME), response) is response
