"""The console script `wparchive`, and `python -m wparchive` where it is not on the path.

It imports little, so that an interrupt finds it ready from the first moment.
"""

import os
import signal
import sys
import threading
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INTERRUPTED = 130  # as in `wparchive.commands`, which may not be imported yet


def run_command_line() -> NoReturn:
    """Run the command line of this process, and exit with its status.

    SIGTERM and the end of a terminal are interrupts as Ctrl-C is: half an export is removed, and
    the status is 130.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, signal.default_int_handler)
    sys.unraisablehook = _interrupt_again
    try:
        from wparchive.commands import main

        main()
    except KeyboardInterrupt:  # while modules were imported
        sys.exit(_INTERRUPTED)
    finally:
        # All is said. While the interpreter ends, an exception would be a traceback.
        for number in _SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)


def _interrupt_again(lost: "sys.UnraisableHookArgs") -> None:
    """Send an interrupt again that came where Python drops exceptions, as while an object ends."""
    if not isinstance(lost.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
        return
    # Not from here: Python drops what is raised in this hook, too.
    again = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    again.daemon = True
    again.start()


if __name__ == "__main__":
    run_command_line()
