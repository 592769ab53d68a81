import pytest

from pipelines.cleaning import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("— … !", 0),
        ("one two  three", 3),
        ("don't can’t l’eau", 3),
        ("well-known", 2),
        ("हिन्दी में लिखना", 3),
        ("தமிழ் மொழி", 2),
        ("中文字", 3),
        ("日本語のテキスト", 8),
        ("ภาษาไทย", 7),
        ("ລາວ", 3),
        ("ខ្មែរ", 3),
        ("中文 and English", 4),
        ("안녕 세계", 2),
        ("می\u200cشود خبر", 2),
        ("naïve cafe\u0301", 2),
        ("“quoted” – dash", 2),
    ],
)
def test_words(text: str, words: int) -> None:
    assert count_words(text) == words
