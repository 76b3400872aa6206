"""The command `glassmask`, and `python -m glassmask`: what can be said before all is imported."""

from __future__ import annotations

import contextlib
import sys
from typing import Final

_INTERRUPTED: Final = 130  # as in cli/terminal.py, which is not imported yet


def main() -> None:
    """Run the command line; Ctrl-C is one line from the start on, also while it is imported."""
    try:
        from glassmask.cli.app import main as run

        run()
    except BaseException as error:
        if not _is_interrupt(error):
            raise
    else:
        return
    with contextlib.suppress(OSError, AttributeError):  # closed, or nobody reads it
        print("error: stopped", file=sys.stderr, flush=True)
    sys.exit(_INTERRUPTED)


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: extensions make an `ImportError` of it, for instance."""
    if isinstance(error, SystemExit):
        return False
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


if __name__ == "__main__":
    main()
