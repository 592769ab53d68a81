"""A store that calls a method again when the database cannot be reached for a while."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar, cast

from wparchive.backends.store import Saver, Store
from wparchive.errors import ArchiveDamaged, ArchiveUnreachable

logger = logging.getLogger(__name__)
_Result = TypeVar("_Result")

NOT_RETRIED = (
    "open",  # an archive that cannot be opened is the user's to mend
    "close",
)
"""Methods of `Store` that are called once. All others may be called again, and are."""
_WHEN_AGAIN: Mapping[str, Mapping[str, Any]] = {
    "save": {"again": True},
    "set_state": {"again": True},
}
"""Arguments of all calls of a method but the first: what such a call counts, it counts as well if
an earlier one did it and its answer was lost."""
# The wait doubles from one to the other: a replica set elects a new primary within 12 s.
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 10.0


def retrying_store(store: Store, patience_s: float) -> Store:
    """Return a store that does what another does, and tries again for up to `patience_s` seconds.

    It has every method of the Protocol, also those that are added later; a test holds that, which
    is why mypy may be told that it implements the Protocol.
    """
    return cast(Store, _RetryingStore(store, patience_s))


def store_methods() -> list[str]:
    """Return the names of the methods of `Store`, with those of the Protocol that it extends."""
    return [
        name
        for protocol in (Saver, Store)
        for name, value in vars(protocol).items()
        if inspect.iscoroutinefunction(value)
    ]


class _RetryingStore:
    def __init__(self, store: Store, patience_s: float) -> None:
        for name in store_methods():
            method = getattr(store, name)
            if name not in NOT_RETRIED:
                method = _retried(method, patience_s, _WHEN_AGAIN.get(name, {}))
            setattr(self, name, method)


def _retried(
    method: Callable[..., Awaitable[_Result]], patience_s: float, when_again: Mapping[str, Any]
) -> Callable[..., Awaitable[_Result]]:
    """Return the method, called again as long as the archive cannot be reached.

    `when_again` are arguments of all calls but the first.
    """

    async def patient(*arguments: Any, **named: Any) -> _Result:
        wait_s = _FIRST_WAIT_S
        waited_s = 0.0
        while True:
            try:
                return await method(*arguments, **named)
            except ArchiveDamaged:
                raise
            except ArchiveUnreachable as error:
                if waited_s >= patience_s:
                    raise
                logger.warning(
                    "the archive does not answer, trying again in %.1f s: %s", wait_s, error
                )
            named |= when_again
            await asyncio.sleep(wait_s)
            waited_s += wait_s
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)

    return patient
