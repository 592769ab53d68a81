"""Build an egg of the crawler for Scrapyd: `python deploy/scrapyd/build_egg.py FILE`.

An egg is a zip file of the packages, with `EGG-INFO` beside them, in which the entry point `scrapy`
names the settings. It is written here, because setuptools only makes a wheel of `wparchive`, which
holds no crawler. It needs nothing but Python.
"""

import argparse
import sys
import tomllib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("crawler", "pipelines", "settings", "wparchive")
SETTINGS = "settings.production"


def build_egg(target: Path) -> None:
    """Write the egg."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    with ZipFile(target, "w", ZIP_DEFLATED) as egg:
        for package in PACKAGES:
            for path in sorted((ROOT / package).rglob("*.py")):
                egg.write(path, path.relative_to(ROOT).as_posix())
        for name, text in _egg_info(project).items():
            egg.writestr(f"EGG-INFO/{name}", text)


def _egg_info(project: dict[str, str]) -> dict[str, str]:
    named = f"Name: {project['name']}\nVersion: {project['version']}\n"
    return {
        "PKG-INFO": f"Metadata-Version: 2.1\n{named}",
        "entry_points.txt": f"[scrapy]\nsettings = {SETTINGS}\n",
        "top_level.txt": "".join(f"{package}\n" for package in PACKAGES),
        "zip-safe": "\n",
    }


def main() -> int:
    """Build what the command line asks for."""
    parser = argparse.ArgumentParser(prog="build_egg.py", description=__doc__)
    parser.add_argument("file", type=Path, help="the egg to write")
    build_egg(parser.parse_args().file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
