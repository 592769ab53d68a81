import asyncio
from datetime import UTC, datetime

import pytest

from crawler.errors import (
    ApiClosed,
    NoResponse,
    NotWordPress,
    RobotsForbid,
    SiteError,
    SiteUnreachable,
    TooLarge,
)
from crawler.rest.api import Api
from crawler.site.attempts import WHAT_TO_DO, way_on
from crawler.site.discovery import GUESS_TIMEOUT_S, discover
from tests.answers import Site, error, page

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOME, ROOT = "https://h.org/", "https://h.org/wp-json/"
PATHINFO, QUERY = "https://h.org/index.php/wp-json/", "https://h.org/?rest_route=/"
INDEX = {
    "name": "A &amp; B",
    "description": "",
    "gmt_offset": "5.5",
    "timezone_string": "",
    "namespaces": ["oembed/1.0", "wp/v2"],
    "routes": {"/": {}},
}
PLAIN = page()


def found(answers, address=HOME):
    site = Site(answers)
    return asyncio.run(discover(site.fetcher.get, address, NOW)), site


def refused(answers, expected, address=HOME, match=None):
    site = Site(answers)
    with pytest.raises(expected, match=match):
        asyncio.run(discover(site.fetcher.get, address, NOW))
    return site


@pytest.mark.parametrize(
    ("answers", "root", "how"),
    [
        (
            {
                HOME: page(Link='<https://h.org/api/>; rel="https://api.w.org/"'),
                "https://h.org/api/": INDEX,
            },
            "https://h.org/api/",
            "Link header",
        ),
        (
            {
                HOME: page('<link rel="https://api.w.org/" href="/wp-json">'),
                "https://h.org/wp-json": INDEX,
            },
            ROOT,
            "link element",
        ),
        (
            {
                HOME: page('<link rel="EditURI" href="https://h.org/xmlrpc.php?rsd">'),
                "https://h.org/xmlrpc.php?rsd": (
                    200,
                    {},
                    b'<api name="WP-API" apiLink="https://h.org/renamed/" />',
                ),
                "https://h.org/renamed/": INDEX,
            },
            "https://h.org/renamed/",
            "RSD",
        ),
        ({HOME: PLAIN, ROOT: INDEX}, ROOT, "probe /wp-json/"),
        (
            {HOME: PLAIN, PATHINFO: INDEX},
            PATHINFO,
            "probe /index.php/wp-json/",
        ),
        ({QUERY: INDEX, HOME: PLAIN}, QUERY, "probe /?rest_route=/"),
        (
            {
                HOME: page('<link rel="https://api.w.org/" href="https://h.org/wp-json/?lang=fr">'),
                ROOT + "?lang=fr": INDEX,
            },
            ROOT + "?lang=fr",
            "link element",
        ),
        (
            {
                HOME: page(Link='<https://cms.h.org/wp-json/>; rel="https://api.w.org/"'),
                "https://cms.h.org/wp-json/": INDEX,
            },
            "https://cms.h.org/wp-json/",
            "Link header",
        ),
    ],
    ids=[
        "link-header",
        "link-element",
        "rsd",
        "wp-json",
        "index.php",
        "rest_route",
        "language-parameter",
        "headless",
    ],
)
def test_every_way_to_a_root(answers, root, how):
    discovered, _ = found(answers)
    assert (discovered.api.root, discovered.site["found_by"]) == (root, how)
    assert discovered.routes == {"/": {}}


@pytest.mark.parametrize(
    "address",
    ["https://h.org/blog/2024/05/a-post/", "https://h.org/blog", "https://h.org/blog/index.php"],
)
def test_a_site_in_a_folder_is_found_from_its_pages(address):
    discovered, _ = found({address: PLAIN, "https://h.org/blog/wp-json/": INDEX}, address)
    assert discovered.site["_id"] == "h.org/blog"
    assert discovered.site["home"] == "https://h.org/blog/"


QUERY_AT = "https://h.org/2024/a-post/?rest_route=/"


@pytest.mark.parametrize(
    ("above", "root", "key"),
    [
        ({ROOT: INDEX | {"home": "https://h.org"}}, ROOT, "h.org"),
        (
            {
                QUERY: INDEX | {"home": "https://h.org"},
                "https://h.org/2024/?rest_route=/": INDEX | {"home": "https://h.org"},
            },
            QUERY,
            "h.org",
        ),
        ({ROOT: INDEX | {"home": "https://other.example"}}, QUERY_AT, "h.org/2024/a-post"),
        ({}, QUERY_AT, "h.org"),
    ],
    ids=["pretty", "plain", "another-site-above", "nothing-above"],
)
def test_rest_route_answers_at_any_page_and_the_home_is_further_up(above, root, key):
    address = "https://h.org/2024/a-post/"
    discovered, _ = found(
        {QUERY_AT: INDEX | {"home": "https://h.org"}, address: PLAIN} | above, address
    )
    assert (discovered.api.root, discovered.site["_id"]) == (root, key)


