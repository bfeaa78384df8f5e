"""What the local cloud costs: `python -m bench.local_cloud` prints two measurements.

1. A first run: from the command to the table, for the sample (10 s of 1080p), in the dev stack.
2. What it adds: `transcode` of a 60 s clip of the same kind, against ffmpeg alone doing the same
   encodes with the same options, side by side.

Run it on a machine that does nothing else.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from components.presets import resolve
from components.presets.job_settings import job_document
from local.mediaconvert.encode import output_arguments
from local.mediaconvert.ffmpeg import executable
from local.mediaconvert.probe import probe
from local.sample import make_sample
from operate.stack_config import StackConfig

ROOT: Final = Path(__file__).parent.parent

RUNS: Final = 3
"""Measurements of each; the median is what counts."""

FIRST_RUN_SECONDS: Final = 20.0
"""What a first run may take on 2 cores."""

OVERHEAD_FACTOR: Final = 1.15
OVERHEAD_SECONDS: Final = 4.0
"""What `transcode` may take for each second of plain ffmpeg, and for starting and stopping."""


def main() -> int:
    """Measure, print, and tell by the exit code whether both are within their bounds."""
    print(f"{os.cpu_count()} processors, the median of {RUNS} runs\n")
    with tempfile.TemporaryDirectory() as folder:
        first = _first_run(Path(folder))
        print(f"first run, sample of 10 s: {first:.1f} s (at most {FIRST_RUN_SECONDS:g} s)")

        clip = Path(folder) / "clip.mp4"
        make_sample(clip, seconds=60)
        encodes = _encodes(clip, Path(folder))
        # In turn, because the speed of a shared machine drifts within minutes.
        pairs = [
            (
                _seconds(lambda: _side_by_side(encodes)),
                _seconds(lambda: _transcode(clip, Path(folder) / "out")),
            )
            for _ in range(RUNS)
        ]
        plain, whole = map(statistics.median, zip(*pairs, strict=True))
        bound = OVERHEAD_FACTOR * plain + OVERHEAD_SECONDS
        print(f"clip of 60 s, ffmpeg alone: {plain:.1f} s")
        print(f"clip of 60 s, transcode:    {whole:.1f} s (at most {bound:.1f} s)")
    return 0 if first <= FIRST_RUN_SECONDS and whole <= bound else 1


def _first_run(folder: Path) -> float:
    def run() -> None:
        sample = folder / "sample.mp4"
        _run([sys.executable, "-m", "local", "sample", str(sample)])
        _transcode(sample, folder / "out")

    return statistics.median(_seconds(run) for _ in range(RUNS))


def _transcode(clip: Path, out: Path) -> None:
    _run([sys.executable, "-m", "local", "transcode", str(clip), "--out", str(out)])


def _encodes(clip: Path, folder: Path) -> list[list[str]]:
    """The encodes of the dev stack, as commands."""
    media = probe(clip)
    presets = resolve(StackConfig.load(ROOT, "dev").value("presets"))
    commands = []
    for preset in presets:
        settings: dict[str, Any] = job_document(preset)["Settings"]
        [source], [group] = settings["Inputs"], settings["OutputGroups"]
        [output] = group["Outputs"]
        options = output_arguments(output, source, media)
        target = folder / f"plain-{preset.name}.mp4"
        commands.append(
            [executable(), "-v", "error", "-nostdin", "-y", "-i", str(clip), *options, str(target)]
        )
    return commands


def _side_by_side(commands: Sequence[Sequence[str]]) -> None:
    processes = [subprocess.Popen(command) for command in commands]  # noqa: S603 -- lists, no shell
    if any(process.wait() for process in processes):
        raise SystemExit("ffmpeg failed")


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- a list, no shell
    if done.returncode:
        raise SystemExit(f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}")


def _seconds(measured: Callable[[], None]) -> float:
    start = time.monotonic()
    measured()
    return time.monotonic() - start


if __name__ == "__main__":
    sys.exit(main())
