"""The launchers in `deploy/`: each file is checked by what reads it, or run as an operator runs it.

`.ci/deploy` installs the tools and runs this with REQUIRE_DEPLOY=1, so that nothing is skipped.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.integration.crawling import crawl
from tests.servers.recorded_site import recorded_site
from wparchive import open_archive

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
BIN = Path(sys.executable).parent
SCRIPTS = sorted([DEPLOY / "systemd/alarm", *DEPLOY.glob("cron/wparchive-*")])

pytestmark = pytest.mark.deploy


def tool(name: str) -> str:
    """Return the path of a program; skip, or fail in CI, where it is not there."""
    found = shutil.which(name, path=f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}")
    if found is None:
        missing(f"needs {name}: run .ci/deploy")
    return found or ""


def missing(why: str) -> None:
    """Skip a test, or fail it where everything must be there."""
    if os.environ.get("REQUIRE_DEPLOY"):
        pytest.fail(why)
    pytest.skip(why)


def run(*command: str | Path, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=250, **options)


def test_requirements_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = (DEPLOY / "requirements.txt").read_text("utf-8").splitlines()
    listed = [line for line in lines if not line.startswith("#")]
    assert listed == [*project["dependencies"], *project["optional-dependencies"]["crawl"]]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts(script: Path) -> None:
    assert os.access(script, os.X_OK)
    checked = run(tool("shellcheck"), script)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("name", ["wparchive@.service", "wparchive@.timer"])
def test_systemd_units(name: str, tmp_path: Path) -> None:
    verify = tool("systemd-analyze")
    for unit in [*DEPLOY.glob("systemd/*.service"), *DEPLOY.glob("systemd/*.timer")]:
        text = unit.read_text("utf-8").replace("/srv/wparchive/.venv/bin", str(BIN))
        (tmp_path / unit.name).write_text(text.replace("/srv/wparchive", str(ROOT)), "utf-8")
    checked = run(verify, "verify", "--man=no", f"./{name}", cwd=tmp_path)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_no_comment_stands_behind_a_value_of_a_unit() -> None:
    for unit in DEPLOY.glob("systemd/*"):
        for line in unit.read_text("utf-8").splitlines():
            assert line.startswith("#") or " # " not in line, f"{unit.name}: {line}"


def test_the_alarm_reaches_somebody(tmp_path: Path) -> None:
    sendmail = tmp_path / "sendmail"
    sendmail.write_text(f"#!/bin/sh\ncat > {tmp_path}/mail\n", "utf-8")
    sendmail.chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    alarm = DEPLOY / "systemd/alarm"
    told = run(alarm, "wparchive@x.service", env={"PATH": path, "ALARM_MAIL": "ops@example.org"})
    assert told.returncode == 0
    mail = (tmp_path / "mail").read_text("utf-8")
    assert mail.startswith("To: ops@example.org\nSubject: wparchive: wparchive@x.service failed\n")
    untold = run(alarm, "wparchive@x.service", env={"PATH": path})
    assert untold.returncode == 1
    assert "Nobody was told: set ALARM_MAIL or ALARM_URL" in untold.stderr


def test_cron_prints_only_what_is_news(tmp_path: Path) -> None:
    """Cron's environment is nearly empty, and its working directory is not ours."""
    if not (ROOT / ".venv/bin/scrapy").exists():
        missing("needs an installation in .venv")
    settings = tmp_path / "wparchive.env"
    settings.write_text(
        f"# cron\nARCHIVE_URI=sqlite:///{tmp_path}/a.db\nCRAWL_CONTACT=ops at $HOME's `place`\n",
        "utf-8",
    )
    sites = tmp_path / "sites.txt"
    environment = {"PATH": "/usr/bin:/bin", "WPARCHIVE_ENV": str(settings)}
    command = [DEPLOY / "cron/wparchive-cron", sites, tmp_path / "state", "-s", "DOWNLOAD_DELAY=0"]
    with recorded_site("sample") as site:
        sites.write_text(f"# all\n{site.home}", "utf-8")
        quiet = run(*command, cwd="/", env=environment)
        assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
        sites.write_text(f"{site.home}\nhttp://127.0.0.1:9/\n", "utf-8")
        loud = run(*command, "-s", "RETRY_TIMES=0", cwd="/", env=environment)
    assert loud.returncode == 4
    assert loud.stdout.startswith("http://127.0.0.1:9/: exit status 4\n")
    assert "FAILED" in loud.stdout
    accepted = run(
        *command, "-s", "RETRY_TIMES=0", cwd="/", env={**environment, "WPARCHIVE_ACCEPT": "4"}
    )
    assert (accepted.returncode, accepted.stdout) == (0, "")
    listed = run(
        DEPLOY / "cron/wparchive-env", BIN / "wparchive", "sites", cwd="/", env=environment
    )
    assert "Sample site" in listed.stdout


