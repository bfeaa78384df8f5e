"""What is refused before anything starts, and what is left out."""

import os
import shutil
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from local.errors import LocalError, StackError, UsageError
from operate.stack_config import StackConfig

_GIGABYTE: Final = 1024**3


def check_files(files: Sequence[Path]) -> None:
    """Make sure that every file can be read.

    Raises:
        UsageError: one cannot.
    """
    for file in files:
        if file.is_dir():
            raise UsageError(f"{file} is a folder; name the files in it, such as {file}/*.mp4")
        if not file.exists():
            raise UsageError(f"{file}: there is no such file")
        if not file.is_file() or not os.access(file, os.R_OK):
            raise UsageError(f"{file} cannot be read")


def check_out(out: Path) -> None:
    """Make sure that the folder for the renditions can be made and written to.

    Raises:
        UsageError: it cannot.
    """
    place = out.absolute()
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise UsageError(f"--out {out}: {place} is a file, not a folder")
    try:
        # What the permissions say is not all: a file system can refuse.
        tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        raise UsageError(
            f"--out {out}: the folder {place} cannot be written to ({error.strerror})"
        ) from error


def check_suffixes(files: Sequence[Path], stack: StackConfig) -> None:
    """Make sure that the stack listens to every file.

    Raises:
        StackError: its suffixes cannot work.
        UsageError: it does not listen to one.
    """
    from components.suffixes import SuffixError, case_forms  # noqa: PLC0415 -- brings Pulumi along

    if not stack.has("suffixes"):
        return
    try:
        suffixes = case_forms(stack.value("suffixes"))
    except SuffixError as error:
        raise StackError(f"Stack {stack.name!r} cannot work: {error}") from error
    for file in files:
        if not file.name.endswith(suffixes):
            raise UsageError(
                f"{file}: the stack {stack.name!r} does not listen to this ending, only to "
                f"{', '.join(suffixes)}. Rename the file, or add its ending to "
                f"{stack.project}:suffixes in Pulumi.{stack.name}.yaml."
            )


def presets_that_run(stack: StackConfig) -> tuple[Collection[str], Collection[str]]:
    """Names of the presets of a stack: those whose pipelines run, and those that are paused.

    A program of one's own may have them elsewhere than in the configuration; then none are known.

    Raises:
        StackError: the presets cannot work.
        UsageError: all are paused.
    """
    from components import PresetError  # noqa: PLC0415 -- brings Pulumi along
    from components.presets import resolve  # noqa: PLC0415 -- the same

    if not stack.has("presets"):
        return [], []
    try:
        presets = resolve(stack.value("presets"))
    except PresetError as error:
        raise StackError(f"Stack {stack.name!r} cannot work: {error}") from error
    paused = [preset.name for preset in presets if preset.paused]
    if len(paused) == len(presets):
        raise UsageError(
            f"Every preset of the stack {stack.name!r} is paused, so nothing would be made. Remove "
            f"`paused` from a preset in Pulumi.{stack.name}.yaml."
        )
    return [preset.name for preset in presets if not preset.paused], paused


def check_space(files: Sequence[Path], presets: int) -> None:
    """Make sure that the disk holds every upload, and a copy of the largest for each preset's job.

    Raises:
        LocalError: it does not.
    """
    sizes = [file.stat().st_size for file in files]
    needed = sum(sizes) + presets * max(sizes)
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise LocalError(
            f"{folder} has {free / _GIGABYTE:.1f} GB free, and {needed / _GIGABYTE:.1f} GB are "
            "needed: every upload is kept there, and each job works on a copy. Transcode fewer "
            "files at a time, or name a folder with more space by the variable TMPDIR."
        )
