"""Run ffmpeg as a child process."""

import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, NamedTuple

import imageio_ffmpeg  # type: ignore[import-untyped]  # it ships no types

from local.mediaconvert.errors import CanceledError, JobError
from local.mediaconvert.media import DEMUXERS, PROTOCOLS

_TAIL = 2_000
"""Bytes of ffmpeg's complaints that go into a job's error message."""

_NO_SPACE = "No space left on device"


class Progress(NamedTuple):
    """How far an encode is: frames of its first picture, and seconds of output."""

    frames: int
    seconds: float


class Cancellation:
    """Lets one thread stop the work of another, and the process that it waits for."""

    def __init__(self) -> None:
        """Start as not cancelled."""
        self._lock = threading.Lock()
        self._canceled = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def cancel(self) -> None:
        """Ask the work to stop and kill its process."""
        with self._lock:
            self._canceled.set()
            if self._process:
                self._process.kill()

    @property
    def is_canceled(self) -> bool:
        """Whether `cancel` was called."""
        return self._canceled.is_set()

    def check(self) -> None:
        """Raise CanceledError once `cancel` was called."""
        self.wait(0)

    def wait(self, seconds: float) -> None:
        """Let time pass; raise CanceledError as soon as `cancel` is called."""
        if self._canceled.wait(seconds):
            raise CanceledError

    def start(
        self, command: Sequence[str], folder: Path, errors: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start a process in a folder, that `cancel` kills; its standard output is a pipe."""
        with self._lock:
            self.check()
            self._process = subprocess.Popen(  # noqa: S603 - an argument list; paths are ids
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=folder,
                process_group=0,  # Ctrl-C belongs to the service, which then ends its jobs
            )
            return self._process


@cache
def _ending_with_its_parent() -> tuple[str, ...]:
    """What runs a command so that the kernel kills it when this process dies, even by SIGKILL.

    `setpriv` is part of Linux's util-linux; elsewhere an encode runs to its end.
    """
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL") if setpriv else ()


@cache
def executable() -> str:
    """Return the ffmpeg of `imageio-ffmpeg`, or the one that IMAGEIO_FFMPEG_EXE names."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def encode(
    source: Path,
    folder: Path,
    outputs: Mapping[str, Sequence[str]],
    *,
    on_progress: Callable[[Progress], None],
    cancellation: Cancellation,
) -> None:
    """Encode one file into several, which is decoded once.

    Args:
        source: Input file.
        folder: Where the output files go.
        outputs: ffmpeg's options of each output, by the path in the folder that it is written to.
            Some formats take `%` in that path for a pattern, but not in the folder's.
        on_progress: Called about twice a second, from this thread.
        cancellation: Ends the process when it is cancelled.

    Raises:
        JobError: ffmpeg failed; the message ends with its last words.
        CanceledError: `cancellation` was cancelled.
    """
    command = [
        *_ending_with_its_parent(),
        executable(),
        *("-hide_banner", "-nostdin", "-nostats", "-y"),
        *("-loglevel", "error", "-progress", "pipe:1"),
        *("-protocol_whitelist", PROTOCOLS, "-format_whitelist", DEMUXERS),
        # A display matrix is read by the probe and applied by the arguments, or not at all.
        *("-display_rotation", "0", "-i", str(source.resolve())),
    ]
    for path, arguments in outputs.items():
        command += [*arguments, path]
    log = folder / "ffmpeg.log"
    with log.open("wb") as errors, cancellation.start(command, folder, errors) as process:
        try:
            _follow(process, on_progress)
        except BaseException:
            process.kill()
            raise
    cancellation.check()
    if process.returncode:
        raise _failure(process.returncode, log.read_bytes()[-_TAIL:].decode(errors="replace"))


def _follow(process: subprocess.Popen[bytes], on_progress: Callable[[Progress], None]) -> None:
    """Report each block of `-progress`, which ends with a line `progress=...`."""
    values: dict[bytes, bytes] = {}
    seconds = 0.0
    for line in process.stdout or ():
        key, _, value = line.strip().partition(b"=")
        values[key] = value
        if key == b"progress":
            microseconds = values.get(b"out_time_us", b"")
            # The last block can say N/A, which is no way back to the beginning.
            seconds = int(microseconds) / 1e6 if microseconds.isdigit() else seconds
            on_progress(Progress(int(values.get(b"frame", 0)), seconds))


def _failure(status: int, words: str) -> JobError:
    if _NO_SPACE in words:
        return JobError(JobError.DISK_FULL, f"The disk is full: {words}")
    return JobError(JobError.UNEXPECTED, f"ffmpeg ended with status {status}: {words}")
