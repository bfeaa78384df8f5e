"""From an upload to its announcement, with a MediaConvert that really encodes."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from components.presets import PresetArgs, resolve
from components.presets.job_settings import job_document
from handlers.ledger.rendition import State
from handlers.mediaconvert.job_events import read_job, read_job_end
from handlers.mediaconvert.job_request import job_metadata
from handlers.mediaconvert.job_search import JobSearch
from handlers.settings import SubmitJobSettings
from handlers.upload import Upload
from tests.handlers.world import BranchWorld, World
from tests.local.mediaconvert import clips
from tests.local.mediaconvert.studio import INPUT, OUTPUT, Studio, open_studio, wait_until

MP4: PresetArgs = {"name": "720p"}
HLS: PresetArgs = {"name": "720p", "kind": "hls", "ladder": ["240p", "360p"], "segment_seconds": 1}
CMAF: PresetArgs = {**HLS, "kind": "cmaf"}
STILLS: PresetArgs = {"name": "720p", "kind": "thumbnails", "interval": 1}

HOSTILE_KEY = "it's \"here\" & there/100% $t$/é🎬 + 'a'.mp4"


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """MediaConvert in this process, beside moto."""
    with open_studio(tmp_path) as studio:
        yield studio


@pytest.fixture
def real_world(
    studio: Studio, settings: SubmitJobSettings, request: pytest.FixtureRequest
) -> World:
    """A fan-out whose only branch, 720p or what the test asks for, has that MediaConvert."""
    [preset] = resolve([getattr(request, "param", MP4)])
    world = World(
        replace(settings, pipeline_role_arn=studio.role), job_document(preset), preset.name
    )
    queue = studio.client.create_queue(Name=preset.name)["Queue"]
    branch = world[preset.name]
    branch_settings = replace(branch.settings, output_bucket=OUTPUT, pipeline_arn=queue["Arn"])
    submission = replace(
        branch.runtime.submission, settings=branch_settings, mediaconvert=studio.client
    )
    branch.runtime = replace(branch.runtime, settings=branch_settings, submission=submission)
    return world


@pytest.fixture
def branch(real_world: World) -> BranchWorld:
    """The 720p branch."""
    return real_world["720p"]


def put(studio: Studio, key: str, content: Path | bytes) -> Upload:
    """Upload a file."""
    studio.upload(content, key)
    return Upload(
        bucket=INPUT, key=key, version_id="1", etag="etag", sequencer="0055AED6DCD90281E5", size=1
    )


def finish(studio: Studio, world: World, upload: Upload) -> str:
    """Wait for the upload's job, and deliver its events to job_outcome; return the job's id."""
    job_id = world.rendition(upload).job_id
    assert job_id is not None
    end = studio.finished(job_id)["Status"]
    wait_until(lambda: end in studio.statuses())
    for event in studio.events:
        world.outcomes.send(json.dumps({"detail": event["detail"]}))
    while world.outcomes.invoke():
        pass
    return job_id


def test_an_upload_becomes_a_rendition_that_is_announced(
    studio: Studio, real_world: World, branch: BranchWorld, upload: Upload, tmp_path: Path
) -> None:
    """Whatever its key holds, the rendition is where the announcement says, as large as it says."""
    upload = put(studio, HOSTILE_KEY, clips.video(tmp_path / "clip.mp4"))
    branch.notify(upload)
    branch.invoke()
    job_id = finish(studio, real_world, upload)

    rendition, asset = real_world.announcements()
    key = "it's \"here\" & there/100%25 %24t%24/é🎬 + 'a'-720p.mp4"
    [output] = rendition["outputs"]
    assert (HOSTILE_KEY, "complete") == (rendition["source"]["key"], rendition["state"])
    assert {"bucket": OUTPUT, "key": key, "width": 320, "height": 180} == {
        name: output[name] for name in ("bucket", "key", "width", "height")
    }
    assert 1000 == pytest.approx(output["duration_ms"], abs=50)
    assert studio.s3.head_object(Bucket=OUTPUT, Key=key)["ContentLength"] > 0
    assert [("720p", "complete", job_id)] == [
        (end["preset"], end["state"], end["job_id"]) for end in asset["renditions"]
    ]


def test_what_is_no_video_is_a_dead_letter(
    studio: Studio, real_world: World, branch: BranchWorld
) -> None:
    """The job's own error code and message reach the person who reads the dead letter."""
    upload = put(studio, "notes.mp4", b"not a video")
    branch.notify(upload)
    branch.invoke()
    job_id = finish(studio, real_world, upload)

    [(_, reasons)] = branch.dead_letters()
    assert ("1010", job_id, "1") == (reasons["code"], reasons["job_id"], reasons["attempt"])
    assert State.DEAD == real_world.rendition(upload).state


@pytest.mark.parametrize("real_world", [MP4, HLS, CMAF], indirect=True, ids=["mp4", "hls", "cmaf"])
def test_a_job_says_the_same_when_it_is_asked_as_when_it_tells(
    studio: Studio, real_world: World, branch: BranchWorld, tmp_path: Path
) -> None:
    """What reconcile reads from GetJob is what the event would have said, outputs included."""
    upload = put(studio, "a.mp4", clips.video(tmp_path / "clip.mp4"))
    branch.notify(upload)
    branch.invoke()
    job_id = finish(studio, real_world, upload)

    told = read_job_end(json.dumps({"detail": studio.events[-1]["detail"]}))
    asked = read_job(studio.client.get_job(Id=job_id)["Job"])
    assert told is not None
    assert told == asked
    assert any(output.duration_ms and output.width for output in told.outputs)


@pytest.mark.parametrize(
    "real_world", [HLS, CMAF, STILLS], indirect=True, ids=["hls", "cmaf", "stills"]
)
def test_a_longer_upload_that_was_overwritten_leaves_no_files_over(
    studio: Studio, real_world: World, branch: BranchWorld, tmp_path: Path
) -> None:
    """What is in the bucket at rest is what the newest upload alone would have made."""
    listings = []
    for key, uploads in (("b.mp4", [1]), ("a.mp4", [4, 1])):
        for number, seconds in enumerate(uploads):
            real_world.clock.seconds = int(time.time()) + 1
            time.sleep(real_world.clock.seconds - time.time())  # S3 dates by whole seconds.
            clip = clips.make(tmp_path / "clip.mp4", *clips.picture(seconds=seconds), *clips.H264)
            upload = replace(put(studio, key, clip), version_id=key + str(number))
            branch.notify(replace(upload, sequencer=f"{number:08X}"))
            branch.invoke()
            finish(studio, real_world, upload)
        stem = key.removesuffix(".mp4")
        found = real_world.s3.list_objects_v2(Bucket=OUTPUT, Prefix=f"{stem}-720p")["Contents"]
        listings.append([each["Key"].removeprefix(stem) for each in found])

    alone, after_a_longer_one = listings
    assert alone == after_a_longer_one


def test_a_job_is_found_by_its_metadata(
    studio: Studio, real_world: World, branch: BranchWorld
) -> None:
    """ListJobs of the pipeline leads to the job of this very attempt."""
    upload = put(studio, "notes.mp4", b"not a video")
    branch.notify(upload)
    branch.invoke()
    settings = branch.runtime.settings
    now = time.time()
    search = JobSearch(studio.client, settings.pipeline_arn)

    found = [
        search.find(job_metadata(upload, attempt, settings), since=now, until=now)
        for attempt in (1, 2)
    ]

    assert [real_world.rendition(upload).job_id, None] == found
