"""What a job document needs beside the upload, and whether the pipeline's role can give it.

Members that name a file, a place, a key or a server are found by MediaConvert's model: each has a
pattern or a description that says so, and a test holds the tables here against every member of the
model. A value that looks like an address in a member that no table names is refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.presets.service_model import Member, members
from components.wording import shown

READ_FILES = frozenset(
    {
        "AudioSelector.ExternalAudioFileInput",
        "AvailBlanking.AvailBlankingImage",
        "BurninDestinationSettings.FontFileBold",
        "BurninDestinationSettings.FontFileBoldItalic",
        "BurninDestinationSettings.FontFileItalic",
        "BurninDestinationSettings.FontFileRegular",
        "ColorConversion3DLUTSetting.FileInput",
        "DvbSubDestinationSettings.FontFileBold",
        "DvbSubDestinationSettings.FontFileBoldItalic",
        "DvbSubDestinationSettings.FontFileItalic",
        "DvbSubDestinationSettings.FontFileRegular",
        "DynamicAudioSelector.ExternalAudioFileInput",
        "FileSourceSettings.SourceFile",
        "Input.DolbyVisionMetadataXml",
        "Input.SupplementalImps",
        "InsertableImage.ImageInserterInput",
        "MotionImageInserter.Input",
        "MultiViewInput.FileInput",
        "NielsenNonLinearWatermarkSettings.AdiFilename",
        "VideoOverlayInput.FileInput",
    }
)
"""Files that MediaConvert reads beside the upload, in the name of the pipeline's role."""

_TEMPLATE = "is kept outside of the document, where nobody can check it; write its settings out"
_WRITES = "has the pipeline write elsewhere; its role writes into the output bucket only"
_KEY = "needs a KMS key, and the pipeline's role may use none; leave it out"
_STORED = "reads Secrets Manager, which the pipeline's role may not; leave it out"
_SERVER = "needs a server of yours, and the pipeline's role may call none; leave it out"
_UPLOAD = "puts another source in the place of the upload, which is the only input"

REFUSED: Mapping[str, str] = {
    "CmfcSettings.CertificateSecret": _STORED,
    "CmfcSettings.SigningKmsKey": _KEY,
    "Input.DecryptionSettings": f"{_KEY}; uploads are read as they are",
    "Input.TamsSettings": _UPLOAD,
    "Input.VideoGenerator": _UPLOAD,
    "InputTamsSettings.AuthConnectionArn": _UPLOAD,
    "InputVideoGenerator.ImageInput": _UPLOAD,
    "KantarWatermarkSettings.CredentialsSecretName": _STORED,
    "KantarWatermarkSettings.KantarServerUrl": _SERVER,
    "KantarWatermarkSettings.LogDestination": _WRITES,
    "Mp4Settings.CertificateSecret": _STORED,
    "Mp4Settings.SigningKmsKey": _KEY,
    "MpdSettings.CertificateSecret": _STORED,
    "MpdSettings.SigningKmsKey": _KEY,
    "NielsenNonLinearWatermarkSettings.MetadataDestination": _WRITES,
    "NielsenNonLinearWatermarkSettings.TicServerUrl": _SERVER,
    "Output.Preset": _TEMPLATE,
    "S3DestinationAccessControl.CannedAcl": (
        "sets an ACL, which the output bucket refuses (its owner owns every object); leave it out"
    ),
    "S3EncryptionSettings.KmsKeyArn": _KEY,
    "SpekeKeyProvider.CertificateArn": _SERVER,
    "SpekeKeyProvider.Url": _SERVER,
    "SpekeKeyProviderCmaf.CertificateArn": _SERVER,
    "SpekeKeyProviderCmaf.Url": _SERVER,
}
"""What no role of this project gives or no preview can check, and why."""

HARMLESS = frozenset(
    {
        # Written into a manifest or a stream for its readers; MediaConvert does not follow it.
        "CmafGroupSettings.BaseUrl",
        "CmfcSettings.TimedMetadataSchemeIdUri",
        "DashIsoGroupSettings.BaseUrl",
        "HlsGroupSettings.BaseUrl",
        "MpdSettings.TimedMetadataSchemeIdUri",
        "StaticKeyProvider.Url",
        # Filled in for each upload, or for the branch.
        "CmafGroupSettings.Destination",
        "CreateJobRequest.Queue",
        "CreateJobRequest.Role",
        "DashIsoGroupSettings.Destination",
        "FileGroupSettings.Destination",
        "HlsGroupSettings.Destination",
        "Input.FileInput",
        "MsSmoothGroupSettings.Destination",
        # Parts of names whose description mentions the address that they become part of.
        "CmafGroupSettings.DashIFrameTrickPlayNameModifier",
        "DashIsoGroupSettings.DashIFrameTrickPlayNameModifier",
        "Output.NameModifier",
    }
)
"""What may hold an address and asks nothing of the pipeline's role."""

_ADDRESS = re.compile(r"(s3|https?)://|arn:")
_S3_BUCKET = re.compile(r"s3://([^/]+)/")


def outside_needs(document: Mapping[str, Any], read_buckets: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each thing that a job would be refused, whatever the upload.

    Args:
        document: a valid job document.
        read_buckets: names of the buckets beside the input bucket that its pipeline may read.
    """
    unread = dict.fromkeys(read_buckets)
    for member in members(document):
        for text in _texts(member.value):
            if member.name in READ_FILES:
                bucket = _S3_BUCKET.match(text)
                if bucket is None:
                    yield (
                        f"{member.path} is {shown(text)}; the pipeline reads files from S3 only: "
                        "put it into a bucket and name that one in extra_read_buckets."
                    )
                elif bucket[1] in read_buckets:
                    unread.pop(bucket[1], None)
                else:
                    yield (
                        f"{member.path} is in the bucket {shown(bucket[1])}, which the pipeline "
                        "may not read; name it in extra_read_buckets."
                    )
        if member.name in REFUSED:
            yield f"{member.path} {REFUSED[member.name]}."
        elif member.name not in READ_FILES | HARMLESS:
            yield from _unknown_addresses(member)
    for name in unread:
        yield f"extra_read_buckets has {shown(name)}, where the job reads nothing; take it out."


def _unknown_addresses(member: Member) -> Iterator[str]:
    for text in _texts(member.value):
        if _ADDRESS.match(text):
            yield (
                f"{member.path} is {shown(text)}; what MediaConvert does with an address here is "
                "not known, so its role cannot allow it. Leave it out."
            )


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [text for text in values if isinstance(text, str)]
