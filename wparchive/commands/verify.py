"""`wparchive verify`: whether everything is as the last run left it."""

from collections import Counter
from typing import Any

import click

from wparchive.commands import NOT_AS_IT_WAS
from wparchive.commands.options import archive_option, completed_option, json_option
from wparchive.commands.output import print_json_lines, say, styled
from wparchive.errors import InvalidQuery
from wparchive.reading.checking import SiteCheck
from wparchive.reading.library import Archive


@click.command("verify")
@archive_option
@completed_option("site", "SITE", "Only this site.")
@click.option(
    "--expect",
    metavar="CHAIN",
    help="Also check that the chain of an earlier run, which you noted, is part of it.",
)
@json_option
def verify_command(
    archive: Archive, site: tuple[str, ...], expect: str | None, as_json: bool
) -> None:
    """Check that every record is as the last run left it.

    \b
    wparchive verify
    wparchive verify --site example.com --json | jq -r .chain
    wparchive verify --site example.com --expect 5f3c...

    Files that were kept (-a media) are read again and compared with their hashes.

    Each run writes a digest of what it leaves; the chain is a hash over all digests so far. Records
    that are damaged, lost or changed since are named by key. Somebody who can write to the archive
    can also write new digests. So note the chain elsewhere, and check it later with --expect.
    """
    if expect is not None and len(site) != 1:
        raise InvalidQuery("--expect is about one site: name it with --site")
    differs = False
    # One site after the other: a large one takes minutes, and what is known is shown.
    for check in archive.verify(site=site, expected=expect):
        differs = differs or bool(check.findings)
        if as_json:
            print_json_lines([_as_json(check)])
        else:
            say(_text(check))
    if differs:
        raise click.exceptions.Exit(NOT_AS_IT_WAS)


def _as_json(check: SiteCheck) -> dict[str, Any]:
    return {
        "site": check.site,
        "intact": check.is_intact,
        "run": check.run,
        "records": check.records,
        "files": check.files,
        "digest": check.digest,
        "chain": check.chain,
        "findings": check.findings,
    }


def _text(check: SiteCheck) -> str:
    title = styled(check.site, bold=True)
    lines = [f"{title}  {check.records:,} records"]
    if check.files:
        lines[0] += f", {check.files:,} files"
    if check.run is None:
        lines.append("  no run has ended with a digest yet: the next one writes the first")
    elif not check.findings:
        lines.append(styled(f"  intact: all is as run {check.run} left it", fg="green"))
    if check.chain is not None:
        lines.append(f"  chain {check.chain}")
    lines += [
        styled(f"  {finding.what:<9} {finding.key}: {finding.detail}", fg="red")
        for finding in check.findings
    ]
    if check.findings:
        # The last line of a list that may be longer than the screen.
        counts = Counter(finding.what for finding in check.findings)
        counted = ", ".join(f"{number:,} {what}" for what, number in counts.items())
        lines.append(styled(f"  not intact: {counted}", fg="red"))
    return "\n".join(lines)
