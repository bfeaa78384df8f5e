"""An operator's commands against a stack that runs: what went wrong is seen, and set right."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.cloud import LocalCloud
from operate.__main__ import main
from operate.stack_config import PROJECT_FOLDER, StackConfig
from tests.local.mediaconvert import clips
from tests.waiting import eventually

KEY = "trips/a b+ü.mp4"
NO_VIDEO = "1010"
PRESETS = {"720p", "1080p"}

Operate = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def stack_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalCloud, Path]]:
    """The dev stack on the local cloud, and a file with what `up --json` prints."""
    with LocalCloud(StackConfig.load(PROJECT_FOLDER, "dev")) as cloud:
        facts = {"environment": dict(cloud.environment), "outputs": dict(cloud.outputs)}
        outputs = tmp_path_factory.mktemp("stack") / "outputs.json"
        outputs.write_text(json.dumps(facts))
        yield cloud, outputs


@pytest.fixture
def operate(stack_up: tuple[LocalCloud, Path], capsys: pytest.CaptureFixture[str]) -> Operate:
    """Run a command on that stack, and read the JSON lines that it prints."""

    def run(command: str, *arguments: str) -> list[dict[str, Any]]:
        assert main([command, "--outputs", str(stack_up[1]), "--json", *arguments]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_a_dead_letter_is_seen_redriven_and_accounted_for(
    stack_up: tuple[LocalCloud, Path], operate: Operate, tmp_path: Path
) -> None:
    """A file that is no video ends with its reason; its letter goes when it was overwritten."""
    cloud, _ = stack_up
    s3, bucket = cloud.clients.client("s3"), cloud.outputs["input_bucket"]
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"This is no video.")

    letters = eventually(
        lambda: _complete(operate("dead-letters")), what="two dead letters", within=60
    )
    assert {NO_VIDEO} == {letter["code"] for letter in letters}
    assert [[KEY]] * 2 == [letter["keys"] for letter in letters]
    assert {"dead"} == _states(operate("status", KEY))

    clip = clips.video(tmp_path / "clip.mp4")
    version = operate("status", KEY)[0]["version_id"]
    s3.upload_file(str(clip), bucket, KEY)
    eventually(
        lambda: _states(operate("status", KEY)) == {"complete"},
        what="the end of the new upload",
        within=60,
    )

    assert {"obsolete"} == {line["status"] for line in operate("redrive", "--code", NO_VIDEO)}

    assert [] == operate("dead-letters")
    assert {"dead"} == _states(operate("status", KEY, "--version-id", version))
    assert {"complete"} == _states(operate("status", KEY))


def test_a_reconcile_of_what_is_settled_changes_nothing(operate: Operate) -> None:
    """It says that it is finished, and asks for nothing."""
    *_, ledger = operate("reconcile")
    *_, uploads = operate("reconcile", "--task", "uploads")

    assert ledger["finished"] is True
    assert uploads["finished"] is True
    assert "asked_for" not in uploads


def test_what_was_deleted_or_is_wanted_again_is_rendered(
    stack_up: tuple[LocalCloud, Path], operate: Operate, tmp_path: Path
) -> None:
    """A backfill renders what the output bucket lacks, and render-again what it has."""
    cloud, _ = stack_up
    s3, output = cloud.clients.client("s3"), cloud.outputs["output_buckets"]["720p"]
    clip = clips.video(tmp_path / "clip.mp4")
    s3.upload_file(str(clip), cloud.outputs["input_bucket"], "again/a.mp4")

    def is_there() -> bool:
        return "Contents" in s3.list_objects_v2(Bucket=output, Prefix="again/")

    eventually(is_there, what="the first rendition", within=60)
    eventually(
        lambda: _states(operate("status", "again/a.mp4")) == {"complete"},
        what="both renditions",
        within=60,
    )
    s3.delete_object(Bucket=output, Key="again/a-720p.mp4")

    assert 1 == operate("backfill", "720p")[0]["asked_for"]
    eventually(is_there, what="the rendition that was deleted", within=60)
    eventually(lambda: _attempt(operate, "720p") == 2, what="the second attempt", within=60)
    [again] = operate("render-again", "720p", "--key", "again/a.mp4", "--yes")

    assert (1, True) == (again["asked_for"], again["about_dollars"] > 0)
    eventually(lambda: _attempt(operate, "720p") == 3, what="the third attempt", within=60)
    assert 1 == _attempt(operate, "1080p")


def _attempt(operate: Operate, preset: str) -> int | None:
    """Which attempt is complete."""
    [asset] = operate("status", "again/a.mp4")
    [rendition] = [each for each in asset["renditions"] if each["preset"] == preset]
    return rendition["attempt"] if rendition["state"] == "complete" else None


def _complete(letters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The letters, once there is one for each preset."""
    return letters if {letter["preset"] for letter in letters} == PRESETS else []


def _states(status: list[dict[str, Any]]) -> set[str]:
    return {rendition["state"] for asset in status for rendition in asset["renditions"]}
