"""How servers are told apart, and how each is asked for documents by key."""

from wparchive.backends.mongo.server_traits import ServerTraits, traits_of

KEYS = ["a.example/post/1", "a.example/post/2", "a.example/post/1"]
FERRETDB_1 = traits_of({"version": "7.0.42", "ferretdbVersion": "unknown"})


def test_only_ferretdb_1_names_its_version_so() -> None:
    assert traits_of({"version": "7.0.42"}) == ServerTraits()
    assert traits_of({"version": "7.0.77", "ferretdb": {"version": "v2.1.0"}}) == ServerTraits()
    assert FERRETDB_1.finds_by_key_alone


def test_keys_are_asked_for_together_where_an_index_can_do_it() -> None:
    assert list(ServerTraits().key_queries(KEYS)) == [{"_id": {"$in": KEYS[:2]}}]
    assert list(FERRETDB_1.key_queries(KEYS)) == [{"_id": KEYS[0]}, {"_id": KEYS[1]}]


def test_no_key_is_no_question() -> None:
    assert list(ServerTraits().key_queries([])) == list(FERRETDB_1.key_queries([])) == []


def test_very_many_keys_take_several_questions() -> None:
    keys = [f"a.example/post/{number}" for number in range(2500)]
    asked = [query["_id"]["$in"] for query in ServerTraits().key_queries(keys)]
    assert [len(some) for some in asked] == [1000, 1000, 500]
    assert [key for some in asked for key in some] == keys


def test_a_document_is_named_with_its_shard_key_where_that_costs_nothing() -> None:
    document = {"_id": "a.example/post/1", "site": "a.example", "type": "post", "id": 1, "text": ""}
    named = {name: document[name] for name in ("_id", "site", "type", "id")}
    assert ServerTraits().identity_of(document) == named
    assert ServerTraits().key_identity("a.example/post/1") == named
    assert FERRETDB_1.identity_of(document) == FERRETDB_1.key_identity("a.example/post/1")
    assert FERRETDB_1.identity_of(document) == {"_id": "a.example/post/1"}
