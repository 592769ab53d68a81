"""The rule about files that a site no longer has. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wparchive.alarms.wording import new_alarm
from wparchive.model.run_records import Alarm, Run
from wparchive.reading.views import counted_text

_GONE_MIN = 10
_GONE_SHARE = 0.02
_NONE_THERE_MIN = 3


def file_alarms(run: Run, past: Sequence[Run]) -> Iterator[Alarm]:
    """Yield an alarm when very many of the held files are gone at once, or all of them.

    `past` are earlier runs of the site that have ended. No more than one of them is needed: a
    folder that is not there any more takes all files at once, and nothing of that is usual. The
    first run that looks is judged as well: a site of which no file is there is broken.
    """
    before = [_files(one) for one in past if one.get("files")]
    if not before:
        yield from _none_there(run)
        return
    gone = _newly_gone(_files(run))
    if not gone:
        return
    held = _files(run)["held"]
    most = max(map(_newly_gone, before))
    is_much = gone > max(_GONE_MIN, 3 * most, _GONE_SHARE * held)
    if is_much or (gone == held and not most):
        yield new_alarm(
            run,
            "files",
            None,
            saw=f"the site no longer has {gone:,} of {counted_text(held, 'file')} that are held",
            usual=f"at most {most:,} in a run",
            look_at=_where_to_look(run),
        )


def _none_there(run: Run) -> Iterator[Alarm]:
    files = _files(run)
    gone = files.get("gone") or 0
    if gone >= _NONE_THERE_MIN and not files["held"] and not files["failed"]:
        yield new_alarm(
            run,
            "files",
            None,
            saw=f"all {gone:,} files that were requested are gone, and none is held",
            usual="a site has the files that it names",
            look_at=_where_to_look(run),
        )


def _where_to_look(run: Run) -> str:
    return (
        f"`wparchive failures --site {run['site']} --type file`; whether the folder of uploads was "
        "moved or lost, or the server of files refuses; once it is well, a crawl with "
        "`-a mode=full` requests all files again"
    )


def _files(run: Run) -> Mapping[str, Any]:
    return run.get("files") or {}


def _newly_gone(files: Mapping[str, Any]) -> int:
    return files.get("newly_gone") or 0
