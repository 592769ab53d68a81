"""Say what is in the gold set, in the words of `docs/text-quality.md`.

`python -m tests.quality.texts_set` prints it; a test compares the two.
"""

from collections import Counter

from .gold import fragments, sites

LANGUAGES = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pt": "Portuguese",
    "ru": "Russian",
    "th": "Thai",
    "zh": "Chinese",
}
BUILDERS = {
    "amp": "AMP",
    "avada": "Avada",
    "beaver-builder": "Beaver Builder",
    "block": "block editor",
    "classic": "classic editor",
    "divi": "Divi",
    "elementor": "Elementor",
    "flatsome": "Flatsome",
    "other-builder": "others (Bricks, Oxygen, Brizy, SiteOrigin, Thrive, GenerateBlocks)",
    "wpbakery": "WPBakery",
}


def sentences() -> list[str]:
    """Return the sentences that count the pieces."""
    pieces = fragments()
    splits = Counter(gold.split for gold in pieces)
    noisy = sum(bool(gold.noise) for gold in pieces)
    both = splits["tune"] + splits["held_out"]
    return [
        f"{both} pieces of `content.rendered`, {splits['tune']} for tuning and"
        f" {splits['held_out']} held out, and {splits['fresh']} whole posts (`fresh`).",
        f"Languages: {_counts(Counter(LANGUAGES[gold.language] for gold in pieces))}.",
        f"Builders: {_counts(Counter(BUILDERS[gold.builder] for gold in pieces))}.",
        f"{noisy} hold noise:",
        f"{len(pieces) - noisy} hold none:",
        f"{len(sites())} made-up sites with {sum(map(len, sites().values()))} posts",
    ]


def _counts(found: Counter[str]) -> str:
    return ", ".join(
        f"{name} {count}" for name, count in sorted(found.items(), key=lambda one: (-one[1], one))
    )


if __name__ == "__main__":
    print("\n".join(sentences()))
