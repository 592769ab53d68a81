import ast
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.settings import default_settings as scrapy_settings
from scrapy.utils.misc import load_object

from crawler.commands.doctor import DoctorSpider
from crawler.settings_check import PREFIXES, SETTINGS, Setting
from crawler.spiders.wordpress import WordPressSpider

ROOT = Path(__file__).parents[3]
MEASURES = {"bytes", "documents", "items", "processes", "requests", "rows", "seconds", "times"}
COMMENTED = re.compile(r"((?:^#.*\n)*)^([A-Z_]+) =", re.MULTILINE)
ROW = re.compile(
    r"^\| `([A-Z_]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| (operator|site|project) \|$", re.MULTILINE
)
PROFILE = re.compile(r"^\| (\w+) \| `([A-Z_]+)` \| `([^|]+)` \|$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("ARCHIVE_URI", "CRAWL_CONTACT"):
        monkeypatch.delenv(name, raising=False)


def values(profile):
    return {
        name: value
        for name, value in runpy.run_path(str(ROOT / "settings" / f"{profile}.py")).items()
        if name.isupper()
    }


def documented():
    return {
        name: default
        for name, _, default, _, _ in ROW.findall((ROOT / "docs/settings.md").read_text())
    }


def test_every_setting_that_is_ours_or_differs_from_scrapy_is_documented():
    base = values("base")
    differ = {
        name
        for name, value in base.items()
        if name.startswith(PREFIXES) or value != getattr(scrapy_settings, name, None)
    }
    assert set(documented()) == differ
    assert len(ROW.findall((ROOT / "docs/settings.md").read_text())) == len(differ)


def test_the_table_of_settings_is_what_is_documented():
    rows = ROW.findall((ROOT / "docs/settings.md").read_text())
    documented_units = {name: unit for name, unit, _, _, _ in rows}
    assert documented_units == {setting.name: setting.unit for setting in SETTINGS}
    assert len(SETTINGS) == len(documented_units)


@pytest.mark.parametrize(
    "setting", [part for part in SETTINGS if part.unit in MEASURES], ids=lambda part: part.name
)
def test_the_comment_of_a_measure_names_its_unit(setting: Setting):
    text = (ROOT / "settings/base.py").read_text()
    comments = {name: comment.lower() for comment, name in COMMENTED.findall(text)}
    assert setting.unit in comments[setting.name]


@pytest.mark.parametrize("profile", ["base", "production", "test"])
def test_the_values_of_each_profile_fit_the_table(profile):
    known = values(profile)
    wrong = [part.name for part in SETTINGS if not part.accepts.fits(known[part.name])]
    assert wrong == []


def test_documented_defaults_are_those_of_the_module():
    base = values("base")
    for name, default in documented().items():
        if default == "in the module":
            assert isinstance(base[name], dict)
        else:
            assert ast.literal_eval(default.strip("`")) == base[name], name


@pytest.mark.parametrize("profile", ["production", "test"])
def test_documented_profiles_are_those_of_the_modules(profile):
    base = values("base")
    changed = {name: value for name, value in values(profile).items() if value != base[name]}
    rows = PROFILE.findall((ROOT / "docs/settings.md").read_text())
    assert {
        name: ast.literal_eval(value) for which, name, value in rows if which == profile
    } == changed


def test_every_setting_of_ours_is_read_somewhere():
    code = "\n".join(
        path.read_text()
        for package in ("crawler", "pipelines")
        for path in (ROOT / package).rglob("*.py")
    )
    assert [
        name for name in values("base") if name.startswith(PREFIXES) and f'"{name}"' not in code
    ] == []


def test_every_setting_that_the_code_reads_is_declared():
    code = "\n".join(
        path.read_text()
        for package in ("crawler", "pipelines")
        for path in (ROOT / package).rglob("*.py")
    )
    read = set(re.findall(rf'"((?:{"|".join(PREFIXES)})[A-Z_]+)"', code))
    assert read <= set(values("base"))
    assert read


def test_other_settings_are_known_to_scrapy():
    known = set(dir(scrapy_settings))
    assert [
        name for name in values("base") if not name.startswith(PREFIXES) and name not in known
    ] == []


def test_batches_fit_into_what_can_be_in_flight():
    base = values("base")
    assert base["ARCHIVE_BATCH_SIZE"] * 2 <= base["CONCURRENT_ITEMS"]


def test_every_part_that_settings_name_exists():
    base = values("base")
    for name in ("EXTENSIONS", "DOWNLOADER_MIDDLEWARES", "ITEM_PIPELINES"):
        assert all(load_object(path) for path in base[name])
    assert all(load_object(base[name]) for name in ("LOG_FORMATTER", "TWISTED_DNS_RESOLVER"))


@pytest.mark.parametrize("spider", [WordPressSpider, DoctorSpider])
@pytest.mark.parametrize(
    ("given", "agent"),
    [
        ({}, "wparchive/0.2"),
        ({"CRAWL_CONTACT": " "}, "wparchive/0.2"),
        ({"CRAWL_CONTACT": "https://example.org/bot"}, "wparchive/0.2 (+https://example.org/bot)"),
    ],
)
def test_the_user_agent_names_the_contact(given, agent, spider):
    settings = Settings(values("base") | given)
    spider.update_settings(settings)
    assert settings["USER_AGENT"] == agent


LOADED = """
import sys
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

settings = Settings()
settings.setmodule("settings.base")
for component in settings.get_component_priority_dict_with_base("EXTENSIONS"):
    load_object(component)
print("scrapy.extensions.closespider" in sys.modules, "aiohttp" in sys.modules)
"""


def test_scrapys_own_extensions_are_loaded_without_a_web_server():
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "False"]
