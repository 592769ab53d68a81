"""Records as plugins shape them, and what a site says to a terminal."""

import json
from typing import Any

from demo.responses import Response
from tests.faults.answers import Moment, html

ESCAPES = "\x1b[2J\x1b]0;x\x07 \u202e\r\nverdict: complete"
"""What a terminal would obey: it clears the screen, sets the title, turns the text around."""


def plugin_fields(moment: Moment, records: list[Any], response: Response) -> list[Any]:
    """Give records the fields of plugins, in forms that change from post to post."""
    return [_with_fields(record) if "title" in record else record for record in records]


def _with_fields(record: dict[str, Any]) -> dict[str, Any]:
    id_ = record["id"]
    acf: Any = {"price": 7, "rows": [{"a.b": 1, "$c": 2}]}
    if id_ % 2:
        acf = []  # PHP's empty array
    return record | {
        "author": {"id": 1, "name": "Ann"},
        "authors": [{"term_id": 3, "display_name": "Ben"}, {"display_name": "Guest"}],
        "coauthors": [3, 4],
        "yoast_head_json": {"canonical": "/post/", "article_published_time": "yesterday"},
        "rank_math_title": None,
        "aioseo_head_json": False,
        "lang": "de",
        "translations": {"de": id_, "en": id_ + 1_000} if id_ % 2 else [],
        "wpml_translations": [{"locale": "en_US", "id": "x", "href": None}],
        "acf": acf,
    }


def passwords(moment: Moment, records: list[Any], response: Response) -> list[Any]:
    """Protect every second post by a password, as visitors see it."""
    hidden = {"rendered": "", "protected": True}
    return [
        record | {"content": hidden, "excerpt": hidden}
        if "content" in record and record["id"] % 2
        else record
        for record in records
    ]


def escapes(moment: Moment) -> Response:
    """Say to the terminal what it would obey: in the name of the site, titles, and an error."""
    if moment.is_list and moment.number == 2:
        return html(500, ESCAPES)
    response = moment.answer()
    if not moment.is_api or response.status != 200:
        return response
    found = json.loads(response.body)
    if moment.path.rstrip("/") == "/wp-json":
        found["name"] = ESCAPES
    if moment.is_list:
        found = [
            record | ({"title": {"rendered": ESCAPES}} if "title" in record else {})
            for record in found
        ]
    response.body = json.dumps(found).encode()
    return response
