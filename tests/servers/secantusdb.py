"""A second server of MongoDB's protocol for tests: SecantusDB, on WiredTiger, from PyPI.

FerretDB 1 lacks most expressions of aggregations, and its indexes speed nothing up. This one has
them, and answers as mongod 8 does. It is a process of its own: nothing of it is imported here.

python -m tests.servers.secantusdb [DIRECTORY]      # prints its URI and serves until Ctrl-C
MONGODB_TEST_URI=secantusdb pytest tests/contract   # the tests start one themselves
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVE = """
import signal, sys, threading
from secantus import SecantusDBServer
ended = threading.Event()
for name in (signal.SIGTERM, signal.SIGINT):
    signal.signal(name, lambda *_: ended.set())
with SecantusDBServer(storage_path=sys.argv[1]) as server:
    print(server.uri, flush=True)
    ended.wait()
"""


def command(directory: str) -> list[str]:
    """Return the command that serves a folder and prints where."""
    return [sys.executable, "-W", "ignore", "-c", SERVE, directory]


@contextmanager
def secantusdb() -> Iterator[str]:
    """Run a server on a temporary folder; yield its address."""
    with tempfile.TemporaryDirectory(prefix="secantusdb-") as directory:
        process = subprocess.Popen(command(directory), stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            if not address:
                raise RuntimeError("SecantusDB did not start: pip install -e '.[servers]'")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=60)
            process.stdout.close()


if __name__ == "__main__":
    folder = Path(*sys.argv[1:2] or [tempfile.mkdtemp(prefix="secantusdb-")])
    folder.mkdir(parents=True, exist_ok=True)
    # The server takes the place of this process: whoever ends the one ends the other.
    os.execv(sys.executable, command(str(folder)))
