"""The language stage: which language a post is in, how sure that is, and what says so.

CLD2 looks at a part of the text. What the post or its site declares is a hint to it. The
declaration decides where the text is too short, where two languages are too close to tell apart,
and which of several languages of a text is the post's. `docs/choices.md` says why it is CLD2.
"""

import html
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from crawler.item_view import view_of
from crawler.items import FinishedDocument
from pipelines.errors import StageFailed
from wparchive.model.documents import LanguageSource
from wparchive.text.language_tags import (
    are_close,
    base_of,
    has_close_ones,
    same_language,
    usual_code,
    usual_tag,
    without_region,
)
from wparchive.text.scripts import (
    LANGUAGES_OF_SCRIPTS,
    can_be_written,
    is_english_prose,
    is_simplified,
    lacks_own_letters,
    language_of_letters,
    likely_languages,
    main_script,
    script_beside_names,
    scripts_of,
    without_latin_words,
)

try:
    import pycld2  # type: ignore[import-untyped]
except ImportError:  # it has no wheel for every platform; then declarations and scripts must do
    pycld2 = None

# Characters of a text that are looked at: the beginning, and of longer texts the middle and the
# end, where a translation may stand. More of them make no answer better.
_BEGINNING = 500
_LATER = 150
_HTML_BEGINNING = 20_000
"""Characters of the HTML from which the prose of a post with code is taken."""
_SHORT = 120
"""A text with fewer characters is helped by the excerpt and the texts of images and links."""
_RARE_NEEDS = 400
"""Bytes of text from which on a language outside `_USUAL` is believed."""
_AGAINST_CLOSE = 200
"""Bytes of text that overrule a declaration of a close language."""
_AGAINST_POST = 150
"""Bytes of text that overrule what the post's own fields say."""
_AGAINST_SITE = 50
"""Bytes of text that overrule what the front page says."""
_AGAINST_DEFAULT = 20
"""Bytes of text that overrule English: WordPress says so of sites whose owner chose nothing. It is
no hint to CLD2 either."""
_NO_HINT_FROM = 200
"""Characters of a sample from which on CLD2 gets no hint. Between close languages a hint wins,
however long the text is, and long texts tell without."""
_SECOND_SHARE = 30
"""Per cent that the declared language needs in a text of several languages."""

_NOT_PROSE = re.compile(
    # Control characters, which CLD2 refuses.
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]+"
    # Addresses look like English wherever they stand.
    r"|https?://[!-~]*|www\.[!-~]*"
)
_CODE_OR_TAG = re.compile(r"<(?:pre|code)\b.*?(?:</(?:pre|code)>|\Z)|<[^>]*>", re.DOTALL)

# A few names and brands in Latin letters look like Klingon or Manx as easily as like English.
_USUAL_CODES = """
    af am ar az be bg bn bs ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy
    id is it ja ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl nn pa pl ps pt ro ru
    si sk sl sq sr sv sw ta te tg th tl tr uk ur uz vi yi zh
"""
_USUAL = frozenset(_USUAL_CODES.split())
_NO_LANGUAGES = frozenset({"un", "xx", "xxx", "zzb", "zze", "zzh", "zzp", "tlh"})
"""CLD2's codes of unknown text, of scripts, of pig Latin and the like."""
_RARER = {"nn": ("nb", 800), "af": ("nl", 150), "ms": ("id", 60), "gl": ("es", 100)}
"""Languages that are much rarer than a close one, and the bytes of text from which on they are
believed where nobody declares them."""


class PostLanguage(NamedTuple):
    """The language of one post."""

    tag: str | None
    """BCP 47; None where nothing says it."""
    confidence: float
    """From 0 to 1, to two decimals."""
    source: LanguageSource | None


class LanguageShare(NamedTuple):
    """A language that a text was found to have."""

    tag: str
    share: int
    """Per cent of the text."""
    size: int
    """Bytes of the text in this language, in UTF-8."""


class Declaration(NamedTuple):
    """A statement about a post's language, as a usual tag."""

    tag: str | None
    of_post: bool
    """The post's own fields say it; otherwise the front page does."""


class LanguagePipeline:
    """A stage that sets the language of posts. Raises StageFailed."""

    def process_item(self, item: Any) -> Any:
        """Find the language of one post; other items pass untouched."""
        view = view_of(item)
        if view is None or view.kind != "posts" or isinstance(view.prepared, FinishedDocument):
            return item
        try:
            set_language(view)
        except Exception as cause:
            raise StageFailed("language", item, cause) from cause
        return item


def set_language(post: Any) -> None:
    """Fill one post in place; it is an item of ours or the view of another."""
    found = decide_language(sample_of(post), post.declared_language, post.site_language)
    post.language = found.tag
    post.language_confidence = found.confidence
    post.language_source = found.source


