"""The status that an error names in its own JSON, where it comes as a good answer. Pure.

| who | how |
|---|---|
| WordPress (`wp_die()`, `WP_Error`) | `{"code": "wp_die", "data": {"status": 503}}` |
| gateways, RFC 9457 | `{"status": 429, "title": "Too Many Requests"}` |
| interfaces of hosts | `{"error": {"code": 503, "message": "..."}}` |

Proxies and caches send such errors on with status 200.
"""

from collections.abc import Mapping
from typing import Any

from crawler.rest.php_values import as_integer, as_mapping

_NAMES = ("status", "statusCode", "status_code", "code")
_WORDS = frozenset({"code", "message", "error", "errors", "title", "detail", "reason"})
"""Fields with which an error says what is wrong; it has one of them at least."""
_OF_RECORDS = frozenset({"id", "ID", "slug", "rest_base", "routes", "namespaces", "_links"})
"""Fields of records, types and the index, which may have a status or a code of their own."""


def told_status(value: Mapping[str, Any]) -> int | None:
    """Return the status of an error, 400 to 599, that an object names; None for anything else."""
    if value.keys() & _OF_RECORDS or not value.keys() & _WORDS:
        return None
    for part in (as_mapping(value.get("data")), value, as_mapping(value.get("error"))):
        for name in _NAMES:
            status = as_integer(part.get(name))
            if status is not None and 400 <= status < 600:
                return status
    return None
