"""The cleaner's output is pinned to its version, so that no change of it goes unnoticed."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict

from pipelines.cleaning import CLEANER_VERSION, clean_html, clean_text
from pipelines.cleaning.rules.boilerplate import NEVER_TEXT_TAGS
from pipelines.cleaning.rules.class_lists import (
    BOILERPLATE_CLASSES,
    BUTTON_CLASSES,
    CALL_CLASSES,
    FORM_CLASSES,
    NEVER_TEXT_CLASSES,
)
from pipelines.cleaning.rules.class_names import (
    BOILERPLATE_IDS,
    FOOTNOTE_CLASSES,
    FORMULA_CLASSES,
    QUOTED_CLASSES,
)
from pipelines.cleaning.rules.tags import HANDLERS, LAYOUTS
from samples.make import SOURCES, records

PINNED = {
    1: "75e86b8018e42217",
    2: "e5d2616d956d98ac",
    3: "b34c8c91c5ca45a1",
    4: "3a12dded4749611e",
    5: "5b9e02851381cec6",
    6: "847e181e2da96930",
}
"""By version, the hash of what the cleaner makes of recorded posts and of all that it knows."""
ADVICE = """
The cleaner makes something else of recorded posts, or of a tag or class, than version {version}.
If that is not intended, mend it. If it is:
1. raise CLEANER_VERSION in pipelines/cleaner_facts.py by one;
2. run `python -m samples.make` and read the difference in samples/expected/;
3. pin the new version in this test: `{next_version}: "{digest}"`.
"""


def recorded() -> Iterator[object]:
    """Yield every field of every recorded post, cleaned."""
    for name in SOURCES:
        for record in records(name):
            yield asdict(clean_html(record["content"]["rendered"], record["link"]))
            yield clean_text(record["title"]["rendered"])
            yield clean_text(record["excerpt"]["rendered"], one_line=False)


def made_up() -> Iterator[object]:
    """Yield what becomes of each tag, class and id that the cleaner knows by name."""
    names = sorted(
        BOILERPLATE_CLASSES
        | BUTTON_CLASSES
        | CALL_CLASSES
        | FORM_CLASSES
        | BOILERPLATE_IDS
        | NEVER_TEXT_CLASSES
        | FOOTNOTE_CLASSES
        | FORMULA_CLASSES
    )
    rows = "<tr><td rowspan=3>x<td>y</tr>"
    elements = [f"<table><{tag}>{rows}</{tag}>{rows}</table>" for tag in ("thead", "tbody")]
    elements += [f"<{tag}>x</{tag}>" for tag in sorted({*LAYOUTS, *HANDLERS, *NEVER_TEXT_TAGS})]
    for name in [*names, *QUOTED_CLASSES]:
        elements += [f'<{tag} class="{name}">1</{tag}>' for tag in ("div", "blockquote", "sup")]
        elements.append(f'<p id="{name}">x</p>')
        elements.append(f'<table><tr><td class="{name}">x</td></tr></table>')
    for element in elements:
        yield element, asdict(clean_html(f"a{element}b", "https://example.com/"))


def output_hash() -> str:
    digest = hashlib.sha256()
    for output in (*recorded(), *made_up()):
        digest.update(json.dumps(output, sort_keys=True).encode())
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