def test_a_page_is_no_side_entrance_to_a_site_that_forbids_its_api():
    answers = {
        QUERY_AT: INDEX | {"home": "https://h.org"},
        "https://h.org/2024/a-post/": PLAIN,
        ROOT: RobotsForbid("no"),
    }
    refused(answers, RobotsForbid, "https://h.org/2024/a-post/")


def test_a_plain_site_in_a_folder_is_not_the_site_above():
    answers = {
        "https://h.org/blog/?rest_route=/": INDEX | {"home": "https://h.org/blog"},
        ROOT: INDEX | {"home": "https://h.org"},
    }
    assert (
        found({"https://h.org/blog/": PLAIN} | answers, "https://h.org/blog/")[0].site["_id"]
        == "h.org/blog"
    )


def test_what_the_index_says_of_the_site():
    site = found({HOME: PLAIN, ROOT: INDEX})[0].site
    assert (site["name"], site["gmt_offset"], site["timezone"], site["language"]) == (
        "A & B",
        5.5,
        "",
        "en-GB",
    )
    assert site["namespaces"] == ["oembed/1.0", "wp/v2"]
    assert site["first_seen_at"] == NOW


def test_public_settings_are_kept_where_they_are_set():
    front = {"show_on_front": "page", "page_on_front": 7, "page_for_posts": 0}
    icon = {"site_icon": 12, "site_icon_url": "https://x.example/i.png\x1b", "site_logo": None}
    odd = [{}, {"site_logo": True}, {"site_icon_url": []}, {"page_on_front": -1}]
    site = found({HOME: PLAIN, ROOT: INDEX | front | icon})[0].site
    assert site["public_settings"] == {
        "site_icon": 12,
        "site_icon_url": "https://x.example/i.png",
        "show_on_front": "page",
        "page_on_front": 7,
    }
    for more in odd:
        assert found({HOME: PLAIN, ROOT: INDEX | more})[0].site["public_settings"] == {}


@pytest.mark.parametrize(
    ("offset", "hours"),
    [
        ("5.5", 5.5),
        (-3, -3.0),
        ("", None),
        (None, None),
        ("nan", None),
        ("1e999", None),
        ([], None),
    ],
)
def test_offsets_come_in_many_types(offset, hours):
    assert found({HOME: PLAIN, ROOT: INDEX | {"gmt_offset": offset}})[0].site["gmt_offset"] == hours


@pytest.mark.parametrize(
    "flip",
    [{"routes": []}, {"routes": None}, {"name": None, "description": []}, {"timezone_string": 7}],
)
def test_an_index_with_odd_types_is_one(flip):
    assert found({HOME: PLAIN, ROOT: INDEX | flip})[0].api.root == ROOT


def test_wordpress_com():
    types = {"post": {"slug": "post"}}
    answers = {
        "https://me.wordpress.com/": PLAIN,
        "https://public-api.wordpress.com/wp/v2/sites/me.wordpress.com/types": types,
    }
    discovered, site = found(answers, "https://me.wordpress.com/")
    assert discovered.api == Api("https://public-api.wordpress.com/", "me.wordpress.com")
    assert discovered.site["_id"] == "me.wordpress.com"
    assert len(site.asked) == 2


def test_a_site_of_wordpress_com_under_its_own_name():
    home = page(
        "<script src='https://s0.wp.com/x.js'></script><meta name=generator content=wordpress.com>"
    )
    answers = {
        "https://own.org/": home,
        "https://public-api.wordpress.com/wp/v2/sites/own.org/types": {"post": {}},
    }
    assert found(answers, "https://own.org/")[0].api.wordpress_com == "own.org"


def test_an_api_at_another_site_is_named_and_not_asked():
    answers = {
        HOME: page(Link='<https://other.example/wp-json/>; rel="https://api.w.org/"'),
        "https://other.example/wp-json/": INDEX,
    }
    site = refused(
        answers, NotWordPress, match="https://other.example/wp-json/; give that site's address"
    )
    assert not any("other.example" in url for url in site.asked)


