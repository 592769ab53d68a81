"""What goes wrong in front of WordPress and behind it, as the switches say."""

import time
from email.utils import formatdate

from demo import responses
from demo.parameters import Query
from demo.responses import Request, Response
from demo.switches import Switches

NOTICE = (
    b"<br />\n<b>Notice</b>:  Undefined variable: related in "
    b"<b>/plugins/related/related.php</b> on line <b>42</b><br />\n"
)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Faults:
    """The faults of one site. It counts the requests of the API."""

    def __init__(self, switches: Switches) -> None:
        self._on = switches
        self._requests = 0

    def instead(self, query: Query, request: Request, home: str) -> Response | None:
        """Return what answers in place of WordPress's REST server; None where nothing does."""
        self._requests += 1
        on = self._on
        if on.redirect_home:
            return Response(301, {"Location": f"{home}/"}, b"")
        if on.challenge:
            return responses.page(200, "Just a moment...")
        if self._is_turn(on.limit_every):
            return self._pause()
        if self._is_turn(on.flaky):
            return responses.critical(request)
        if on.include_off and "include" in query:
            return responses.page(403, "403 Forbidden")
        return None

    def spoil(self, response: Response) -> Response:
        """Return the response with what pollutes or cuts it."""
        if self._on.bom:
            response.body = BYTE_ORDER_MARK + response.body
        if self._on.notices:
            response.body = NOTICE + response.body
        if self._is_turn(self._on.truncate):
            response.body = response.body[: len(response.body) // 2]
        return response

    def _pause(self) -> Response:
        on = self._on
        wait = f"{on.retry_after:g}"
        if on.retry_date:
            wait = formatdate(time.time() + on.retry_after, usegmt=True)
        status = 503 if on.retry_503 else 429
        return responses.page(status, "Slow down", {"Retry-After": wait})

    def _is_turn(self, every: int) -> bool:
        return every > 0 and self._requests % every == 0
