import pytest

from crawler.arguments import SPIDER_ARGUMENTS, check_arguments
from crawler.errors import BadArguments
from crawler.spiders.wordpress import WordPressSpider

SITE = {"site": "https://example.com/blog"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"types": "post,page"},
        {"comments": "1"},
        {"comments": "No"},
        {"report": "-"},
        {"report": ""},
        {"report": "report.json"},
    ],
)
def test_good_arguments_are_kept(more):
    assert check_arguments(SITE | more) == SITE | more
    assert WordPressSpider(**SITE, **more).arguments == SITE | more


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "no site given"),
        ({"site": " "}, "no site given"),
        ({"site": "nonsense"}, "not the address of a site: 'nonsense'"),
        ({"site": "ftp://example.com"}, "not the address of a site"),
        ({"site": "https://[::1"}, "not an address"),
        ({"site": "https://me:secret@h.org/"}, "no user name or password in the address"),
        (SITE | {"comments": "maybe"}, "comments is 1 or 0, not 'maybe'"),
        (SITE | {"types": " , "}, "types names no type"),
        (
            SITE | {"sites": "x"},
            r"unknown argument 'sites'; did you mean 'site'\? there are: -a site=",
        ),
        (SITE | {"type": "post"}, r"unknown argument 'type'; did you mean 'types'\?"),
        (SITE | {"colour": "red"}, "unknown argument 'colour'; there are: -a site="),
        (SITE | {"report": "no/such/folder/report.json"}, "its folder must exist"),
        (SITE | {"report": "/"}, "it must be a file"),
    ],
)
def test_bad_arguments_say_what_is_wrong_and_what_would_be_right(arguments, words):
    with pytest.raises(BadArguments, match=words):
        check_arguments(arguments)
    with pytest.raises(BadArguments):
        WordPressSpider(**arguments)


def test_a_secret_in_the_address_is_not_stored_with_the_run():
    given = {"site": "https://h.org/?p=3&token=SECRET"}
    assert check_arguments(given)["site"] == "https://h.org/?p=3"


def test_a_report_cannot_replace_a_folder(tmp_path):
    with pytest.raises(BadArguments, match="it must be a file"):
        check_arguments(SITE | {"report": str(tmp_path)})
    assert check_arguments(SITE | {"report": str(tmp_path / "report.json")})


def test_warc_files_need_a_folder_that_is_there_or_can_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadArguments, match="not a folder that you can write to"):
        check_arguments(SITE | {"warc": str(tmp_path / "file" / "deeper")})
    assert check_arguments(SITE | {"warc": str(tmp_path / "new" / "folder")})
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("example.com", "example.com"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://[::1]:80/", "::1"),
    ],
)
def test_the_host_decides_what_private_addresses_mean(site, host):
    assert WordPressSpider(site=site).host == host


def test_every_argument_has_a_meaning():
    assert all(
        (meaning and meaning[0].islower()) or meaning[0].isdigit()
        for meaning in SPIDER_ARGUMENTS.values()
    )


def test_what_a_launcher_adds_is_left_out():
    given = {"site": "https://example.com", "_job": "95d4", "_version": "1"}
    assert check_arguments(given) == {"site": "https://example.com"}