def test_cron_reads_the_settings_as_systemd_does(tmp_path: Path) -> None:
    settings = tmp_path / "wparchive.env"
    settings.write_text(
        "# comment\n  # another=one\n; and=this\n\nQUOTED=\"a b\"\nSINGLE='$HOME'\nCR=c\r\n"
        "  SPACES = no\n"
        'export SHELL_LINE=1\n INDENTED=i  \nMONGO=mongodb://u:p@h/d?a=b&c="d"\nLAST="',
        "utf-8",
    )
    environment = {"PATH": "/usr/bin:/bin", "WPARCHIVE_ENV": str(settings)}
    done = run(DEPLOY / "cron/wparchive-env", "env", env=environment)
    read = dict(line.split("=", 1) for line in done.stdout.splitlines())
    names = ("QUOTED", "SINGLE", "CR", "INDENTED", "MONGO", "LAST")
    assert [read[name] for name in names] == [
        *("a b", "$HOME", "c", "i", 'mongodb://u:p@h/d?a=b&c="d"', '"')
    ]
    assert not {"SPACES", "SPACES ", "SHELL_LINE"} & read.keys()
    assert [line.split()[2] for line in done.stderr.splitlines()] == ["8", "9"]


def test_the_log_of_a_clean_scheduled_run_is_short(tmp_path: Path) -> None:
    log = tmp_path / "run.log"
    with recorded_site("sample") as site:
        done = crawl(site.home, tmp_path / "a.db", settings={"LOG_LEVEL": "INFO"})
        assert len(done.output.splitlines()) < 15
        crawl(site.home, tmp_path / "a.db", settings={"LOG_LEVEL": "INFO", "LOG_FILE": log})
    lines = log.read_text("utf-8").splitlines()
    assert len(lines) < 15
    assert lines[-1].startswith("COMPLETE: 127.0.0.1")


def test_the_container_file() -> None:
    checked = run(tool("hadolint"), DEPLOY / "container/Dockerfile")
    assert checked.returncode == 0, checked.stdout
    text = (DEPLOY / "container/Dockerfile").read_text("utf-8")
    for needed in ("USER 10001", "HEALTHCHECK"):
        assert needed in text


def test_the_container_has_all_packages() -> None:
    text = (DEPLOY / "container/Dockerfile").read_text("utf-8")
    ignored = (ROOT / ".dockerignore").read_text("utf-8")
    for package in ("crawler", "pipelines", "settings", "wparchive"):
        assert f"COPY {package} {package}\n" in text
        assert f"!{package}\n" in ignored


def test_the_compose_file() -> None:
    compose = pytest.importorskip("compose_spec", reason="needs compose-spec: run .ci/deploy")
    text = (DEPLOY / "container/compose.yaml").read_text("utf-8")
    services = compose.PyCompose.from_yaml(text).to_dict()["services"]
    assert services["crawl"]["read_only"] is True
    assert services["crawl"]["depends_on"] == {"mongodb": {"condition": "service_healthy"}}


