import asyncio
import json
from dataclasses import replace

from crawler.items import Media, Post, Term
from crawler.rest.collections import Collection
from crawler.run.proof import Proof, Scope
from crawler.run.report import StopReason
from crawler.run.verdict import ExitStatus
from crawler.walk import Capabilities
from pipelines.resolve import ResolvePipeline
from tests.answers import Site, error
from tests.runs import a_run
from wparchive.errors import ArchiveUnreachable

ROOT = "https://h.org/wp-json/wp/v2"
COLLECTIONS = [
    Collection("terms", "post_tag", "/wp/v2/tags"),
    Collection("terms", "category", "/wp/v2/categories"),
    Collection("terms", "genre", "/wp/v2/genres"),
    Collection("authors", "user", "/wp/v2/users"),
    Collection("media", "attachment", "/wp/v2/media"),
]
ADA = {"id": 1, "name": "Ada &amp; Co", "slug": "ada"}
PICTURE = {
    "id": 9,
    "title": {"rendered": "A <b>picture</b>"},
    "slug": "picture",
    "source_url": "https://h.org/a.jpg",
    "alt_text": "An A",
}


class Shelf:
    """An archive that knows some names."""

    def __init__(self, broken=False, **names):
        self.names, self.broken = names, broken

    async def known(self, kind, site, type_, ids):
        if self.broken:
            raise ArchiveUnreachable("the server is gone")
        return {id_: self.names[type_][id_] for id_ in ids if id_ in self.names.get(type_, {})}


def tags(*ids):
    return [{"id": id_, "name": f"Tag &#8211; {id_}", "slug": f"tag-{id_}"} for id_ in ids]


class Resolved:
    """Items resolved together, as a crawl does with those of one page."""

    def __init__(self, answers=None, shelf=None, collections=COLLECTIONS):
        self.site = Site({f"{ROOT}/{name}": answer for name, answer in (answers or {}).items()})
        self.run = a_run(shelf or Shelf(), self.site.fetcher)
        self.run.collections = {(part.kind, part.type): part for part in collections}

    def items(self, *items):
        pipeline = ResolvePipeline(self.run)

        async def together():
            return await asyncio.gather(*map(pipeline.process_item, items))

        return asyncio.run(together())


def post(id_=7, **fields):
    return Post(site="h.org", type="post", id=id_, **fields)


def test_names_of_all_kinds():
    genres = [{"id": 4, "name": "Drama", "slug": "drama"}]
    resolved = Resolved(
        {"tags": tags(8, 9), "categories": [], "genres": genres, "users": [ADA], "media": [PICTURE]}
    )
    [item] = resolved.items(
        post(
            term_ids={"post_tag": [9, 8], "category": [], "genre": [4]},
            author_id=1,
            featured_media_id=9,
        )
    )
    assert item.tags == [
        {"id": 9, "name": "Tag – 9", "slug": "tag-9"},
        {"id": 8, "name": "Tag – 8", "slug": "tag-8"},
    ]
    assert item.categories == []
    assert item.terms == [{"id": 4, "name": "Drama", "slug": "drama", "taxonomy": "genre"}]
    assert item.author == {"id": 1, "name": "Ada & Co", "slug": "ada"}
    assert item.featured_media == {
        "id": 9,
        "name": "A picture",
        "slug": "picture",
        "url": "https://h.org/a.jpg",
        "alt": "An A",
    }
    assert sorted(url.partition("?")[0].rpartition("/")[2] for url in resolved.site.asked) == [
        "genres",
        "media",
        "tags",
        "users",
    ]


def test_all_authors_that_a_plugin_names():
    guest = {"id": 0, "name": "A guest", "slug": "guest"}
    named = {"id": 1, "name": "Ada", "slug": None}
    terms = [{"id": 4, "name": "ada", "slug": "cap-ada"}, {"id": 5, "name": "bo", "slug": "cap-bo"}]
    taxonomy = Collection("terms", "author", "/wp/v2/coauthors")
    resolved = Resolved({"coauthors": terms, "users": [ADA]}, collections=[*COLLECTIONS, taxonomy])
    ada = {"id": 1, "name": "Ada & Co", "slug": "ada"}
    alone, publishpress, co_authors_plus, nobody = resolved.items(
        post(author_id=1),
        post(author_id=1, co_authors=[guest, named]),
        post(author_id=1, term_ids={"author": [4, 5]}),
        post(),
    )
    assert alone.authors == [ada]
    assert publishpress.authors == [guest, ada]
    assert co_authors_plus.authors == [ada, {"id": 0, "name": "bo", "slug": "bo"}]
    assert nobody.authors == []


def test_posts_that_share_tags_share_requests():
    resolved = Resolved({"tags": tags(*range(1, 60))})
    items = resolved.items(
        *(post(id_, term_ids={"post_tag": [id_, id_ + 1, 50]}) for id_ in range(1, 41))
    )
    assert all(ref["name"] for item in items for ref in item.tags)
    assert len(resolved.site.asked) == 1


def test_what_the_archive_knows_is_not_asked():
    resolved = Resolved(shelf=Shelf(post_tag={8: {"id": 8, "name": "Eight", "slug": "eight"}}))
    assert resolved.items(post(term_ids={"post_tag": [8]}))[0].tags == [
        {"id": 8, "name": "Eight", "slug": "eight"}
    ]
    assert resolved.site.asked == []


