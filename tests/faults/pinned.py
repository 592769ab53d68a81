"""Sites that show their newest posts in every list, give few at once, and hide or break some."""

import json
from dataclasses import replace
from typing import Any

from demo.responses import Response
from tests.faults.answers import Fault, Moment, document, to_list

FEW = 3
"""Posts of one answer."""
SHOWN_POSTS = 60
BROKEN_ID = 31
NOT_SHOWN = frozenset(id for id in range(1, SHOWN_POSTS - 3) if id % 3 == 0 and id != BROKEN_ID)


def few_at_once(pins: int, *, breaks: bool = False) -> Fault:
    """Return a fault that puts so many of the newest posts in place of the last ones.

    Every third post is counted and not shown. `breaks` says that one makes each list fail that it
    is in.
    """

    def change(moment: Moment, records: list[Any], response: Response) -> list[Any]:
        shown = [record for record in records if record["id"] not in NOT_SHOWN]
        if not shown:
            return shown
        newest = range(SHOWN_POSTS - pins + 1, SHOWN_POSTS + 1)[-len(shown) :]
        pinned = [_renamed(moment, shown[0], id) for id in newest]
        others = shown[: len(shown) - len(pinned)]
        return [*(one for one in others if one["id"] not in newest), *pinned]

    def fault(moment: Moment) -> Response:
        if moment.is_list and int(moment.query.get("per_page", "10")) > FEW:
            params = {"per_page": "Invalid parameter."}
            data = {"status": 400, "params": params}
            return document({"code": "rest_invalid_param", "message": "No.", "data": data}, 400)
        if breaks and moment.is_list:
            answer = moment.answer()
            if answer.status == 200 and _has_broken(answer):
                return document({"code": "internal_server_error", "message": "No."}, 500)
            return to_list(change)(replace(moment, answer=lambda: answer))
        return to_list(change)(moment)

    return fault


def _has_broken(answer: Response) -> bool:
    rows = json.loads(answer.body)
    return any(isinstance(row, dict) and row.get("id") == BROKEN_ID for row in rows)


def _renamed(moment: Moment, record: dict[str, Any], id: int) -> dict[str, Any]:
    pinned = record | {"id": id}
    if "_fields" not in moment.query:
        pinned |= {"slug": f"post-{id}", "link": f"http://example.org/post-{id}/"}
    return pinned
