import pytest
from scrapy.settings import Settings

import settings.base
import settings.production
import settings.test
from crawler.errors import BadArguments
from crawler.settings_check import check_settings


def given(module=settings.base, **changed):
    known = Settings()
    known.setmodule(module)
    known.setdict(changed, priority="cmdline")
    return known


@pytest.mark.parametrize("module", [settings.base, settings.production, settings.test])
def test_the_profiles_pass(module):
    check_settings(given(module), vars(module))


@pytest.mark.parametrize(
    "changed",
    [
        {"CRAWL_PER_PAGE": "50"},
        {"DOWNLOAD_DELAY": "0"},
        {"ROBOTSTXT_OBEY": "0"},
        {"DOWNLOAD_TIMEOUT": "2.5"},
        {"CRAWL_WAIT_TOTAL_MAX_S": "inf"},
        {"CRAWL_PRIVATE_ADDRESSES": "Yes"},
        {"CRAWL_PROGRESS": "OFF"},
        {"CLEAN_PROCESSES": "auto"},
        {"CRAWL_FILES_TYPES": "image/*, application/pdf"},
        {"FEEDS": {}},
        {"JOBDIR": "x"},
        {"MY_STAGE_WORDS": "5"},
    ],
)
def test_values_of_a_command_line_pass(changed):
    check_settings(given(**changed), vars(settings.base))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"CRAWL_PER_PAGE": "abc"}, "CRAWL_PER_PAGE is a whole number of 1 or more, not 'abc'"),
        (
            {"CONCURRENT_REQUESTS_PER_DOMAIN": "0"},
            "CONCURRENT_REQUESTS_PER_DOMAIN is a whole number of 1 or more, not '0'",
        ),
        ({"DOWNLOAD_DELAY": "-1"}, "DOWNLOAD_DELAY is a number of 0 or more, not '-1'"),
        ({"DOWNLOAD_TIMEOUT": "nan"}, "DOWNLOAD_TIMEOUT is a number of 0 or more"),
        ({"ROBOTSTXT_OBEY": "perhaps"}, "ROBOTSTXT_OBEY is 1 or 0, not 'perhaps'"),
        ({"ROBOTSTXT_OBEY": "yes"}, "ROBOTSTXT_OBEY is 1 or 0"),  # Scrapy does not know the word
        ({"CLEAN_PROCESSES": "-1"}, "CLEAN_PROCESSES is a whole number or auto, not '-1'"),
        ({"CRAWL_FILES_TYPES": "jpg"}, "CRAWL_FILES_TYPES is beginnings of media types, as image/"),
        ({"CRAWL_PROGRESS": "loud"}, "CRAWL_PROGRESS is auto or off, not 'loud'"),
        (
            {"CRAWL_PRIVATE_ADDRESSES": "maybe"},
            "CRAWL_PRIVATE_ADDRESSES is auto, 1 or 0, not 'maybe'",
        ),
        ({"CRAWL_PERPAGE": "20"}, "there is no setting CRAWL_PERPAGE"),
        ({"DOWNLOAD_DELY": "5"}, "there is no setting DOWNLOAD_DELY; is DOWNLOAD_DELAY meant"),
        ({"CONCURRENT_REQUEST": "1"}, "is CONCURRENT_REQUESTS meant"),
        ({"crawl_per_page": "5"}, "is CRAWL_PER_PAGE meant"),
    ],
)
def test_others_are_named(changed, words):
    with pytest.raises(BadArguments, match=words):
        check_settings(given(**changed), vars(settings.base))


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(BadArguments, match=r"DOWNLOAD_DELAY .*; CRAWL_PER_PAGE "):
        check_settings(given(CRAWL_PER_PAGE="x", DOWNLOAD_DELAY="y"), vars(settings.base))
