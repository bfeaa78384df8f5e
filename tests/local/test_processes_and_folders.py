"""Whatever ends a local cloud, it leaves no process and no folder; two of them do not meet."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.run_folder import run_folder
from operate.stack_config import PROJECT_FOLDER
from tests.local.mediaconvert import clips
from tests.processes import PROC, listening_addresses, tree
from tests.waiting import eventually

pytestmark = pytest.mark.skipif(not (PROC / "net" / "tcp").exists(), reason="looks into /proc")

LOOPBACK = "0100007F"
"""127.0.0.1, as /proc/net/tcp writes it."""

END_SECONDS = 30
"""How long an end may take on a machine under load."""


@dataclass(frozen=True)
class Run:
    """A command in a process of its own, with a temporary folder of its own."""

    process: subprocess.Popen[str]
    temporary: Path

    def first_line(self) -> Mapping[str, Any]:
        """Wait for the first JSON line."""
        assert self.process.stdout
        line: Mapping[str, Any] = json.loads(self.process.stdout.readline())
        return line

    @property
    def catches_signals(self) -> bool:
        """Whether it acts on Ctrl-C itself."""
        status = (PROC / str(self.process.pid) / "status").read_text()
        [caught] = [line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")]
        return bool(int(caught, 16) & 1 << signal.SIGHUP - 1)

    def wait_for_job(self) -> None:
        """Wait until ffmpeg runs."""
        eventually(
            lambda: [p for p in tree(self.process.pid) if _command(p.pid).endswith("ffmpeg")],
            what="ffmpeg",
        )


def _command(pid: int) -> str:
    """The program that a process runs, up to what makes a build of ffmpeg differ."""
    try:
        program = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")[0].decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "ffmpeg" if Path(program).name.startswith("ffmpeg") else program


def _is_emulator(pid: int) -> bool:
    """Whether a process is the emulator, and not one of its functions."""
    return b"emulated/process.py" in (PROC / str(pid) / "cmdline").read_bytes()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Run commands; whatever is still running in the end is killed."""
    runs: list[Run] = []

    def start(*arguments: str) -> Run:
        temporary = tmp_path / f"temporary-{len(runs)}"
        temporary.mkdir()
        process = subprocess.Popen(  # noqa: S603 -- a list of arguments
            [sys.executable, "-m", "local", *arguments],
            cwd=PROJECT_FOLDER,
            env={
                "PATH": os.environ["PATH"],
                "TMPDIR": str(temporary),
                # What a caller's shell may hold, and what none of this may look at.
                "AWS_PROFILE": "missing",
                "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
                "HTTPS_PROXY": "http://127.0.0.1:9",
                "HTTP_PROXY": "http://127.0.0.1:9",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        runs.append(Run(process, temporary))
        return runs[-1]

    yield start
    for run in runs:
        if run.process.poll() is None:
            run.process.kill()
        run.process.communicate()


def end(run: Run, number: signal.Signals) -> str:
    """Interrupt a run and check what it leaves behind; give what it said on standard error."""
    running = tree(run.process.pid)

    run.process.send_signal(number)
    _, errors = run.process.communicate(timeout=END_SECONDS)

    assert 128 + number == run.process.returncode
    assert set() == {process for process in running if process.is_alive}
    assert [] == list(run.temporary.iterdir())
    assert "Traceback" not in errors
    return errors


def test_up_twice(start: Callable[..., Run]) -> None:
    """Two clouds run side by side, listen on loopback only, and each ends without a trace."""
    one, other = start("up", "--json"), start("up", "--json")
    facts, other_facts = one.first_line(), other.first_line()

    assert {"endpoint", "mediaconvert_endpoint", "environment", "outputs", "page"} == set(facts)
    assert facts["endpoint"] != other_facts["endpoint"]
    assert facts["outputs"] == other_facts["outputs"] | {
        name: facts["outputs"][name] for name in ("queue_urls", "dead_letter_queue_urls")
    }
    for run in (one, other):
        assert {LOOPBACK} == listening_addresses(tree(run.process.pid))

    end(one, signal.SIGTERM)
    end(other, signal.SIGINT)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a clip that takes some seconds to encode."""
    picture = clips.picture(size="1280x720", seconds=15)
    return clips.make(tmp_path_factory.mktemp("clip") / "clip.mp4", *picture, *clips.H264)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_in_the_middle_of_a_transcode(
    number: signal.Signals, start: Callable[..., Run], clip: Path, tmp_path: Path
) -> None:
    """An interrupt while ffmpeg runs ends ffmpeg too, and leaves no half rendition."""
    run = start("transcode", str(clip), "--out", str(tmp_path / "out"))
    run.wait_for_job()

    errors = end(run, number)

    assert f"Interrupted: 0 of 2 in {tmp_path / 'out'}/" == errors.splitlines()[-1]
    assert not (tmp_path / "out").exists()


def test_at_once(start: Callable[..., Run], clip: Path) -> None:
    """An interrupt during the first imports says that nothing was made, and shows no traceback."""
    run = start("transcode", str(clip))
    eventually(lambda: run.catches_signals, what="handler")

    errors = end(run, signal.SIGINT)

    assert "Interrupted before anything was made." == errors.splitlines()[-1]


def test_the_emulator_dies(start: Callable[..., Run], clip: Path, tmp_path: Path) -> None:
    """When the emulator is gone, the last line says so."""
    run = start("transcode", str(clip), "--out", str(tmp_path / "out"))
    run.wait_for_job()
    [emulator] = [each for each in tree(run.process.pid) if _is_emulator(each.pid)]

    os.kill(emulator.pid, signal.SIGKILL)
    _, errors = run.process.communicate(timeout=END_SECONDS)

    assert 1 == run.process.returncode
    assert errors.splitlines()[-1].endswith("The AWS emulator (MiniStack) ended with exit code -9.")


@pytest.mark.skipif(not shutil.which("setpriv"), reason="ffmpeg ends by it")
def test_killed(start: Callable[..., Run], clip: Path, tmp_path: Path) -> None:
    """SIGKILL, which nobody can act on, leaves no process, no port and no folder either."""
    run = start("transcode", str(clip), "--out", str(tmp_path / "out"))
    run.wait_for_job()
    running = tree(run.process.pid)

    run.process.kill()
    run.process.wait()

    eventually(lambda: not {each for each in running if each.is_alive}, what="end of all")
    assert [] == list(run.temporary.iterdir())


def test_folders_of_dead_runs_are_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run removes the folder of one that died, and touches no other."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, strange = tmp_path / "videoconverter-dead", tmp_path / "videoconverter-notes"
    for folder in (dead, strange):
        folder.mkdir()
    (dead / "running.lock").touch()

    with run_folder() as one, run_folder() as other:
        assert {one, other, strange} == set(tmp_path.iterdir())

    assert [strange] == list(tmp_path.iterdir())


def test_while_it_starts(start: Callable[..., Run]) -> None:
    """An interrupt while the cloud comes up ends it as well."""
    run = start("up")
    eventually(lambda: len(tree(run.process.pid)) > 1, what="child process")

    end(run, signal.SIGTERM)
