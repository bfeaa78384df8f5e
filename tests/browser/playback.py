"""Renditions play in a browser: `make test-browser`, which installs Chromium and hls.js first."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from components.presets import PresetArgs
from tests.local.mediaconvert import clips
from tests.local.mediaconvert.presets import preset_job
from tests.local.mediaconvert.studio import OUTPUT, Studio, open_studio

HERE = Path(__file__).parent
SECONDS = 10
PATIENCE = 120
"""Seconds that the browser may take."""

STREAM: PresetArgs = {
    "name": "stream",
    "kind": "hls",
    "ladder": ["240p", "480p"],
    "segment_seconds": 2,
}
FILE: PresetArgs = {"name": "480p"}


class _Quiet(SimpleHTTPRequestHandler):
    """A server of files that keeps no log."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A web site of a page with a player, hls.js, and the renditions of a clip."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(HERE / "page.html", folder)
    shutil.copy(HERE / "node_modules" / "hls.js" / "dist" / "hls.min.js", folder)
    clip = clips.make(
        tmp_path_factory.mktemp("clip") / "clip.mp4",
        *clips.picture(size="854x480", rate="25", seconds=SECONDS),
        *("-f", "lavfi", "-i", f"sine=d={SECONDS}", *clips.H264),
    )
    with open_studio(tmp_path_factory.mktemp("studio")) as studio:
        studio.upload(clip)
        for preset in (STREAM, FILE):
            assert "COMPLETE" == studio.run(preset_job(preset, studio.role))["Status"]
        _publish(studio, folder)
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def _publish(studio: Studio, folder: Path) -> None:
    """Put everything that was written into a folder, under names without the stem."""
    for item in studio.s3.list_objects_v2(Bucket=OUTPUT)["Contents"]:
        path = folder / item["Key"].removeprefix("trips/a b-")
        path.parent.mkdir(exist_ok=True)
        studio.s3.download_file(OUTPUT, item["Key"], str(path))


def play(site: str, action: str, media: str) -> dict[str, Any]:
    """Play something in a browser of its own and return what happened."""
    node = shutil.which("node")
    assert node is not None, "node is missing"
    done = subprocess.run(  # noqa: S603 - a list of arguments
        [node, str(HERE / "play.mjs"), f"{site}/page.html", action, media],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert 0 == done.returncode, done.stderr
    happened: dict[str, Any] = json.loads(done.stdout)
    return happened


def test_a_playlist_plays(site: str) -> None:
    """HLS starts at the lowest size, changes to the highest, seeks, and comes to its end."""
    happened = play(site, "playPlaylist", "stream/index.m3u8")

    assert [] == happened["errors"]
    assert [[426, 240], [854, 480]] == happened["levels"]
    assert ([426, 240], [854, 480]) == (happened["first"], happened["second"])
    assert happened["wanted"] == pytest.approx(happened["arrived"], abs=0.1)
    assert SECONDS == pytest.approx(happened["duration"], abs=0.2)
    assert happened["duration"] == pytest.approx(happened["end"], abs=0.2)


def test_a_file_plays(site: str) -> None:
    """An mp4 starts, shows its frames, and comes to its end."""
    happened = play(site, "playFile", "480p.mp4")

    assert [854, 480] == happened["size"]
    assert SECONDS == pytest.approx(happened["duration"], abs=0.2)
    assert happened["duration"] == pytest.approx(happened["end"], abs=0.2)
    assert happened["frames"] > SECONDS
