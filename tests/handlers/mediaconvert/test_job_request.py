"""The CreateJob request of an upload."""

import copy
from dataclasses import replace
from typing import Any

import pytest

from components.presets import PresetArgs, resolve
from components.presets.job_settings import job_document
from components.presets.service_model import check_job
from handlers.mediaconvert.job_request import job_request
from handlers.mediaconvert.output_groups import group_settings
from handlers.settings import SubmitJobSettings
from handlers.upload import Upload

HOSTILE_KEY = "it's \"here\" & there/100% $t$/é🎬 + 'a'\n.mp4"


@pytest.fixture
def request_720p(
    document: dict[str, Any], upload: Upload, settings: SubmitJobSettings
) -> dict[str, Any]:
    """The request of `trips/a.mp4` for the 720p branch."""
    return job_request(document, upload, 1, settings)


def test_the_upload_and_the_branch_are_filled_in(request_720p: dict[str, Any]) -> None:
    """Input, destination, pipeline and role are the upload's and the branch's."""
    settings = request_720p["Settings"]
    file_group = settings["OutputGroups"][0]["OutputGroupSettings"]["FileGroupSettings"]

    assert "s3://input/trips/a.mp4" == settings["Inputs"][0]["FileInput"]
    assert "s3://output-720p/trips/a" == file_group["Destination"]
    assert "arn:aws:mediaconvert:eu-central-1:111122223333:queues/720p" == request_720p["Queue"]
    assert "arn:aws:iam::111122223333:role/720p" == request_720p["Role"]


def test_the_document_stays_and_is_not_written_to(
    document: dict[str, Any], upload: Upload, settings: SubmitJobSettings
) -> None:
    """What the document says is requested, and the next request starts from the same document."""
    before = copy.deepcopy(document)

    request = job_request(document, upload, 1, settings)

    assert before == document
    assert "QUEUE" == request["BillingTagsSource"]
    assert {"TimecodeSource": "ZEROBASED"}.items() <= request["Settings"]["Inputs"][0].items()


def test_a_job_carries_whose_it_is(request_720p: dict[str, Any], upload: Upload) -> None:
    """A job's metadata name its fan-out, preset, upload and attempt, and nothing else."""
    assert {
        "fanout": "videoconverter-dev",
        "preset": "720p",
        "upload": upload.digest,
        "attempt": "1",
    } == request_720p["UserMetadata"]


def test_a_request_is_valid_whatever_the_key_holds(
    document: dict[str, Any], upload: Upload, settings: SubmitJobSettings
) -> None:
    """MediaConvert's own rules (patterns, characters of metadata, token) hold for a hostile key."""
    request = job_request(document, replace(upload, key=HOSTILE_KEY), 1, settings)

    assert [] == check_job(request)
    assert f"s3://input/{HOSTILE_KEY}" == request["Settings"]["Inputs"][0]["FileInput"]


def test_every_output_group_gets_a_destination(
    document: dict[str, Any], upload: Upload, settings: SubmitJobSettings
) -> None:
    """Each group's settings, named by its type, get the source's stem and their own tail."""
    hls = {
        "OutputGroupSettings": {
            "Type": "HLS_GROUP_SETTINGS",
            "HlsGroupSettings": {"Destination": "-720p/index"},
        },
        "Outputs": [{"NameModifier": "-high"}],
    }
    document["Settings"]["OutputGroups"].append(hls)

    groups = job_request(document, upload, 1, settings)["Settings"]["OutputGroups"]

    assert ["s3://output-720p/trips/a", "s3://output-720p/trips/a-720p/index"] == [
        groups[0]["OutputGroupSettings"]["FileGroupSettings"]["Destination"],
        groups[1]["OutputGroupSettings"]["HlsGroupSettings"]["Destination"],
    ]


@pytest.mark.parametrize(
    ("output", "ending"),
    [
        ({"NameModifier": "-720p-large", "Extension": "jpg"}, "-720p-large.0000000.jpg"),
        ({"NameModifier": "-720p-large"}, "-720p-large_0000001.m3u8"),
    ],
    ids=["extension said", "extension left to MediaConvert"],
)
def test_the_longest_ending_of_a_job_decides_where_a_key_is_cut(
    output: dict[str, str],
    ending: str,
    document: dict[str, Any],
    upload: Upload,
    settings: SubmitJobSettings,
) -> None:
    """All outputs share a stem that leaves room for the longest of their names, number included."""
    document["Settings"]["OutputGroups"][0]["Outputs"].append(output)

    request = job_request(document, replace(upload, key="x" * 1024), 1, settings)

    group = request["Settings"]["OutputGroups"][0]["OutputGroupSettings"]["FileGroupSettings"]
    stem = group["Destination"].removeprefix("s3://output-720p/")
    assert 1024 == len(stem + ending)


@pytest.mark.parametrize(
    "preset",
    [
        {"name": "720p"},
        {"name": "adaptive", "kind": "hls"},
        {"name": "both", "kind": "cmaf"},
        {"name": "stills", "kind": "thumbnails"},
        {"name": "sound", "kind": "audio"},
    ],
    ids=lambda preset: preset["name"],
)
def test_the_documents_that_presets_become_can_be_filled_in(
    preset: PresetArgs, upload: Upload, settings: SubmitJobSettings
) -> None:
    """A preset of each kind becomes a request that MediaConvert accepts."""
    [resolved] = resolve([preset])

    request = job_request(job_document(resolved), upload, 1, settings)

    assert [] == check_job(request)


def test_the_names_of_fragments_fit_into_a_key(upload: Upload, settings: SubmitJobSettings) -> None:
    """Their numbers are longer than those of stills and of transport streams."""
    [resolved] = resolve([{"name": "both", "kind": "cmaf", "ladder": ["1080p"]}])

    request = job_request(job_document(resolved), replace(upload, key="x" * 1024), 1, settings)

    destination = group_settings(request["Settings"]["OutputGroups"][0])["Destination"]
    key = f"{destination}-1080p_000000001.cmfv".removeprefix(f"s3://{settings.output_bucket}/")
    assert 1024 == len(key)


def test_a_token_is_64_characters_and_the_same_for_the_same_job(
    document: dict[str, Any],
    upload: Upload,
    settings: SubmitJobSettings,
    request_720p: dict[str, Any],
) -> None:
    """A repeated request has the token of the first, at the length that MediaConvert allows."""
    again = job_request(document, upload, 1, settings)

    assert again["ClientRequestToken"] == request_720p["ClientRequestToken"]
    assert 64 == len(again["ClientRequestToken"])


def test_another_job_has_another_token(
    document: dict[str, Any], upload: Upload, settings: SubmitJobSettings
) -> None:
    """Upload, attempt, preset and fan-out each make another job, and so another token."""
    requests = [
        job_request(document, upload, 1, settings),
        job_request(document, upload, 2, settings),
        job_request(document, replace(upload, version_id="2"), 1, settings),
        job_request(document, upload, 1, replace(settings, preset="1080p")),
        job_request(document, upload, 1, replace(settings, fanout="videoconverter-prod")),
    ]

    assert 5 == len({request["ClientRequestToken"] for request in requests})
