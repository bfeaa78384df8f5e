"""The emulator is a process like any other: it can end before its time, and must end in time."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.emulator import Emulator
from local.errors import EmulatorError
from tests.processes import tree


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[Emulator]:
    """Make an emulator that has not been started."""
    emulator = Emulator(tmp_path, region="eu-central-1")
    yield emulator
    emulator.stop()


def test_it_is_gone(idle: Emulator) -> None:
    """An emulator that was killed is missed, with the end of its log."""
    before = tree(os.getpid())
    idle.start({})
    idle.wait_until_ready()
    idle.check()
    [process] = tree(os.getpid()) - before

    os.kill(process.pid, signal.SIGKILL)

    with pytest.raises(EmulatorError, match=r"(?s)Ready.*exit code -9\.$"):
        idle.check(patience=10)


def test_stopping_is_final(idle: Emulator) -> None:
    """Stopping ends the process, and may be done again."""
    before = tree(os.getpid())
    idle.start({})
    idle.wait_until_ready()

    idle.stop()
    idle.stop()

    assert set() == tree(os.getpid()) - before


def test_stopping_what_never_ran(idle: Emulator) -> None:
    """An emulator that was not started is stopped like any other."""
    idle.stop()

    with pytest.raises(EmulatorError, match="not started"):
        idle.check()
