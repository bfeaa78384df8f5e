"""What has become of one upload, from the ledger."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from handlers.ledger import Ledger
from handlers.ledger.rendition import Duty, Failure, Output, Rendition, State
from handlers.upload import Upload
from operate.__main__ import main
from tests.handlers.fakes import Clock
from tests.operate.cloud import INPUT_BUCKET, PRESETS, Cloud, sequencers_decide, upload_of

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

KEY = "trips/a b.mp4"


@dataclass
class Books:
    """The ledger and the input bucket beside the queues."""

    cloud: Cloud
    ledger: Ledger
    clock: Clock
    s3: "S3Client"
    capsys: pytest.CaptureFixture[str]
    uploads: int = 0

    def put(self, key: str) -> str:
        """Upload an object; return its version id."""
        return self.s3.put_object(Bucket=INPUT_BUCKET, Key=key, Body=b"")["VersionId"]

    def note(self, key: str = KEY, *presets: str) -> Upload:
        """Upload an object, and write it down as the functions do."""
        self.uploads += 1
        upload = upload_of(key, self.put(key), sequencer=f"{self.uploads:018X}")
        self.ledger.assets.note(upload, presets or PRESETS, sequencers_decide)
        return upload

    def claim(self, upload: Upload, preset: str, attempt: int = 1) -> Rendition:
        """Begin an attempt."""
        return self.ledger.renditions.claim(upload, preset, attempt, abandoned_after=120)

    def status(self, *arguments: str) -> dict[str, Any]:
        """What the command prints, as JSON."""
        assert 0 == main(["status", *arguments, "--json", "--outputs", self.cloud.outputs_file])
        [line] = self.capsys.readouterr().out.splitlines()
        status: dict[str, Any] = json.loads(line)
        return status

    def refusal(self, *arguments: str) -> str:
        """What it says when it cannot tell."""
        with pytest.raises(SystemExit) as end:
            main(["status", *arguments, "--outputs", self.cloud.outputs_file])
        assert 1 == end.value.code
        return self.capsys.readouterr().err


def renditions_of(status: dict[str, Any]) -> list[dict[str, Any]]:
    """The renditions of a status."""
    renditions: list[dict[str, Any]] = status["renditions"]
    return renditions


def listen_to(s3: "S3Client", *suffixes: str) -> None:
    """Notify the topic of keys with these suffixes, and of no others."""
    topic = boto3.client("sns").create_topic(Name="topic")["TopicArn"]
    s3.put_bucket_notification_configuration(
        Bucket=INPUT_BUCKET,
        NotificationConfiguration={
            "TopicConfigurations": [
                {
                    "TopicArn": topic,
                    "Events": ["s3:ObjectCreated:*"],
                    "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": suffix}]}},
                }
                for suffix in suffixes
            ]
        },
    )


@pytest.fixture
def books(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> Books:
    """A ledger without an upload."""
    s3 = boto3.client("s3")
    s3.create_bucket(
        Bucket=INPUT_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_bucket_versioning(Bucket=INPUT_BUCKET, VersioningConfiguration={"Status": "Enabled"})
    listen_to(s3, ".mp4", ".MP4")
    return Books(cloud, cloud.ledger, cloud.clock, s3, capsys)


def test_every_preset_with_all_that_is_known(books: Books) -> None:
    """A complete rendition, a dead one with what it owes, one not begun, one not asked for."""
    books.cloud.outputs["queue_urls"]["480p"] = "q"
    books.cloud.outputs["dead_letter_queue_urls"]["480p"] = "dlq"
    upload = books.note(KEY, "720p", "1080p", "4k")
    renditions = books.ledger.renditions
    claimed = books.claim(upload, "720p")
    books.clock.pass_(60)
    done = renditions.move(
        claimed,
        State.COMPLETE,
        job_id="job-1",
        outputs=[Output(bucket="out", key="a-720p.mp4", duration_ms=9, width=2, height=4)],
    )
    for duty in (Duty.ANNOUNCEMENT, Duty.ASSET):
        done = renditions.done(done, duty)
    renditions.move(
        books.claim(upload, "1080p", 2),
        State.DEAD,
        job_id="job-2",
        failure=Failure(code="1010", reason="No."),
    )

    status = books.status(KEY)

    nothing: dict[str, object] = {
        "attempt": 0,
        "job_id": None,
        "failure": None,
        "outputs": [],
        "claimed_at": None,
        "ended_at": None,
        "waiting_since": None,
        "owed": [],
    }
    assert {
        "bucket": INPUT_BUCKET,
        "key": KEY,
        "version_id": upload.version_id,
        "overwritten": False,
        "announcement": "not due yet",
        "revision": 0,
        "renditions": [
            {
                "preset": "1080p",
                "state": "dead",
                "attempt": 2,
                "job_id": "job-2",
                "failure": {"code": "1010", "reason": "No."},
                "outputs": [],
                "claimed_at": "2027-01-15T08:01:00+00:00",
                "ended_at": "2027-01-15T08:01:00+00:00",
                "waiting_since": "2027-01-15T08:01:00+00:00",
                "owed": ["announcement", "asset", "letter"],
            },
            {"preset": "480p", "state": "not asked for", **nothing},
            {"preset": "4k", "state": "not begun", **nothing},
            {
                "preset": "720p",
                "state": "complete",
                "attempt": 1,
                "job_id": "job-1",
                "failure": None,
                "outputs": [
                    {
                        "bucket": "out",
                        "key": "a-720p.mp4",
                        "duration_ms": 9,
                        "width": 2,
                        "height": 4,
                    }
                ],
                "claimed_at": "2027-01-15T08:00:00+00:00",
                "ended_at": "2027-01-15T08:01:00+00:00",
                "waiting_since": None,
                "owed": [],
            },
        ],
    } == status


def test_a_new_attempt_has_not_ended(books: Books) -> None:
    """A claim of a further attempt takes back when, and why, the one before it ended."""
    upload = books.note(KEY, "720p")
    dead = books.ledger.renditions.move(
        books.claim(upload, "720p"), State.DEAD, failure=Failure(code="1010", reason="No.")
    )
    for duty in dead.owed:
        dead = books.ledger.renditions.done(dead, duty)

    assert 1_800_000_000 == dead.ended_at
    again = books.claim(upload, "720p", attempt=2)
    assert (None, None) == (again.ended_at, again.failure)


@pytest.mark.parametrize(
    ("end", "is_settled", "announcement"),
    [
        (State.COMPLETE, False, "owed"),
        (State.COMPLETE, True, "sent"),
        (State.SUPERSEDED, True, "none, a newer upload took its place"),
    ],
)
def test_whether_everybody_has_been_told(
    books: Books, end: State, announcement: str, *, is_settled: bool
) -> None:
    """The announcement of the asset is owed once all its renditions have ended."""
    upload = books.note(KEY, "720p")
    asset = books.ledger.assets.tell(upload, "720p", end, 1)
    assert asset is not None
    if is_settled:
        books.ledger.assets.settle(asset)

    status = books.status(KEY)

    assert (announcement, 1) == (status["announcement"], status["revision"])


def test_an_overwritten_upload_has_no_job_or_a_canceled_one(books: Books) -> None:
    """It says so while its renditions are still under way: no announcement will come."""
    upload = books.note(KEY)
    renditions = books.ledger.renditions
    superseded = books.claim(upload, "720p")
    books.claim(upload, "1080p")
    newest = books.note(KEY)
    renditions.move(superseded, State.SUPERSEDED)

    assert False is books.status(KEY)["overwritten"]
    status = books.status(KEY, "--version-id", str(upload.version_id))

    assert (True, "none, a newer upload took its place") == (
        status["overwritten"],
        status["announcement"],
    )
    assert [("1080p", "claimed", None), ("720p", "superseded", None)] == [
        (each["preset"], each["state"], each["job_id"]) for each in renditions_of(status)
    ]
    assert newest.version_id == books.status(KEY)["version_id"]
    main(
        [
            *("status", KEY, "--version-id", str(upload.version_id)),
            *("--outputs", books.cloud.outputs_file),
        ]
    )
    assert "A newer upload of the key took its place" in books.capsys.readouterr().err


def test_a_rendition_that_is_made_once_more_says_why(books: Books) -> None:
    """It is the newest upload's, and a late job of an older one may have written over it."""
    late = books.note(KEY, "720p")
    newest = books.note(KEY, "720p")
    books.ledger.renditions.move(
        books.claim(newest, "720p"), State.COMPLETE, job_id="job-2", outputs=[]
    )
    books.ledger.renditions.write_over(newest.digest, "720p", "job-1")

    [rendition] = [each for each in renditions_of(books.status(KEY)) if "retrying" == each["state"]]
    assert ("overtaken", ["retry"]) == (rendition["failure"]["code"], rendition["owed"])
    assert late.version_id != newest.version_id


