"""What the page shows of a stack: counts, uploads, letters, and what stands in the way."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from handlers.ledger.rendition import Duty, Failure, Output, State
from handlers.upload import Upload
from operate.__main__ import main
from operate.page.board import Board
from operate.stack_config import PROJECT_FOLDER
from tests.operate.cloud import PRESETS, Cloud, sequencers_decide, upload_of
from tests.operate.paged import BUCKETS, FakeControls, FakeMediaConvert, board_of

KEY = "trips/a b.mp4"


@pytest.fixture
def mediaconvert() -> FakeMediaConvert:
    """A MediaConvert without jobs."""
    return FakeMediaConvert()


@pytest.fixture
def board(cloud: Cloud, mediaconvert: FakeMediaConvert) -> Board:
    """The board of a stack in which nothing has happened."""
    return board_of(cloud, mediaconvert)


def note(cloud: Cloud, upload: Upload) -> None:
    """Write an upload down as the functions do."""
    cloud.ledger.assets.note(upload, PRESETS, sequencers_decide)


def only(board: Board) -> dict[str, Any]:
    """The renditions of the only upload, by preset."""
    [upload] = board.read()["uploads"]
    return {each["preset"]: each for each in upload["renditions"]}


def complete(cloud: Cloud, upload: Upload, job_id: str, outputs: list[Output]) -> None:
    """Come to a good end for 720p, with nothing owed."""
    renditions = cloud.ledger.renditions
    claimed = renditions.claim(upload, "720p", 1, abandoned_after=120)
    done = renditions.complete(claimed, job_id, outputs)
    for duty in (Duty.ANNOUNCEMENT, Duty.ASSET):
        done = renditions.done(done, duty)


def test_the_counts_of_a_branch(board: Board, cloud: Cloud, mediaconvert: FakeMediaConvert) -> None:
    """Waiting is in the queue or in the pipeline; running, and dead, is what AWS says."""
    cloud.sqs.send_message(QueueUrl=cloud.outputs["queue_urls"]["720p"], MessageBody="{}")
    mediaconvert.counts["720p"] = (2, 1)
    mediaconvert.paused.add("720p")
    cloud.bury("a.mp4")

    counts = {each.pop("preset"): each for each in board.read()["presets"]}

    assert {"waiting": 3, "running": 1, "done": 0, "dead": 1, "is_paused": True} == counts["720p"]
    assert {"waiting": 0, "running": 0, "done": 0, "dead": 0, "is_paused": False} == counts["1080p"]


def test_presets_that_share_a_pipeline(
    board: Board, cloud: Cloud, mediaconvert: FakeMediaConvert
) -> None:
    """Their jobs are told apart by what they carry: the pipeline's own count is of both."""
    board.stack.outputs["pipeline_arns"]["1080p"] = board.stack.outputs["pipeline_arns"]["720p"]
    mediaconvert.counts["720p"] = (1, 1)
    upload = upload_of(KEY)
    note(cloud, upload)
    mediaconvert.begin(upload, "720p", "PROGRESSING")
    mediaconvert.begin(upload, "1080p", "SUBMITTED")
    mediaconvert.jobs[1]["Queue"] = mediaconvert.jobs[0]["Queue"]

    counts = {each["preset"]: each for each in board.read()["presets"]}

    assert (0, 1) == (counts["720p"]["waiting"], counts["720p"]["running"])
    assert (1, 0) == (counts["1080p"]["waiting"], counts["1080p"]["running"])


def test_an_upload_on_its_way(board: Board, cloud: Cloud, mediaconvert: FakeMediaConvert) -> None:
    """From the first notice on: nothing begun, then a job that waits, then how far it is."""
    upload = upload_of(KEY)
    note(cloud, upload)
    assert "not begun" == only(board)["720p"]["state"]
    assert "waiting" == only(board)["720p"]["word"]

    claimed = cloud.ledger.renditions.claim(upload, "720p", 1, abandoned_after=120)
    job_id = mediaconvert.begin(upload, "720p", "SUBMITTED")
    cloud.ledger.renditions.move(claimed, State.SUBMITTED, job_id=job_id)
    assert "waiting" == only(board)["720p"]["word"]

    mediaconvert.jobs[0] |= {"Status": "PROGRESSING", "JobPercentComplete": 42}
    assert ("running", 42) == (only(board)["720p"]["word"], only(board)["720p"]["percent"])
    assert "waiting" == only(board)["1080p"]["word"]


def test_a_rendition_that_is_done(
    board: Board, cloud: Cloud, mediaconvert: FakeMediaConvert
) -> None:
    """With its file, size, duration and bitrate; it counts as done."""
    upload = upload_of(KEY)
    note(cloud, upload)
    job_id = mediaconvert.begin(upload, "720p", "COMPLETE")
    bucket, key = BUCKETS["720p"], "trips/a b-720p.mp4"
    board.clients.s3.put_object(Bucket=bucket, Key=key, Body=bytes(5000))
    output = Output(bucket=bucket, key=key, duration_ms=2000, width=1280, height=720)
    complete(cloud, upload, job_id, [output])

    seen = board.read()
    done = only(board)["720p"]

    assert 1 == seen["presets"][1]["done"]
    assert ("done", 5000, 2000, 20_000) == (
        done["word"],
        done["size"],
        done["duration_ms"],
        done["bitrate"],
    )
    assert [
        {
            "name": "a b-720p.mp4",
            "url": "/media/720p/=trips%2F/a%20b-720p.mp4",
            "type": "video/mp4",
            "size": 5000,
        }
    ] == done["files"]


