"""The emulator's process: `python -I process.py LIFELINE HYPERCORN_ARGUMENT...`.

LIFELINE is the number of a pipe's reading end. The parent holds the other end and writes nothing:
that it closes means that the parent is gone, however it died.
"""

import os
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

# Isolated (-I), Python looks neither into this folder nor into the working directory.
sys.path.append(str(Path(__file__).parents[2]))


def _end_with_parent(lifeline: int) -> None:
    """Wait for the parent's end, then leave nothing: no folder, no process of this group."""
    os.read(lifeline, 1)
    shutil.rmtree(tempfile.gettempdir(), ignore_errors=True)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, args=[int(sys.argv[1])], daemon=True).start()

    from hypercorn.__main__ import main

    sys.exit(main(sys.argv[2:]))
