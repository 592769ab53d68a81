"""Many posts out of few: recorded ones again and again, each time in other words, so that they differ as real posts do.

Markup, length and script of a copy are those of its original. Its words change places with others of the same script that are about as
frequent: a site that repeated 86 texts would measure how duplicates are found and nothing else. Every fiftieth post is nearly another
one, though, for that happens.
"""

import json
import re
from collections import Counter
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
_WORD = re.compile(
    r"<[^>]*>|&[^;\s]{1,10};|(?P<latin>[A-Za-z]+)|(?P<kana>[\u3041-\u30fa])|(?P<han>[\u4e00-\u9fff])"
)

Places = dict[str, tuple[int, int]]
"""Word: number of its band, place in the band."""
Vocabulary = tuple[list[list[str]], Places]
_BAND = 64  # words of one script that are about as frequent, and change places with each other; a power of two, see `_rewording`


def multiplied_site(count: int, least_characters: int = 0) -> Site:
    """A site of `count` posts with the sample site's terms and authors, plus one tag for every 20 posts. The same for the same count.

    The recorded posts are short, half of them under 1300 characters of HTML; a body takes in the next ones until it has
    `least_characters`.
    """
    sample = sample_site()
    originals = [json.loads(row.body) for row in sample["posts"].rows.values()]
    tags = [json.loads(row.body) for row in sample["tags"].rows.values()]
    own = [
        dict(tags[0], id=100_000 + n, name=f"Topic {n}", slug=f"topic-{n}", count=20)
        for n in range(count // 20 + 1)
    ]
    records = {
        base: [json.loads(row.body) for row in sample[base].rows.values()]
        for base in ("categories", "users")
    }
    return Site(
        core(
            _copies(originals, count, least_characters),
            tags + own,
            records["categories"],
            records["users"],
        ),
        name=f"{count} posts",
    )


def _copies(
    originals: Sequence[dict[str, Any]], count: int, least_characters: int
) -> Iterator[bytes]:
    vocabulary = _vocabulary(original["content"]["rendered"] for original in originals)
    bodies = [_body(originals, n, least_characters) for n in range(len(originals))]
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
            "content": original["content"]
            | {"rendered": f"{reworded(bodies[n % len(bodies)])}<p>Copy number {n}.</p>\n"},
            "excerpt": original["excerpt"]
            | {"rendered": reworded(original["excerpt"]["rendered"])},
            "tags": [*original["tags"], 100_000 + n // 20],
        }
        yield encode(original | changed)


def _body(originals: Sequence[dict[str, Any]], first: int, least_characters: int) -> str:
    body = str(originals[first]["content"]["rendered"])
    following = first + 1
    while len(body) < least_characters:
        body += originals[following % len(originals)]["content"]["rendered"]
        following += 1
    return body


def _vocabulary(texts: Iterator[str]) -> Vocabulary:
    """The words of each script in bands, the most frequent first. Rare words that fill no band are left out."""
    counts: dict[str, Counter[str]] = {"latin": Counter(), "kana": Counter(), "han": Counter()}
    for text in texts:
        for match in _WORD.finditer(text):
            if match.lastgroup:
                counts[match.lastgroup][match[0]] += 1
    bands: list[list[str]] = []
    for counted in counts.values():
        words = [word for word, _ in counted.most_common()]
        bands += [words[start : start + _BAND] for start in range(0, len(words) - _BAND + 1, _BAND)]
    return bands, {
        word: (number, place)
        for number, band in enumerate(bands)
        for place, word in enumerate(band)
    }


def _rewording(vocabulary: Vocabulary, seed: int) -> Callable[[str], str]:
    """Exchanges words, one and the same always for one and the same: what a text repeats stays repeated."""
    bands, places = vocabulary
    rng = Random(seed)
    # An odd factor and a summand modulo a power of two: another order of the band for each of 2048 pairs.
    orders = [(rng.randrange(1, _BAND, 2), rng.randrange(_BAND)) for _ in bands]
    chosen: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        word = match[0]
        if word not in chosen:
            chosen[word] = word
            if word in places:
                band, place = places[word]
                factor, summand = orders[band]
                chosen[word] = bands[band][(place * factor + summand) % _BAND]
        return chosen[word]

    return lambda text: _WORD.sub(other, text)
