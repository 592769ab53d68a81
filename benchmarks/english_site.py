"""A made-up English site for benchmarks.

Posts are written in the block editor's markup, about 5 kB of HTML each. The prose means nothing,
but its words are about as frequent as words of English prose are: a few make up half of every text
and most are rare, which is what sketches, search indexes and compression depend on.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from demo.api import Site
from demo.collection import encode
from demo.content import core

FIRST_PUBLISHED = datetime(2005, 3, 1)
REPEATED = 50
"""Every so many-th post repeats an earlier one but for a few words."""
POSTS_OF_A_TAG = 20
AUTHORS = 12
CATEGORIES = 9


def _words(text: str) -> list[str]:
    return text.split()


FUNCTION_WORDS = _words(
    """
    the of and to a in that is was for it with as on be at by this had not are but from or have an
    they which one you were all her she there would their we him been has when who will no more if
    out so what up said about than its into them can only other time new some could these two may
    first then do any like my now over such our even most made after also many must before back
    through years where much your well down should because each just those how too under while
    """
)
STEMS = _words(
    """
    farm bridge kettle lantern ferry orchard ledger harbour copper marsh violin quarry ribbon
    anchor barrel meadow compass thread paint gravel tunnel chapel mirror timber candle saddle
    parcel spring button feather hammer island journal kitchen ladder market needle oyster pepper
    quilt river signal tower valley window winter yard basket carpet dinner engine forest garden
    honey ink jacket kernel letter morning number office pocket question record silver table uncle
    voice wagon answer beacon cellar distance evening finger glass hollow interest jewel knot
    lemon motion notice offer paper rain shadow travel use view wonder circle deliver enter follow
    gather happen improve join keep learn measure narrow open plant reach settle turn visit watch
    yield broad calm dark early fresh gentle heavy idle keen late mild near old plain quiet rough
    small tall warm young
    """
)
ENDINGS = ["", *_words("s ed ing er ers ly less ful ness ment able man side")]
CONTENT_WORDS = [stem + ending for ending in ENDINGS for stem in STEMS]
"""Plain forms first: the first words are the most frequent ones."""


def _cumulative(count: int) -> list[float]:
    """Return cumulative weights by Zipf's law: the n-th is about n times as rare as the first."""
    return list(accumulate(1 / (rank + 2) for rank in range(count)))


FUNCTION_WEIGHTS = _cumulative(len(FUNCTION_WORDS))
CONTENT_WEIGHTS = _cumulative(len(CONTENT_WORDS))


