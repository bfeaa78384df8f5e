"""Difficult files keep what a preset promises, or end with MediaConvert's code and a sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from components.presets import PresetArgs, resolve
from tests.local.mediaconvert.clips import make
from tests.local.mediaconvert.studio import Studio, open_studio
from tests.torture.clips import CLIPS, Clip
from tests.torture.page import PAGE
from tests.torture.promises import broken
from tests.torture.run import PRESETS, tortured

SLICE: tuple[PresetArgs, ...] = (
    {"name": "stream", "kind": "hls", "ladder": ["240p"], "segment_seconds": 1},
    # With an mp4 beside them.
    {"name": "stills", "kind": "thumbnails"},
    {"name": "sound", "kind": "audio"},
)
"""The smallest of each kind; `make torture` has all sizes."""

BY_NAME = {clip.name: clip for clip in CLIPS}


@pytest.fixture(scope="module")
def shared_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One service for all clips."""
    with open_studio(tmp_path_factory.mktemp("torture")) as studio:
        yield studio


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.name)
def test_promises_are_kept(shared_studio: Studio, clip: Clip, tmp_path: Path) -> None:
    """Each kind of rendition of each clip is as promised, or refused with the right code."""
    path = clip.make(tmp_path / "clip.mp4")
    for entry in SLICE:
        folder = tmp_path / entry["name"]
        folder.mkdir()

        assert () == tortured(shared_studio, entry, clip, path, folder).problems, entry["name"]


@pytest.mark.parametrize(
    ("name", "changes", "problem"),
    [
        ("plain", ("-vf", "scale=426:240,hflip"), "light corner"),
        ("plain", ("-vf", "scale=426:320"), "exceeds its box"),
        ("plain", ("-vf", "scale=320:240,setsar=1"), "proportions"),
        ("plain", ("-vf", "scale=214:120"), "smaller than it had to be"),
        ("plain", ("-vf", "scale=426:240,eq=brightness=0.3"), "washed out"),
        ("plain", ("-vf", "scale=426:240,fps=20"), "apart"),
        ("plain", ("-vf", "scale=426:240", "-t", "0.8"), "lasts 0.8"),
        ("plain", ("-vf", "scale=426:240", "-af", "adelay=200:all=1"), "after the flash"),
        ("plain", ("-vf", "scale=426:240", "-an"), "there is no sound"),
        ("plain", ("-vf", "scale=426:240", "-movflags", "-faststart"), "first byte"),
        ("plain", ("-vf", "scale=426:240", "-c:v", "mpeg4"), "codec is mpeg4"),
        ("subtitles", ("-vf", "scale=426:240", "-c:s", "mov_text"), "subtitle"),
        ("hdr10", ("-vf", "scale=426:240"), "transfer function"),
    ],
)
def test_a_broken_promise_is_seen(
    tmp_path: Path, name: str, changes: tuple[str, ...], problem: str
) -> None:
    """The checks find each thing that a rendition can be wrong in."""
    clip = BY_NAME[name]
    source = clip.make(tmp_path / "clip.mp4")
    wrong = make(
        tmp_path / "wrong.mp4",
        *("-i", str(source), "-c:v", "libx264", "-pix_fmt", "yuv420p", "-ac", "2"),
        *("-movflags", "+faststart", *changes),
    )
    (preset,) = resolve([{"name": "240p"}])

    assert problem in "; ".join(broken(preset, clip, {"-240p.mp4": wrong}))


def test_the_page_is_complete() -> None:
    """`make torture` was run since the last clip, and the last preset, was added."""
    lines = PAGE.read_text().splitlines()
    (head,) = (line for line in lines if line.startswith("| Clip |"))
    rows = {line.split("`")[1]: line for line in lines if line.startswith("| `")}

    assert [f"`{entry['name']}`" for entry in PRESETS] == head.strip("| ").split(" | ")[2:]
    assert [clip.name for clip in CLIPS] == list(rows)
    for row in rows.values():
        assert all(cell.strip() for cell in row.strip("|").split("|")), row
