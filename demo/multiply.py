"""Many posts out of few: the recorded ones again and again, each time in other words.

Markup, length and script of a copy are those of its original. Its words change places with others
of the same script that are about as frequent, so that posts differ as real posts do: a site that
repeated 86 texts would measure how duplicates are found, and nothing else. Every fiftieth post is
a near copy of another one, though, because that happens on real sites.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from demo.api import Site
from demo.content import core, sample_site
from demo.php_json import encode

START = datetime(2000, 1, 1)
MINUTES_APART = 7
REPEATED = 50
"""Every post of this rank repeats the words of an earlier one."""
POSTS_PER_TAG = 20
FIRST_TAG = 100_000
"""Id of the first tag that is added; those of the samples are below it."""

# Words of one script that are about as frequent form a band, in which they change places. Its
# length is a power of two, see `_rewording`.
_BAND = 64
# Tags and entities match too, in no group, so that their names are not taken for words.
_WORD = re.compile(
    r"<[^>]*>|&[^;\s]{1,10};"
    r"|(?P<latin>[A-Za-z]+)|(?P<kana>[\u3041-\u30fa])|(?P<han>[\u4e00-\u9fff])"
)

Places = dict[str, tuple[int, int]]
"""Word -> number of its band, place in the band."""
Vocabulary = tuple[list[list[str]], Places]
"""The bands, and where each word stands in them."""


def multiplied_site(count: int, least_characters: int = 0) -> Site:
    """Return a site of `count` posts: the same one for the same count.

    It has the sample site's terms and authors, and one tag more for every 20 posts. The recorded
    posts are short, half of them under 1,300 characters of HTML: a body takes in the next ones
    until it has `least_characters`.
    """
    sample = sample_site()
    tags = _records(sample, "tags")
    for n in range(count // POSTS_PER_TAG + 1):
        name = {"name": f"Topic {n}", "slug": f"topic-{n}"}
        tags.append(tags[0] | name | {"id": FIRST_TAG + n, "count": POSTS_PER_TAG})
    copies = _copies(_records(sample, "posts"), count, least_characters)
    categories = _records(sample, "categories")
    users = _records(sample, "users")
    return Site(core(copies, tags, categories, users), name=f"{count} posts")


def _records(site: Site, base: str) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in site[base].rows.values()]


def _copies(
    originals: Sequence[dict[str, Any]], count: int, least_characters: int
) -> Iterator[bytes]:
    vocabulary = _vocabulary(original["content"]["rendered"] for original in originals)
    bodies = [_body(originals, n, least_characters) for n in range(len(originals))]
    for n in range(count):
        seed = n
        if n % REPEATED == 0:
            seed = n - len(originals)  # that of the post made from the same original before
        reworded = _rewording(vocabulary, seed)
        index = n % len(originals)
        yield encode(_copy(originals[index], bodies[index], n, reworded))


def _copy(
    original: dict[str, Any], body: str, n: int, reworded: Callable[[str], str]
) -> dict[str, Any]:
    """Return the n-th copy, from 0."""
    time = (START + timedelta(minutes=n * MINUTES_APART)).isoformat()
    title = f"{reworded(original['title']['rendered'])} ({n})"
    content = f"{reworded(body)}<p>Copy number {n}.</p>\n"
    excerpt = reworded(original["excerpt"]["rendered"])
    return original | {
        "id": n + 1,
        "date": time,
        "date_gmt": time,
        "modified": time,
        "modified_gmt": time,
        "slug": f"copy-{n}",
        "link": f"/copy-{n}/",
        "title": {"rendered": title},
        "content": original["content"] | {"rendered": content},
        "excerpt": original["excerpt"] | {"rendered": excerpt},
        "tags": [*original["tags"], FIRST_TAG + n // POSTS_PER_TAG],
    }


def _body(originals: Sequence[dict[str, Any]], first: int, least_characters: int) -> str:
    body = str(originals[first]["content"]["rendered"])
    following = first + 1
    while len(body) < least_characters:
        body += originals[following % len(originals)]["content"]["rendered"]
        following += 1
    return body


def _vocabulary(texts: Iterator[str]) -> Vocabulary:
    """Return the words of each script in bands, the most frequent ones first.

    Rare words that fill no band are left out.
    """
    counts: dict[str, Counter[str]] = {"latin": Counter(), "kana": Counter(), "han": Counter()}
    for text in texts:
        for match in _WORD.finditer(text):
            if match.lastgroup:
                counts[match.lastgroup][match[0]] += 1
    bands: list[list[str]] = []
    for counted in counts.values():
        words = [word for word, _ in counted.most_common()]
        bands += [words[start : start + _BAND] for start in range(0, len(words) - _BAND + 1, _BAND)]
    places = {
        word: (number, place)
        for number, band in enumerate(bands)
        for place, word in enumerate(band)
    }
    return bands, places


def _rewording(vocabulary: Vocabulary, seed: int) -> Callable[[str], str]:
    """Return a function that exchanges the words of a text.

    The same word becomes the same other word, so that what a text repeats stays repeated.
    """
    bands, places = vocabulary
    rng = Random(seed)
    # An odd factor and a summand, modulo a power of two, put a band into another order: there are
    # 2,048 pairs of them.
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
