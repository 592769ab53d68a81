"""Write `docs/data-format.md`: `python docs/generate.py`.

The fields come from the docstrings of the types in `wparchive/model/record_types.py`, the rest from
`docs/templates/data-format.md`, so that docs and code cannot say different things.
"""

import ast
import inspect
import textwrap
from pathlib import Path

from wparchive.model import blocks, documents, run_records, storable
from wparchive.model.record_types import DOCUMENT_TYPES, RECORD_TYPES

TARGET = Path(__file__).with_name("data-format.md")

TEMPLATE = Path(__file__).parent / "templates" / "data-format.md"
"""The head of the page: all that is not about one type."""


def fields(type_: type) -> dict[str, tuple[str, str]]:
    """Return annotation and docstring of each field that a TypedDict declares itself, in order."""
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
    """Return a markdown table of a type's own fields."""
    rows = [
        f"| `{name}` | `{kind.replace('|', chr(92) + '|')}` | {text} |"
        for name, (kind, text) in fields(type_).items()
    ]
    return "\n".join(["| field | type | meaning |", "|---|---|---|", *rows])


def section(title: str, type_: type) -> str:
    """Return what the page says of one type: its docstring and its fields."""
    return f"## {title}\n\n{inspect.getdoc(type_)}\n\n{table(type_)}\n"


def flags() -> str:
    """Return the table in `wparchive/model/storable.py`."""
    lines = (storable.__doc__ or "").splitlines()
    return "\n".join(line for line in lines if line.startswith("|"))


def document() -> str:
    """Return the whole page."""
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
        blocks.Block,
        blocks.TableRow,
    ]
    parts += [documents.Field, documents.Duplicate, run_records.TypeReport]
    sections = {**of_all, **collections, **{f"`{part.__name__}`": part for part in parts}}
    body = [section(title, type_) for title, type_ in sections.items()]
    head = TEMPLATE.read_text(encoding="utf-8")
    head = head.format(version=documents.SCHEMA_VERSION, flags=flags())
    return "\n".join([head, *body])


if __name__ == "__main__":
    TARGET.write_text(document())
    print(f"{TARGET}: {len(DOCUMENT_TYPES)} kinds, {len(RECORD_TYPES)} collections")
