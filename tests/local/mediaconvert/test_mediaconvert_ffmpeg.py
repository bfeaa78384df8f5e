"""ffmpeg as a child process: progress, failure, cancellation, and the end of everything."""

import os
import threading
import time
from pathlib import Path

import pytest

from local.mediaconvert import MediaConvertService
from local.mediaconvert.errors import CanceledError, JobError
from local.mediaconvert.ffmpeg import Cancellation, Progress, encode, executable
from tests.local.mediaconvert import clips
from tests.local.mediaconvert.studio import Studio, wait_until

SLOW = ("-vf", "realtime", "-c:v", "mpeg4")
"""Arguments with which a clip takes as long as it lasts."""

LONG = 60
"""Seconds of a clip that no test waits for."""


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of tiny picture."""
    return clips.make(
        tmp_path_factory.mktemp("clips") / "long.mp4",
        *clips.picture("color=black", size="64x64", rate="10", seconds=LONG),
        *clips.H264,
    )


def children() -> set[int]:
    """Return the process ids of the ffmpegs that this process runs."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                name = (entry / "cmdline").read_bytes().partition(b"\0")[0]
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
            if int(fields[1]) == os.getpid() and name.decode() == executable():
                found.add(int(entry.name))
    return found


def test_progress_ends_at_the_end(clip: Path, tmp_path: Path) -> None:
    """The last report tells every frame and the whole length."""
    reports: list[Progress] = []
    encode(
        clip,
        tmp_path,
        {"output.mp4": ["-c:v", "mpeg4"]},
        on_progress=reports.append,
        cancellation=Cancellation(),
    )
    assert clips.FRAME_RATE == reports[-1].frames
    assert 1.0 == pytest.approx(reports[-1].seconds, abs=0.1)


def test_a_failure_ends_with_ffmpegs_last_words(clip: Path, tmp_path: Path) -> None:
    """What ffmpeg refuses is error 1999 with its own explanation."""
    with pytest.raises(JobError, match="nonsense") as caught:
        encode(
            clip,
            tmp_path,
            {"output.mp4": ["-vf", "nonsense"]},
            on_progress=lambda _: None,
            cancellation=Cancellation(),
        )
    assert JobError.UNEXPECTED == caught.value.code


def test_cancellation_kills_the_process(long_clip: Path, tmp_path: Path) -> None:
    """A running encode ends at once when it is cancelled, with its process."""
    cancellation, begun = Cancellation(), threading.Event()

    def cancel_when_begun() -> None:
        begun.wait(LONG)
        cancellation.cancel()

    timer = threading.Thread(target=cancel_when_begun)
    timer.start()
    start = time.monotonic()
    with pytest.raises(CanceledError):
        encode(
            long_clip,
            tmp_path,
            {"output.mp4": SLOW},
            on_progress=lambda _: begun.set(),
            cancellation=cancellation,
        )
    timer.join()
    assert time.monotonic() - start < LONG / 4
    assert set() == children()


def test_a_canceled_work_starts_no_process(clip: Path, tmp_path: Path) -> None:
    """After `cancel` nothing is started any more."""
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CanceledError):
        encode(
            clip,
            tmp_path,
            {"output.mp4": []},
            on_progress=lambda _: None,
            cancellation=cancellation,
        )
    assert not (tmp_path / "output.mp4").exists()


@pytest.fixture
def slow_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every encode of the service take as long as its clip lasts."""
    monkeypatch.setattr("local.mediaconvert.file_group.output_arguments", lambda *_: [*SLOW])


@pytest.mark.usefixtures("slow_ffmpeg")
def test_canceling_a_running_job_ends_its_process(studio: Studio, long_clip: Path) -> None:
    """CancelJob of a job that encodes ends in CANCELED and without a process."""
    studio.upload(long_clip)
    job_id = studio.submit()
    wait_until(lambda: studio.client.get_job(Id=job_id)["Job"].get("CurrentPhase") == "TRANSCODING")
    wait_until(children)
    studio.client.cancel_job(Id=job_id)
    assert "CANCELED" == studio.finished(job_id)["Status"]
    wait_until(lambda: not children())
    wait_until(lambda: studio.statuses()[-1:] == ["CANCELED"])


@pytest.mark.usefixtures("slow_ffmpeg")
def test_closing_leaves_nothing_behind(
    other_threads: frozenset[threading.Thread], studio: Studio, long_clip: Path, tmp_path: Path
) -> None:
    """`close` ends running encodes: no process, no thread and no file remains."""
    studio.upload(long_clip)
    studio.submit()
    wait_until(children)
    studio.service.close()
    assert set() == children()
    assert [] == list(tmp_path.iterdir())
    left = set(threading.enumerate()) - other_threads
    assert [] == [thread.name for thread in left if thread.name.startswith("mediaconvert")]


def test_two_services_run_side_by_side(tmp_path: Path) -> None:
    """Each service has a port of its own, and closing one leaves the other alone."""
    with (
        MediaConvertService(account="1" * 12, region="eu-west-1", folder=tmp_path) as one,
        MediaConvertService(account="1" * 12, region="eu-west-1", folder=tmp_path) as two,
    ):
        assert one.endpoint != two.endpoint
