"""What an output should hold, what it holds, and where it lies."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from components.presets import PresetArgs, resolve
from components.presets.job_settings import job_document
from handlers.mediaconvert.job_request import job_request
from handlers.settings import SubmitJobSettings
from operate.verify.facts import OutputFile
from operate.verify.outputs import read_outputs
from operate.verify.sample import make_sample
from operate.verify.streams import Streams, differences, expected_streams, read_streams
from tests.local.mediaconvert import clips
from tests.operate.cloud import upload_of

SOURCE = Streams(picture=(1920, 1080), video_codec="h264", audio_codec="aac", seconds=10.0)
BUCKET = "output"
MP4 = {"ContainerSettings": {"Container": "MP4"}}


def video(codec: str = "H_264", **settings: Any) -> dict[str, Any]:
    """An output with a picture."""
    return {**MP4, "VideoDescription": {"CodecSettings": {"Codec": codec}, **settings}}


@pytest.mark.parametrize(
    ("settings", "picture"),
    [
        ({}, (1920, 1080)),
        ({"Width": 1280, "Height": 720, "ScalingBehavior": "FIT_NO_UPSCALE"}, (1280, 720)),
        ({"Width": 854, "Height": 480, "ScalingBehavior": "FIT_NO_UPSCALE"}, (853, 480)),
        ({"Width": 3840, "Height": 2160, "ScalingBehavior": "FIT_NO_UPSCALE"}, (1920, 1080)),
        ({"Width": 3840, "Height": 2160, "ScalingBehavior": "FIT"}, (3840, 2160)),
        ({"Width": 720, "Height": 1280, "ScalingBehavior": "FIT_NO_UPSCALE"}, (720, 405)),
        ({"Width": 720, "Height": 1280, "ScalingBehavior": "STRETCH_TO_OUTPUT"}, (720, 1280)),
        ({"Width": 720, "Height": 1280}, (720, 1280)),
    ],
)
def test_a_picture_is_as_large_as_its_box_and_scaling_behavior_say(
    settings: dict[str, Any], picture: tuple[int, int]
) -> None:
    """Fitted, not enlarged, stretched or with borders."""
    assert picture == expected_streams(video(**settings), SOURCE).picture


def test_a_codec_that_is_not_known_here_is_not_compared() -> None:
    """That there is a stream at all still is."""
    expected = expected_streams(video("PRORES"), SOURCE)
    found = Streams(picture=(1920, 1080), video_codec="prores", audio_codec=None, seconds=10.0)

    assert [] == list(differences(expected, found))
    assert [] != list(differences(expected, SOURCE))
    nothing = Streams(picture=None, video_codec=None, audio_codec=None, seconds=10.0)
    assert [("video codec any", "none")] == list(differences(expected, nothing))


def test_the_sample_is_what_it_says(tmp_path: Path) -> None:
    """H.264 and AAC in an mp4, of the size and length that were asked for."""
    made = make_sample(tmp_path / "sample.mp4", seconds=1, picture=(320, 180))

    assert made == read_streams(tmp_path / "sample.mp4")
    assert ((320, 180), "h264", "aac") == (made.picture, made.video_codec, made.audio_codec)
    assert made.seconds == pytest.approx(1, abs=0.1)


@pytest.fixture
def s3() -> Iterator[Any]:
    """S3 with an output bucket."""
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


def outputs_of(s3: Any, preset: PresetArgs, keys: dict[str, Path]) -> list[OutputFile]:
    """Put files where a job of a preset writes, and look at them."""
    for key, path in keys.items():
        s3.upload_file(str(path), BUCKET, key)
    [resolved] = resolve([preset])
    settings = SubmitJobSettings.from_environment(
        {
            "FANOUT": "f",
            "PRESET": preset["name"],
            "PIPELINE_ARN": "arn:aws:mediaconvert:eu-central-1:111122223333:queues/q",
            "PIPELINE_ROLE_ARN": "arn:aws:iam::111122223333:role/r",
            "OUTPUT_BUCKET": BUCKET,
            "QUEUE_URL": "q",
            "DEAD_LETTER_QUEUE_URL": "d",
            "MAX_UPLOAD_BYTES": "0",
            "MAX_UPLOAD_SECONDS": "0",
            "CLAIM_SECONDS": "120",
            "LEDGER_TABLE": "l",
            "LEDGER_RETENTION_DAYS": "90",
            "COMPLETED_TOPIC_ARN": "t",
        }
    )
    request = job_request(job_document(resolved), upload_of("v/a b.mp4"), 1, settings)
    source = Streams(picture=(320, 180), video_codec="h264", audio_codec="aac", seconds=1.0)
    return list(read_outputs(s3, request, source))


def all_right(files: list[OutputFile]) -> bool:
    """Whether every file is there, and as expected."""
    return all(
        file.size > 0
        and (
            file.expected is None
            or (file.found is not None and not list(differences(file.expected, file.found)))
        )
        for file in files
    )


def test_each_kind_of_preset_is_found_where_it_writes(s3: Any, tmp_path: Path) -> None:
    """An mp4, a playlist with its segments, stills with their numbers, and sound alone."""
    mp4 = clips.video(tmp_path / "clip.mp4", "-c:a", "aac")
    still = clips.make(tmp_path / "still.jpg", *clips.picture(), "-frames:v", "1")
    segment = clips.video(tmp_path / "clip.ts", "-c:a", "aac")
    sound = clips.make(tmp_path / "sound.m4a", *clips.SOUND, "-c:a", "aac")
    film_track = clips.video(tmp_path / "track.mp4", "-an")
    playlist = tmp_path / "index.m3u8"
    playlist.write_text("#EXTM3U\n")

    film = outputs_of(s3, {"name": "720p"}, {"v/a b-720p.mp4": mp4})
    hls = outputs_of(
        s3,
        {"name": "hls", "kind": "hls", "ladder": ["720p"]},
        {
            "v/a b-hls/index.m3u8": playlist,
            "v/a b-hls/index-720p.m3u8": playlist,
            "v/a b-hls/index-720p_00001.ts": segment,
            "v/a b-hls/index-720p_00002.ts": segment,
        },
    )
    both = outputs_of(
        s3,
        {"name": "both", "kind": "cmaf", "ladder": ["720p"]},
        {
            "v/a b-both/index.mpd": playlist,
            "v/a b-both/index.m3u8": playlist,
            "v/a b-both/index-720pinit.cmfv": film_track,
            "v/a b-both/index-720p_000000001.cmfv": playlist,
            "v/a b-both/index-audioinit.cmfa": sound,
        },
    )
    stills = outputs_of(
        s3,
        {"name": "thumbs", "kind": "thumbnails"},
        {
            "v/a b-thumbs.0000000.jpg": still,
            "v/a b-thumbs_poster.0000001.jpg": still,
            "v/a b-thumbs.mp4": mp4,
        },
    )
    audio = outputs_of(s3, {"name": "sound", "kind": "audio"}, {"v/a b-sound.m4a": sound})

    kinds = (film, hls, both, stills, audio)
    assert [1, 2, 4, 3, 1] == [len(files) for files in kinds]
    assert all(map(all_right, kinds))


def test_a_missing_output_and_a_missing_playlist_have_no_size(s3: Any, tmp_path: Path) -> None:
    """Each is told of by the beginning of its key."""
    mp4 = clips.video(tmp_path / "clip.mp4", "-c:a", "aac")

    [film] = outputs_of(s3, {"name": "720p"}, {"v/a b-720p_other.mp4": mp4})
    hls = outputs_of(s3, {"name": "hls", "kind": "hls", "ladder": ["720p"]}, {})

    assert (f"s3://{BUCKET}/v/a b-720p", 0) == (film.uri, film.size)
    assert [0, 0] == [file.size for file in hls]


def test_a_file_that_cannot_be_read_is_told(s3: Any, tmp_path: Path) -> None:
    """Bytes that are no media have a size, and no streams."""
    path = tmp_path / "text.mp4"
    path.write_text("This is no video.")

    [film] = outputs_of(s3, {"name": "720p"}, {"v/a b-720p.mp4": path})

    assert (17, None) == (film.size, film.found)