def english_site(posts: int) -> Site:
    """Return a site of `posts` posts; the same site for the same number."""
    tags = [_term(n + 1, "post_tag") for n in range(posts // POSTS_OF_A_TAG + 1)]
    categories = [_term(n + 1, "category") for n in range(CATEGORIES)]
    authors = [_author(n + 1) for n in range(AUTHORS)]
    collections = core(_posts(posts), tags, categories, authors)
    return Site(collections, name=f"{posts} posts in English")


def _posts(count: int) -> Iterator[bytes]:
    for number in range(count):
        yield encode(_post(number))


def _post(number: int) -> dict[str, Any]:
    repeats = number % REPEATED == REPEATED - 1
    seed = number
    if repeats:
        seed = number - REPEATED // 2
    # A number of a `Random` of its own for each post: posts can be made in any order.
    content = Writer(Random(seed)).content()
    if repeats:
        content += f"<p>This was first printed in issue {number}.</p>\n"
    writer = Writer(Random(-number - 1))
    at = (FIRST_PUBLISHED + timedelta(hours=number * 5)).isoformat()
    tag = number // POSTS_OF_A_TAG + 1
    return {
        "id": number + 1,
        "date": at,
        "date_gmt": at,
        "modified": at,
        "modified_gmt": at,
        "guid": {"rendered": f"/?p={number + 1}"},
        "slug": f"{writer.word()}-{writer.word()}-{number}",
        "status": "publish",
        "type": "post",
        "link": f"/{writer.word()}-{writer.word()}-{number}/",
        "title": {"rendered": f"{writer.sentence(7)[:-1]} &#8211; {number}"},
        "content": {"rendered": content, "protected": False},
        "excerpt": {"rendered": f"<p>{writer.sentence(40)} [&hellip;]</p>\n", "protected": False},
        "author": number % AUTHORS + 1,
        "featured_media": 0,
        "comment_status": "open",
        "ping_status": "closed",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": {"footnotes": ""},
        "categories": [number % CATEGORIES + 1],
        "tags": sorted({tag, max(1, tag - 1), max(1, tag // 2)}),
    }


class Writer:
    """Writes meaningless posts, always the same ones for the same source of chance."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def word(self) -> str:
        """Return a word that is no function word."""
        return self._chance.choices(CONTENT_WORDS, cum_weights=CONTENT_WEIGHTS)[0]

    def sentence(self, words: int) -> str:
        """Return a sentence of about so many words."""
        content = self._chance.choices(CONTENT_WORDS, cum_weights=CONTENT_WEIGHTS, k=words // 2)
        function = self._chance.choices(
            FUNCTION_WORDS, cum_weights=FUNCTION_WEIGHTS, k=words // 2 + 1
        )
        mixed = content + function
        self._chance.shuffle(mixed)
        return " ".join(mixed).capitalize() + "."

    def paragraph(self) -> str:
        """Return the text of a paragraph, with a link or an emphasis in some."""
        sentences = [self.sentence(self._chance.randint(8, 26)) for _ in range(4)]
        kind = self._chance.randrange(4)
        if kind == 0:
            sentences[1] += f' See <a href="/{self.word()}/{self.word()}/">{self.sentence(4)}</a>'
        if kind == 1:
            sentences[2] = f"<strong>{sentences[2]}</strong>"
        if kind == 2:
            sentences[0] += f" It&#8217;s <em>{self.word()}</em>, we&#8217;d say."
        return " ".join(sentences)

    def content(self) -> str:
        """Return the HTML of a post: paragraphs, with another block after every second."""
        blocks = []
        for place in range(9):
            blocks.append(f"<p>{self.paragraph()}</p>")
            if place % 2:
                blocks.append(self._other_block())
        return "\n\n\n\n".join(blocks) + "\n"

    def _other_block(self) -> str:
        blocks = (self._heading, self._image, self._list, self._quote, self._button)
        return self._chance.choice(blocks)()

    def _heading(self) -> str:
        return f'<h2 class="wp-block-heading">{self.sentence(6)[:-1]}</h2>'

    def _image(self) -> str:
        address = f"/wp-content/uploads/2024/05/{self.word()}-{self.word()}"
        return (
            '<figure class="wp-block-image size-large"><img loading="lazy" decoding="async" '
            f'width="1024" height="683" src="{address}-1024x683.jpg" alt="{self.sentence(5)}" '
            f'class="wp-image-17" srcset="{address}-1024x683.jpg 1024w, '
            f'{address}-300x200.jpg 300w" '
            'sizes="(max-width: 1024px) 100vw, 1024px" />'
            f'<figcaption class="wp-element-caption">{self.sentence(8)}</figcaption></figure>'
        )

    def _list(self) -> str:
        points = "\n\n\n\n".join(f"<li>{self.sentence(9)}</li>" for _ in range(4))
        return f'<ul class="wp-block-list">{points}</ul>'

    def _quote(self) -> str:
        return (
            '<blockquote class="wp-block-quote is-layout-flow wp-block-quote-is-layout-flow">'
            f"<p>{self.sentence(22)}</p><cite>{self.word().title()}</cite></blockquote>"
        )

    def _button(self) -> str:
        return (
            '<div class="wp-block-buttons is-layout-flex wp-block-buttons-is-layout-flex">'
            '<div class="wp-block-button"><a class="wp-block-button__link wp-element-button" '
            f'href="/{self.word()}/">{self.sentence(3)[:-1]}</a></div></div>'
        )


def _term(id_: int, taxonomy: str) -> dict[str, Any]:
    name = f"{STEMS[id_ % len(STEMS)].title()} {id_}"
    return {
        "id": id_,
        "count": POSTS_OF_A_TAG,
        "description": "",
        "link": "",
        "name": name,
        "slug": name.lower().replace(" ", "-"),
        "taxonomy": taxonomy,
    }


def _author(id_: int) -> dict[str, Any]:
    name = f"{STEMS[id_ * 7].title()} {STEMS[id_ * 5 + 3].title()}"
    slug = name.lower().replace(" ", "-")
    return {"id": id_, "name": name, "slug": slug, "description": "", "link": ""}
