"""``python -m imbtool`` and the ``imbtool`` command."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    gc.disable()  # importing makes no rubbish worth looking for; commands enable it
    from imbtool.cli.main import run
    from imbtool.core.clock import begin_command

    begin_command()
    code = run(sys.argv[1:])
    gc.freeze()  # or else leaving looks through all that was imported, a third of a second
    sys.exit(code)


if __name__ == "__main__":
    main()
