"""Posts as real sites have them: frames around few facts, and texts that are published again.

All are made up, in every language of `prose.py`, from sentences without meaning: what matters here
is how much of a post is its own and what the titles say. The part `held out` has other sentences,
lengths and numbers of posts. Nobody looks at more of it than its scores.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wparchive.text.normalise import normalise
from wparchive.text.words import words

from .edits import length, sentences, tokens, with_another_lead, word_edits
from .prose import UNSPACED, article, lexicon

FIRST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LabelledPost:
    """A post, with what is true of it."""

    site: str
    title: str
    text: str
    kind: str
    """How it was made."""
    group: str
    """Posts of one group are versions of one text."""
    language: str
    published_at: datetime
    embeds: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


class Writer:
    """A writer in one language."""

    def __init__(self, language: str, rng: random.Random) -> None:
        self.language = language
        self.rng = rng
        self.joint = " "
        if language in UNSPACED:
            self.joint = ""
        self._shortest = 4
        if language == "ko":
            self._shortest = 2
        self._sentences = self._endless()

    def _endless(self) -> Iterator[str]:
        while True:
            text = article(self.language, 400, self.rng)
            yield from (sentence.strip() for sentence in sentences(text) if sentence.strip())

    def text(self, at_least: int, at_most: int | None = None) -> str:
        """Return new sentences of so many words, on one line."""
        wanted = self.rng.randint(at_least, at_most or at_least)
        found = ""
        while length(found) < wanted:
            found = f"{found} {next(self._sentences)}".strip()
        return found

    def exactly(self, at_least: int, at_most: int) -> str:
        """Return new sentences that are cut to so many words."""
        found = tokens(self.text(at_most))
        while length("".join(found)) > self.rng.randint(at_least, at_most):
            found.pop()
        return "".join(found).strip() + "."

    def words(self, count: int) -> str:
        """Return words that are no frequent ones."""
        chosen = self.rng.sample(lexicon(self.language)[200:], count)
        return self.joint.join(chosen)

    def name(self) -> str:
        """Return a name of two words."""
        return " ".join(word.capitalize() for word in self.words(2).split()).strip()

    def title_of(self, text: str) -> str:
        """Return a title that is made of words of the text."""
        if self.joint:
            found = [word for word in words(normalise(text)) if len(word) >= self._shortest]
            found = [word for word in found if not word.isnumeric()]
            return " ".join(self.rng.sample(found, min(4, len(found)))).capitalize()
        start = self.rng.randrange(max(1, len(text) - 12))
        return text[start : start + 8].strip()

    def date(self) -> str:
        """Return a date in digits."""
        return f"{self.rng.randint(1, 28)}.{self.rng.randint(1, 12)}.{self.rng.randint(2009, 2024)}"


TitleTextEmbed = tuple[str, str, str]


def _series(writer: Writer) -> Callable[[int], TitleTextEmbed]:
    """A series: a long frame, few facts."""
    name = writer.words(2)
    frame = writer.text(60, 130)
    end = writer.text(15, 40)

    def post(number: int) -> TitleTextEmbed:
        facts = f"{writer.words(1)} {number}, {writer.date()}, {writer.rng.randint(20, 95)} min"
        return f"{name} #{number}", f"{facts}\n\n{frame}\n\n{end}", ""

    return post


def _topics(writer: Writer) -> Callable[[int], TitleTextEmbed]:
    """A series whose titles name a topic that no text names."""
    name = writer.words(2)
    frame = writer.text(60, 130)

    def post(number: int) -> TitleTextEmbed:
        return f"{name}: {writer.words(2)}", f"{frame}\n\n{writer.exactly(6, 16)}", ""

    return post


def _interviews(writer: Writer) -> Callable[[int], TitleTextEmbed]:
    """Interviews: one intro, the same questions, another guest."""
    name = writer.words(2)
    intro = writer.text(30, 60)
    questions = [writer.text(8) for _ in range(8)]

    def post(number: int) -> TitleTextEmbed:
        guest = writer.name()
        answers = [f"{question}\n\n{guest}: {writer.text(6, 20)}" for question in questions]
        return f"{name}: {guest}", "\n\n".join([f"{guest}. {intro}", *answers]), ""

    return post


def _blurbs(writer: Writer) -> Callable[[int], TitleTextEmbed]:
    """Videos with one blurb of 20 to 28 words."""
    blurb = writer.exactly(20, 28)
    return lambda number: (writer.words(3), blurb, f"https://video.example/{writer.rng.random()}")


def _notes(writer: Writer) -> Callable[[int], TitleTextEmbed]:
    """Episodes with one text of 30 to 55 words."""
    notes = writer.exactly(30, 55)
    name = writer.words(1)
    return lambda number: (f"{name} {number}: {writer.words(2)}", notes, "")


def _footers(writer: Writer) -> Callable[[int], TitleTextEmbed]:
    """Articles with a social footer."""
    footer = "\n".join(writer.text(8, 20) for _ in range(4))

    def post(number: int) -> TitleTextEmbed:
        text = writer.text(50, 160)
        return writer.title_of(text), f"{text}\n\n{footer}", ""

    return post


def _edge_facts(writer: Writer) -> Callable[[int], TitleTextEmbed]:
    """Obituaries: names and places stand at the edge of the text."""
    frame = writer.text(60, 110)
    kind = writer.words(1)

    def post(number: int) -> TitleTextEmbed:
        name = writer.name()
        return f"{kind}: {name}", f"{name}, {writer.name()}, {writer.date()}. {frame}", ""

    return post


def _few_facts(writer: Writer) -> Callable[[int], TitleTextEmbed]:
    """Advertisements of jobs: two or three facts within the first sentence."""
    parts = [writer.words(3) for _ in range(3)]
    frame = writer.text(80, 140)

    def post(number: int) -> TitleTextEmbed:
        company, job, town = writer.name(), writer.words(1), writer.name()
        joint = writer.joint
        first = f"{company} {parts[0]}{joint}{job}{joint}{parts[1]} {town} {parts[2]}."
        return f"{job} {company}", f"{first} {frame}", ""

    return post


def _short_news(writer: Writer) -> Callable[[int], TitleTextEmbed]:
    """Short news with a long legal notice."""
    notice = writer.text(90, 150)

    def post(number: int) -> TitleTextEmbed:
        news = writer.text(10, 28)
        return writer.title_of(news), f"{news}\n\n{notice}", ""

    return post


FRAMES: dict[str, Callable[[Writer], Callable[[int], TitleTextEmbed]]] = {
    "series": _series,
    "topics": _topics,
    "interviews": _interviews,
    "blurbs": _blurbs,
    "notes": _notes,
    "footers": _footers,
    "facts at the edge": _edge_facts,
    "few facts": _few_facts,
    "short news": _short_news,
}
"""Posts of one site that are no copies of each other."""

Version = tuple[str, str]


def _again(title: str, text: str, writer: Writer) -> Version:
    return title, text


def _retitled(title: str, text: str, writer: Writer) -> Version:
    return writer.title_of(text), text


def _retitled_and_edited(title: str, text: str, writer: Writer) -> Version:
    vocabulary = lexicon(writer.language)
    return writer.title_of(text), word_edits(text, 0.06, vocabulary, writer.rng)


def _other_lead(title: str, text: str, writer: Writer) -> Version:
    others = [writer.text(10, 20) + " " for _ in range(30)]
    return title, with_another_lead(text, others, writer.rng)


def _redated(title: str, text: str, writer: Writer) -> Version:
    return title, f"{writer.date()}\n\n{text}"


RERUNS: dict[str, tuple[Callable[[str, str, Writer], Version], int, int]] = {
    "published again": (_again, 45, 400),
    "published again, short": (_again, 12, 40),
    "redated": (_redated, 45, 300),
    "retitled": (_retitled, 130, 400),
    "retitled and edited": (_retitled_and_edited, 150, 400),
    "changed lead": (_other_lead, 150, 500),
}
"""What happens to a text that is published again, and the words that it has."""


def site_posts(part: str, sites: int) -> list[LabelledPost]:
    """Return the posts of a part of the set, with `sites` sites of each kind and language."""
    found = []
    for language in LANGUAGES:
        for number in range(sites):
            rng = random.Random(f"{part} {language} {number}")
            writer = Writer(language, rng)
            found += list(_frame_sites(writer, f"{language}{number}"))
            found += list(_rerun_site(writer, f"{language}{number}"))
    return found


LANGUAGES = ("en", "de", "ru", "ar", "he", "hi", "ko", "ja", "zh", "th")


def _frame_sites(writer: Writer, name: str) -> Iterator[LabelledPost]:
    for kind, make in FRAMES.items():
        post = make(writer)
        site = f"{kind.replace(' ', '-')}.{name}.example"
        for number in range(writer.rng.choice((2, 3, 4, 7, 12))):
            title, text, embed = post(number + 1)
            yield LabelledPost(
                site=site,
                title=title,
                text=text,
                kind=kind,
                group=f"{site} {number}",
                language=writer.language,
                published_at=FIRST + timedelta(days=7 * number),
                embeds=tuple(embed.split()),
            )


def _rerun_site(writer: Writer, name: str) -> Iterator[LabelledPost]:
    """Yield the posts of a site with a footer, which publishes some of them again."""
    footer = f"\n\n{writer.text(20, 50)}"
    site = f"again.{name}.example"
    for number, (kind, (change, least, most)) in enumerate(RERUNS.items()):
        text = writer.text(least, most)
        title = writer.title_of(text)
        group = f"{site} {kind}"
        day = FIRST + timedelta(days=number)
        yield LabelledPost(site, title, text + footer, "original", group, writer.language, day)
        new_title, new_text = change(title, text, writer)
        again = day + timedelta(days=400)
        yield LabelledPost(site, new_title, new_text + footer, kind, group, writer.language, again)
