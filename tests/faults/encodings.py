"""Answers in other encodings than UTF-8."""

import json
from typing import Any

from demo.responses import Response
from tests.faults.answers import Fault, Moment
from tests.faults.kind import PARTIAL, FaultKind

LETTERS = "Привет, мир"


def _in(encoding: str, named: str, mark: str = "") -> Fault:
    """Return a fault that sends every answer of the API with letters, in an encoding."""

    def fault(moment: Moment) -> Response:
        response = moment.answer()
        if not moment.is_api:
            return response
        text = json.dumps(_with_letters(json.loads(response.body)), ensure_ascii=False)
        response.body = (mark + text).encode(encoding)
        charset = f"; charset={named}" if named else ""
        response.headers["Content-Type"] = f"application/json{charset}"
        return response

    return fault


def _with_letters(found: Any) -> Any:
    """Return a document of the API, whose posts have other titles."""
    if not isinstance(found, list):
        return found
    return [
        row | {"title": {"rendered": f"{LETTERS} {row['id']}"}} if "title" in row else row
        for row in found
    ]


ENCODING_KINDS: tuple[FaultKind, ...] = (
    FaultKind("UTF-16 with a mark", _in("utf-16-le", "", "\ufeff"), posts=60),
    FaultKind("UTF-16 that the header names", _in("utf-16-be", "utf-16be"), posts=60),
    FaultKind("UTF-16 that is called UTF-8", _in("utf-16-le", "UTF-8"), posts=60),
    FaultKind("UTF-8 with a mark, that is called iso-8859-1", _in("utf-8-sig", "iso-8859-1")),
    FaultKind("windows-1251 that the header names", _in("cp1251", "windows-1251"), posts=60),
    FaultKind(
        "windows-1251 that is called UTF-8", _in("cp1251", "UTF-8"), verdicts=PARTIAL, posts=60
    ),
)
"""Kinds for `kinds.py`: letters are read, or the verdict says that they were not."""
