"""What a backend has to bring: the Protocol that `opening.SCHEMES` maps URI schemes to."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from wparchive.backends.address import Address

if TYPE_CHECKING:
    from wparchive.backends.reader import Reader
    from wparchive.backends.store import Store
    from wparchive.duplicates.index import DuplicateIndex


class Backend(Protocol):
    """The code for one kind of database.

    Its methods import what they open when they are called: a laptop's archive must not need the
    driver of a server's in memory, nor even have it installed.
    """

    @property
    def examples(self) -> tuple[str, ...]:
        """Addresses as they may look, for messages."""

    def parse(self, uri: str, base: Path) -> Address:
        """Return what an address of this backend's scheme means; relative paths start at `base`.

        Raises InvalidURI, without a password in its message.
        """

    def store(self, address: Address, use_process: Callable[[], bool]) -> "Store":
        """Return the store at an address, not opened yet.

        A store that works inside this process asks `use_process` from time to time whether it
        should go on in a process of its own.
        """

    def reader(self, address: Address) -> "Reader":
        """Return an open reader. Raises ArchiveMissing, ArchiveUnreachable, ArchiveTooNew."""

    def duplicate_index(self, address: Address, read_only: bool) -> "DuplicateIndex":
        """Return the open index of duplicates. Raises as `reader` does.

        With `read_only`, no file is ever opened for writing.
        """
