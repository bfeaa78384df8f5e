"""The commands and the functions understand each other: what one sends, the others act upon."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest
from moto import mock_aws

from handlers.inventory import GRACE
from handlers.ledger.rendition import State
from handlers.settings import SubmitJobSettings
from operate.hold import Hold
from operate.reconciliation import reconcile
from operate.redrive import redrive
from tests.handlers.conftest import document, settings  # noqa: F401 -- fixtures, by their names
from tests.handlers.fakes import BAD_REQUEST
from tests.handlers.world import World
from tests.operate.cloud import upload_of
from tests.operate.unlucky import KilledError, Unlucky

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

UPLOAD = upload_of("trips/a.mp4")


@pytest.fixture
def world(settings: SubmitJobSettings, document: dict[str, Any]) -> Iterator[World]:  # noqa: F811 -- pytest gives the fixtures
    """A fan-out with two presets."""
    with mock_aws():
        yield World(settings, document, "720p", "1080p")


@dataclass
class Function:
    """Lambda with the real function behind it, which has time for one step per invocation."""

    world: World
    invocations: int = 0

    def invoke(self, **request: Any) -> dict[str, Any]:
        """Reconcile."""
        self.invocations += 1
        assert self.invocations < 20, "it goes in circles"
        answer = self.world.reconcile(steps=1, **json.loads(request["Payload"]))
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def run(self, **request: Any) -> dict[str, Any]:
        """Reconcile until it has finished, in the world's time."""
        return reconcile(
            cast("LambdaClient", self),
            "reconcile",
            request,
            clock=self.world.clock,
            sleep=lambda seconds: self.world.clock.pass_(round(seconds)),
        ).as_json()


def bury(world: World) -> None:
    """Let MediaConvert refuse the upload's job for good."""
    world.mediaconvert.refuse("a.mp4", BAD_REQUEST)
    world["720p"].notify(UPLOAD)
    world["720p"].invoke()
    world.mediaconvert.recover()
    assert State.DEAD is world.rendition(UPLOAD).state


def test_a_redriven_letter_becomes_a_job(world: World) -> None:
    """It is the second attempt, and the rendition is under way again."""
    bury(world)

    with Hold(world.sqs) as hold:
        redrive(world.sqs, hold, hold.take([world["720p"].branch]))
    world["720p"].invoke()

    assert (State.SUBMITTED, 2) == (world.rendition(UPLOAD).state, world.rendition(UPLOAD).attempt)
    assert [] == world["720p"].dead_letters()


def test_a_letter_that_was_sent_twice_is_one_job(world: World) -> None:
    """The duplicate that a crash of the command leaves is no second job, and no second letter."""
    bury(world)
    unlucky = Unlucky(world.sqs, killed_before_delete=True).as_client()
    with pytest.raises(KilledError), Hold(unlucky) as hold:
        redrive(unlucky, hold, hold.take([world["720p"].branch]))

    with Hold(world.sqs) as hold:
        redrive(world.sqs, hold, hold.take([world["720p"].branch]))
    assert 2 == world["720p"].waiting()
    world["720p"].invoke()
    world["720p"].end_back_off()
    world["720p"].invoke()

    assert 1 == len(world.mediaconvert.jobs)
    assert 0 == world["720p"].waiting()
    assert [] == world["720p"].dead_letters()


@pytest.mark.parametrize("dry_run", [True, False])
def test_lost_uploads_are_found_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch, *, dry_run: bool
) -> None:
    """Each is asked for once in every branch, or counted in a dry run that changes nothing."""
    world.create_input_bucket()
    world.clock.seconds = int(datetime.now(UTC).timestamp())
    for number in range(3):
        world.put(f"{number}.mp4")
    world.clock.pass_(GRACE + 1)
    list_object_versions = world.s3.list_object_versions
    monkeypatch.setattr(
        world.s3,
        "list_object_versions",
        lambda **request: list_object_versions(**request, MaxKeys=1),
    )

    summary = Function(world).run(task="uploads", place="", dry_run=dry_run)

    assert {
        "task": "uploads",
        "dry_run": dry_run,
        "finished": True,
        "looked_at": 3,
        "asked_for": 6,
    } == summary
    assert (0 if dry_run else 3) == world["720p"].waiting() == world["1080p"].waiting()


def test_what_stands_still_is_helped_on_once(world: World) -> None:
    """However many invocations it takes, none helps what one before it has helped."""
    for number in range(3):
        world["720p"].notify(upload_of(f"{number}.mp4"))
        world["720p"].invoke()
    world.clock.pass_(1)

    summary = Function(world).run(task="ledger", patience=0, dry_run=False)

    assert {"task": "ledger", "dry_run": False, "finished": True, "looked_at_jobs": 3} == {
        name: summary[name] for name in ("task", "dry_run", "finished", "looked_at_jobs")
    }


def test_a_backfill_asks_the_branch_of_its_preset(world: World) -> None:
    """And no other branch."""
    world.create_input_bucket()
    world.clock.seconds = int(datetime.now(UTC).timestamp())
    world.put("a.mp4")
    world.clock.pass_(GRACE + 1)

    summary = Function(world).run(task="backfill", preset="1080p", place="", dry_run=False)

    assert ("1080p", 1) == (summary["preset"], summary["asked_for"])
    assert (0, 1) == (world["720p"].waiting(), world["1080p"].waiting())
