"""Wrong usage is refused before anything starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.__main__ import main
from operate.stack_config import PROJECT_FOLDER


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
        (["transcode", "{folder}"], "there is no such file"),
        (["transcode", "{clip}", "--stack", "prod"], "Pulumi.prod.yaml does not exist"),
        (["transcode", "{clip}", "--timeout", "0"], "0 is not a positive number"),
        (["transcode", "{clip}", "--timeout", "soon"], "--timeout: soon is not a positive"),
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
