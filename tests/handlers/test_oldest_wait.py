"""An outage of a pipeline rings an alarm: what reconcile logs, through the deployed filter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from handlers.ledger.rendition import State
from handlers.names import LedgerKey
from handlers.observability import logger
from handlers.oldest_wait import oldest_waits
from handlers.settings import SubmitJobSettings
from handlers.upload import Upload
from tests.components.conftest import stack
from tests.engine import Program
from tests.handlers.fakes import THROTTLED
from tests.handlers.world import World
from tests.metric_filter import MetricFilter

FANOUT = "videoconverter-dev"
NO_ANSWER = ReadTimeoutError(endpoint_url="https://mediaconvert")
HOUR = 3_600


@dataclass
class Watch:
    """CloudWatch: the alarms of the presets, and what the log gives them to look at."""

    program: Program
    world: World
    caplog: pytest.LogCaptureFixture

    def numbers(self) -> dict[str, float]:
        """By preset: what a run of reconcile makes the alarm's metric."""
        self.caplog.clear()
        self.world.reconcile()
        lines = [logger.registered_handler.format(record) for record in self.caplog.records]
        [inputs] = self.program.of_type("aws:cloudwatch/logMetricFilter:LogMetricFilter").values()
        data = MetricFilter.of(inputs.inputs).data(["START RequestId: 1", *lines])
        assert all(
            (alarm["namespace"], alarm["metricName"], alarm["dimensions"].keys())
            == (datum.namespace, datum.metric, datum.dimensions.keys())
            for datum in data
            for alarm in (self.alarm(datum.dimensions["preset"]),)
        )
        assert {FANOUT} == {datum.dimensions["fanout"] for datum in data}
        return {datum.dimensions["preset"]: datum.value for datum in data}

    def alarm(self, preset: str) -> Mapping[str, Any]:
        """The alarm of a preset."""
        name = f"videoconverter-{preset}-waits-too-long"
        return self.program.one("aws:cloudwatch/metricAlarm:MetricAlarm", name).inputs

    def ringing(self) -> set[str]:
        """The presets whose alarms a run of reconcile lets ring."""
        return {
            preset
            for preset, number in self.numbers().items()
            if number >= self.alarm(preset)["threshold"]
        }


@pytest.fixture(scope="module")
def deployed() -> Program:
    """The program with the presets of the world."""
    return stack("720p", "1080p")


