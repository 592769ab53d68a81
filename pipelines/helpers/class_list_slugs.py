"""Slugs of terms from a post's CSS classes, for sites that close their lists of terms. Pure.

They are guesses, and marked as such.
"""

from wparchive.model.documents import MediaRef

# WordPress shortens the names of its two old taxonomies in classes (`get_post_class()` in
# wp-includes/post-template.php).
_PREFIX = {"post_tag": "tag", "category": "category"}


def class_list_hints(taxonomy: str, ids: list[int], class_list: list[str]) -> dict[int, MediaRef]:
    """Return hints by id, only where the taxonomy has exactly as many classes as ids.

    Both come in the same order then.
    """
    prefix = f"{_PREFIX.get(taxonomy, taxonomy)}-"
    slugs = [name.removeprefix(prefix) for name in class_list if name.startswith(prefix)]
    if len(slugs) != len(ids) or _are_out_of_step(ids, slugs):
        return {}
    return {
        id_: MediaRef(id=id_, name=slug.replace("-", " "), slug=slug, hint="class_list")
        for id_, slug in zip(ids, slugs, strict=True)
        if _is_slug(slug, id_)
    }


def _are_out_of_step(ids: list[int], slugs: list[str]) -> bool:
    """Tell whether the id of another term stands where the slug of a term is expected.

    WordPress puts an id where a slug has no character that a CSS class can hold.
    """
    pairs = zip(ids, slugs, strict=True)
    return any(slug.isdigit() and slug != str(id_) for id_, slug in pairs)


def _is_slug(slug: str, id_: int) -> bool:
    """Tell whether it is a whole slug, not an id, and not cut where a class cannot hold it."""
    return bool(slug) and slug != str(id_) and slug == slug.strip("-")
