"""Two other ways to read a site: what most scripts do, and a loader of data from REST APIs."""

import json
import threading
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from itertools import islice
from queue import Empty, SimpleQueue

TIMEOUT_S = 20
PATIENCE_S = 60
"""A peer that has not ended by then waits for what a site said, perhaps for a year."""
PAGES_MAX = 200
"""A loop that reads more pages than this has no end."""
Peer = Callable[[str], set[int]]
"""Return the ids of the posts of a site; whatever goes wrong is raised."""


def page_numbers(home: str) -> set[int]:
    """Ask for page after page until one is empty or refused, as most scripts do."""
    found: set[int] = set()
    for page in range(1, PAGES_MAX):
        url = f"{home}/wp-json/wp/v2/posts?per_page=100&page={page}"
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:
                records = json.load(response)
        except (OSError, HTTPException):
            break
        if not records:
            break
        found |= {record["id"] for record in records}
    return found


def dlt_rest_api(home: str) -> set[int]:
    """Read with the REST client of dlt, along the `Link` headers as its documentation suggests."""
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator

    client = RESTClient(f"{home}/wp-json/wp/v2/", paginator=HeaderLinkPaginator())
    found: set[int] = set()
    params = {"per_page": 100, "orderby": "id", "order": "asc"}
    for page in islice(client.paginate("posts", params=params), PAGES_MAX):
        found |= {record["id"] for record in page}
    return found


def read_by(peer: Peer, home: str) -> set[int]:
    """Return the ids that a peer reads. Raises what it raises; TimeoutError after PATIENCE_S."""
    ended: SimpleQueue[set[int] | Exception] = SimpleQueue()

    def read() -> None:
        try:
            ended.put(peer(home))
        except Exception as error:  # a peer may end in any way
            ended.put(error)

    # A thread that sleeps for a year does not keep the bench from its end.
    threading.Thread(target=read, daemon=True).start()
    try:
        found = ended.get(timeout=PATIENCE_S)
    except Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return found


PEERS: dict[str, Peer] = {"page numbers": page_numbers, "dlt": dlt_rest_api}
