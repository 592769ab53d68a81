import pytest

from pipelines.resolve import class_list_hints

SEED = [
    "post-80658",
    "post",
    "type-post",
    "status-publish",
    "format-standard",
    "has-post-thumbnail",
    "hentry",
]


def slugs(taxonomy, ids, classes):
    return {
        id_: ref["slug"] for id_, ref in class_list_hints(taxonomy, ids, SEED + classes).items()
    }


def test_classes_and_ids_come_in_one_order():
    hints = class_list_hints(
        "post_tag", [7, 9], [*SEED, "category-world", "tag-climate", "tag-heat-waves"]
    )
    assert hints == {
        7: {"id": 7, "name": "climate", "slug": "climate", "hint": "class_list"},
        9: {"id": 9, "name": "heat waves", "slug": "heat-waves", "hint": "class_list"},
    }


def test_prefixes_of_taxonomies():
    assert slugs("category", [3], ["category-world", "tag-x"]) == {3: "world"}
    assert slugs("genre", [4], ["genre-drama", "tag-x"]) == {4: "drama"}


@pytest.mark.parametrize(
    ("ids", "classes"),
    [
        ([7, 9], ["tag-one"]),  # two slugs that look alike as classes: one of them is dropped
        ([7], ["tag-one", "tag-two"]),  # a theme or another taxonomy adds its own
        ([7, 9], []),
        ([], ["tag-one"]),
        ([7, 9], ["tag-9", "tag-one"]),  # an id in another's place: the lists are not in step
        ([7], ["tag-2024"]),
    ],
)
def test_lists_that_do_not_fit_give_no_hints(ids, classes):
    assert slugs("post_tag", ids, classes) == {}


@pytest.mark.parametrize("class_", ["tag-7", "tag-foo-", "tag--foo", "tag-", "tag----"])
def test_a_class_that_is_not_the_slug_gives_no_hint(class_):
    assert slugs("post_tag", [7, 9], [class_, "tag-whole"]) == {9: "whole"}
