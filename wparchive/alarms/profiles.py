"""Profiles: what the posts that a run read look like as a whole, and which alarms follow.

Pure functions. `profile_of` makes the profile of a run from documents; `content_alarms` compares
the profiles of the latest runs with those of the runs before them.
"""

import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import comb
from typing import Any

from wparchive.alarms.wording import new_alarm
from wparchive.model.run_records import Alarm, AlarmKind, NamedCount, Run, RunProfile, TypeProfile
from wparchive.reading.views import counted_text

# A bin holds twice as long texts as the one before it: the last one begins at 2^18 words.
_WORD_BINS = 20
_PLUGIN_FIELDS_MAX = 40
"""The most plugin fields of a type that are counted: some plugins add hundreds."""
_BUILDERS: Mapping[str, re.Pattern[str]] = {
    "WordPress blocks": re.compile(r"\bwp-block-"),
    "Elementor": re.compile(r"\belementor-(?:element|widget|section)"),
    "Divi": re.compile(r"\bet_pb_"),
    "WPBakery": re.compile(r"\bvc_row|\bwpb_"),
    "Avada": re.compile(r"\bfusion-"),
    "Beaver Builder": re.compile(r"\bfl-(?:row|module|node)-"),
    "Bricks": re.compile(r"\bbrxe-"),
    "Oxygen": re.compile(r"\bct-section|\bct-div-block"),
    "SiteOrigin": re.compile(r"\bsiteorigin-|\bpanel-grid"),
    "Thrive": re.compile(r"\bthrv_"),
    "Brizy": re.compile(r"\bbrz-"),
}
"""Marks that editors and page builders leave in the content."""
_LISTS = ("authors", "tags", "categories", "terms", "links", "images", "embeds", "translations")
_TEXTS = ("title", "excerpt")
_REFERENCES = ("author", "featured_media")
_RECENT = (12, 40)
"""How many of the latest posts are compared with those before them.

A few show at once that nearly all posts are broken; many are needed where only some are.
"""
# Posts that the latest ones are compared with.
_USUAL_MIN = 30
_USUAL_MAX = 300
_SHORTNESS = ((0.1, 1, 0.6), (0.5, 2, 0.95))
"""What makes the latest texts short, in two ways that have three numbers each.

A text is short when only this share of the usual ones is shorter. The middle one of the latest
texts is halved this many times, compared with the usual one. This share of the latest is short.
"""
_CHANCE = 1e-6
"""Below this probability, what was seen is not taken for chance.

It is small because each site is judged some thousand times a year.
"""


def profile_of(theme: str | None, posts: Iterable[Mapping[str, Any]]) -> RunProfile:
    """Return the profile of posts, type by type; each is a whole document with its `raw`."""
    by_type: dict[str, list[Mapping[str, Any]]] = {}
    for post in posts:
        # A post that a password hides has no text, and that is as it should be.
        if not post["protected"]:
            by_type.setdefault(post["type"], []).append(post)
    types = [_profile_of_type(type_, by_type[type_]) for type_ in sorted(by_type)]
    return RunProfile(theme=theme, types=types)


def _profile_of_type(type_: str, posts: list[Mapping[str, Any]]) -> TypeProfile:
    words = [0] * _WORD_BINS
    fields: Counter[str] = Counter()
    plugin_fields: Counter[str] = Counter()
    builders: Counter[str] = Counter()
    for post in posts:
        words[word_bin(post["word_count"])] += 1
        fields.update(_fields_of(post))
        plugin_fields.update({f"extra.{field['k']}" for field in post["extra"]})
        builders.update(builders_of(_content(post)))
    fields.update(dict(plugin_fields.most_common(_PLUGIN_FIELDS_MAX)))
    return TypeProfile(
        type=type_,
        posts=len(posts),
        words=words,
        unresolved=sum(map(_is_unresolved, posts)),
        fields=_counts(fields),
        builders=_counts(builders),
    )


def word_bin(words: int) -> int:
    """Return the number of the bin of `TypeProfile.words` that counts a text."""
    return min(words.bit_length(), _WORD_BINS - 1)


