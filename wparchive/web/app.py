"""The addresses of the web pages, and what guards them."""

import hmac
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wparchive.errors import ArchiveError, InvalidQuery, NotFound
from wparchive.reading.library import Archive
from wparchive.web import event_pages, overviews, pages
from wparchive.web.drawing import STATIC, rendered

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
"""Names under which a page of this machine may be asked for."""
TOKEN_COOKIE = "wparchive_token"
FEED_PATH = "/events.atom"
FOR_PROGRAMS = (FEED_PATH, "/metrics")
"""What is read by programs, such as feed readers, which show the token in each address."""
THREADS = 8
"""Pages that are made at the same time; others wait for their turn. Each thread has a connection
and memory of its own, and Python makes one page at a time anyway."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{pictures};"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_STATUS: dict[type[ArchiveError], int] = {NotFound: 404, InvalidQuery: 400}

ROUTES = (
    Route("/", pages.search_page),
    Route("/posts.{form}", pages.exported_posts),
    Route("/posts-by-month.svg", pages.chart_picture),
    Route("/posts-by-month.csv", pages.chart_figures),
    Route("/post/{key:path}", pages.post_page),
    Route("/versions/{key:path}", pages.versions_page),
    Route("/raw/{key:path}", pages.document_json),
    Route("/file/{digest}", pages.kept_file),
    Route("/sites", overviews.sites_page),
    Route("/site/{key:path}", overviews.site_page),
    Route("/runs", overviews.runs_page),
    Route("/run/{key:path}", overviews.run_page),
    Route("/events", event_pages.events_page),
    Route(FEED_PATH, event_pages.events_feed),
    Route("/metrics", overviews.metrics),
    Route("/duplicates", overviews.duplicates_page),
    Route("/copies/{key:path}", pages.copies_page),
    Route("/links/{key:path}", pages.links_page),
    Route("/lists/{name}", overviews.downloaded_list),
)


def web_app(archive: Archive, hosts: Iterable[str] = LOOPBACK, token: str = "") -> Starlette:
    """Return the application that shows an archive.

    It answers requests to `hosts` only, so that no other site's page can read it through a name
    that leads here. With a `token` it answers only who has shown it once, as `?token=`.
    Programs that keep no cookies show it each time, for what they read (`FOR_PROGRAMS`).
    """
    middleware = [
        Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
        Middleware(SafeHeaders),
        Middleware(GZipMiddleware),
    ]
    if token:
        middleware.append(Middleware(TokenGate, token=token))
    app = Starlette(
        routes=[*ROUTES, Mount("/static", StaticFiles(directory=STATIC))],
        middleware=middleware,
        exception_handlers={ArchiveError: _archive_error, HTTPException: _http_error},
        lifespan=_few_threads,
    )
    app.state.archive = archive
    app.state.feed_token = feed_token(token) if token else ""
    return app


@asynccontextmanager
async def _few_threads(app: Starlette) -> AsyncIterator[None]:
    """Make pages in `THREADS` threads; Starlette would use 40."""
    current_default_thread_limiter().total_tokens = THREADS
    yield


async def _archive_error(request: Request, error: Exception) -> Response:
    """Return the page that says what could not be answered, and what to do."""
    # What is neither unknown nor misunderstood is an archive that cannot be read now.
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 503)
    return rendered("error.html", status, message=str(error), words=_words(request))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    message = HTTPStatus(status).phrase
    if status == HTTPStatus.NOT_FOUND:
        message = f"no page is at {request.url.path}: a post is at /post/KEY, and a search finds it"
    return rendered("error.html", status, message=message, words=_words(request))


def _words(request: Request) -> str:
    """Return the words that were searched for, to be mended and searched for again."""
    return request.query_params.get("q", "")


def feed_token(token: str) -> str:
    """Return the token that opens the feed and nothing else.

    The address of a feed is kept by readers, in lists and with services: it must not hold what
    opens the archive, and does not lead back to it.
    """
    return hmac.new(token.encode(), FEED_PATH.encode(), "sha256").hexdigest()[:32]


class SafeHeaders:
    """A wrapper that adds to each answer the headers that keep everything foreign from running.

    Pictures of other servers are allowed on a page only where its reader asked for them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # `?pictures` has no value, and must be found all the same.
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        pictures = ""
        if "pictures" in asked and scope["path"].startswith("/post/"):
            pictures = " https: http:"

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY.format(pictures=pictures)
                headers.update(_HEADERS)
            await send(message)

        await self._app(scope, receive, send_safely)


class TokenGate:
    """A wrapper that answers only those who have the token: in a cookie, or once in the address.

    What programs read takes it in each address (`FOR_PROGRAMS`).
    """

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        shown = request.query_params.get("token")
        if self._is_program(scope["path"], shown):
            await self._app(scope, receive, send)
        elif self._is_right(shown):
            await self._welcome(request)(scope, receive, send)
        elif self._is_right(request.cookies.get(TOKEN_COOKIE)):
            await self._app(scope, receive, send)
        else:
            refusal = PlainTextResponse(
                "This archive is shown only to those who have its whole address, with ?token=…\n",
                401,
            )
            await refusal(scope, receive, send)

    def _is_program(self, path: str, token: str | None) -> bool:
        """Tell whether an address is one for programs, and holds a token that opens it."""
        if path == FEED_PATH and _are_equal(token, feed_token(self._token)):
            return True
        return path in FOR_PROGRAMS and self._is_right(token)

    def _is_right(self, token: str | None) -> bool:
        return _are_equal(token, self._token)

    def _welcome(self, request: Request) -> Response:
        """Return the way to the same page without the token in its address."""
        kept = [pair for pair in request.query_params.multi_items() if pair[0] != "token"]
        # Two slashes at its beginning would lead to another server.
        address = "/" + request.url.path.lstrip("/")
        if kept:
            address += f"?{urlencode(kept)}"
        answer = RedirectResponse(address, 303)
        answer.set_cookie(TOKEN_COOKIE, self._token, httponly=True, samesite="strict")
        return answer


def _are_equal(token: str | None, right: str) -> bool:
    """Compare a token in a time that does not tell how much of it is right."""
    # `==` takes longer the more of a guess is right, and so would tell the token bit by bit.
    return token is not None and hmac.compare_digest(token.encode(), right.encode())
