"""The processes in which the emulator runs functions, and their violent ends."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.processes import PROC, tree

FOLDER = "ministack-lambda-"
"""The emulator gives each of these processes a folder whose name begins so."""

LOOK_SECONDS = 0.01
PATIENCE_SECONDS = 1.0
"""How long to look for a function that is at work."""

INVOCATION_SECONDS = 0.05
"""What a batch takes at least: death comes at any moment of it."""


def kill_at_work(cloud_folder: Path, random: Random) -> bool:
    """Kill a function in the middle of a batch; tell whether one was found at work."""
    workers = _workers(cloud_folder)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        busy = [pid for pid in workers if _is_busy(pid)]
        if busy:
            time.sleep(random.uniform(0, INVOCATION_SECONDS))
            _kill(random.choice(busy))
            return True
        time.sleep(LOOK_SECONDS)
    return False


def kill_all(cloud_folder: Path) -> None:
    """Kill every function, whatever it does just now."""
    for pid in _workers(cloud_folder):
        _kill(pid)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _workers(cloud_folder: Path) -> list[int]:
    start = os.fsencode(f"{cloud_folder}/{FOLDER}")
    return sorted(
        process.pid for process in tree(os.getpid()) if _script(process.pid).startswith(start)
    )


def _script(pid: int) -> bytes:
    try:
        arguments = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return b""
    return arguments[1] if len(arguments) > 1 else b""


def _is_busy(pid: int) -> bool:
    """Tell whether a function handles a batch: it has a thread for each message then."""
    try:
        return len(list((PROC / str(pid) / "task").iterdir())) > 1
    except (FileNotFoundError, ProcessLookupError):
        return False