def test_broken_hints_do_not_end_the_search():
    home = page(
        '<link rel="https://api.w.org/" href="http://[">',
        Link='<https://h.org:x/>; rel="https://api.w.org/"',
    )
    assert found({HOME: home, ROOT: INDEX})[0].api.root == ROOT


def test_a_redirect_of_the_root_decides_its_address():
    answers = {HOME: PLAIN, ROOT: (200, {"Moved": "https://www.h.org/wp-json/"}, INDEX)}
    discovered, _ = found(answers)
    assert discovered.api.root == "https://www.h.org/wp-json/"
    assert discovered.site["_id"] == "www.h.org"


def test_an_api_that_leads_to_the_home_page_is_closed():
    home = page(Link='<https://h.org/wp-json/>; rel="https://api.w.org/"')
    refused(
        {HOME: home, ROOT: home, PATHINFO: home},
        ApiClosed,
        match="closed to visitors, or away for a while",
    )


def test_home_pages_at_the_usual_places_are_no_wordpress():
    refused({HOME: PLAIN, ROOT: PLAIN, PATHINFO: PLAIN}, NotWordPress)


@pytest.mark.parametrize(
    "index",
    [
        {"namespaces": ["oembed/1.0"], "routes": {}},
        {"namespaces": {"0": "wp/v2"}},
        {"namespaces": None},
        {"swagger": "2.0"},
        [],
        "text",
    ],
)
def test_other_json_is_no_wordpress(index):
    refused({HOME: PLAIN, ROOT: index}, NotWordPress)


@pytest.mark.parametrize(
    "answer",
    [
        error(401, "rest_not_logged_in"),
        error(403, "rest_cannot_access"),
        error(401, "itsec_rest_api_access_restricted"),
        (403, {}, b"<html><title>403 Forbidden</title>"),
        (403, {}, b"<html><title>Just a moment...</title>"),
        (202, {}, b'<meta http-equiv="refresh" content="0;/.well-known/sgcaptcha/">'),
    ],
)
def test_no_is_an_answer_and_no_other_entrance_is_tried(answer):
    answers = {
        QUERY: INDEX,
        HOME: PLAIN,
        ROOT: answer,
        PATHINFO: INDEX,
    }
    site = refused(answers, ApiClosed, match="closed to visitors")
    assert site.asked == [HOME, ROOT]


def test_the_sentence_of_a_closed_site_goes_on_with_what_to_do():
    answer = error(401, "rest_not_logged_in", "You are not currently logged in.")
    answers = {HOME: PLAIN, ROOT: answer}
    refused(answers, ApiClosed, match="not currently logged in; ask its owner")


def test_a_folder_that_is_closed_says_nothing_of_the_site_above():
    answers = {
        "https://h.org/intern/": PLAIN,
        "https://h.org/intern/wp-json/": (403, {}, b"no"),
        ROOT: INDEX,
    }
    assert found(answers, "https://h.org/intern/")[0].site["_id"] == "h.org"


@pytest.mark.parametrize(
    "answer", [(403, {}, b"no"), RobotsForbid("robots.txt forbids /intern/wp-json/")]
)
def test_a_folder_whose_own_api_says_no_is_not_replaced_by_the_site_above(answer):
    home = page(Link='<https://h.org/intern/wp-json/>; rel="https://api.w.org/"')
    site = refused(
        {"https://h.org/intern/": home, "https://h.org/intern/wp-json/": answer, ROOT: INDEX},
        SiteError,
        "https://h.org/intern/",
    )
    assert ROOT not in site.asked


def test_a_hint_at_a_closed_host_leaves_the_site_s_own():
    home = page(Link='<https://staging.h.org/wp-json/>; rel="https://api.w.org/"')
    assert (
        found({HOME: home, "https://staging.h.org/wp-json/": (401, {}, b""), ROOT: INDEX})[0].site[
            "_id"
        ]
        == "h.org"
    )


def test_a_forbidden_folder_is_passed_over_on_the_way_up():
    answers = {
        "https://h.org/a/": PLAIN,
        "https://h.org/a/wp-json/": RobotsForbid("robots.txt forbids /a/wp-json/"),
        ROOT: INDEX,
    }
    discovered, site = found(answers, "https://h.org/a/")
    assert discovered.site["_id"] == "h.org"
    assert "https://h.org/a/?rest_route=/" not in site.asked


