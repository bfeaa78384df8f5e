"""What a job of the user's own reaches for beside its upload: granted, or refused in preview."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ListShape, StringShape

from components.presets import Preset, PresetError, resolve
from components.presets.outside_needs import HARMLESS, READ_FILES, REFUSED
from tests.components.presets.model import ModelMember, model_members

Job = Any

_EXPORTED = json.loads(
    (Path(__file__).parent / "job_documents" / "720p.json").read_text(encoding="utf-8")
)
_OUTPUT = "Settings.OutputGroups[0].Outputs[0]"
_PREPROCESSORS = f"{_OUTPUT}.VideoDescription.VideoPreprocessors"
_S3 = (
    "Settings.OutputGroups[0].OutputGroupSettings.FileGroupSettings.DestinationSettings.S3Settings"
)

_ADDRESS_IN_PATTERN = re.compile(r"s3|https?|arn:")
_ADDRESS_IN_WORDS = re.compile(
    r"\bARN\b|Secrets Manager|\bUR[LI]\b|[Ll]ocation of|S3 (location|bucket)|\brole must"
)


def _is_address(member: ModelMember) -> bool:
    text = member.shape.member if isinstance(member.shape, ListShape) else member.shape
    return (
        isinstance(text, StringShape)
        and not text.enum
        and bool(
            _ADDRESS_IN_PATTERN.search(str(text.metadata.get("pattern", "")))
            or _ADDRESS_IN_WORDS.search(str(member.shape.documentation))
        )
    )


@pytest.fixture
def job() -> Job:
    """Return a job that needs nothing but its upload, free to be spoilt."""
    return deepcopy(_EXPORTED)


def _output(job: Job) -> Job:
    return job["Settings"]["OutputGroups"][0]["Outputs"][0]


def _input(job: Job) -> Job:
    return job["Settings"]["Inputs"][0]


def _resolved(job: Job, **fields: Any) -> Preset:
    entry: Any = {"name": "own", "settings": job, "allow_professional_tier": True, **fields}
    (preset,) = resolve([entry])
    return preset


def _problems(job: Job, **fields: Any) -> list[str]:
    with pytest.raises(PresetError) as caught:
        _resolved(job, **fields)
    return [problem.removeprefix('presets[0] "own": ') for problem in caught.value.problems]


def _overlay(job: Job, address: str) -> None:
    _output(job)["VideoDescription"]["VideoPreprocessors"] = {
        "ImageInserter": {"InsertableImages": [{"ImageInserterInput": address, "Layer": 1}]}
    }


def test_every_address_of_the_model_is_known() -> None:
    """Each member that may hold an address is read with permission, refused, or harmless."""
    addresses = {
        f"{member.owner}.{member.name}" for member in model_members() if _is_address(member)
    }

    assert len(addresses) > 50
    assert set() == addresses - READ_FILES - REFUSED.keys() - HARMLESS


def test_the_tables_do_not_contradict_each_other() -> None:
    """No member is in two of them, and each exists in the model."""
    tables = [*READ_FILES, *REFUSED, *HARMLESS]

    assert len(tables) == len(set(tables))
    assert set(tables) <= {f"{member.owner}.{member.name}" for member in model_members()}


def test_a_file_in_a_bucket_that_is_named_may_be_read(job: Job) -> None:
    """The pipeline of the preset gets the right to read there."""
    _overlay(job, "s3://brand/logo.png")

    assert ("brand",) == _resolved(job, extra_read_buckets=["brand"]).read_buckets


def test_a_file_elsewhere_is_refused(job: Job) -> None:
    """Every job would end in an error for want of a permission."""
    _overlay(job, "s3://brand/logo.png")

    problem = (
        f"{_PREPROCESSORS}.ImageInserter.InsertableImages[0].ImageInserterInput is in the bucket "
        '"brand", which the pipeline may not read; name it in extra_read_buckets.'
    )

    assert [problem] == _problems(job)


def test_a_file_on_the_web_is_refused(job: Job) -> None:
    """What the pipeline reads is in a bucket, where preview can grant it."""
    _overlay(job, "https://example.com/logo.png")

    problem = (
        f"{_PREPROCESSORS}.ImageInserter.InsertableImages[0].ImageInserterInput is "
        '"https://example.com/logo.png"; the pipeline reads files from S3 only: put it into a '
        "bucket and name that one in extra_read_buckets."
    )

    assert [problem] == _problems(job)


def test_no_more_is_granted_than_the_job_reads(job: Job) -> None:
    """A bucket that no setting reads from is taken out of the list."""
    assert [
        'extra_read_buckets has "brand", where the job reads nothing; take it out.'
    ] == _problems(job, extra_read_buckets=["brand"])


@pytest.mark.parametrize("wrong", ["brand", ["*"], ["brand", "brand"], ["Brand"], [7]])
def test_buckets_are_names_of_buckets(job: Job, wrong: Any) -> None:
    """No pattern gets into the policy of a role."""
    (problem,) = _problems(job, extra_read_buckets=wrong)

    assert problem.endswith("it must be a list of different names of buckets.")


def _set(part: Callable[[Job], Job], **members: Any) -> Callable[[Job], None]:
    return lambda job: part(job).update(members)


def _s3_settings(**members: Any) -> Callable[[Job], None]:
    def change(job: Job) -> None:
        file_group = job["Settings"]["OutputGroups"][0]["OutputGroupSettings"]["FileGroupSettings"]
        file_group["DestinationSettings"] = {"S3Settings": members}

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        pytest.param(
            lambda job: (
                _output(job).update(Preset="System-Generic_Hd"),
                _output(job).pop("ContainerSettings"),
            ),
            f"{_OUTPUT}.Preset is kept outside of the document, where nobody can check it; write "
            "its settings out.",
            id="a preset of MediaConvert",
        ),
        pytest.param(
            _s3_settings(
                Encryption={
                    "EncryptionType": "SERVER_SIDE_ENCRYPTION_KMS",
                    "KmsKeyArn": "arn:aws:kms:us-east-1:111122223333:key/"
                    "11111111-2222-3333-4444-555555555555",
                }
            ),
            f"{_S3}.Encryption.KmsKeyArn needs a KMS key, and the pipeline's role may use none; "
            "leave it out.",
            id="a key of one's own",
        ),
        pytest.param(
            _s3_settings(AccessControl={"CannedAcl": "PUBLIC_READ"}),
            f"{_S3}.AccessControl.CannedAcl sets an ACL, which the output bucket refuses (its "
            "owner owns every object); leave it out.",
            id="an ACL",
        ),
        pytest.param(
            _set(_input, VideoGenerator={"Duration": 1_000}),
            "Settings.Inputs[0].VideoGenerator puts another source in the place of the upload, "
            "which is the only input.",
            id="another source",
        ),
        pytest.param(
            _set(
                _input,
                DecryptionSettings={
                    "DecryptionMode": "AES_CTR",
                    "EncryptedDecryptionKey": "A" * 24,
                    "InitializationVector": "A" * 16,
                },
            ),
            "Settings.Inputs[0].DecryptionSettings needs a KMS key, and the pipeline's role may "
            "use none; leave it out; uploads are read as they are.",
            id="encrypted uploads",
        ),
        pytest.param(
            lambda job: job["Settings"].update(
                KantarWatermark={"LogDestination": "s3://logs/kantar/"}
            ),
            "Settings.KantarWatermark.LogDestination has the pipeline write elsewhere; its role "
            "writes into the output bucket only.",
            id="a place to write to",
        ),
        pytest.param(
            lambda job: job["Settings"]["OutputGroups"][0].update(Name="s3://somewhere/"),
            'Settings.OutputGroups[0].Name is "s3://somewhere/"; what MediaConvert does with an '
            "address here is not known, so its role cannot allow it. Leave it out.",
            id="an address that the tables do not know",
        ),
    ],
)
def test_what_no_role_gives_is_refused(
    job: Job, change: Callable[[Job], None], problem: str
) -> None:
    """Preview says what would be refused for every upload, and why."""
    change(job)

    assert [problem] == _problems(job)


def test_an_address_for_players_is_only_text(job: Job) -> None:
    """A base URL stands in the playlist; MediaConvert does not follow it."""
    group = job["Settings"]["OutputGroups"][0]
    group["OutputGroupSettings"] = {
        "Type": "HLS_GROUP_SETTINGS",
        "HlsGroupSettings": {"SegmentLength": 4, "BaseUrl": "https://cdn.example.com/"},
    }
    group["Outputs"][0]["ContainerSettings"] = {"Container": "M3U8"}
    for name in ("GopSize", "GopSizeUnits"):
        del group["Outputs"][0]["VideoDescription"]["CodecSettings"]["H264Settings"][name]

    assert _resolved(job).read_buckets == ()
