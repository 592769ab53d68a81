"""`wparchive verify`: whether everything is as the last run left it."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import click

from wparchive.commands import NOT_AS_IT_WAS
from wparchive.commands.options import (
    archive_option,
    archive_uri,
    completed_option,
    json_option,
    require_some_site,
    the_site,
)
from wparchive.commands.output import print_json_lines, say, styled, wrapped
from wparchive.errors import InvalidQuery
from wparchive.reading.checking import Finding, SiteCheck
from wparchive.reading.library import Archive
from wparchive.reading.views import counted_text

_FOLLOWS = frozenset({"sketch", "sketch_version", "content_fingerprint"})
"""Fields that follow from the text; nobody need read of them."""


@click.command("verify")
@archive_option
@completed_option("site", "SITE", "Only this site.")
@click.option(
    "--expect",
    metavar="CHAIN",
    help="Also check that the chain of an earlier run, which you noted, is part of it.",
)
@click.option(
    "--documents",
    is_flag=True,
    help="Also clean each record again, and compare titles, texts, blocks, ... with what is held.",
)
@json_option
def verify_command(
    archive: Archive, site: tuple[str, ...], expect: str | None, documents: bool, as_json: bool
) -> None:
    """Check that every record is as the last run left it.

    \b
    wparchive verify
    wparchive verify --site example.com --json | jq -r .chain
    wparchive verify --site example.com --expect 5f3c...
    wparchive verify --documents

    A record is what the site sent. The title or the text that was made of it may have been changed
    in the database since: --documents sees that, and takes as long as `wparchive reclean`. Files
    that were kept (-a media) are read again and compared with their hashes.

    Each run writes a digest of what it leaves; the chain is a hash over all digests so far. Records
    that are damaged, lost or changed since are named by key. Somebody who can write to the archive
    can also write new digests. So note the chain elsewhere, and check it later with --expect.
    """
    if expect is not None and len(site) > 1:
        raise InvalidQuery("--expect is about one site: name it with --site")
    if expect is not None and not site:
        site = (the_site(archive, None),)
    require_some_site(archive)
    differs = False
    # One site after the other: a large one takes minutes, and what is known is shown.
    for check in archive.verify(site=site, expected=expect):
        if documents:
            check = replace(check, findings=[*check.findings, *_altered(archive, check.site)])
        differs = differs or bool(check.findings)
        if as_json:
            print_json_lines([_as_json(check)])
        else:
            say(wrapped(_text(check), hanging=2))
    if differs:
        raise click.exceptions.Exit(NOT_AS_IT_WAS)


def _altered(archive: Archive, site: str) -> Iterator[Finding]:
    """Yield the documents that are not what the cleaner makes of their records.

    Raises InvalidQuery where an earlier cleaner made some: those differ without being altered.
    """
    import asyncio

    from wparchive.commands.reclean_job import RecleanJob, crawler_package, selected_of

    crawler = crawler_package()
    uri = archive_uri(click.get_current_context().params["archive"])
    selected = selected_of(archive, None, site)
    job = RecleanJob(uri, crawler, selected, version=None, dry_run=True, show=sys.maxsize)
    older = asyncio.run(job.count_older(crawler.CLEANER_VERSION))
    if older:
        raise InvalidQuery(
            f"an earlier cleaner made {counted_text(older, 'document')} of {site}: "
            f"`wparchive reclean --site {site}` makes them comparable"
        )
    asyncio.run(job.run())
    for one in job.summary.shown:
        names = ", ".join(name for name in one.fields if name not in _FOLLOWS)
        detail = f"{names or 'a hash'}: not what its record gives"
        yield Finding("altered", one.key, f"{detail} (`wparchive reclean {one.key} --again`)")
    for key, why in job.summary.failures.items():
        yield Finding("altered", key, f"its record cannot be cleaned again: {why}")


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
