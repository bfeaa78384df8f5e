"""Wrong usage is refused before anything starts."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from local.__main__ import main
from local.checks import check_space, presets_that_run
from local.errors import LocalError, UsageError
from operate.stack_config import PROJECT_FOLDER, StackConfig


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Make a file that no cloud will ever see."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"")
    return clip


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "COMMAND"),
        (["fly"], "fly"),
        (["transcode"], "FILE"),
        (["transcode", "missing.mp4"], "missing.mp4: there is no such file"),
        (["transcode", "{clip}", "missing.mp4"], "missing.mp4: there is no such file"),
        (["transcode", "{folder}"], "is a folder; name the files in it"),
        (["transcode", "{clip}", "--out", "{text}"], "clip.txt is a file, not a folder"),
        (["transcode", "{clip}", "--out", "{text}/out"], "clip.txt is a file, not a folder"),
        (["transcode", "{clip}", "--out", "/proc/out"], "the folder /proc cannot be written to"),
        (["transcode", "{clip}", "--stack", "prod"], "Pulumi.prod.yaml does not exist"),
        (["transcode", "{clip}", "--timeout", "0"], "0 is not a positive number"),
        (["transcode", "{clip}", "--timeout", "soon"], "--timeout: soon is not a positive number"),
        (["transcode", "{text}"], "clip.txt: the stack 'dev' does not listen to this ending"),
        (["up", "--stack", "prod"], "Pulumi.prod.yaml does not exist"),
    ],
)
def test_wrong_usage(
    arguments: list[str], complaint: str, clip: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, nothing on standard output, and a sentence that names what is wrong."""
    text = clip.with_suffix(".txt")
    text.write_text("no video")

    with pytest.raises(SystemExit) as end:
        main([each.format(clip=clip, text=text, folder=clip.parent) for each in arguments])
    printed = capsys.readouterr()

    assert 2 == end.value.code
    assert "" == printed.out
    assert complaint in printed.err


@pytest.mark.parametrize(
    "arguments", [["--help"], ["transcode", "missing.mp4"], ["up", "--stack", "prod"]]
)
def test_it_does_not_load_what_it_does_not_need(arguments: list[str]) -> None:
    """Help and most usage errors come without a second of imports."""
    done = subprocess.run(  # noqa: S603 -- a list of arguments
        [sys.executable, "-X", "importtime", "-m", "local", *arguments],
        cwd=PROJECT_FOLDER,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )

    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}

    assert "operate.stack_config" in imported
    assert not {"pulumi", "boto3", "rich", "av"} & imported


def stack(**values: object) -> StackConfig:
    """Change the dev stack."""
    dev = StackConfig.load(PROJECT_FOLDER, "dev")
    changed = {f"{dev.project}:{key}": value for key, value in values.items()}
    return StackConfig(dev.project, "changed", {**dev.config, **changed})


def test_paused_presets() -> None:
    """Nobody waits for a preset that is paused."""
    presets = [{"name": "720p", "paused": True}, {"name": "1080p"}]

    assert (["1080p"], ["720p"]) == presets_that_run(stack(presets=presets))


@pytest.mark.parametrize(
    ("presets", "complaint"),
    [
        ([{"name": "721p"}], "721p"),
        ([{"name": "720p", "paused": True}], "Every preset of the stack 'changed' is paused"),
    ],
)
def test_a_stack_of_which_nothing_would_come(presets: list[object], complaint: str) -> None:
    """Presets that cannot work, or all stand still, are wrong usage: exit code 2."""
    with pytest.raises(UsageError, match=complaint):
        presets_that_run(stack(presets=presets))


def test_a_disk_that_is_too_small(tmp_path: Path) -> None:
    """A film that does not fit is refused before anything starts, with what to do."""
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(shutil.disk_usage(tempfile.gettempdir()).free)

    with pytest.raises(LocalError, match=r"GB free, and .* TMPDIR"):
        check_space([film], presets=1)
