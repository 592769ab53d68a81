"""The contents of a bundle: what it says of itself, and the names of its parts."""

import re
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, unquote

import msgspec

from wparchive.errors import OutputFailed

WARC_FOLDER = "warc"
WARC_NAME = re.compile(r"[^/\\%\x00-\x1f\x7f]+\.warc(\.gz)?")
NAMED_IN_README = "Missing, although records name it: "
"""In the first bundles, the README alone says what was missing when they were made."""
CONTENTS_NAME = "contents.json"
CONTENTS_HASH = "Contents-SHA256"
"""The field of `bag-info.txt` with the hash of the contents, as the export wrote them.

Who takes parts out and makes the list of all hashes again does not write this one again."""


@dataclass(slots=True)
class BundleContents:
    """The contents of a bundle, as they were when it was written."""

    records: dict[str, dict[str, int]] = field(default_factory=dict)
    """How many records there are, by site and collection."""
    missing: list[str] = field(default_factory=list)
    """Files and WARC files that records name and that were not there, by their paths."""
    damaged: list[str] = field(default_factory=list)
    """Files that were there with other bytes than their names say."""
    has_warc: bool = True
    """False where WARC files were left out."""
    files: int = 0
    """How many files were copied into it, and how many WARC files. Nothing tells that later."""
    warc_files: int = 0
    is_told: bool = True
    """False where a bundle of the present form has lost what it says of itself."""
    is_as_written: bool = True
    """False where that is no longer what the export wrote. Then nothing of it explains a loss."""

    @property
    def posts(self) -> int:
        """Return how many posts there are."""
        return sum(counts["posts"] for counts in self.records.values())

    @property
    def known_missing(self) -> frozenset[str]:
        """Return the parts that were not there, or not whole, when the bundle was made."""
        return frozenset({*self.missing, *self.damaged})


class _WrittenContents(msgspec.Struct):
    """The contents in a file, as every export writes them."""

    records: dict[str, dict[str, Annotated[int, msgspec.Meta(ge=0)]]]
    missing: list[str]
    has_warc: bool
    damaged: list[str] | msgspec.UnsetType = msgspec.UNSET
    """Bundles before this field have no hash of their contents either."""


def write_contents(data: Path, contents: BundleContents) -> str:
    """Write what a bundle holds into its folder; return the hash of what was written."""
    names = _WrittenContents.__struct_fields__
    told = {name: value for name, value in asdict(contents).items() if name in names}
    text = msgspec.json.format(msgspec.json.encode(told))
    (data / CONTENTS_NAME).write_bytes(text)
    return sha256(text).hexdigest()


def read_contents(data: Path, sites: list[str], digest: str) -> BundleContents:
    """Return what a bundle says that it holds.

    `digest` is the hash of that which `bag-info.txt` has; empty where it has none.
    The first bundles say of records only which `sites` there are. Raises OutputFailed.
    """
    path = data / CONTENTS_NAME
    try:
        if path.is_file():
            return _checked(data, path.read_bytes(), sites, digest)
        readme = (data / "README.txt").read_text(encoding="utf-8")
    except (ValueError, OSError) as error:
        raise OutputFailed(f"the bundle does not say what it holds ({error})") from error
    named = readme.rpartition(NAMED_IN_README)[2].partition("\n")[0]
    missing = [] if named == "nothing" else named.split(", ")
    has_warc = (data / WARC_FOLDER).is_dir()
    return BundleContents(
        records={site: {} for site in sites},
        missing=missing,
        has_warc=has_warc,
        is_told=not (digest or _is_of_present_form(data)),
    )


def _checked(data: Path, text: bytes, sites: list[str], digest: str) -> BundleContents:
    """Return the contents in a file. Raises ValueError where no export writes such ones."""
    told = msgspec.json.decode(text, type=_WrittenContents)
    if set(told.records) != set(sites):
        raise ValueError(f"{CONTENTS_NAME} does not count the records of each site")
    collections = {path.stem for path in (data / "schema").glob("*.json")}
    if not all(collections <= counts.keys() for counts in told.records.values()):
        raise ValueError(f"{CONTENTS_NAME} does not count the records of each collection")
    if not told.has_warc and any((data / WARC_FOLDER).glob("*")):
        raise ValueError(f"{CONTENTS_NAME} says that there are no WARC files, and there are")
    # Earlier exports wrote neither the hash nor the list of damaged files.
    has_hash = bool(digest) or told.damaged is not msgspec.UNSET
    if has_hash and sha256(text).hexdigest() != digest:
        return BundleContents(dict(told.records), is_as_written=False)
    damaged = [] if isinstance(told.damaged, msgspec.UnsetType) else told.damaged
    return BundleContents(dict(told.records), told.missing, damaged, told.has_warc)


def _is_of_present_form(data: Path) -> bool:
    """Tell whether a bundle was written by an export that counts its records.

    The first bundles had no `=` in names of folders, and no schema of removed posts.
    """
    folders = [path.name for path in (data / "records").glob("*")]
    return (data / "schema" / "removed.json").exists() or any("=" in name for name in folders)


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
