"""More servers of MongoDB's protocol for tests: SecantusDB, on WiredTiger, in two forms.

FerretDB 1 lacks most expressions of aggregations, and its indexes speed nothing up. `secantusdb`
comes as a wheel, has the expressions, and answers as mongod 8 does. `secantusd` is the same project
in Rust: it plans questions as mongod does and explains them, but has to be compiled. Both are
processes of their own: nothing of them is imported here.

python -m tests.servers.secantusdb build            # compiles secantusd; prints the program's path
MONGODB_TEST_URI=secantusdb pytest tests/contract   # the tests start one themselves
MONGODB_TEST_URI=secantusd pytest tests/contract    # the same
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CRATE = "secantus-mdb"
VERSION = "0.5.3-beta.196"
NAMES = ("secantusdb", "secantusd")
SERVE = """
import signal, sys, threading
from secantus import SecantusDBServer
ended = threading.Event()
for name in (signal.SIGTERM, signal.SIGINT):
    signal.signal(name, lambda *_: ended.set())
with SecantusDBServer(storage_path=sys.argv[1], replica_set_name=None) as server:
    print(server.uri, flush=True)
    ended.wait()
"""
QUICK_BUILD = {
    "CARGO_PROFILE_RELEASE_LTO": "off",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    "CARGO_PROFILE_RELEASE_OPT_LEVEL": "1",
}
"""What makes it slower than it could be, and compile in a third of the time."""


def build() -> Path:
    """Return the path of `secantusd`, compiled into the user's cache where it is not there yet.

    It takes ten minutes of one core. Raises RuntimeError without Rust.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    root = cache / "wparchive" / f"secantusd-{VERSION}"
    program = root / "bin" / "secantusd-rs"
    if not program.exists():
        if shutil.which("cargo") is None:
            raise RuntimeError("secantusd is compiled with Rust, and there is no `cargo` here")
        # It names a newer compiler than it needs: 1.95 compiles it.
        install = ["cargo", "install", CRATE, "--version", VERSION, "--locked"]
        command = [*install, "--ignore-rust-version", "--root", str(root)]
        subprocess.run(command, env=os.environ | QUICK_BUILD, check=True, stdout=sys.stderr)
    return program


def command_of(name: str, directory: str) -> list[str]:
    """Return the command of a server that serves a folder and prints where."""
    if name == "secantusdb":
        return [sys.executable, "-W", "ignore", "-c", SERVE, directory]
    options = ["--standalone", "--port", "0", "--log-level", "ERROR", "--log-file-max", "16MB"]
    return [str(build()), "--storage-path", directory, *options]


@contextmanager
def secantusdb(name: str = "secantusdb") -> Iterator[str]:
    """Run one of the servers on a temporary folder; yield its address."""
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as directory:
        command = command_of(name, directory)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            address = process.stdout.readline().split()
            if not address:
                raise RuntimeError(f"{name} did not start: is there pip install -e '.[servers]'?")
            yield f"mongodb://{address[-1].removeprefix('mongodb://')}"
        finally:
            process.terminate()
            process.wait(timeout=60)
            process.stdout.close()


if __name__ == "__main__":
    if sys.argv[1:] != ["build"]:
        sys.exit(__doc__)
    print(build())