def builders_of(content: str) -> set[str]:
    """Return the page builders and editors that have left their marks in a content."""
    return {name for name, mark in _BUILDERS.items() if mark.search(content)}


def _fields_of(post: Mapping[str, Any]) -> set[str]:
    """Return the fields that a post has, of those that most posts of a site have or lack."""
    found = {name for name in (*_LISTS, *_TEXTS) if post.get(name)}
    found |= {name for name in _REFERENCES if post.get(name) is not None}
    if post["published_at"] is not None:
        found.add("published_at")
    return found


def _is_unresolved(post: Mapping[str, Any]) -> bool:
    references = [*post["tags"], *post["categories"], *post["terms"]]
    references += [post[name] for name in _REFERENCES if post[name] is not None]
    return any("unresolved" in one or (one["name"] is None and one["id"]) for one in references)


def _content(post: Mapping[str, Any]) -> str:
    """Return the content as the site sent it: the safe HTML lacks what builders leave behind."""
    if not post.get("raw"):
        return ""
    try:
        record = json.loads(zlib.decompress(post["raw"]))
        return str(record["content"]["rendered"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _counts(counter: Counter[str]) -> list[NamedCount]:
    return [NamedCount(name=name, posts=counter[name]) for name in sorted(counter) if counter[name]]


def content_alarms(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield alarms about what the posts of this run look like.

    Posts that were read from feeds and pages have other fields than those of the API, so runs are
    compared with runs of the same kind.
    """
    alike = [one for one in past if _is_of_pages(one) == _is_of_pages(run)]
    for profile in _profiles(run):
        earlier = [
            other for one in alike for other in _profiles(one) if other["type"] == profile["type"]
        ]
        found: dict[AlarmKind, Alarm] = {}
        for size in _RECENT:
            recent, usual = _split([profile, *earlier], size)
            if recent.posts >= _RECENT[0] and usual.posts >= _USUAL_MIN:
                for alarm in _unlike(run, profile["type"], recent, usual):
                    # The smaller number of posts speaks first; the larger one would say it again.
                    found.setdefault(alarm["kind"], alarm)
        # An empty text is a short one, too. One alarm says enough.
        if "empty" in found:
            found.pop("short", None)
        yield from found.values()


class _Pool:
    """The profiles of several runs as one."""

    def __init__(self) -> None:
        self.posts = 0
        self.unresolved = 0
        self.words: Counter[int] = Counter()
        self.fields: Counter[str] = Counter()
        self.builders: Counter[str] = Counter()

    def add(self, profile: TypeProfile) -> None:
        self.posts += profile["posts"]
        self.unresolved += profile["unresolved"]
        self.words.update(dict(enumerate(profile["words"])))
        self.fields.update({one["name"]: one["posts"] for one in profile["fields"]})
        self.builders.update({one["name"]: one["posts"] for one in profile["builders"]})

    def below(self, place: int) -> int:
        """Return how many posts are in the bins of `words` before this one."""
        return sum(count for at, count in self.words.items() if at < place)


def _split(newest_first: Iterable[TypeProfile], size: int) -> tuple[_Pool, _Pool]:
    """Return two pools: the newest profiles, of `size` posts or more, and those before them."""
    recent = _Pool()
    usual = _Pool()
    for profile in newest_first:
        if recent.posts < size:
            recent.add(profile)
        elif usual.posts < _USUAL_MAX:
            usual.add(profile)
    return recent, usual


def _unlike(run: Run, type_: str, recent: _Pool, usual: _Pool) -> Iterator[Alarm]:
    """Yield what sets the latest posts apart from those before them."""
    if _has_grown(recent.words[0], recent, usual.words[0], usual, 0.5):
        yield new_alarm(
            run,
            "empty",
            type_,
            saw=f"{_share(recent.words[0], recent)} have no text",
            usual=_share(usual.words[0], usual),
            look_at="a new post on the site and its record in the API: where its text stands now; "
            "`-a render=1` reads public pages",
        )
    yield from _short(run, type_, recent, usual)
    yield from _lost_fields(run, type_, recent, usual)
    if _has_grown(recent.unresolved, recent, usual.unresolved, usual, 0.3):
        yield new_alarm(
            run,
            "unresolved",
            type_,
            saw=f"{_share(recent.unresolved, recent)} have names that could not be found",
            usual=_share(usual.unresolved, usual),
            look_at="`skipped` in the report: whether lists of tags, categories or authors are "
            "closed",
        )
    yield from _builder(run, type_, recent, usual)


def _short(run: Run, type_: str, recent: _Pool, usual: _Pool) -> Iterator[Alarm]:
    """Yield an alarm when texts are shorter than nearly all, or than most, used to be."""
    for share, halves, at_least in _SHORTNESS:
        limit = _quantile(usual, share)
        seen = recent.below(limit)
        fall = _quantile(usual, 0.5) - _quantile(recent, 0.5)
        if fall >= halves and _has_grown(seen, recent, usual.below(limit), usual, at_least):
            yield new_alarm(
                run,
                "short",
                type_,
                saw=f"{_share(seen, recent)} have fewer than {1 << (limit - 1):,} words",
                usual=_share(usual.below(limit), usual),
                look_at="a new post on the site: whether the API shows the whole text or its "
                "beginning",
            )
            return


def _lost_fields(run: Run, type_: str, recent: _Pool, usual: _Pool) -> Iterator[Alarm]:
    """Yield an alarm when fields that nearly all posts had are empty now."""
    gone = [
        name
        for name, posts in sorted(usual.fields.items())
        if _has_grown(recent.posts - recent.fields[name], recent, usual.posts - posts, usual, 0.9)
    ]
    if gone:
        yield new_alarm(
            run,
            "fields",
            type_,
            saw=f"{counted_text(recent.posts, 'post')} lack {', '.join(gone)}",
            usual=", ".join(f"{name} in {_share(usual.fields[name], usual)}" for name in gone),
            look_at="a record in the API: whether a plugin was removed or the theme shows it "
            "otherwise",
        )


def _quantile(pool: _Pool, share: float) -> int:
    """Return the last bin of `words` before which there is at most this share of the posts."""
    place = 0
    while place < word_bin(1 << 62) and pool.below(place + 1) <= share * pool.posts:
        place += 1
    return place


def _builder(run: Run, type_: str, recent: _Pool, usual: _Pool) -> Iterator[Alarm]:
    """Yield an alarm when posts are made with a builder that few were made with."""
    new = [
        name
        for name, posts in sorted(recent.builders.items())
        if _has_grown(posts, recent, usual.builders[name], usual, 0.5)
    ]
    if new:
        yield new_alarm(
            run,
            "builder",
            type_,
            saw=", ".join(f"{name} in {_share(recent.builders[name], recent)}" for name in new),
            usual=", ".join(f"{name} in {_share(usual.builders[name], usual)}" for name in new),
            look_at=f"some of them: `wparchive search --site {run['site']} --type {type_} "
            "--since 30d ...`",
        )


def _has_grown(seen: int, recent: _Pool, before: int, usual: _Pool, at_least: float) -> bool:
    if seen < at_least * recent.posts:
        return False
    return share_has_grown(seen, recent.posts, before, usual.posts)


def _share(seen: int, pool: _Pool) -> str:
    return f"{seen:,} of {counted_text(pool.posts, 'post')}"


def _is_of_pages(run: Run) -> bool:
    return run.get("mode") == "fallback"


def _profiles(run: Run) -> list[TypeProfile]:
    profile = run.get("profile")
    return profile["types"] if profile else []


def share_has_grown(seen: int, of: int, usual: int, of_usual: int) -> bool:
    """Tell whether something is in more of `of` posts than chance explains.

    The odds are taken for twice the usual ones, because posts come in series that are alike.
    """
    if seen == 0:
        return False
    share = (usual + 1) / (of_usual + 2)
    odds = 2 * share / (1 - share) + 0.02
    return _at_least(seen, of, odds / (1 + odds)) < _CHANCE


def _at_least(seen: int, of: int, share: float) -> float:
    """Return how likely it is that at least `seen` of `of` have something that a share has."""
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(seen, of + 1))
