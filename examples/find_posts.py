"""Find posts of an archive: `python examples/find_posts.py URI WORDS`."""

import sys

from wparchive import ArchiveError, open_archive


def main(uri: str, words: str) -> int:
    """Print one line for each post found; return 1 when there is none."""
    found = 0
    with open_archive(uri) as archive:
        for hit in archive.search(words, limit=10):
            found += 1
            post = hit.post
            tags = ", ".join(str(tag["name"]) for tag in post["tags"][:3])
            print(f"{post['published_at']:%Y-%m-%d}  {post['title']}  [{tags}]")
    return 0 if found else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        sys.exit(main(sys.argv[1], sys.argv[2]))
    except ArchiveError as error:  # its message says what to do
        sys.exit(f"find_posts: {error}")
