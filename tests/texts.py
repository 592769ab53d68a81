"""Strategies for texts in all scripts and in mixtures of them, and for JSON values."""

from hypothesis import strategies as st

_ALPHABETS = (
    "abcxyzABC019 .,-_'`\"\n\t",
    "’“”‘–—…\u00a0´″‴™×-•|",
    "，！（）：；？\u3000～％＾０－＇＂ＡＢｗ",
    "かガゝ々〇〆カタカナー・、。「」『』【】《》\u3099\u309a",
    "漢字東京都\uf900\U00020000㍿ｶﾞ\u3105",
    "กาเแ็ำ๑ລາວເ",
    "ខ្មែរမြန်မာ\u1039",
    "\u0300\u0301\u0308\u0338\u0345\u05b0\u064b\u0640\u0670",
    "हिन्दी।தமிழ்",
    "한국어\u1100\u1161\u11a8",
    "ﬁ½㈠①Ⅷ㌔",
    "👨👩🏽\u200d\ufe0f",
    "\u200b\u00ad\u2060\ufeff\u202e\U000e0001\ud800\udfff",
    "Àéßŉ\u0130ıǰΣΑςЁё",
    "العَرَبِيَّةکىپ",
)
_RUNS = st.one_of([st.text(alphabet, min_size=1, max_size=12) for alphabet in _ALPHABETS])

MIXED = st.one_of(
    st.text(),
    st.lists(_RUNS, max_size=12).map("".join),
    st.lists(_RUNS, max_size=12).map(" ".join),
)
"""Any text, and runs of several scripts with and without spaces between them."""

_ANY_TEXT = st.text(st.characters(exclude_categories=[]))  # lone surrogates too
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_ANY_TEXT, inner, max_size=4),
    max_leaves=20,
)
"""Any JSON value."""