def test_a_rendition_of_many_files(
    board: Board, cloud: Cloud, mediaconvert: FakeMediaConvert
) -> None:
    """Segments and stills belong to it, and what a lifecycle has removed does not."""
    upload = upload_of(KEY)
    note(cloud, upload)
    bucket = BUCKETS["720p"]
    for key in ("a/index.m3u8", "a/240p_00001.ts", "a/240p.m3u8", "a/other.ts"):
        board.clients.s3.put_object(Bucket=bucket, Key=key, Body=bytes(10))
    names = ("a/index.m3u8", "a/240p.m3u8", "a/gone.m3u8")
    complete(
        cloud,
        upload,
        mediaconvert.begin(upload, "720p", "COMPLETE"),
        [Output(bucket=bucket, key=key) for key in names],
    )

    done = only(board)["720p"]

    assert ["index.m3u8", "240p.m3u8", "240p_00001.ts"] == [file["name"] for file in done["files"]]
    assert (30, None) == (done["size"], done["bitrate"])


def test_a_rendition_that_is_dead(board: Board, cloud: Cloud) -> None:
    """The reason stands at the bar and in the letter; the letter stays where it is."""
    upload = upload_of(KEY)
    note(cloud, upload)
    renditions = cloud.ledger.renditions
    claimed = renditions.claim(upload, "720p", 1, abandoned_after=120)
    renditions.move(claimed, State.DEAD, failure=Failure(code="1010", reason="No video."))
    cloud.bury_uploads(upload)

    seen = board.read()

    assert {"code": "1010", "reason": "No video."} == only(board)["720p"]["failure"]
    [letter] = seen["letters"]
    assert ("720p", [KEY], "1010", "Error 1010.", False) == tuple(
        letter[name] for name in ("preset", "keys", "code", "reason", "obsolete")
    )
    assert (1, 0) == cloud.sizes()["720p-dlq"]


def test_letters_are_read_when_their_number_changes(
    board: Board, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading hides them from others for a moment, so it is not done at every look."""
    cloud.bury("a.mp4")
    reads = []
    receive = board.clients.sqs.receive_message
    monkeypatch.setattr(
        board.clients.sqs,
        "receive_message",
        lambda **arguments: reads.append(arguments) or receive(**arguments),  # type: ignore[func-returns-value]
    )
    board.read()
    first = len(reads)

    assert 1 == len(board.read()["letters"])
    assert first == len(reads)
    cloud.bury("b.mp4")
    assert 2 == len(board.read()["letters"])
    assert first < len(reads)


def test_mediaconvert_does_not_answer(
    board: Board, cloud: Cloud, mediaconvert: FakeMediaConvert
) -> None:
    """The page says so and goes on with all the rest; what was known of jobs stays."""
    upload = upload_of(KEY)
    note(cloud, upload)
    mediaconvert.begin(upload, "720p", "PROGRESSING")
    mediaconvert.counts["720p"] = (0, 1)
    board.read()
    mediaconvert.is_busy = True

    seen = board.read()

    assert seen["trouble"].startswith("MediaConvert: AWS refused ListJobs")
    assert 1 == seen["presets"][1]["running"]
    assert [KEY] == [each["key"] for each in seen["uploads"]]


def test_the_newest_upload_is_the_first(cloud: Cloud, mediaconvert: FakeMediaConvert) -> None:
    """Also one that the ledger does not know yet, because it was made on the page."""
    board = board_of(cloud, mediaconvert, FakeControls())
    older = upload_of("older.mp4")
    note(cloud, older)
    cloud.ledger.renditions.claim(older, "720p", 1, abandoned_after=120)
    board.read()
    board.expect(upload_of("newer.mp4"))

    assert ["newer.mp4", "older.mp4"] == [each["key"] for each in board.read()["uploads"]]


def test_a_job_of_another_stack(board: Board, cloud: Cloud, mediaconvert: FakeMediaConvert) -> None:
    """A pipeline can be shared with others; theirs is not shown."""
    upload = upload_of(KEY)
    note(cloud, upload)
    mediaconvert.begin(upload, "720p", "PROGRESSING", 42)
    mediaconvert.jobs[0]["UserMetadata"]["fanout"] = "of another stack"

    assert "waiting" == only(board)["720p"]["word"]


def test_outputs_of_an_older_version(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """They are refused by name, before anything is served."""
    with pytest.raises(SystemExit) as end:
        main(["page", "--outputs", cloud.outputs_file])

    assert 2 == end.value.code
    assert "missing or wrong: pipeline_arns, output_buckets" in capsys.readouterr().err


def test_the_command(cloud: Cloud, mediaconvert: FakeMediaConvert) -> None:
    """It prints an address of this machine with a token, and stays."""
    board_of(cloud, mediaconvert)
    with subprocess.Popen(  # noqa: S603 -- a list of arguments
        [sys.executable, "-m", "operate", "page", "--json", "--outputs", cloud.outputs_file],
        cwd=PROJECT_FOLDER,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        address = json.loads(process.stdout.readline())["page"]
        process.terminate()

    assert address.startswith("http://127.0.0.1:")
    assert len(address.partition("?token=")[2]) > 40


def test_nothing_is_loaded_from_elsewhere() -> None:
    """The page works without the internet: no file of it names another address."""
    static = Path(PROJECT_FOLDER) / "operate" / "page" / "static"
    for path in static.iterdir():
        text = path.read_text()
        assert "http:" not in text
        assert "https:" not in text