def test_the_kubernetes_job() -> None:
    checked = run(tool("kubernetes-validate"), "--strict", DEPLOY / "kubernetes/cronjob.yaml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_alert_rules() -> None:
    checked = run(tool("promtool"), "check", "rules", DEPLOY / "prometheus/wparchive.rules.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_alerts_ask_for_metrics_that_there_are(tmp_path: Path) -> None:
    parser = pytest.importorskip("prometheus_client.parser", reason="run .ci/deploy")
    figures = tmp_path / "wparchive.prom"
    archive = tmp_path / "a.db"
    with recorded_site("sample") as site:
        assert crawl(site.home, archive).exit_status == 0
    uri = f"sqlite:///{archive}"
    written = run(BIN / "wparchive", "--archive", uri, "sites", "--metrics", figures)
    assert (written.returncode, written.stdout) == (0, "")
    shown = run(BIN / "wparchive", "--archive", uri, "sites", "--metrics", "-")
    assert shown.stdout == figures.read_text("utf-8")
    families = list(parser.text_string_to_metric_families(figures.read_text("utf-8")))
    names = {family.name for family in families}
    assert all(family.samples and family.documentation for family in families)
    rules = (DEPLOY / "prometheus/wparchive.rules.yml").read_text("utf-8")
    asked = {word for word in _words(rules) if word.startswith("wparchive_")}
    assert asked <= names
    assert {sample.value for family in families for sample in family.samples} >= {0.0, 86.0}


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() or char == "_" else " " for char in text).split()


@pytest.fixture
def scrapyd(tmp_path: Path) -> Iterator[str]:
    """Start Scrapyd from an environment of its own (SCRAPYD_BIN); yield its address."""
    folder = os.environ.get("SCRAPYD_BIN")
    if not folder:
        missing("needs SCRAPYD_BIN, the bin of an environment with Scrapyd: run .ci/deploy")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = (DEPLOY / "scrapyd/scrapyd.conf").read_text("utf-8")
    text = text.replace("/var/lib/scrapyd", str(tmp_path)).replace("/var/log", str(tmp_path))
    config = tmp_path / "scrapyd.conf"
    config.write_text(text.replace("6800", str(port)) + "poll_interval = 0.5\n", "utf-8")
    environment = {**os.environ, "ARCHIVE_URI": f"sqlite:///{tmp_path}/a.db"}
    environment.pop("PYTHONPATH", None)
    command = [str(Path(folder or "") / "scrapyd"), "--pidfile="]
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def asked(address: str, **fields: str) -> dict[str, Any]:
    """Return an answer of Scrapyd's API; wait until it listens."""
    body = urlencode(fields).encode() if fields else None
    for _ in range(100):
        try:
            with urlopen(Request(address, data=body), timeout=60) as response:
                return dict(json.load(response))
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"{address} does not answer")


def test_scrapyd_deploys_and_runs(scrapyd: str, tmp_path: Path) -> None:
    egg = tmp_path / "wparchive.egg"
    built = run(sys.executable, DEPLOY / "scrapyd/build_egg.py", egg)
    assert built.returncode == 0, built.stderr
    assert asked(f"{scrapyd}/daemonstatus.json")["status"] == "ok"
    fields = ["-F", "project=wparchive", "-F", "version=1", "-F", f"egg=@{egg}"]
    sent = run(tool("curl"), "--silent", f"{scrapyd}/addversion.json", *fields)
    assert json.loads(sent.stdout)["spiders"] == 1, sent.stdout
    with recorded_site("sample") as site:
        job = asked(
            f"{scrapyd}/schedule.json",
            project="wparchive",
            spider="wordpress",
            site=site.home,
            setting="DOWNLOAD_DELAY=0",
        )
        for _ in range(150):
            jobs = asked(f"{scrapyd}/listjobs.json?project=wparchive")
            if jobs["finished"]:
                break
            time.sleep(1)
    [log] = (tmp_path / "scrapyd/wparchive/wordpress").glob("*.log")
    assert log.stem == job["jobid"]
    assert "COMPLETE: 127.0.0.1" in log.read_text("utf-8")
    with open_archive(f"sqlite:///{tmp_path}/a.db") as archive:
        assert archive.posts(type="post").count() == 86