def test_the_latest_upload_is_meant(books: Books) -> None:
    """Even after the object was deleted; an older one is meant by its version id."""
    first = books.note()
    books.note("trips/a b.mp4.mp4")
    latest = books.note()
    books.s3.delete_object(Bucket=INPUT_BUCKET, Key=KEY)

    assert latest.version_id == books.status(KEY)["version_id"]
    assert (
        first.version_id == books.status(KEY, "--version-id", str(first.version_id))["version_id"]
    )


def test_a_key_that_was_never_uploaded(books: Books) -> None:
    """A key that begins like another is not that one."""
    books.note("trips/a b.mp4.mp4")

    assert f"has no upload of the key '{KEY}'" in books.refusal(KEY)


def test_an_upload_that_the_ledger_does_not_know(books: Books) -> None:
    """The message says what to do about it."""
    books.put(KEY)

    assert "`reconcile --task uploads` sends a lost message again" in books.refusal(KEY)


@pytest.mark.parametrize("is_uploaded", [True, False])
@pytest.mark.parametrize("key", ["trips/a.mov", "a.Mp4"])
def test_a_key_that_no_suffix_listens_to(books: Books, key: str, *, is_uploaded: bool) -> None:
    """It says so first: neither an upload nor a wait would help."""
    if is_uploaded:
        books.put(key)

    refusal = books.refusal(key)

    assert (
        f"error: The stack does not listen to the key {key!r}, only to keys that end in .mp4, .MP4"
        in refusal
    )


