"""What a release does to get to each moment that `record.py` records."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from unittest.mock import patch

from handlers.events import write_notice
from handlers.upload import Upload
from tests.handlers.fakes import (
    BAD_REQUEST,
    NO_ANSWER,
    THROTTLED,
    EventSourceMapping,
    KilledError,
    client_error,
)
from tests.handlers.world import World

PRESET: Final = "720p"
HOUR: Final = 3_600


@dataclass
class Stage:
    """The world of a release, and what later functions are to make of it."""

    name: str
    world: World
    expected: list[dict[str, Any]] = field(default_factory=list)
    letters: int = 0
    """Dead letters that stay, once all were redriven."""
    rendered: list[str] = field(default_factory=list)
    """Keys in the preset's output bucket."""
    is_lost: bool = False
    """Whether something was lost that only reconcile finds."""
    still_listed: int = 0
    """Uploads that the tasks still look at which stopped on their way through the bucket."""

    def upload(self, end: str = "complete", *, number: int = 1, preset: str = PRESET) -> Upload:
        """Make an upload, the newer the higher its number, and say how its rendition is to end."""
        upload = Upload(
            bucket="input",
            key=f"{self.name}.mp4",
            version_id=f"{self.name}-{number}",
            etag="d41d8cd98f00b204e9800998ecf8427e",
            sequencer=f"0055AED6DCD902{number:04X}",
            size=1024,
        )
        return self.expect(upload, end, preset)

    def expect(self, upload: Upload, end: str = "complete", preset: str = PRESET) -> Upload:
        """Say how the rendition of an upload is to end."""
        self.expected.append({"upload": asdict(upload), "preset": preset, "end": end})
        return upload

    def submit(self, upload: Upload, preset: str = PRESET, **attributes: str) -> None:
        """Let submit_job see a notice."""
        self.world[preset].notify(upload, **attributes)
        self.invoke(preset)

    def invoke(self, preset: str = PRESET) -> None:
        """Let submit_job see its queue; it may die there."""
        with suppress(KilledError):
            self.world[preset].invoke()
        self.world.mediaconvert.recover()

    def run(self, upload: Upload) -> None:
        """Let a job of an upload be made, and run."""
        self.submit(upload)
        self.world.mediaconvert.jobs[-1]["Status"] = "PROGRESSING"

    def tell(self, status: str, *, number: int = -1, **detail: Any) -> None:
        """End a job, and let its event wait in the outcome queue."""
        job = self.world.mediaconvert.jobs[number]
        job["Status"] = status
        self.world.outcomes.send(json.dumps(event_of(job, status, detail)))

    def end(self, status: str, *, number: int = -1, **detail: Any) -> None:
        """End a job, and let job_outcome see it."""
        self.tell(status, number=number, **detail)
        self.world.outcomes.invoke()

    def lose(self, mapping: EventSourceMapping, queue: str) -> None:
        """Empty a queue, as time does."""
        self.is_lost = True
        mapping.end_back_off()
        self.world.sqs.purge_queue(
            QueueUrl=self.world.sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        )

    def made_once_more(self) -> int:
        """Count the newest upload's job after a late end of an older one's.

        Before 0.1 the ledger did not say which upload is the newest. Nobody can make that one once
        more then, even after an upgrade.
        """
        items = self.world.dynamodb.scan(TableName=self.world.settings.ledger_table)["Items"]
        return int(any(item["sk"]["S"] == "latest" and "digest" in item for item in items))

    @contextmanager
    def list_one_by_one(self) -> Iterator[None]:
        """Let S3 answer with one version at a time."""
        ask = self.world.s3.list_object_versions
        with patch.object(
            self.world.s3,
            "list_object_versions",
            lambda **request: ask(**{**request, "MaxKeys": 1}),
        ):
            yield


def event_of(job: dict[str, Any], status: str, detail: dict[str, Any]) -> dict[str, Any]:
    """Write an event as EventBridge hands it to a queue; the members are those of AWS's examples.

    https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_cwe_events.html
    """
    return {
        "version": "0",
        "id": "5a1c6f1e-0000-4000-8000-000000000000",
        "detail-type": "MediaConvert Job State Change",
        "source": "aws.mediaconvert",
        "account": "111122223333",
        "time": "2027-01-15T08:00:00Z",
        "region": "eu-central-1",
        "resources": [f"arn:aws:mediaconvert:eu-central-1:111122223333:jobs/{job['Id']}"],
        "detail": {
            "timestamp": 1_800_000_000_000,
            "accountId": "111122223333",
            "queue": job["Queue"],
            "jobId": job["Id"],
            "status": status,
            "userMetadata": job["UserMetadata"],
            **detail,
        },
    }


