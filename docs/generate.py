"""Writes `docs/data-format.md` from the docstrings of `wparchive/model/documents.py`, so that neither can say what the other does not.

python docs/generate.py
"""

import ast
import inspect
import textwrap
from pathlib import Path

from wparchive.model import documents
from wparchive.model.documents import DOCUMENT_TYPES, RECORD_TYPES

TARGET = Path(__file__).with_name("data-format.md")

HEAD = """\
# Data format

<!-- Made by docs/generate.py from wparchive/model/documents.py: change that file, then run `python docs/generate.py`. -->

Schema version {version}. The same documents are in both backends; in MongoDB every heading below is a collection of that name, in
SQLite a table. `None` is "not known"; an empty list or text is "known to be none".

**Identity.** `_id` is `site/type/id`, for example `example.com/blog/post/80658`. It is never taken from a URL that a site claims.

**Times** are UTC: dates in MongoDB, text in SQLite (`2025-07-15T10:20:05Z` for times that the site states,
`2025-07-15T10:20:05.123Z` for times that the archive notes, each column of one kind, so that text compares as time).

**Foreign names** (plugin fields, taxonomies) are values, never names of fields, so that no site can shape a query.

## What differs between the backends

| | MongoDB | SQLite |
|---|---|---|
| `_id` | `_id` | column `key` (in `revisions`: `revision_key`); documents also have an integer `pk` |
| nested values, lists | as they are | JSON text; parts that are asked for often also as columns: `author_id`, `author_name`, \
`author_slug`, `featured_media_id`, `featured_media_url`, `duplicate_of`, `duplicate_kind` |
| terms of posts | in the document, indexed | also one row each in `post_terms` (`post`, `taxonomy`, `term_id`, `name`, `slug`) |
| `sketch` | list, indexed | packed 64-bit integers, little endian; also one row each in `postings` or `postings_recent` (`key`, `post`) |
| search | field `search` of a post: every token once, indexed | FTS5 table `posts_fts` over tokens of `title`, `text`, `terms` \
(`rowid` is `posts.pk`) |
| earlier versions | `revisions.document` as it was | the same as JSON text, `raw` in base64 |
| version marks | collection `marks` | `PRAGMA user_version`, table `marks` |
| to look at | | view `articles`: live posts with author, tags and text |

Search tokens are made by `wparchive/text/search_tokens.py`, the same for both backends and for queries: letters, marks and digits, case and accents
folded; overlapping pairs of characters in scripts without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese).

## What no database takes

The record is kept and flagged where something had to give; the record as received stays in `raw`.

{flags}

A document that is refused nevertheless (a wrong identity, a missing field) fails alone and becomes a failure record.
"""


def fields(type_: type) -> dict[str, tuple[str, str]]:
    """Annotation and docstring of each field that a TypedDict declares itself, in order."""
    body = ast.parse(textwrap.dedent(inspect.getsource(type_))).body[0]
    assert isinstance(body, ast.ClassDef)
    described: dict[str, tuple[str, str]] = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            described[ast.unparse(field.target)] = (
                ast.unparse(field.annotation),
                " ".join(str(text.value.value).split()),
            )
    return described


def table(type_: type) -> str:
    """A markdown table of a type's own fields."""
    rows = [
        f"| `{name}` | `{kind.replace('|', chr(92) + '|')}` | {text} |"
        for name, (kind, text) in fields(type_).items()
    ]
    return "\n".join(["| field | type | meaning |", "|---|---|---|", *rows])


def section(title: str, type_: type) -> str:
    """One type: its docstring and its fields."""
    return f"## {title}\n\n{inspect.getdoc(type_)}\n\n{table(type_)}\n"


def flags() -> str:
    """The table in `wparchive/model/storable.py`."""
    from wparchive.model import storable as raw

    return "\n".join(line for line in (raw.__doc__ or "").splitlines() if line.startswith("|"))


def document() -> str:
    """The whole page."""
    collections = {f"`{name}`": type_ for name, type_ in RECORD_TYPES.items()}
    of_all = {
        "Every document of `posts`, `terms`, `authors`, `media`, `comments`": documents.Document
    }
    parts = [
        documents.Ref,
        documents.TermRef,
        documents.MediaRef,
        documents.Link,
        documents.Image,
        documents.Embed,
    ]
    parts += [documents.Field, documents.Duplicate, documents.TypeReport]
    sections = {**of_all, **collections, **{f"`{part.__name__}`": part for part in parts}}
    body = [section(title, type_) for title, type_ in sections.items()]
    return "\n".join([HEAD.format(version=documents.SCHEMA_VERSION, flags=flags()), *body])


if __name__ == "__main__":
    TARGET.write_text(document())
    print(f"{TARGET}: {len(DOCUMENT_TYPES)} kinds, {len(RECORD_TYPES)} collections")
