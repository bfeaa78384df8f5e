"""Facts as a healthy account gives them, for tests to spoil."""

from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.ledger.branches import Branch
from handlers.ledger.rendition import State
from handlers.upload import Upload
from operate.letter import Letter
from operate.status import PresetStatus
from operate.verify.facts import BranchFacts, Facts, OutputFile, Seen
from operate.verify.streams import Streams

T0 = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
"""When S3 had the sample."""

FANOUT = "videoconverter-topic-0a1b2c3"
KEY = "videoconverter-verify/20261124T120000-abcdef/sample a+b.mp4"
UPLOAD = Upload(bucket="input", key=KEY, version_id="v1", etag="e1", sequencer=None, size=3_000_000)
BROKEN = Upload(
    bucket="input", key="broken.mp4", version_id="v2", etag="e2", sequencer=None, size=9
)
SOURCE = Streams(picture=(1920, 1080), video_codec="h264", audio_codec="aac", seconds=10.0)
PRESETS = ("720p", "1080p")


def after(seconds: float) -> datetime:
    """A time on the sample's way."""
    return T0 + timedelta(seconds=seconds)


def healthy() -> Facts:
    """Everything that `verify --with-failure` sees when AWS does as it is assumed."""
    facts = Facts(
        fanout=FANOUT,
        upload=UPLOAD,
        source=SOURCE,
        patience=600,
        is_notified=True,
        branches={preset: _branch(preset) for preset in PRESETS},
        notice=Seen(_notice(), after(1)),
        asset=Seen(
            {"renditions": [{"preset": preset, "state": "complete"} for preset in PRESETS]},
            after(30),
        ),
        broken=BROKEN,
        broken_at=T0,
    )
    for branch in facts.branches.values():
        branch.job = _job(facts, branch)
        branch.event = Seen(_event(branch.job), after(22))
    return facts


def _notice() -> dict[str, Any]:
    s3_object = {"key": "k", "versionId": "v1", "eTag": "e1", "size": 3_000_000}
    return {"Records": [{"eventTime": T0.isoformat(), "s3": {"object": s3_object}}]}


def _branch(preset: str) -> BranchFacts:
    ledger = PresetStatus(
        preset=preset, state=State.COMPLETE, attempt=1, job_id=f"job-{preset}", ended_at=after(23)
    )
    return BranchFacts(
        preset=preset,
        pipeline_arn=f"arn:aws:mediaconvert:eu-central-1:111122223333:queues/{preset}",
        role_arn=f"arn:aws:iam::111122223333:role/{preset}",
        ledger=ledger,
        listed_at=after(5),
        listed_jobs=frozenset({f"job-{preset}"}),
        searched_at=after(6),
        announcement=Seen(
            {"state": "complete", "job_id": f"job-{preset}", "source": {"version_id": "v1"}},
            after(24),
        ),
        files=(OutputFile(uri=_uri(preset), size=200_000, expected=SOURCE, found=SOURCE),),
        broken=PresetStatus(preset=preset, state=State.DEAD, attempt=1),
        broken_letter=dead_letter(preset, code="1010", reason="No video.", job_id="job-broken"),
    )


def dead_letter(preset: str, **attributes: str) -> Letter:
    """A dead letter of a branch, 9 s after the upload; without attributes SQS set it aside."""
    return Letter(
        branch=Branch(preset=preset, queue_url="queue", dead_letter_queue_url="dlq"),
        message_id="m",
        receipt_handle="r",
        body="{}",
        attributes={
            name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()
        },
        sent_at=after(9),
        has_reason="code" in attributes,
    )


def _uri(preset: str) -> str:
    return f"s3://output-{preset}/sample a+b-{preset}.mp4"


def _job(facts: Facts, branch: BranchFacts) -> dict[str, Any]:
    """As GetJob tells of it."""
    group = {
        "OutputGroupSettings": {
            "Type": "FILE_GROUP_SETTINGS",
            "FileGroupSettings": {"Destination": f"s3://output-{branch.preset}/sample a+b"},
        },
        "Outputs": [
            {
                "NameModifier": f"-{branch.preset}",
                "Extension": "mp4",
                "ContainerSettings": {"Container": "MP4"},
            }
        ],
    }
    return {
        "Id": f"job-{branch.preset}",
        "Status": "COMPLETE",
        "Role": branch.role_arn,
        "Queue": branch.pipeline_arn,
        "UserMetadata": facts.metadata(branch),
        "CreatedAt": after(3),
        "Timing": {"FinishTime": after(20)},
        "BillingTagsSource": "QUEUE",
        "AccelerationStatus": "NOT_APPLICABLE",
        "AccelerationSettings": {"Mode": "DISABLED"},
        "Settings": {"OutputGroups": [group]},
    }


def _event(job: dict[str, Any]) -> dict[str, Any]:
    """As MediaConvert's user guide shows it."""
    preset = job["UserMetadata"]["preset"]
    details = {"outputFilePaths": [_uri(preset)], "durationInMs": 10_000}
    return {
        "detail-type": "MediaConvert Job State Change",
        "detail": {
            "jobId": job["Id"],
            "status": job["Status"],
            "userMetadata": job["UserMetadata"],
            "outputGroupDetails": [{"outputDetails": [details]}],
        },
    }