def sample_of(post: Any) -> str:
    """Return what of a cleaned post tells its language; the first line is its title."""
    text: str = post.text
    has_code = "<pre" in post.html or "<code" in post.html
    if has_code:
        text = html.unescape(_CODE_OR_TAG.sub(" ", post.html[:_HTML_BEGINNING]))
    parts = [post.title, text[:_BEGINNING]]
    if len(text) > _BEGINNING + 2 * _LATER:
        middle = len(text) // 2
        parts += [text[middle : middle + _LATER], text[-_LATER:]]
    elif len(text) < _SHORT:
        if not has_code:
            parts.append(post.excerpt[:_BEGINNING])
        # An alternative text of one word is the name of a file more often than not.
        parts += [image["alt"] for image in post.images[:10] if " " in image["alt"]]
        parts += [link["text"] for link in post.links[:10]]
    return prose(" \n".join(parts))


def prose(text: str) -> str:
    """Return a text without addresses, and without characters that CLD2 refuses."""
    # Few samples have any of them, and to know that takes a tenth of the time.
    if "://" not in text and "www." not in text and text.replace("\n", " ").isprintable():
        return text
    return prose_slowly(text)


def prose_slowly(text: str) -> str:
    """Return what `prose` returns, character by character; the oracle of its test."""
    return _NOT_PROSE.sub(" ", text)


def decide_language(
    sample: str, declared: str | None = None, site: str | None = None
) -> PostLanguage:
    """Return the language of a post, of which `sample` is a part.

    `declared` is what the post's own fields say, `site` what its front page says.
    """
    declaration = _declaration(declared, site, sample)
    is_default = base_of(declaration.tag or "") == "en"
    expected = None if is_default else declaration.tag
    shares, is_reliable = shares_of(sample, expected)
    best = _best(shares, expected)
    if best is not None:
        best = _as_its_letters_say(_as_its_title_says(best, sample, expected, is_reliable), sample)
    if is_default and (best is None or _may_be_english(best, declaration)):
        expected = declaration.tag
    if best is None or _is_overruled(best, expected, sample, is_reliable, declaration.of_post):
        return _of_declaration(declaration, sample)
    return _of_text(best, declaration, sample, is_reliable)


