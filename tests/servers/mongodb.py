"""A server of MongoDB's protocol for tests: FerretDB 1.24.2 on 127.0.0.1.

It is built with Go from `tests/servers/ferretdb`, with one line of FerretDB changed: see `PATCHES`.

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
PATCHES = {
    "vendor/github.com/FerretDB/FerretDB/internal/backends/sqlite/metadata/metadata.go": (
        """DefaultColumn + "->'$._id'\"""",
        """DefaultColumn + `->"_id"`""",
    ),
}
"""What is replaced in FerretDB's sources, by file.

FerretDB makes its index on `_id` over another spelling of this expression than its queries use, and
SQLite compares the text. So every update read the whole collection: 50 updates of 600 posts took
11.8 s, and take 0.2 s with the same spelling.
"""


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
    sources += repr(PATCHES).encode()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    program = cache / "wparchive" / f"ferretdb-{hashlib.sha256(sources).hexdigest()[:16]}"
    if not program.exists():
        if shutil.which("go") is None:
            raise RuntimeError("FerretDB is built with Go 1.24 or newer, and there is no `go` here")
        program.parent.mkdir(parents=True, exist_ok=True)
        unfinished = program.with_suffix(f".{os.getpid()}")
        with tempfile.TemporaryDirectory(prefix="ferretdb-build-") as directory:
            sources_here = Path(directory) / "sources"
            shutil.copytree(SOURCE, sources_here)
            subprocess.run(["go", "mod", "vendor"], cwd=sources_here, check=True)
            _patch(sources_here)
            command = [
                "go",
                "build",
                "-buildvcs=false",
                "-trimpath",
                "-mod=vendor",
                "-o",
                str(unfinished),
                ".",
            ]
            subprocess.run(command, cwd=sources_here, check=True)
        unfinished.rename(program)
    return program


def _patch(sources: Path) -> None:
    """Make the replacements of `PATCHES`. Raises RuntimeError where there is nothing to replace."""
    for name, (before, after) in PATCHES.items():
        path = sources / name
        text = path.read_text()
        if text.count(before) != 1:
            raise RuntimeError(f"{name} is not as expected: it lacks {before}")
        path.chmod(0o644)
        path.write_text(text.replace(before, after))


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
