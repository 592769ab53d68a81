"""Names of terms, as sources without ids publish them."""

from crawler.fallback.published_terms import (
    MADE_UP_IDS,
    PublishedTerm,
    joined_terms,
    slug_of,
    term_members,
)


def test_the_source_that_knows_the_taxonomy_counts():
    page = [PublishedTerm("News", "category", "news")]
    feed = [PublishedTerm(" news "), PublishedTerm("Go"), PublishedTerm("go"), PublishedTerm(" ")]
    assert joined_terms(feed, page) == (*page, PublishedTerm("Go"))


def test_sitemaps_tell_categories_from_tags():
    members = term_members(
        [PublishedTerm("Été 2024"), PublishedTerm("Go")], {"ete-2024": "category"}
    )
    [category], [tag] = members["categories"], members["tags"]
    assert min(category, tag) >= MADE_UP_IDS
    [embedded] = members["_embedded"]["wp:term"]
    assert [(term["taxonomy"], term["slug"]) for term in embedded] == [
        ("category", "ete-2024"),
        ("post_tag", "go"),
    ]
    assert term_members([PublishedTerm("Drama", "genre")]) == {}


def test_slugs_are_those_of_wordpress():
    assert [slug_of(name) for name in ("Hot  Drinks!", "Élan_vital", "日本語")] == [
        "hot-drinks",
        "elan-vital",
        "日本語",
    ]
