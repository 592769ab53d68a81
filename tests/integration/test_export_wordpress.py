"""A WXR file of the archive equals, element by element, the one that the real WordPress makes."""

import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest

from tests.integration.crawling import crawl, uri
from wparchive import open_archive
from wparchive.export import export_posts

pytestmark = pytest.mark.wordpress
WP = "{http://wordpress.org/export/1.2/}"
MANY = {f"{WP}postmeta", f"{WP}comment", "category"}
"""Elements that an item may have several of."""
UNPUBLISHED = {"{http://purl.org/dc/elements/1.1/}creator", f"{WP}post_password"}
"""What the REST API does not tell: logins (slugs stand for them) and passwords."""
RENDERED = {
    "{http://purl.org/rss/1.0/modules/content/}encoded",
    "{http://wordpress.org/export/1.2/excerpt/}encoded",
    "title",
}
"""What the REST API tells as it is shown, not as it was written."""
TIMES_GMT = {f"{WP}post_date_gmt", f"{WP}post_modified_gmt"}
EXPORT = """
$_SERVER['HTTP_HOST'] = parse_url(get_option('home'), PHP_URL_HOST);
require_once ABSPATH . 'wp-admin/includes/export.php';
export_wp(['content' => 'all']);
"""


@pytest.fixture(scope="module")
def channels(wordpresses, tmp_path_factory):
    """The channel elements of our file and of WordPress's own."""
    site = wordpresses("6.8")
    folder = tmp_path_factory.mktemp("wxr")
    crawled = crawl(site.url, folder / "archive.db")
    assert crawled.exit_status == 0, crawled.output
    with open_archive(uri(folder / "archive.db")) as archive:
        export_posts(archive, archive.posts(order="key", raw=True), folder / "ours.xml", "wxr")
    loader = next((site.directory / "www").rglob("wp-load.php"))
    own = subprocess.run(
        ["php", "-r", f"require '{loader}'; {EXPORT}"], capture_output=True, check=True
    ).stdout
    return ElementTree.parse(folder / "ours.xml").getroot()[0], ElementTree.fromstring(own)[0]


@pytest.fixture(scope="module")
def items(channels):
    """Items by id, of both."""
    return tuple(
        {int(item.findtext(f"{WP}post_id")): item for item in channel.findall("item")}
        for channel in channels
    )


def test_every_public_item_is_there_and_nothing_else(items):
    ours, own = items
    assert len(ours) > 1000
    assert ours.keys() <= own.keys()
    left_out = Counter(
        (own[key].findtext(f"{WP}post_type"), own[key].findtext(f"{WP}status"))
        for key in own.keys() - ours.keys()
    )
    public = {
        status
        for (type_, status), _ in left_out.items()
        if status == "publish" and type_ != "secret"
    }
    assert not public, left_out


def test_items_have_the_same_elements_in_the_same_order(items):
    ours, own = items
    for key, item in ours.items():
        assert [e.tag for e in item if e.tag not in MANY] == [
            e.tag for e in own[key] if e.tag not in MANY
        ], key


def test_values_are_equal_but_for_what_a_site_does_not_publish(items):
    ours, own = items
    different: Counter[str] = Counter()
    for key, item in ours.items():
        if own[key].findtext(f"{WP}post_password"):
            continue  # the next test is about these
        for element in item:
            if element.tag not in MANY | UNPUBLISHED | RENDERED:
                theirs = own[key].find(element.tag)
                different[element.tag] += (
                    theirs is None
                    or (element.text or "") != (theirs.text or "")
                    or element.attrib != theirs.attrib
                )
    wrong = {tag: count for tag, count in different.items() if count and tag not in TIMES_GMT}
    assert wrong == {}
    assert sum(different[tag] for tag in TIMES_GMT) <= 10, (
        "around changes of the clock, the API computes times that the database has otherwise"
    )


def test_protected_posts_are_not_public_where_they_are_imported(items):
    ours, own = items
    protected = [key for key in ours if own[key].findtext(f"{WP}post_password")]
    assert protected
    for key in protected:
        imported = (ours[key].findtext(f"{WP}status"), ours[key].findtext(f"{WP}post_password"))
        assert imported == ("private", "")


def test_most_titles_and_excerpts_are_equal_too(items):
    ours, own = items
    for tag in ("title", "{http://wordpress.org/export/1.2/excerpt/}encoded"):
        equal = sum(
            (item.findtext(tag) or "") == (own[key].findtext(tag) or "")
            for key, item in ours.items()
        )
        assert equal > 0.9 * len(ours), tag


def test_items_have_the_terms_and_metadata_that_are_public(items):
    ours, own = items

    def terms(item, domains):
        return sorted(
            (c.get("domain"), c.get("nicename"), c.text)
            for c in item.findall("category")
            if c.get("domain") in domains
        )

    def metadata(item):
        return {
            meta.findtext(f"{WP}meta_key"): meta.findtext(f"{WP}meta_value")
            for meta in item.findall(f"{WP}postmeta")
        }

    public = {c.get("domain") for item in ours.values() for c in item.findall("category")}
    assert {"category", "post_tag", "genre"} <= public
    for key, item in ours.items():
        assert terms(item, public) == terms(own[key], public), key
        assert metadata(item).items() <= metadata(own[key]).items(), key


@pytest.mark.parametrize("kind", ["category", "tag", "term"])
def test_terms_are_equal(channels, kind):
    ours, own = (
        {
            t.findtext(f"{WP}term_id"): {e.tag: e.text for e in t}
            for t in channel.findall(f"{WP}{kind}")
        }
        for channel in channels
    )
    assert len(ours) >= 9
    assert all(own[key] == term for key, term in ours.items())


def test_authors_are_equal_but_for_login_and_address(channels):
    ours, own = (
        {
            a.findtext(f"{WP}author_id"): a.findtext(f"{WP}author_display_name")
            for a in c.findall(f"{WP}author")
        }
        for c in channels
    )
    assert len(ours) >= 10
    assert ours.items() <= own.items()
    mine, theirs = ([e.tag for e in channel.find(f"{WP}author")] for channel in channels)
    assert mine == theirs


@pytest.mark.parametrize(
    "tag",
    [
        "title",
        "link",
        "description",
        "language",
        f"{WP}wxr_version",
        f"{WP}base_site_url",
        f"{WP}base_blog_url",
    ],
)
def test_the_channel_is_described_equally(channels, tag):
    ours, own = channels
    assert ours.findtext(tag) == own.findtext(tag)