OUTPUTS: Final = [
    {
        "outputDetails": [
            {
                "outputFilePaths": ["s3://output-720p/film-720p.mp4"],
                "durationInMs": 2000,
                "videoDetails": {"widthInPx": 1280, "heightInPx": 720},
            }
        ],
        "type": "FILE_GROUP",
    }
]
NO_MEDIA: Final[dict[str, Any]] = {"errorCode": 1010, "errorMessage": "No media."}
MAY_PASS: Final[dict[str, Any]] = {"errorCode": 1999, "errorMessage": "Unexpected."}

Moment = Callable[[Stage], int]
MOMENTS: Final[dict[str, Moment]] = {}


def moment(of: Moment) -> Moment:
    """Let a function take the stage to a moment; it returns the number of jobs in the end."""
    MOMENTS[of.__name__.replace("_", "-")] = of
    return of


@moment
def notice(stage: Stage) -> int:
    """The notice of S3 waits in the branch's queue."""
    stage.world[PRESET].notify(stage.upload())
    return 1


@moment
def notice_in_sns_envelope(stage: Stage) -> int:
    """The notice waits as a subscription without raw delivery leaves it."""
    envelope = {"Type": "Notification", "MessageId": "m", "Message": write_notice(stage.upload())}
    stage.world[PRESET].send(json.dumps(envelope))
    return 1


@moment
def notice_of_a_bucket_without_versions(stage: Stage) -> int:
    """The upload is known by its ETag and sequencer."""
    versioned = stage.upload()
    stage.expected.clear()
    upload = Upload(**{**asdict(versioned), "version_id": None})
    stage.submit(stage.expect(upload))
    return 1


@moment
def backfill(stage: Stage) -> int:
    """A backfill has asked for an upload that the ledger does not know."""
    stage.world.create_input_bucket()
    stage.world.clock.seconds = int(time.time()) + 2 * HOUR
    stage.expect(stage.world.put(f"{stage.name}.mp4"))
    stage.world.reconcile("backfill", preset=PRESET)
    return 1


@moment
def backfill_of_what_is_rendered(stage: Stage) -> int:
    """A backfill has asked for an upload whose rendition is in the output bucket."""
    backfill(stage)
    stage.expected.clear()
    stage.rendered.append(f"{stage.name}-{PRESET}.mp4")
    return 0


@moment
def lost_upload(stage: Stage) -> int:
    """Reconcile has noted an upload whose notice was lost, and asked for it."""
    stage.world.create_input_bucket()
    stage.world.clock.seconds = int(time.time()) + 2 * HOUR
    stage.expect(stage.world.put(f"{stage.name}.mp4"))
    stage.world.reconcile("uploads")
    return 1


@moment
def asked_for_and_lost(stage: Stage) -> int:
    """The same, and its message is gone as well: the asset waits for a rendition without one."""
    jobs = lost_upload(stage)
    stage.lose(stage.world[PRESET].mapping, PRESET)
    return jobs


@moment
def half_way_through_the_bucket(stage: Stage) -> int:
    """Both tasks that list the bucket have stopped after the first of three uploads."""
    stage.still_listed = 4
    stage.world.create_input_bucket()
    stage.world.clock.seconds = int(time.time()) + 2 * HOUR
    uploads = [stage.world.put(f"{stage.name}-{number}.mp4") for number in (1, 2, 3)]
    for upload in uploads:
        stage.expect(upload)
    with stage.list_one_by_one():
        for event in ({"task": "uploads"}, {"task": "backfill", "preset": PRESET}):
            stage.world.reconcile(**event, steps=1)
    return len(uploads)


@moment
def claimed_without_job(stage: Stage) -> int:
    """The function died before CreateJob."""
    stage.world.mediaconvert.refuse(".mp4", KilledError())
    stage.submit(stage.upload())
    return 1


