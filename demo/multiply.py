"""Many posts out of few: recorded ones again and again, each time in other words, so that they differ as real posts do.

Markup, length and script of a copy are those of its original. Its words are drawn from all recorded words of the same script as
often as those occur there: a site that repeated 86 texts would measure how duplicates are found and nothing else. Every fiftieth
post is nearly another one, though, for that happens.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from demo.api import Site
from demo.collection import encode
from demo.content import core, sample_site

START = datetime(2000, 1, 1)
REPEATED = 50
"""Every so many-th post repeats the words of an earlier one."""
_WORD = re.compile(r"<[^>]*>|&[^;\s]{1,10};|(?P<latin>[A-Za-z]+)|(?P<kana>[\u3041-\u30fa])|(?P<han>[\u4e00-\u9fff])")

Vocabulary = dict[str, list[str]]


def multiplied_site(count: int) -> Site:
    """A site of `count` posts with the sample site's terms and authors, plus one tag for every 20 posts. The same for the same count."""
    sample = sample_site()
    originals = [json.loads(row.body) for row in sample["posts"].rows.values()]
    tags = [json.loads(row.body) for row in sample["tags"].rows.values()]
    own = [dict(tags[0], id=100_000 + n, name=f"Topic {n}", slug=f"topic-{n}", count=20) for n in range(count // 20 + 1)]
    records = {base: [json.loads(row.body) for row in sample[base].rows.values()] for base in ("categories", "users")}
    return Site(core(_copies(originals, count), tags + own, records["categories"], records["users"]), name=f"{count} posts")


def _copies(originals: Sequence[dict[str, Any]], count: int) -> Iterator[bytes]:
    vocabulary = _vocabulary(original["content"]["rendered"] for original in originals)
    for n in range(count):
        original = originals[n % len(originals)]
        reworded = _rewording(vocabulary, n if n % REPEATED else n - len(originals))
        at = (START + timedelta(minutes=n * 7)).isoformat()
        changed = {
            "id": n + 1,
            "date": at,
            "date_gmt": at,
            "modified": at,
            "modified_gmt": at,
            "slug": f"copy-{n}",
            "link": f"/copy-{n}/",
            "title": {"rendered": f"{reworded(original['title']['rendered'])} ({n})"},
            "content": original["content"] | {"rendered": f"{reworded(original['content']['rendered'])}<p>Copy number {n}.</p>\n"},
            "excerpt": original["excerpt"] | {"rendered": reworded(original["excerpt"]["rendered"])},
            "tags": [*original["tags"], 100_000 + n // 20],
        }
        yield encode(original | changed)


def _vocabulary(texts: Iterator[str]) -> Vocabulary:
    """Words by script, each as often as it occurs."""
    found: Vocabulary = {"latin": [], "kana": [], "han": []}
    for text in texts:
        for match in _WORD.finditer(text):
            if match.lastgroup:
                found[match.lastgroup].append(match[0])
    return found


def _rewording(vocabulary: Vocabulary, seed: int) -> Callable[[str], str]:
    """Exchanges words, one and the same always for one and the same: what a text repeats stays repeated."""
    rng, chosen = Random(seed), dict[str, str]()

    def other(match: re.Match[str]) -> str:
        word = match[0]
        if word not in chosen:
            chosen[word] = rng.choice(vocabulary[match.lastgroup]) if match.lastgroup else word
        return chosen[word]

    return lambda text: _WORD.sub(other, text)
