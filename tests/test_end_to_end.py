"""Files in, renditions out: the whole flow with real ffmpeg, as a user sees it."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest

from local.transcode import Order, transcode
from operate.stack_config import PROJECT_FOLDER, StackConfig
from tests.local.mediaconvert import clips

HOSTILE_NAME = "a b+c%20d 'é' \"q\" [x] $y$ 😀.mp4"
NO_VIDEO = 1010
"""MediaConvert's code for an input that it cannot open."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Finished:
    """What a run printed and left behind."""

    code: int
    rows: Sequence[Row]
    out: Path

    def row(self, name: str, preset: str) -> Row:
        """The line about one rendition."""
        [row] = [
            row for row in self.rows if Path(row["source"]).name == name and row["preset"] == preset
        ]
        return row

    def size(self, name: str, preset: str) -> tuple[int, int]:
        """Width and height of a rendition, as its line says."""
        row = self.row(name, preset)
        return row["width"], row["height"]


def silent(path: Path, size: str) -> Path:
    """Make a short clip without sound."""
    return clips.make(path, *clips.picture(size=size, seconds=0.2), *clips.H264)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """Transcode files that something could go wrong with, all in one run of the command."""
    folder = tmp_path_factory.mktemp("hostile")
    out = folder / "out"
    (folder / "text.mp4").write_text("This is no video.")
    files = [
        clips.video(folder / HOSTILE_NAME),
        silent(folder / "silent.mp4", "1280x720"),
        clips.portrait(folder / "portrait.mp4", 90),
        clips.make(folder / "UPPER.MP4", *clips.picture(seconds=0.2), *clips.H264),
        folder / "text.mp4",
    ]
    done = subprocess.run(  # noqa: S603 -- a list of arguments
        [
            *(sys.executable, "-m", "local", "transcode", "--json", "--out", str(out)),
            *map(str, files),
        ],
        cwd=PROJECT_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows, done.stderr
    return Finished(done.returncode, rows, out)


class TestHostileFiles:
    """Each ends, and none disturbs another."""

    def test_every_rendition_is_told_once(self, hostile: Finished) -> None:
        """Standard output holds a line per file and preset, and nothing else."""
        told = [(Path(row["source"]).name, row["preset"]) for row in hostile.rows]

        assert sorted(set(told)) == sorted(told)
        assert 5 * 2 == len(told)

    def test_the_folder_holds_renditions_only(self, hostile: Finished) -> None:
        """Every complete line names a file, and there are no others."""
        complete = [Path(row["file"]) for row in hostile.rows if row["status"] == "complete"]

        assert sorted(hostile.out.iterdir()) == sorted(complete)
        assert 4 * 2 == len(complete)

    def test_a_hostile_name(self, hostile: Finished) -> None:
        """A name with all that paths, URLs, XML and templates can trip over arrives unchanged."""
        row = hostile.row(HOSTILE_NAME, "720p")

        assert ("complete", 1) == (row["status"], row["attempts"])
        assert f"1/{HOSTILE_NAME}" == row["key"]
        assert HOSTILE_NAME.replace(".mp4", "-720p.mp4") == Path(row["file"]).name

    def test_a_rendition_plays(self, hostile: Finished) -> None:
        """What comes out is decoded to its end, in picture and sound, and is what its line says."""
        row = hostile.row(HOSTILE_NAME, "1080p")

        with av.open(row["file"]) as container:
            frames = sum(1 for _ in container.decode(video=0))
        with av.open(row["file"]) as container:
            samples = sum(frame.samples for frame in container.decode(audio=0))

        assert clips.FRAME_RATE == pytest.approx(frames, abs=1)
        assert samples
        assert ("h264", "aac") == (row["video_codec"], row["audio_codec"])
        assert row["duration"] == pytest.approx(1, abs=0.1)

    def test_nothing_is_enlarged(self, hostile: Finished) -> None:
        """A preset is a box: a smaller source keeps its size."""
        assert (1280, 720) == hostile.size("silent.mp4", "1080p")
        assert (clips.WIDTH, clips.HEIGHT) == hostile.size(HOSTILE_NAME, "720p")

    def test_a_silent_file(self, hostile: Finished) -> None:
        """A file without sound is a rendition without sound."""
        row = hostile.row("silent.mp4", "720p")

        assert ("complete", None) == (row["status"], row["audio_codec"])

    def test_a_portrait_file(self, hostile: Finished) -> None:
        """A phone's portrait clip stands upright."""
        width, height = hostile.size("portrait.mp4", "720p")

        assert (clips.HEIGHT, clips.WIDTH) == (width, height)

    def test_an_upper_case_suffix(self, hostile: Finished) -> None:
        """The ending's case does not matter."""
        assert "complete" == hostile.row("UPPER.MP4", "720p")["status"]

    def test_a_file_that_is_no_video(self, hostile: Finished) -> None:
        """It ends with MediaConvert's code and a sentence, the run with exit code 1."""
        for preset in ("720p", "1080p"):
            row = hostile.row("text.mp4", preset)
            assert ("error", None) == (row["status"], row["file"])
            assert NO_VIDEO == row["error"]["code"]
            assert row["error"]["message"]
        assert 1 == hostile.code


def run_stack(
    folder: Path, more: Sequence[str], capsys: pytest.CaptureFixture[str]
) -> Sequence[Row]:
    """Transcode a clip with a copy of the dev stack, to whose end these lines are added."""
    stack = folder / "stack"
    stack.mkdir()
    (stack / "Pulumi.yaml").write_bytes((PROJECT_FOLDER / "Pulumi.yaml").read_bytes())
    lines = (PROJECT_FOLDER / "Pulumi.dev.yaml").read_text().splitlines()
    last = max(number for number, line in enumerate(lines) if "- name:" in line)
    lines[last + 1 : last + 1] = more
    (stack / "Pulumi.dev.yaml").write_text("\n".join(lines))
    clip = clips.make(
        folder / "clip.mp4",
        *clips.picture(size="640x360", seconds=0.4),
        *clips.SOUND,
        "-shortest",
        *clips.H264,
    )
    order = Order([clip], StackConfig.load(stack, "dev"), folder / "out", timeout=60, as_json=True)

    assert 0 == transcode(order)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_more_preset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An entry in the stack's configuration is all that a third file takes."""
    rows = run_stack(tmp_path, ["    - name: 480p"], capsys)

    assert {"clip-480p.mp4", "clip-720p.mp4", "clip-1080p.mp4"} == {
        path.name for path in (tmp_path / "out").iterdir()
    }
    assert {"480p", "720p", "1080p"} == {row["preset"] for row in rows}


def test_seven_presets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every preset of the catalogue at once: each makes its own file, none wider than its box."""
    more = [f"    - name: {name}" for name in ("240p", "360p", "480p", "1440p", "2160p")]

    rows = run_stack(tmp_path, more, capsys)

    assert {
        "240p": (426, 240),
        "360p": (640, 360),
        "480p": (640, 360),
        "720p": (640, 360),
        "1080p": (640, 360),
        "1440p": (640, 360),
        "2160p": (640, 360),
    } == {row["preset"]: (row["width"], row["height"]) for row in rows}


def test_every_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Several files are a folder that plays from disk; the line names the main one."""
    more = [
        "    - {name: stream, kind: hls, ladder: [240p, 360p]}",
        "    - {name: stills, kind: thumbnails}",
        "    - {name: sound, kind: audio}",
    ]

    rows = {row["preset"]: row for row in run_stack(tmp_path, more, capsys)}

    out = tmp_path / "out"
    assert {
        "stream": str(out / "clip-stream" / "index.m3u8"),
        "stills": str(out / "clip-stills" / "clip-stills.mp4"),
        "sound": str(out / "clip-sound.m4a"),
        "720p": str(out / "clip-720p.mp4"),
        "1080p": str(out / "clip-1080p.mp4"),
    } == {preset: row["file"] for preset, row in rows.items()}
    stream = rows["stream"]
    assert (640, 360, "h264", "aac") == tuple(
        stream[name] for name in ("width", "height", "video_codec", "audio_codec")
    )
    with av.open(stream["file"]) as container:
        frames = sum(1 for _ in container.decode(video=0))
    assert 0.4 * clips.FRAME_RATE == pytest.approx(frames, abs=1)
    assert (out / "clip-stills" / "clip-stills.0000000.jpg").exists()
    assert (None, "aac") == (rows["sound"]["video_codec"], rows["sound"]["audio_codec"])
