"""The cleaner's output is pinned to its version, so that no change of it goes unnoticed."""

import hashlib
import json
from dataclasses import asdict

from pipelines.cleaning import CLEANER_VERSION, clean_html, clean_text
from samples.make import SOURCES, records

PINNED = {1: "8ab2998fe23ce20e"}
"""By version, the hash of what the cleaner makes of all recorded posts."""
ADVICE = """
The cleaner makes something else of the recorded posts than version {version} did.
If that is not intended, mend it. If it is:
1. raise CLEANER_VERSION in pipelines/cleaning/__init__.py by one;
2. run `python -m samples.make` and read the difference in samples/expected/;
3. pin the new version in this test: `{next_version}: "{digest}"`.
"""


def output_hash() -> str:
    """Return a hash of every field of every recorded post, cleaned."""
    digest = hashlib.sha256()
    for name in SOURCES:
        for record in records(name):
            cleaned = asdict(clean_html(record["content"]["rendered"], record["link"]))
            cleaned["title"] = clean_text(record["title"]["rendered"])
            cleaned["excerpt"] = clean_text(record["excerpt"]["rendered"], one_line=False)
            digest.update(json.dumps(cleaned, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def test_the_output_belongs_to_the_version() -> None:
    digest = output_hash()
    assert CLEANER_VERSION in PINNED, f'pin the new version: {CLEANER_VERSION}: "{digest}"'
    pinned = PINNED[CLEANER_VERSION]
    assert digest == pinned, ADVICE.format(
        version=CLEANER_VERSION, next_version=CLEANER_VERSION + 1, digest=digest
    )


def test_no_version_is_given_twice() -> None:
    assert max(PINNED) == CLEANER_VERSION
    assert len(set(PINNED.values())) == len(PINNED)
