"""Write what cleaning makes of each recorded post: `python -m samples.make`.

Run it after a change of the cleaner, and read the difference in `samples/expected/`.
"""

import json
from pathlib import Path
from typing import Any

from pipelines.cleaning import clean_html, clean_text
from pipelines.fingerprint import content_fingerprint

HERE = Path(__file__).parent
SOURCES = {
    "seed-post": "seed-post.json",
    "blog.fukata.org": "blog.fukata.org/posts.json",
    "yankay.com": "yankay.com/posts.json",
    "design-lab.tuqulore.com": "design-lab.tuqulore.com/posts.json",
}

NUMBERS_ONLY = {"design-lab.tuqulore.com"}
"""Sources whose licence forbids derived texts: only counts and fingerprints are written of them."""


def records(name: str) -> list[dict[str, Any]]:
    """Return the recorded posts of one source, as received."""
    answer = json.loads((HERE / SOURCES[name]).read_bytes())
    if isinstance(answer, list):
        return answer
    return [answer]


def expected(record: dict[str, Any]) -> dict[str, Any]:
    """Return what cleaning makes of one record.

    Texts are lists of lines, so that differences can be read.
    """
    content = clean_html(record["content"]["rendered"], record["link"])
    return {
        "id": record["id"],
        "title": clean_text(record["title"]["rendered"]),
        "excerpt": clean_text(record["excerpt"]["rendered"], one_line=False),
        "text": content.text.split("\n"),
        "links": [f"{link['url']} {link['text']}" for link in content.links],
        "images": [f"{image['url']} {image['alt']}" for image in content.images],
        "embeds": [f"{embed['kind']} {embed['url']} {embed['title']}" for embed in content.embeds],
        "html_length": len(content.html),
        "word_count": content.word_count,
        "flags": content.flags,
        "content_fingerprint": content_fingerprint(content.text),
    }


def numbers(result: dict[str, Any]) -> dict[str, Any]:
    """Return the same result, with the length of each text and list in its place."""
    counted = {}
    for key, value in result.items():
        if isinstance(value, list) or key in ("title", "excerpt"):
            value = len(value)
        counted[key] = value
    return counted


def written(name: str) -> str:
    """Return the whole expected file of one source."""
    results = [expected(record) for record in records(name)]
    if name in NUMBERS_ONLY:
        results = [numbers(result) for result in results]
    return json.dumps(results, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the expected file of every source."""
    for name in SOURCES:
        (HERE / "expected" / f"{name}.json").write_text(written(name), encoding="utf-8")


if __name__ == "__main__":
    main()
