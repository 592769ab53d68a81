"""The console script `wparchive`, and `python -m wparchive` where it is not on the path.

It imports little, so that an interrupt finds it ready from the first moment.
"""

import signal
import sys
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


if __name__ == "__main__":
    run_command_line()