@moment
def claimed_with_job(stage: Stage) -> int:
    """The function died after CreateJob: the job runs, and the ledger does not know it."""
    stage.world.mediaconvert.fail_to_answer(".mp4", KilledError())
    stage.submit(stage.upload())
    return 1


@moment
def claimed_with_a_job_that_has_ended(stage: Stage) -> int:
    """The same, and the job's event waits."""
    jobs = claimed_with_job(stage)
    stage.tell("COMPLETE", outputGroupDetails=OUTPUTS)
    return jobs


@moment
def claimed_without_message(stage: Stage) -> int:
    """The function died before CreateJob, and the message has been lost."""
    jobs = claimed_without_job(stage)
    stage.lose(stage.world[PRESET].mapping, PRESET)
    return jobs


@moment
def no_answer(stage: Stage) -> int:
    """CreateJob was not answered: the job runs, and the ledger does not know it."""
    stage.world.mediaconvert.fail_to_answer(".mp4", NO_ANSWER)
    stage.submit(stage.upload())
    return 1


@moment
def waiting(stage: Stage) -> int:
    """MediaConvert refuses for now; reconcile has looked at it in vain."""
    stage.world.mediaconvert.refuse(".mp4", THROTTLED)
    stage.submit(stage.upload())
    stage.world.reconcile(patience=0)
    return 1


@moment
def submitted(stage: Stage) -> int:
    """A job runs."""
    stage.run(stage.upload())
    return 1


@moment
def submitted_and_looked_at(stage: Stage) -> int:
    """A job runs, reconcile has looked at it, and its message was delivered once more."""
    upload = stage.upload()
    stage.run(upload)
    stage.world.clock.pass_(HOUR)
    stage.world.reconcile()
    stage.world[PRESET].notify(upload)
    return 1


@moment
def complete_event(stage: Stage) -> int:
    """The event of a complete job waits."""
    stage.run(stage.upload())
    stage.tell("COMPLETE", outputGroupDetails=OUTPUTS)
    return 1


@moment
def complete_event_lost(stage: Stage) -> int:
    """A job is complete, and its event was lost."""
    stage.run(stage.upload())
    stage.world.mediaconvert.jobs[0]["Status"] = "COMPLETE"
    stage.is_lost = True
    return 1


@moment
def error_event(stage: Stage) -> int:
    """The event of a failed job waits; it becomes a letter, whose redrive makes the next job."""
    stage.run(stage.upload())
    stage.tell("ERROR", **NO_MEDIA)
    return 2


@moment
def canceled_event(stage: Stage) -> int:
    """The event of a canceled job waits."""
    stage.run(stage.upload("canceled"))
    stage.tell("CANCELED")
    return 1


@moment
def retrying(stage: Stage) -> int:
    """A job has failed, and the message for its next attempt waits."""
    stage.run(stage.upload())
    stage.end("ERROR", **MAY_PASS)
    return 2


@moment
def retry_owed(stage: Stage) -> int:
    """A job has failed, SQS refused the message, and the event was lost then."""
    stage.run(stage.upload())
    stage.tell("ERROR", **MAY_PASS)
    with patch.object(stage.world.sqs, "send_message", side_effect=client_error("Throttled", 429)):
        stage.world.outcomes.invoke()
    stage.lose(stage.world.outcomes, "outcome")
    return 2


@moment
def complete(stage: Stage) -> int:
    """Everything is done, and its message and its event come once more."""
    upload = stage.upload()
    stage.run(upload)
    stage.end("COMPLETE", outputGroupDetails=OUTPUTS)
    stage.tell("COMPLETE", outputGroupDetails=OUTPUTS)
    stage.world[PRESET].notify(upload)
    return 1


@moment
def announcement_owed(stage: Stage) -> int:
    """A rendition is complete, SNS refused, and the event was lost then."""
    stage.run(stage.upload())
    stage.tell("COMPLETE", outputGroupDetails=OUTPUTS)
    with patch.object(stage.world.sns, "publish", side_effect=client_error("Throttled", 429)):
        stage.world.outcomes.invoke()
    stage.lose(stage.world.outcomes, "outcome")
    return 1


@moment
def announcement_not_noted(stage: Stage) -> int:
    """SNS took the announcement of a rendition and did not answer; the event waits."""
    stage.run(stage.upload())
    publish = stage.world.sns.publish

    def publish_unheard(**request: Any) -> None:
        publish(**request)
        raise NO_ANSWER

    stage.tell("COMPLETE", outputGroupDetails=OUTPUTS)
    with patch.object(stage.world.sns, "publish", publish_unheard):
        stage.world.outcomes.invoke()
    return 1


