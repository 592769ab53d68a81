"""The contents of a bundle: what it says of itself, and the names of its parts."""

import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

import msgspec

from wparchive.errors import OutputFailed

WARC_FOLDER = "warc"
WARC_NAME = re.compile(r"[^/\\%\x00-\x1f\x7f]+\.warc(\.gz)?")
NAMED_IN_README = "Missing, although records name it: "
"""In the first bundles, the README alone says what was missing when they were made."""
_CONTENTS = "contents.json"


@dataclass(slots=True)
class BundleContents:
    """The contents of a bundle, as they were when it was written."""

    records: dict[str, dict[str, int]] = field(default_factory=dict)
    """How many records there are, by site and collection."""
    missing: list[str] = field(default_factory=list)
    """Files and WARC files that records name and that were not found whole, by their paths."""
    has_warc: bool = True
    """False where WARC files were left out."""

    @property
    def posts(self) -> int:
        """Return how many posts there are."""
        return sum(counts["posts"] for counts in self.records.values())


def write_contents(data: Path, contents: BundleContents) -> None:
    """Write what a bundle holds into its folder."""
    text = msgspec.json.format(msgspec.json.encode(asdict(contents)))
    (data / _CONTENTS).write_bytes(text)


def read_contents(data: Path, sites: list[str]) -> BundleContents:
    """Return what a bundle says that it holds.

    The first bundles say of records only which `sites` there are. Raises OutputFailed.
    """
    path = data / _CONTENTS
    try:
        if path.is_file():
            return msgspec.json.decode(path.read_bytes(), type=BundleContents)
        readme = (data / "README.txt").read_text(encoding="utf-8")
    except (msgspec.MsgspecError, OSError, UnicodeDecodeError) as error:
        raise OutputFailed(f"the bundle does not say what it holds ({error})") from error
    named = readme.rpartition(NAMED_IN_README)[2].partition("\n")[0]
    missing = [] if named == "nothing" else named.split(", ")
    has_warc = (data / WARC_FOLDER).is_dir()
    return BundleContents({site: {} for site in sites}, missing, has_warc)


def folder_of(site: str) -> str:
    """Return the name of the folder with a site's records: `example.com=2Fblog`.

    There is no `%` in it: BagIt (RFC 8493) has a meaning of its own for that in the list of names.
    """
    return quote(site, safe="").replace("%", "=")


def site_of_folder(folder: str) -> str | None:
    """Return the site whose records are in a folder of this name; None where it is none.

    The first bundles have `%` where others have `=`.
    """
    site = unquote(folder if "%" in folder else folder.replace("=", "%"))
    return site if folder in (folder_of(site), quote(site, safe="")) else None
