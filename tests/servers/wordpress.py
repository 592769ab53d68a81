"""A real WordPress for tests, by the scripts in tests/wordpress (see docs/testing.md).

with wordpress("6.8", path="/blog") as site:
    site.switch(cap_silent=10)
    site.mutate(publish=5, delete=2)
    site.manifest()["objects"]["posts"]
"""

import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent.parent / "wordpress"
NOTES: set[str] = set()
"""Notes of the starts for the reader of a test run, such as another version than asked for."""
HOW = (
    "REQUIRE_WORDPRESS=1 make test, as root on Debian "
    "(PHP, MariaDB and WordPress are fetched by apt-get)"
)


class WordPressUnavailable(Exception):
    """No WordPress can be started here; the message says why."""


@dataclass(slots=True)
class WordPress:
    """A running site."""

    url: str
    """Address of its front page, without a slash at the end."""
    directory: Path
    version: str
    plain: bool = False

    def manifest(self, rendered: bool = False) -> dict[str, Any]:
        """Return its public objects, straight from the database.

        `rendered` adds hashes of titles and contents, which is slow.
        """
        if rendered:
            self._run("mutate", "--rendered")
        document: dict[str, Any] = json.loads((self.directory / "manifest.json").read_bytes())
        return document

    def switch(self, **names: float | str) -> None:
        """Turn these behaviours on, and all others off.

        Their names are in tests/wordpress/mu/switches.php.
        """
        switches = dict(names)
        if self.plain:
            switches.setdefault("plain", 1)
        self._run("switch", *(f"{name}={_php(value)}" for name, value in switches.items()))

    def mutate(self, **counts: int) -> list[dict[str, Any]]:
        """Change so many objects, and return what was done, as `{at, what, id}`.

        The changes are publish, schedule, go_live, import_ (with dates of the past), edit, delete,
        trash, unpublish, restore, retag, rename_tag, delete_tag, merge_category, comment,
        edit_comment, delete_comment and rename_author; `seed` fixes which objects they meet. The
        manifest is rewritten.
        """
        log = self.directory / "mutations.jsonl"
        before = log.stat().st_size if log.exists() else 0
        options = {name.strip("_").replace("_", "-"): count for name, count in counts.items()}
        self._run("mutate", *_options(options))
        with log.open("rb") as file:
            file.seek(before)
            return [json.loads(line) for line in file]

    def php(self, code: str) -> str:
        """Run PHP in the site, as an administrator's own script would; return what it prints."""
        loader = next(path for path in (self.directory / "www").rglob("wp-load.php"))
        script = (
            f"$argv = ['', '{loader.parent}']; require '{loader}'; "
            f"{code} require '{SCRIPTS}/manifest.php';"
        )
        done = subprocess.run(["php", "-r", script], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"php failed: {done.stderr or done.stdout}")
        return done.stdout

    def down(self) -> None:
        """Stop it and delete what it left, unless WORDPRESS_TEST_DIR keeps it."""
        if _kept():
            self._run("down")
        else:
            self._run("down", "--purge")

    def _run(self, script: str, *arguments: str) -> None:
        done = subprocess.run(
            [SCRIPTS / script, "--dir", self.directory, *arguments], capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{script} failed: {done.stderr or done.stdout}")


def start(
    version: str = "6.8", *, plain: bool = False, path: str = "", posts: int = 1000, seed: int = 1
) -> WordPress:
    """Start a site on a free port. Raises WordPressUnavailable."""
    _check_machine()
    name = f"{version}{path.replace('/', '-')}-{posts}-{seed}"
    if plain:
        name += "-plain"
    directory = _directory(name)
    options: dict[str, object] = {
        "dir": directory,
        "version": version,
        "posts": posts,
        "seed": seed,
        "port": _free_port(),
    }
    if path:
        options["path"] = path
    command = [str(SCRIPTS / "up"), *_options(options)]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, text=True)
    if done.returncode:
        raise WordPressUnavailable(f"WordPress {version} did not start: {done.stderr.strip()}")
    NOTES.update(line for line in done.stderr.splitlines() if "note:" in line)
    site = WordPress(done.stdout.strip(), directory, version, plain)
    site.switch()
    return site


@contextmanager
def wordpress(version: str = "6.8", **options: Any) -> Iterator[WordPress]:
    """Start a site, and stop it at the end."""
    site = start(version, **options)
    try:
        yield site
    finally:
        site.down()


def _check_machine() -> None:
    missing = [name for name in ("php", "mariadb") if not shutil.which(name)]
    if missing and (os.geteuid() != 0 or not shutil.which("apt-get")):
        raise WordPressUnavailable(
            f"{' and '.join(missing)} missing, and only root on Debian can install them"
        )


def _options(values: Mapping[str, object]) -> list[str]:
    """Return `["--posts", "300", ...]`."""
    parts = []
    for name, value in values.items():
        parts += [f"--{name}", str(value)]
    return parts


def _php(value: float | str) -> float | str:
    """Return a value as PHP reads it from text: True as 1."""
    return int(value) if isinstance(value, bool) else value


def _kept() -> str | None:
    return os.environ.get("WORDPRESS_TEST_DIR")


def _directory(name: str) -> Path:
    """Return a folder with a short path, because it holds the database's socket."""
    kept = _kept()
    if kept:
        return Path(kept) / name
    return Path(tempfile.mkdtemp(prefix="wordpress-"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
