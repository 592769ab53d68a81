"""The documented data format is the one in the code."""

import importlib.util
from pathlib import Path
from typing import get_type_hints

from wparchive.model.documents import Document
from wparchive.model.record_types import RECORD_TYPES

DOCS = Path(__file__).parents[3] / "docs"


def generator():
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_generator_writes():
    assert (DOCS / "data-format.md").read_text() == generator().document(), (
        "run: python docs/generate.py"
    )


def test_every_field_of_every_collection_is_described():
    fields = generator().fields
    for name, type_ in RECORD_TYPES.items():
        inherited = (
            get_type_hints(Document).keys()
            if get_type_hints(type_).keys() > get_type_hints(Document).keys()
            else set()
        )
        assert get_type_hints(type_).keys() == fields(type_).keys() | inherited, name
