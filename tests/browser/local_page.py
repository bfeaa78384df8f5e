"""The page of a local cloud in a browser: `make test-browser`, which installs Chromium first."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.cloud import LocalCloud
from local.up import page, reach
from operate.stack_config import PROJECT_FOLDER, StackConfig
from tests.local.mediaconvert import clips

HERE = Path(__file__).parent
SECONDS = 4
PATIENCE = 500
"""Seconds that the browser may take."""

PICTURES = os.environ.get("PICTURES")
"""A folder for pictures of the page, if somebody wants to look at them."""

PRESETS = [
    {"name": "720p"},
    {"name": "1080p"},
    {"name": "stream", "kind": "hls", "ladder": ["240p"], "segment_seconds": 2},
    {"name": "stills", "kind": "thumbnails"},
    {"name": "sound", "kind": "audio"},
]


@contextmanager
def operators_page(cloud: LocalCloud, folder: Path) -> Iterator[str]:
    """Run the operator's command on a stack, as for a deployed one."""
    outputs = folder / "outputs.json"
    outputs.write_text(json.dumps(reach(cloud)))
    command = [sys.executable, "-m", "operate", "page", "--json", "--outputs", str(outputs)]
    with subprocess.Popen(command, cwd=PROJECT_FOLDER, stdout=subprocess.PIPE) as process:  # noqa: S603 -- a list of arguments
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())["page"]
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a person sees who pauses 720p, drops a clip, resumes, plays, and redrives."""
    node = shutil.which("node")
    assert node is not None, "node is missing"
    folder = tmp_path_factory.mktemp("page")
    clip = clips.make(
        folder / "holiday.mp4",
        *clips.picture(size="1920x1080", rate="25", seconds=SECONDS),
        *("-f", "lavfi", "-i", f"sine=d={SECONDS}", *clips.H264),
    )
    dev = StackConfig.load(PROJECT_FOLDER, "dev")
    stack = dataclasses.replace(dev, config={**dev.config, f"{dev.project}:presets": PRESETS})
    script = [node, str(HERE / "local_page.mjs")]
    with (
        LocalCloud(stack) as cloud,
        page(cloud, stack, 0) as server,
        operators_page(cloud, folder) as operators,
    ):
        done = subprocess.run(  # noqa: S603 -- a list of arguments
            [*script, server.url, operators, str(clip), *([PICTURES] if PICTURES else [])],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    assert 0 == done.returncode, done.stderr
    happened: dict[str, Any] = json.loads(done.stdout)
    return happened


def test_a_paused_preset_waits_and_the_others_go_on(seen: dict[str, Any]) -> None:
    """A switch that is turned by keyboard pauses 720p; its job waits while 1080p is done."""
    assert ("waiting", "done") == (
        seen["paused"]["words"]["720p"],
        seen["paused"]["words"]["1080p"],
    )
    assert {"waiting": 1, "running": 0, "done": 0, "dead": 0} == seen["paused"]["waits"]
    assert {"waiting": 0, "running": 0, "done": 1, "dead": 0} == seen["paused"]["done"]


def test_a_resumed_preset_is_done_and_everything_plays(seen: dict[str, Any]) -> None:
    """Nothing was lost: mp4 and HLS play side by side, stills show, and the sound sounds."""
    assert dict.fromkeys(("720p", "1080p", "stream", "stills", "sound"), "done") == seen["resumed"]
    assert {"720p": [1280, 720], "1080p": [1920, 1080], "stream": [426, 240]} == seen["playing"]
    assert SECONDS == pytest.approx(seen["sound"], abs=0.2)
    assert 320 == seen["stills"]


def test_a_job_document_is_shown(seen: dict[str, Any]) -> None:
    """It is the one that MediaConvert was given."""
    [source] = seen["document"]["Inputs"]

    assert source["FileInput"].endswith("/holiday.mp4")


def test_a_dead_letter_is_shown_and_redriven(seen: dict[str, Any]) -> None:
    """With its reason; a redrive is a second attempt."""
    assert seen["letter"].startswith("1010: ")
    assert "attempt 2" in seen["redriven"]


def test_a_name_that_is_markup_stays_a_name(seen: dict[str, Any]) -> None:
    """Whatever a key holds, it is shown as text."""
    assert "<img src=x onerror=" in seen["hostile"]["key"]
    assert "videoconverter" == seen["hostile"]["title"]


def test_it_fits_a_phone_and_complains_of_nothing(seen: dict[str, Any]) -> None:
    """Nothing sticks out at 375 pixels, and the console is empty."""
    assert 375 == seen["width"]
    assert [] == seen["complaints"]


def test_the_operators_page_shows_and_has_no_hands(seen: dict[str, Any]) -> None:
    """The same uploads and letters, and nothing to press; the token has left the address."""
    operator = seen["operator"]

    assert (0, True) == (operator["hands"], operator["playing"])
    assert len(PRESETS) == operator["dead"]
    assert "token" not in operator["address"]