@moment
def dead(stage: Stage) -> int:
    """A job has failed for good: there is a letter."""
    stage.run(stage.upload())
    stage.end("ERROR", **NO_MEDIA)
    return 2


@moment
def dead_without_job(stage: Stage) -> int:
    """MediaConvert has refused for good: there is a letter, and no job."""
    stage.world.mediaconvert.refuse(".mp4", BAD_REQUEST)
    stage.submit(stage.upload())
    return 1


@moment
def dead_and_redriven(stage: Stage) -> int:
    """A letter was redriven: its message waits, and asks for the second attempt."""
    jobs = dead(stage)
    [(body, reasons)] = stage.world[PRESET].dead_letters()
    kept = {name: reasons[name] for name in ("code", "reason")}
    stage.world[PRESET].send(body, **kept, attempt="2")
    return jobs


@moment
def unreadable(stage: Stage) -> int:
    """A message that is no notice became a letter; redriven, it becomes one again."""
    stage.letters = 1
    stage.world[PRESET].send("no notice")
    stage.invoke()
    return 0


@moment
def set_aside(stage: Stage) -> int:
    """SQS has moved a message to the dead-letter queue, without a reason."""
    stage.world.sqs.send_message(
        QueueUrl=stage.world[PRESET].branch.dead_letter_queue_url,
        MessageBody=write_notice(stage.upload()),
    )
    return 1


@moment
def canceled(stage: Stage) -> int:
    """A job was canceled, and everybody told."""
    stage.run(stage.upload("canceled"))
    stage.end("CANCELED")
    return 1


@moment
def superseded(stage: Stage) -> int:
    """Two uploads of a key are done, the older one after the newer one."""
    for number, end in ((1, "superseded"), (2, "complete")):
        stage.run(stage.upload(end, number=number))
    for number in (1, 0):
        stage.end("COMPLETE", number=number, outputGroupDetails=OUTPUTS)
    return 2 + stage.made_once_more()


@moment
def overwritten_while_it_runs(stage: Stage) -> int:
    """Two uploads of a key have jobs that run."""
    for number, end in ((1, "superseded"), (2, "complete")):
        stage.run(stage.upload(end, number=number))
    return 2 + stage.made_once_more()


@moment
def overwritten_while_it_waits(stage: Stage) -> int:
    """The older of two uploads waits, the newer one is complete."""
    older = stage.upload("superseded", number=1)
    stage.world.mediaconvert.refuse(".mp4", THROTTLED)
    stage.submit(older)
    stage.run(stage.upload(number=2))
    stage.end("COMPLETE", outputGroupDetails=OUTPUTS)
    return 1


@moment
def overwritten_and_dead(stage: Stage) -> int:
    """The older of two uploads is dead, and its letter is obsolete; the newer one is complete."""
    stage.run(stage.upload("dead", number=1))
    stage.end("ERROR", **NO_MEDIA)
    stage.run(stage.upload(number=2))
    stage.end("COMPLETE", outputGroupDetails=OUTPUTS)
    return 2


@moment
def overwritten_by_a_waiting_notice(stage: Stage) -> int:
    """The job of an upload runs, and the notice of a newer one waits."""
    stage.run(stage.upload("superseded", number=1))
    stage.world[PRESET].notify(stage.upload(number=2))
    # The older job has begun and may end after the newer one's has: that one is made once more.
    return 3


@moment
def removed_branch(stage: Stage) -> int:
    """A preset was removed while an upload waited for it; another preset is complete."""
    stage.is_lost = True
    upload = stage.upload("canceled", preset="480p")
    stage.expect(upload)
    stage.world.mediaconvert.refuse(".mp4", THROTTLED)
    stage.submit(upload, "480p")
    stage.run(upload)
    stage.end("COMPLETE", outputGroupDetails=OUTPUTS)
    branch = stage.world["480p"]
    branch.remove()
    for url in (branch.branch.queue_url, branch.branch.dead_letter_queue_url):
        stage.world.sqs.delete_queue(QueueUrl=url)
    del stage.world.branches["480p"]
    return 1