def test_a_bucket_that_notifies_nobody(books: Books) -> None:
    """Nothing listens to any key."""
    books.put(KEY)
    listen_to(books.s3)

    assert "has no notification. Run `pulumi up`" in books.refusal(KEY)


def test_an_upload_from_before_a_suffix_was_removed(books: Books) -> None:
    """What the ledger knows is told, whatever the stack listens to now."""
    upload = books.note(KEY, "720p")
    listen_to(books.s3, ".mov")

    assert upload.version_id == books.status(KEY)["version_id"]


def test_a_line_per_preset(books: Books) -> None:
    """Without `--json` there is a table, and a sentence about the asset on standard error."""
    upload = books.note(KEY, "720p")
    renditions = books.ledger.renditions
    renditions.move(
        books.claim(upload, "720p"),
        State.DEAD,
        job_id="job-1",
        failure=Failure(code="1010", reason="No."),
    )

    assert 0 == main(["status", KEY, "--outputs", books.cloud.outputs_file])

    printed = books.capsys.readouterr()
    _, missing, dead = printed.out.splitlines()
    assert missing.startswith("1080p\tnot asked for\t0\t")
    assert dead.startswith("720p\tdead\t1\tjob-1\t1010: No.\t\t")
    assert dead.endswith("\tannouncement, asset, letter")
    assert f"{KEY}, version {upload.version_id}. Announcement of the asset: not due yet." in (
        printed.err
    )


def test_it_changes_nothing(books: Books) -> None:
    """Reading is all that it does."""
    upload = books.note()
    before = (
        books.ledger.assets.get(upload.digest),
        books.ledger.renditions.of_upload(upload.digest),
        books.cloud.sizes(),
    )

    books.status(KEY)

    assert before == (
        books.ledger.assets.get(upload.digest),
        books.ledger.renditions.of_upload(upload.digest),
        books.cloud.sizes(),
    )