def shares_of(sample: str, expected: str | None) -> tuple[list[LanguageShare], bool]:
    """Return the languages of a text, the largest share first, and whether CLD2 is sure."""
    if pycld2 is None:
        return [], False
    hint = None
    if expected and len(sample) < _NO_HINT_FROM:
        hint = _hint(expected)
    try:
        # Without `bestEffort`, CLD2 answers nothing but "unknown" for most short texts.
        is_reliable, size, found, *_ = pycld2.detect(sample, hintLanguage=hint, bestEffort=True)
    except pycld2.error:  # a character that it refuses and that `_NOT_PROSE` does not know
        return [], False
    shares = []
    for _, code, share, _ in found:
        if not share or code.partition("-")[0] in _NO_LANGUAGES:
            continue
        part = LanguageShare(_tag_of(code, size, sample, expected), share, size * share // 100)
        if base_of(part.tag) in _USUAL or part.size >= _RARE_NEEDS:
            shares.append(part)
    return shares, is_reliable


def _declaration(declared: str | None, site: str | None, sample: str) -> Declaration:
    """Return what is declared of a text that can be written in that language."""
    for tag, of_post in ((usual_tag(declared), True), (usual_tag(site), False)):
        if tag is not None and can_be_written(tag, sample):
            return Declaration(tag, of_post)
    return Declaration(None, False)


def _best(shares: Sequence[LanguageShare], expected: str | None) -> LanguageShare | None:
    """Return the share that is the post's language.

    That is the largest, or the declared language where a good part of the text is in it.
    """
    for part in shares:
        if expected and part.share >= _SECOND_SHARE and same_language(part.tag, expected):
            return part
    # Product names look English: beside another script they are not what a text is in.
    if len(shares) > 1 and base_of(shares[0].tag) == "en":
        if shares[1].share >= _SECOND_SHARE and "Latn" not in scripts_of(shares[1].tag):
            return shares[1]
    return shares[0] if shares else None


def _as_its_title_says(
    best: LanguageShare, sample: str, expected: str | None, is_reliable: bool
) -> LanguageShare:
    """Return the language of the title instead of one in Latin letters that is no prose.

    Code and lists of products make a text look English; it is for those who can read its title.
    """
    title, _, text = sample.partition("\n")
    is_english = base_of(best.tag) == "en"
    if "Latn" not in scripts_of(best.tag) or (is_reliable and not is_english):
        return best
    if title.isascii():
        return best
    # The title first: it is much shorter than the text.
    script = script_beside_names(title)
    if script in (None, "Latn") or is_english_prose(text):
        return best
    of_title, _ = shares_of(without_latin_words(title), expected)
    for part in of_title:
        if script in scripts_of(part.tag):
            return part
    tag = LANGUAGES_OF_SCRIPTS[script][0]
    if expected is not None and script in scripts_of(expected):
        tag = without_region(expected)
    return LanguageShare(_tag_of_base(tag), best.share, len(without_latin_words(title).encode()))


def _as_its_letters_say(best: LanguageShare, sample: str) -> LanguageShare:
    """Return the one language that has the letters of the text, where this one lacks them."""
    if can_be_written(best.tag, sample):
        return best
    only = language_of_letters(sample)
    if only is None:
        return best
    return best._replace(tag=only)


def _is_overruled(
    best: LanguageShare, expected: str | None, sample: str, is_reliable: bool, by_post: bool
) -> bool:
    """Tell whether the declaration says more than a text that contradicts it."""
    if expected is None or same_language(best.tag, expected):
        return False
    if main_script(sample) not in scripts_of(expected):
        return False
    needed = _AGAINST_SITE
    if are_close(best.tag, expected):
        needed = _AGAINST_CLOSE
    elif by_post:
        needed = _AGAINST_POST
    if base_of(expected) == "en":
        needed = min(needed, _AGAINST_SITE)
    return not is_reliable or best.size < needed


def _may_be_english(best: LanguageShare, declaration: Declaration) -> bool:
    """Tell whether a text is too short to contradict the English that WordPress declares."""
    needed = _AGAINST_SITE if declaration.of_post else _AGAINST_DEFAULT
    return best.size < needed and "Latn" in scripts_of(best.tag)


def _of_text(
    best: LanguageShare, declaration: Declaration, sample: str, is_reliable: bool
) -> PostLanguage:
    """Return a language that the text has."""
    expected = declaration.tag
    if expected is None or not same_language(best.tag, expected):
        tag = _with_script(best.tag, sample)
        return PostLanguage(tag, _confidence(best, is_reliable, agrees=False), "text")
    confidence = _confidence(best, is_reliable, agrees=True)
    if declaration.of_post and "-" in expected:
        return PostLanguage(_with_script(expected, sample), confidence, "declared")
    tag = best.tag
    if base_of(tag) != base_of(expected):
        tag = base_of(expected)  # the owner knows which Norwegian it is
    source: LanguageSource = "declared" if declaration.of_post else "text"
    return PostLanguage(_with_script(tag, sample), confidence, source)


def _of_declaration(declaration: Declaration, sample: str) -> PostLanguage:
    """Return the language of a text that does not tell it: the declared one, or by its script."""
    script = main_script(sample)
    declared = declaration.tag
    if declared is not None and (script is None or script in scripts_of(declared)):
        if declaration.of_post:
            return PostLanguage(_with_script(declared, sample), 0.7, "declared")
        confidence = 0.4 if base_of(declared) == "en" else 0.6
        return PostLanguage(_with_script(without_region(declared), sample), confidence, "site")
    if script is None:
        return PostLanguage(None, 0.0, None)
    languages = likely_languages(script, sample)
    confidence = 0.9 if script in LANGUAGES_OF_SCRIPTS and len(languages) == 1 else 0.3
    return PostLanguage(_with_script(_tag_of_base(languages[0]), sample), confidence, "script")


def _confidence(best: LanguageShare, is_reliable: bool, *, agrees: bool) -> float:
    """Return how sure a finding is: by the length of the text, its share, and who agrees."""
    doubt = 10.0 if agrees else 25.0
    sure = best.size / (best.size + doubt)
    sure *= min(1.0, best.share / 90)
    if not is_reliable:
        sure *= 0.7
    if has_close_ones(best.tag):
        sure *= best.size / (best.size + 20.0)
    return round(min(sure, 0.99), 2)


def _tag_of(code: str, size: int, sample: str, expected: str | None) -> str:
    """Return the tag of CLD2's code; `size` are the bytes of text that it looked at."""
    base = usual_code(base_of(code))
    if base in ("zh", "ja") and expected is None and size < _SHORT and is_simplified(sample):
        return "zh-Hans"
    if code == "zh-Hant":
        return code
    if lacks_own_letters(base, sample) and main_script(sample) == "Cyrl":
        return _cyrillic(expected)
    usual, needed = _RARER.get(base, (base, 0))
    if size < needed and (expected is None or base_of(expected) != base):
        return usual
    return _tag_of_base(base)


def _tag_of_base(base: str) -> str:
    return "zh-Hans" if base == "zh" else base


def _cyrillic(expected: str | None) -> str:
    """Return the declared language where that is a Cyrillic one, else Russian."""
    if expected is not None and "Cyrl" in scripts_of(expected):
        return without_region(expected)
    return "ru"


def _with_script(tag: str, sample: str) -> str:
    """Return a tag of Serbian with the script that the text is in."""
    if base_of(tag) != "sr" or "Latn" in tag or "Cyrl" in tag:
        return tag
    script = main_script(sample)
    if script not in ("Cyrl", "Latn"):
        return tag
    return tag.replace("sr", f"sr-{script}", 1)


def _hint(tag: str) -> str | None:
    """Return CLD2's code of a language; None where it does not know it, or cannot be helped."""
    if tag.startswith("zh-Hant"):
        return "zh-Hant"
    base = base_of(tag)
    code = _CLD2_CODES.get(base, base)
    return code if code in _known_codes() else None


# CLD2 keeps codes that the standard has withdrawn.
_CLD2_CODES = {"nb": "no", "jv": "jw", "he": "iw"}


@lru_cache
def _known_codes() -> frozenset[str]:
    return frozenset(code for _, code in pycld2.LANGUAGES)
