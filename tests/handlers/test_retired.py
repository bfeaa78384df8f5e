"""A retired preset finishes what it has and is asked for nothing new."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from moto import mock_aws

from handlers.ledger.rendition import State
from handlers.reconcile import RequestError
from handlers.settings import SubmitJobSettings
from handlers.sweep import MESSAGE_PATIENCE
from handlers.upload import Upload
from operate.__main__ import main
from operate.drained import Remainder, remainder
from tests.handlers.world import World


@pytest.fixture
def world(settings: SubmitJobSettings, document: dict[str, object]) -> Iterator[World]:
    """A fan-out with two branches."""
    with mock_aws():
        yield World(settings, document, "720p", "480p")


def left(world: World) -> Remainder:
    """What an operator sees of 480p."""
    branch = world["480p"].branch
    return remainder(world.sqs, world.dynamodb, world.settings.ledger_table, branch)


def finish(world: World) -> None:
    """Let every job complete that has not."""
    for job in world.mediaconvert.jobs:
        if job["Status"] == "SUBMITTED":
            world.tell(job, "COMPLETE")
    world.outcomes.invoke()


def test_a_new_upload_does_not_expect_a_retired_preset(world: World, upload: Upload) -> None:
    """Its asset is announced without it."""
    world["480p"].register(retired=True)
    world["720p"].notify(upload)
    world["720p"].invoke()
    finish(world)

    [asset] = [a for a in world.announcements() if a["type"] == "asset"]
    assert ["720p"] == [rendition["preset"] for rendition in asset["renditions"]]


def test_what_lies_in_the_queue_is_rendered(world: World, upload: Upload) -> None:
    """A message that came before the preset was retired becomes a rendition as ever."""
    world["480p"].notify(upload)
    world["480p"].register(retired=True)
    world["480p"].invoke()
    finish(world)

    assert State.COMPLETE == world.rendition(upload, "480p").state


def test_an_upload_that_expects_it_gets_its_rendition(world: World, upload: Upload) -> None:
    """The message was lost after the upload was noted: reconcile asks again."""
    world["720p"].notify(upload)
    world["720p"].invoke()
    world["480p"].register(retired=True)
    world.clock.pass_(MESSAGE_PATIENCE)
    world.reconcile()
    world["480p"].invoke()

    assert State.SUBMITTED == world.rendition(upload, "480p").state


def test_a_lost_upload_is_not_asked_of_it(world: World) -> None:
    """Reconcile asks the others, and expects only theirs."""
    world.create_input_bucket()
    world.clock.seconds = int(datetime.now(UTC).timestamp())
    world["480p"].register(retired=True)
    upload = world.put("a.mp4")
    world.reconcile("uploads", patience=0)
    asset = world.ledger.assets.get(upload.digest)

    assert (1, 0) == (world["720p"].waiting(), world["480p"].waiting())
    assert asset is not None
    assert {"720p"} == set(asset.ends)


def test_a_backfill_of_it_is_refused(world: World) -> None:
    """Whoever removes a preset does not want it filled."""
    world["480p"].register(retired=True)

    with pytest.raises(RequestError, match="'480p', which is retired"):
        world.reconcile("backfill", preset="480p")


def test_an_operator_sees_when_it_is_drained(world: World, upload: Upload) -> None:
    """Message, job and what is owed keep it; dead letters do not."""
    world["480p"].notify(upload)

    assert (False, 1) == (left(world).retired, left(world).messages)

    world["480p"].register(retired=True)

    assert not left(world).is_drained

    world["480p"].invoke()

    assert (0, 1) == (left(world).messages, left(world).renditions)
    assert not left(world).is_drained

    finish(world)

    assert left(world).is_drained
    assert not Remainder(**{**vars(left(world)), "retired": False}).is_drained


def test_an_expected_rendition_that_nobody_began_keeps_it(world: World, upload: Upload) -> None:
    """Its message may be on the way, or lost."""
    world["720p"].notify(upload)
    world["720p"].invoke()
    world["480p"].register(retired=True)

    assert (0, 0, 1) == (left(world).messages, left(world).renditions, left(world).uploads)
    assert not left(world).is_drained


def test_the_command_says_what_to_do(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It ends with 0 only when the entry can be removed."""
    branches = {preset: branch.branch for preset, branch in world.branches.items()}
    outputs = {
        "input_bucket": "input",
        "topic_arn": "arn:aws:sns:eu-central-1:111122223333:topic",
        "ledger_table": world.settings.ledger_table,
        "reconcile_function": "reconcile",
        "queue_urls": {name: branch.queue_url for name, branch in branches.items()},
        "dead_letter_queue_urls": {
            name: branch.dead_letter_queue_url for name, branch in branches.items()
        },
    }
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(outputs))

    command = ["drained", "480p", "--json", "--outputs", str(file)]

    assert 1 == main(command)
    assert "is not retired" in capsys.readouterr().err

    world["480p"].register(retired=True)

    assert 0 == main(command)
    printed = capsys.readouterr()
    assert json.loads(printed.out)["drained"] is True
    assert "its entry can be removed" in printed.err
