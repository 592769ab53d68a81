"""Check a wheel of the library, in the environment that it was installed in.

    python .ci/check_wheel.py WHEEL

Nothing but the package `wparchive` may land in a user's site-packages, and neither Scrapy
nor Twisted with it.
"""

import importlib.util
import sys
from importlib.metadata import files
from pathlib import Path
from zipfile import ZipFile

APPLICATION = (
    "archive",
    "crawler",
    "pipelines",
    "settings",
    "demo",
    "samples",
    "tests",
    "benchmarks",
)
UNWANTED = (*APPLICATION, "scrapy", "twisted")


def main(wheel: Path) -> int:
    """Print what is wrong; return the exit status."""
    with ZipFile(wheel) as archive:
        inside = {name.partition("/")[0] for name in archive.namelist()}
    wrong = [f"the wheel holds {name}" for name in inside if not name.startswith("wparchive")]
    installed = {str(path).partition("/")[0] for path in files("wparchive") or ()}
    allowed = {"wparchive", ".."}
    wrong += [
        f"the wheel installed {name}"
        for name in sorted(installed - allowed)
        if not name.startswith("wparchive-")
    ]
    sys.path = [path for path in sys.path if "site-packages" in path or "lib/python" in path]
    wrong += [f"{name} can be imported" for name in UNWANTED if importlib.util.find_spec(name)]
    print(*wrong or ["the wheel brings wparchive and nothing else"], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
