"""The folder of one run of the local cloud, which is removed also when the run could not do so."""

import contextlib
import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PREFIX: Final = "videoconverter-"
"""Names of these folders, in the system's folder for temporary files, begin so."""

DEATH_SECONDS: Final = 0.5
"""How long the kernel may take to end a process that was killed."""

_LOCK: Final = "running.lock"
"""A file that a run holds locked; the kernel lets go of it when the run dies."""


@contextmanager
def run_folder() -> Iterator[Path]:
    """A new folder while the `with` block lasts; folders of runs that died are removed first."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        unlocked = folder / "starting.lock"
        with unlocked.open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # Under its name it is locked from the first moment on, for others to see.
            unlocked.rename(folder / _LOCK)
            yield folder
    finally:
        _remove(folder)


def sweep() -> None:
    """Remove what runs left behind that were killed, or that a power cut ended."""
    for lock in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{_LOCK}"):
        # Somebody else's, locked, or swept by another run just now: none of them is ours to remove.
        with contextlib.suppress(OSError), lock.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)


def _remove(folder: Path) -> None:
    """Remove a folder, though a function that was just killed may have been writing to it."""
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
        return
    time.sleep(DEATH_SECONDS)
    shutil.rmtree(folder)
