"""A server of MongoDB's protocol for tests: FerretDB 1.24.2 on 127.0.0.1.

It is built with Go from `tests/servers/ferretdb`.

python -m tests.servers.mongodb build               # prints the path of the program
python -m tests.servers.mongodb run [DIRECTORY]     # prints its URI and serves until Ctrl-C
MONGODB_TEST_URI=ferretdb pytest tests/contract     # the tests start one themselves
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).parent / "ferretdb"


class FerretDB:
    """One server process on a folder of its own; the port stays the same over restarts."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.uri = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start, and return when it listens. Raises RuntimeError with what the server said."""
        address = self.uri.removeprefix("mongodb://").rstrip("/") or "127.0.0.1:0"
        log_path = self.directory / "server.log"
        command = [str(build()), str(self.directory), address]
        with log_path.open("a") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self._process.stdout is not None
        self.uri = self._process.stdout.readline().strip()
        if not self.uri:
            self.stop()
            raise RuntimeError(f"FerretDB did not start: {log_path.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._end("kill")

    def stop(self) -> None:
        """End it in order; a second call does nothing."""
        self._end("terminate")

    def _end(self, how: str) -> None:
        process = self._process
        self._process = None
        if process is None:
            return
        getattr(process, how)()
        process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()


def build() -> Path:
    """Return the path of the program, built into the user's cache where it is not there yet.

    The first time takes some minutes. Raises RuntimeError without Go.
    """
    sources = b"".join((SOURCE / name).read_bytes() for name in ("main.go", "go.mod", "go.sum"))
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    program = cache / "wparchive" / f"ferretdb-{hashlib.sha256(sources).hexdigest()[:16]}"
    if not program.exists():
        if shutil.which("go") is None:
            raise RuntimeError("FerretDB is built with Go 1.24 or newer, and there is no `go` here")
        program.parent.mkdir(parents=True, exist_ok=True)
        unfinished = program.with_suffix(f".{os.getpid()}")
        subprocess.run(
            ["go", "build", "-buildvcs=false", "-o", unfinished, "."], cwd=SOURCE, check=True
        )
        unfinished.rename(program)
    return program


@contextmanager
def ferretdb() -> Iterator[FerretDB]:
    """Run a server on a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="ferretdb-") as directory:
        server = FerretDB(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()


def main(arguments: list[str]) -> None:
    """Do what the module's docstring says."""
    if arguments[:1] == ["build"]:
        print(build())
    elif arguments[:1] == ["run"]:
        if len(arguments) > 1:
            directory = Path(arguments[1])
            directory.mkdir(parents=True, exist_ok=True)
        else:
            directory = Path(tempfile.mkdtemp(prefix="ferretdb-"))
        server = build()
        # The server takes the place of this process: whoever ends the one ends the other.
        os.execv(server, [str(server), str(directory), *arguments[2:]])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
