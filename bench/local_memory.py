"""What a real film costs: `python -m bench.local_memory` prints memory and times.

`transcode` takes a film of that size (2,048 MB) in the dev stack, while the memory of all its
processes is added up: their proportional set sizes (PSS), in which shared memory counts once. The
film is a short clip with a `free` box behind it, which is uploaded and read like any other bytes
and takes no time to encode. With --ministack-alone the emulator keeps bodies in memory, as it
does by itself: that takes more than seven times the film.

Linux only: sizes are read from /proc.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from local.sample import make_sample
from tests.processes import PROC, tree

ROOT: Final = Path(__file__).parent.parent

MEGABYTES: Final = 2_048

BASE_MEGABYTES: Final = 600.0
SHARE_OF_FILE: Final = 0.2
"""What all processes together may take: this, and this share of the film."""

FIRST_LINE_SECONDS: Final = 2.0
"""Until the user is told what happens. The upload is shown from its first byte on."""

_MINISTACK_ALONE: Final = """
import sys
import local.emulator
local.emulator.APPLICATION = "ministack.app:app"
from local.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
"""`python -m local` without files for bodies."""

_SAMPLE_SECONDS: Final = 0.1
_MEGA: Final = 1024**2


@dataclass
class _Seen:
    """What was measured."""

    peak: float = 0.0
    """Megabytes of all processes together, at the worst moment."""

    peak_by_program: dict[str, float] = field(default_factory=dict)
    """Megabytes at that moment."""

    lines: list[tuple[float, str]] = field(default_factory=list)
    """What was printed, with the seconds since the command was given."""


def main() -> int:
    """Measure, print, and tell by the exit code whether all is within its bounds."""
    parser = argparse.ArgumentParser(prog="python -m bench.local_memory", description=__doc__)
    parser.add_argument("megabytes", nargs="?", type=int, default=MEGABYTES)
    parser.add_argument("--ministack-alone", action="store_true")
    options = parser.parse_args()
    megabytes = options.megabytes
    program = ["-c", _MINISTACK_ALONE] if options.ministack_alone else ["-m", "local"]
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.mp4"
        _make_film(film, megabytes)
        seen = _watch(program, film, Path(folder) / "out")
    bound = BASE_MEGABYTES + SHARE_OF_FILE * megabytes
    first = seen.lines[0][0]
    for seconds, line in seen.lines:
        print(f"{seconds:6.1f} s  {line}")
    print(f"\nfilm of {megabytes:,} MB")
    print(f"first line: {first:.1f} s (at most {FIRST_LINE_SECONDS:g} s)")
    for seconds, line in seen.lines:
        if "uploading" in line:
            print(f"first progress of the upload: {seconds:.1f} s")
            break
    print(f"memory of all processes: {seen.peak:,.0f} MB (at most {bound:,.0f} MB)")
    for name, size in sorted(seen.peak_by_program.items(), key=lambda each: -each[1]):
        print(f"  {name}: {size:,.0f} MB")
    return 0 if seen.peak <= bound and first <= FIRST_LINE_SECONDS else 1


def _make_film(path: Path, megabytes: int) -> None:
    """A clip and a box that players skip; the box is a hole, so it takes no space."""
    make_sample(path)
    clip = path.stat().st_size
    box = megabytes * _MEGA - clip
    with path.open("r+b") as file:
        file.seek(clip)
        file.write(box.to_bytes(4) + b"free")
        file.truncate(clip + box)


def _watch(program: Sequence[str], film: Path, out: Path) -> _Seen:
    seen, start = _Seen(), time.monotonic()
    command = [sys.executable, *program, "transcode", str(film), "--out", str(out)]
    with subprocess.Popen(  # noqa: S603 -- a list, no shell
        command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        reader = threading.Thread(target=_read, args=(process.stderr or (), start, seen.lines))
        reader.start()
        while process.poll() is None:
            _sample(process.pid, seen)
            time.sleep(_SAMPLE_SECONDS)
        reader.join()
    if process.returncode:
        raise SystemExit("\n".join(line for _, line in seen.lines))
    return seen


def _read(stream: Iterable[str], start: float, lines: list[tuple[float, str]]) -> None:
    lines.extend((time.monotonic() - start, line.rstrip()) for line in stream)


def _sample(pid: int, seen: _Seen) -> None:
    sizes: dict[str, float] = {}
    for process in tree(pid):
        program, size = _program_and_size(process.pid)
        sizes[program] = sizes.get(program, 0) + size
    if sum(sizes.values()) > seen.peak:
        seen.peak, seen.peak_by_program = sum(sizes.values()), sizes


def _program_and_size(pid: int) -> tuple[str, float]:
    """What a process runs, in two words, and its PSS in megabytes."""
    try:
        words = (PROC / str(pid) / "cmdline").read_text().split("\0")
        rollup = (PROC / str(pid) / "smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return "", 0.0
    [pss] = [line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:")]
    names = [Path(word).name for word in words if word and not word.startswith("-")]
    return " ".join(names[:2])[:40], int(pss) / 1024


if __name__ == "__main__":
    sys.exit(main())
