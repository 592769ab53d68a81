"""Listings and lists that are far longer than any site needs."""

import json
from typing import Any

from demo.responses import Response
from tests.faults.answers import Fault, Moment, document

TYPES = "/wp-json/wp/v2/types"
_OWN = "type-"


def many_types(number: int) -> Fault:
    """Return a fault of a site with so many types besides its own, all of them empty."""

    def fault(moment: Moment) -> Response:
        if moment.path.startswith(f"/wp-json/wp/v2/{_OWN}"):
            response = document([])
            response.headers |= {"X-WP-Total": "0", "X-WP-TotalPages": "0"}
            return response
        return _with_types(moment, [f"{_OWN}{n}" for n in range(number)])

    return fault


def badly_named_types(number: int) -> Fault:
    """Return a fault of a site with so many types whose names are none of WordPress's."""
    return lambda moment: _with_types(moment, [f"no name/{n}" for n in range(number)])


def rows_of_everything(number: int) -> Fault:
    """Return a fault of lists that hold so many rows more, whatever number was asked for."""

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        if moment.is_list and response.status == 200:
            rows: list[Any] = json.loads(response.body)
            rows += [{"id": n} for n in range(1001, 1001 + number)]
            response.body = json.dumps(rows).encode()
        return response

    return fault


def tags_of_a_post(number: int) -> Fault:
    """Return a fault of one post with so many tags, most of which are nowhere."""
    ids = list(range(1, number + 1))

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        if moment.is_list and response.status == 200:
            rows = [
                row | {"tags": ids} if _is_tagged(row) else row for row in json.loads(response.body)
            ]
            response.body = json.dumps(rows).encode()
        return response

    return fault


def _is_tagged(row: dict[str, Any]) -> bool:
    return row["id"] == 7 and "tags" in row


def _with_types(moment: Moment, names: list[str]) -> Response:
    """Return the answer; types of these names stand before those of a listing."""
    response = moment.answer()
    if moment.path.rstrip("/") == TYPES and response.status == 200:
        about: dict[str, Any] = {name: {"slug": name, "rest_base": name} for name in names}
        response.body = json.dumps(about | json.loads(response.body)).encode()
    return response