def test_batches_are_no_larger_than_the_site_allows():
    small = Collection(
        "terms", "post_tag", "/wp/v2/tags", capabilities=Capabilities(frozenset(), frozenset(), 10)
    )
    resolved = Resolved({"tags": tags(*range(1, 26))}, collections=[small])
    [item] = resolved.items(post(term_ids={"post_tag": list(range(1, 26))}))
    assert all(ref["name"] for ref in item.tags)
    assert [url.rpartition("per_page=")[2] for url in resolved.site.asked] == ["10", "10", "5"]


def test_a_closed_list_leaves_ids_with_the_reason():
    resolved = Resolved({"users": error(401, "rest_user_cannot_view")})
    first, second = resolved.items(post(1, author_id=1), post(2, author_id=2))
    assert first.author == {
        "id": 1,
        "name": None,
        "slug": None,
        "unresolved": "closed to visitors: 401 rest_user_cannot_view Sorry.",
    }
    assert second.author["name"] is None
    assert len(resolved.site.asked) == 1


def test_what_the_census_found_closed_is_not_asked_again():
    resolved = Resolved({"users": [ADA]})
    resolved.run.closed["authors", "user"] = "closed to visitors: 401"
    assert resolved.items(post(author_id=1))[0].author["unresolved"] == "closed to visitors: 401"
    assert resolved.site.asked == []


def test_after_a_proved_walk_there_is_nothing_more_to_ask():
    resolved = Resolved({"tags": tags(8)})
    count = resolved.run.report.count("terms", "post_tag")
    count.proof = Proof.proved(Scope.everything(9))
    assert (
        "not among what the site shows"
        in resolved.items(post(term_ids={"post_tag": [8]}))[0].tags[0]["unresolved"]
    )


def test_hints_where_names_are_closed():
    resolved = Resolved(
        {"tags": error(401, "rest_forbidden"), "users": error(401, "rest_user_cannot_view")}
    )
    [item] = resolved.items(
        post(
            term_ids={"post_tag": [8, 9]},
            class_list=["post-7", "tag-heat-waves", "tag-climate"],
            author_id=1,
            embedded={
                "post_tag": {9: {"id": 9, "name": "Climate!", "slug": "climate"}},
                "user": {1: {"id": 1, "name": "Ada", "slug": None, "hint": "seo"}},
            },
        )
    )
    assert item.tags == [
        {"id": 8, "name": "heat waves", "slug": "heat-waves", "hint": "class_list"},
        {"id": 9, "name": "Climate!", "slug": "climate"},
    ]
    assert item.author == {"id": 1, "name": "Ada", "slug": None, "hint": "seo"}


def test_one_unreadable_record_takes_no_name_from_the_others():
    body = json.dumps(
        [*tags(8), {"name": "without id"}, {"id": 9, "name": "Nine", "slug": "nine"}]
    ).encode()
    [item] = Resolved({"tags": (200, {}, body)}).items(post(term_ids={"post_tag": [8, 9]}))
    assert [ref["name"] for ref in item.tags] == ["Tag – 8", "Nine"]


def test_an_outage_costs_names_and_no_items():
    resolved = Resolved({"tags": (500, {}, b"")})
    assert [
        ref["unresolved"] for ref in resolved.items(post(term_ids={"post_tag": [8, 9]}))[0].tags
    ] == ["500 empty body"] * 2


def test_a_lost_archive_ends_the_run_and_no_item():
    resolved = Resolved(shelf=Shelf(broken=True))
    assert resolved.items(post(author_id=1))[0].author["name"] is None
    assert resolved.run.report.stopped == StopReason(ExitStatus.ARCHIVE, "the server is gone")


def test_a_type_without_a_list_says_so():
    [item] = Resolved(collections=[]).items(post(term_ids={"mood": [3]}))
    assert item.terms == [
        {
            "id": 3,
            "name": None,
            "slug": None,
            "unresolved": "the site shows no list of mood",
            "taxonomy": "mood",
        }
    ]


def test_a_taxonomy_with_the_name_of_a_post_type_has_names_of_its_own():
    both = [
        Collection("terms", "genre", "/wp/v2/genre-terms"),
        Collection("posts", "genre", "/wp/v2/genre"),
    ]
    resolved = Resolved(
        {"genre-terms": [{"id": 4, "name": "Drama", "slug": "drama"}]}, collections=both
    )
    assert resolved.items(post(term_ids={"genre": [4]}))[0].terms[0]["name"] == "Drama"


def test_absent_references_stay_unknown():
    resolved = Resolved()
    orphan, unknown = resolved.items(post(1, author_id=0, featured_media_id=0), post(2))
    assert (orphan.author, orphan.featured_media, unknown.author, unknown.featured_media) == (
        None,
        None,
        None,
        None,
    )
    assert resolved.site.asked == []


def test_media_have_authors_and_other_kinds_pass():
    term = Term(site="h.org", type="post_tag", id=8, name="Eight")
    media, same = Resolved({"users": [ADA]}).items(
        Media(site="h.org", type="attachment", id=9, author_id=1), replace(term)
    )
    assert media.author["name"] == "Ada & Co"
    assert same == term


def test_a_tag_that_is_newer_than_the_walk_of_tags_is_asked_for():
    resolved = Resolved({"tags": tags(8)})
    count = resolved.run.report.count("terms", "post_tag")
    count.proof = Proof.proved(Scope.everything(7))
    assert resolved.items(post(term_ids={"post_tag": [8]}))[0].tags[0]["name"] is not None