@pytest.fixture
def watch(
    deployed: Program,
    settings: SubmitJobSettings,
    document: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> Iterator[Watch]:
    """A fan-out of two branches, watched."""
    with mock_aws(), caplog.at_level("INFO"):
        yield Watch(deployed, World(settings, document, "720p", "1080p"), caplog)


def finish(world: World, preset: str) -> None:
    """Let a preset's only job complete."""
    [job] = [job for job in world.mediaconvert.jobs if job["UserMetadata"]["preset"] == preset]
    world.tell(job, "COMPLETE")
    world.outcomes.invoke()


def throttle(world: World) -> None:
    """MediaConvert refuses every job of the upload for now."""
    world.mediaconvert.refuse("a.mp4", THROTTLED)


def cut_off(world: World) -> None:
    """No job of the upload gets an answer."""
    world.mediaconvert.refuse("a.mp4", NO_ANSWER)


def pause(world: World) -> None:
    """Jobs are taken, and none runs: that is what the fake does by itself."""
    assert [] == world.mediaconvert.jobs


@pytest.mark.parametrize(
    ("outage", "state"),
    [(throttle, State.WAITING), (pause, State.SUBMITTED), (cut_off, State.CLAIMED)],
    ids=["throttled", "paused", "unreachable"],
)
def test_an_outage_of_a_pipeline_rings_in_time(
    outage: Any, state: State, watch: Watch, upload: Upload
) -> None:
    """However often the message is received and reconcile looks, four hours count as four hours."""
    world = watch.world
    world["1080p"].notify(upload)
    world["1080p"].invoke()
    finish(world, "1080p")
    world.mediaconvert.jobs.clear()
    outage(world)
    world["720p"].notify(upload)
    threshold = watch.alarm("720p")["threshold"]
    for _ in range(0, int(threshold), HOUR):
        world["720p"].invoke()
        assert set() == watch.ringing()
        world.clock.pass_(HOUR)
        world["720p"].end_back_off()

    assert state == world.rendition(upload).state
    assert {"720p"} == watch.ringing()


def test_a_preset_that_nobody_waits_for_is_told_of_as_well(watch: Watch) -> None:
    """An alarm without data would not know that all is well."""
    assert {"720p": 0, "1080p": 0} == watch.numbers()


def test_an_upload_that_has_ended_is_not_waited_for(watch: Watch, upload: Upload) -> None:
    """The alarm is over when the last rendition has come to an end."""
    world = watch.world
    for preset in ("720p", "1080p"):
        world[preset].notify(upload)
        world[preset].invoke()
    world.clock.pass_(100)

    assert {"720p": 100, "1080p": 100} == watch.numbers()

    finish(world, "720p")

    assert {"720p": 0, "1080p": 100} == watch.numbers()

    finish(world, "1080p")

    assert {"720p": 0, "1080p": 0} == watch.numbers()


def test_an_upload_that_no_function_has_claimed_is_waited_for(watch: Watch, upload: Upload) -> None:
    """One branch has noted it for all; the other one's function never runs."""
    world = watch.world
    world["720p"].notify(upload)
    world["720p"].invoke()
    finish(world, "720p")
    world.clock.pass_(100)

    assert {"720p": 0, "1080p": 100} == watch.numbers()


def test_a_redriven_upload_waits_from_its_new_attempt(watch: Watch, upload: Upload) -> None:
    """A dead letter is an end; who sends it again waits anew, and longer than the asset did."""
    world = watch.world
    world["720p"].notify(upload)
    world["720p"].invoke()
    world.tell(world.mediaconvert.jobs[0], "ERROR", errorCode=1010, errorMessage="No.")
    world.outcomes.invoke()
    world.clock.pass_(1_000)

    assert 0 == watch.numbers()["720p"]

    throttle(world)
    world["720p"].notify(upload, attempt="2")
    world["720p"].invoke()
    world.clock.pass_(100)

    assert 100 == watch.numbers()["720p"]


def test_what_an_earlier_version_wrote_is_counted_from_the_next_look(
    watch: Watch, upload: Upload
) -> None:
    """Items without the time are in no index of waits until reconcile touches them."""
    world = watch.world
    world["720p"].notify(upload)
    world["720p"].invoke()
    for sort_key in ("asset", "rendition#720p"):
        world.dynamodb.update_item(
            TableName=world.settings.ledger_table,
            Key={
                LedgerKey.PARTITION: {"S": f"upload#{upload.digest}"},
                LedgerKey.SORT: {"S": sort_key},
            },
            UpdateExpression=f"REMOVE {LedgerKey.ASKED_AT}",
        )
    world.clock.pass_(10_000)

    assert 0 == oldest_waits(world.ledger, world.clock())["720p"]

    world.reconcile()

    assert {"720p": 10_000, "1080p": 10_000} == oldest_waits(world.ledger, world.clock())


def test_the_oldest_wait_takes_one_query_per_preset(watch: Watch, upload: Upload) -> None:
    """A thousand that wait cost as much as one."""
    calls: list[str] = []

    def count(model: Any, **_: Any) -> None:
        calls.append(model.name)

    world = watch.world
    world["720p"].notify(upload)
    world["720p"].invoke()
    world.dynamodb.meta.events.register("before-call.dynamodb", count)
    try:
        oldest_waits(world.ledger, world.clock())
    finally:
        world.dynamodb.meta.events.unregister("before-call.dynamodb", count)

    branches, presets, assets = 1, 2, 1
    assert branches + presets + assets == calls.count("Query")
    assert 1 == calls.count("GetItem")
