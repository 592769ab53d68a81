"""Slugs of terms from a post's CSS classes, for sites that close their term lists: a guess, and marked as one. Pure."""

from wparchive.model.documents import MediaRef

# What WordPress calls the classes of its two old taxonomies (get_post_class() in wp-includes/post-template.php).
_PREFIX = {"post_tag": "tag", "category": "category"}


def class_list_hints(taxonomy: str, ids: list[int], class_list: list[str]) -> dict[int, MediaRef]:
    """Id -> hint, only where the classes of the taxonomy are exactly as many as its ids: both come in the same order then.

    WordPress puts an id where a slug leaves nothing that a CSS class can hold, and cuts what a class cannot hold: no hint then.
    The id of another term there shows that the two lists are not in step.
    """
    prefix = f"{_PREFIX.get(taxonomy, taxonomy)}-"
    slugs = [name.removeprefix(prefix) for name in class_list if name.startswith(prefix)]
    if len(slugs) != len(ids) or any(
        slug.isdigit() and slug != str(id_) for id_, slug in zip(ids, slugs, strict=True)
    ):
        return {}
    return {
        id_: MediaRef(id=id_, name=slug.replace("-", " "), slug=slug, hint="class_list")
        for id_, slug in zip(ids, slugs, strict=True)
        if slug != str(id_) and slug and slug == slug.strip("-")
    }