@pytest.mark.parametrize(
    ("status", "headers"), [(429, {}), (503, {}), (403, {"retry-after": "60"})]
)
def test_a_site_that_is_busy_is_not_closed(status, headers):
    site = refused(
        {HOME: PLAIN, ROOT: (status, headers, b"Briefly unavailable"), QUERY: INDEX},
        SiteUnreachable,
        match=r"^(?!.*run again later.*later).*; run again later$",
    )
    assert QUERY not in site.asked


def test_a_challenge_on_the_home_page_alone_is_no_obstacle():
    home = (403, {}, b"<html><title>Just a moment...</title>")
    assert found({HOME: home, ROOT: INDEX})[0].api.root == ROOT


def test_a_forbidden_home_page_is_no_forbidden_api():
    answers = {HOME: RobotsForbid("robots.txt forbids https://h.org/"), ROOT: INDEX}
    assert found(answers)[0].api.root == ROOT


def test_a_forbidden_root_is_left_alone():
    answers = {
        HOME: PLAIN,
        ROOT: RobotsForbid("robots.txt forbids /wp-json/"),
        PATHINFO: INDEX,
    }
    assert refused(answers, RobotsForbid, match="/wp-json/").asked[-1] == ROOT


def test_robots_are_named_where_nothing_else_was_found():
    refused(
        {HOME: RobotsForbid("robots.txt forbids https://h.org/"), QUERY: PLAIN},
        RobotsForbid,
        match="left alone",
    )


def test_a_silent_host_is_asked_once():
    site = refused({HOME: NoResponse("host unknown")}, SiteUnreachable, match="host unknown")
    assert site.asked == [HOME]


def test_without_a_scheme_http_is_tried_after_https():
    answers = {
        HOME: NoResponse("connection refused"),
        "http://h.org/": PLAIN,
        "http://h.org/wp-json/": INDEX,
    }
    assert found(answers, "h.org")[0].api.root == "http://h.org/wp-json/"


def test_the_https_that_nobody_spoke_of_is_not_waited_for_long():
    patience = []

    class Patient(Site):
        async def download(self, request):
            patience.append(
                (
                    request.url,
                    request.meta.get("max_retry_times"),
                    request.meta.get("download_timeout"),
                )
            )
            return await super().download(request)

    site = Patient(
        {HOME: NoResponse("timeout"), "http://h.org/": PLAIN, "http://h.org/wp-json/": INDEX}
    )
    asyncio.run(discover(site.fetcher.get, "h.org", NOW))
    assert patience[:2] == [(HOME, 0, GUESS_TIMEOUT_S), ("http://h.org/", None, None)]


def test_with_a_scheme_nothing_else_is_tried():
    answers = {
        HOME: NoResponse("connection refused"),
        "http://h.org/": PLAIN,
        "http://h.org/wp-json/": INDEX,
    }
    refused(answers, SiteUnreachable, HOME)


def test_both_schemes_silent_is_told_of_the_first():
    refused(
        {HOME: NoResponse("first"), "http://h.org/": NoResponse("second")},
        SiteUnreachable,
        "h.org",
        match="first",
    )


def test_a_home_page_that_is_too_large_does_not_matter():
    assert found({HOME: TooLarge("32 MB"), ROOT: INDEX})[0].site["language"] is None


def test_the_name_of_a_site_is_one_line_without_control_characters():
    named = INDEX | {"name": "A\x1b[31m\u202e &amp;\r\nB\u2028C\x9b", "description": None}
    discovered, _ = found({ROOT: named}, "https://h.org/")
    assert discovered.site["name"] == "A[31m & B C"
    assert discovered.site["description"] == ""


@pytest.mark.parametrize(
    ("refusal", "site"),
    [
        ("301 redirects to https://www.a.org/wp-json/wp/v2/posts?_fields=id", "https://www.a.org"),
        ("308 redirects to https://b.org/blog/wp-json/wp/v2/posts", "https://b.org/blog"),
        ("302 redirects to https://b.org/index.php?rest_route=/wp/v2/posts", "https://b.org"),
        ("301 redirects to https://b.org/", "https://b.org"),
        ("301 redirects to https://a.org/wp-json/other", None),
        ("302 redirects to https://login.b.org/?next=1", None),
        ("302 redirects to https://b.org/wp-login.php", None),
        ("401 rest_not_logged_in", None),
    ],
)
def test_lists_that_moved_to_another_host_are_advised_to_be_sought_there(refusal, site):
    advice = way_on(refusal, "https://a.org/wp-json/")
    assert advice.endswith(WHAT_TO_DO)
    assert (f"(-a site={site})" in advice) == (site is not None)
    assert ("-a site=" in advice) == (site is not None)
