"""A store that outlives a database's hiccup: what is lost is asked for again, patiently."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from wparchive.backends.store import Store
from wparchive.errors import ArchiveUnreachable

logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")

RETRIED = (
    "save",
    "known",
    "unseen",
    "set_state",
    "held",
    "save_failures",
    "clear_failures",
    "save_site",
    "load_site",
    "save_run",
    "count_to_clean",
    "next_to_clean",
    "rewrite",
)
"""Methods of `Store` that are tried again: all of them may be done twice."""
NOT_RETRIED = (
    "open",  # an archive that cannot be opened is the user's to mend
    "close",
    "mark_duplicates",  # a hint, not worth waiting for
)
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 10.0


def retrying_store(store: Store, patience_s: float) -> Store:
    """Return a store that does what another does, and tries again for up to `patience_s` seconds.

    A test holds the two tables above against the Protocol, which is why mypy may be told that the
    result implements it.
    """
    return cast(Store, _RetryingStore(store, patience_s))


class _RetryingStore:
    def __init__(self, store: Store, patience_s: float) -> None:
        for name in NOT_RETRIED:
            setattr(self, name, getattr(store, name))
        for name in RETRIED:
            setattr(self, name, _retried(getattr(store, name), patience_s))


def _retried(
    method: Callable[..., Awaitable[_Result]], patience_s: float
) -> Callable[..., Awaitable[_Result]]:
    """Return the method, called again as long as the archive cannot be reached."""

    async def patient(*arguments: Any, **named: Any) -> _Result:
        wait_s = _FIRST_WAIT_S
        waited_s = 0.0
        while True:
            try:
                return await method(*arguments, **named)
            except ArchiveUnreachable as error:
                if waited_s >= patience_s:
                    raise
                logger.warning(
                    "the archive does not answer, trying again in %.1f s: %s", wait_s, error
                )
            await asyncio.sleep(wait_s)
            waited_s += wait_s
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    return patient
