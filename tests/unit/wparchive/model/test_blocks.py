"""Text is written from blocks."""

from hypothesis import given
from hypothesis import strategies as st

from wparchive.model.blocks import Block, placed_text, text_of_blocks


def paragraph(text: str, **more: object) -> Block:
    return {"kind": "paragraph", "text": text, **more}  # type: ignore[typeddict-item]


def item(text: str, depth: int = 1, number: int | None = None, **more: object) -> Block:
    block: Block = {"kind": "list_item", "text": text, "depth": depth, "ordered": False}
    if number is not None:
        block["ordered"] = True
        block["number"] = number
    return {**block, **more}  # type: ignore[typeddict-item]


def test_blank_lines_separate_blocks_and_tight_ones_only_end_the_line() -> None:
    blocks = [paragraph("a"), paragraph("b"), paragraph("c", tight=True)]
    assert text_of_blocks(blocks) == "a\n\nb\nc"


def test_items_have_markers_and_indentation() -> None:
    assert placed_text(item("a")) == "- a"
    assert placed_text(item("a", depth=3, number=7)) == "    7. a"
    assert placed_text(item("a\nb", depth=2)) == "  - a\n    b"
    assert placed_text(paragraph("more", depth=1)) == "  more"


def test_code_in_a_list_is_kept_to_the_letter() -> None:
    code: Block = {"kind": "code", "text": "a:\n  b", "depth": 1, "ordered": False}
    assert placed_text(code) == "- a:\n  b"


def test_indentation_does_not_grow_with_hostile_nesting() -> None:
    assert placed_text(paragraph("a", depth=1_000_000)) == "  " * 16 + "a"


def test_what_is_removed_is_not_text_and_comes_back() -> None:
    blocks = [
        paragraph("a"),
        item("share", removed="recurs"),
        item("this", tight=True),
        paragraph("b", removed="recurs"),
    ]
    assert text_of_blocks(blocks) == "a\n\n- this"
    assert text_of_blocks(blocks, with_removed=True) == "a\n\n- share\n- this\n\nb"


def test_blocks_without_text_leave_no_gap() -> None:
    figure: Block = {"kind": "figure", "text": "", "url": "https://e.com/x.png", "alt": ""}
    assert text_of_blocks([item("a"), figure, item("b", tight=True)]) == "- a\n- b"
    assert text_of_blocks([figure]) == ""


_blocks = st.builds(
    paragraph, st.sampled_from(["", "one", "two\nlines"]), tight=st.just(True)
) | st.builds(item, st.sampled_from(["x", "y\nz"]), depth=st.integers(1, 3))


@given(st.lists(_blocks), st.sets(st.integers(0, 9)))
def test_removing_blocks_and_taking_them_back_changes_nothing(
    blocks: list[Block], chosen: set[int]
) -> None:
    text = text_of_blocks(blocks)
    removed: list[Block] = [
        {**block, "removed": "recurs"} if number in chosen else block
        for number, block in enumerate(blocks)
    ]
    assert text_of_blocks(removed, with_removed=True) == text
    kept = [block for number, block in enumerate(blocks) if number not in chosen]
    assert text_of_blocks(removed).split() == text_of_blocks(kept).split()
