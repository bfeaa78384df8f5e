"""An upload's digest stands for that upload and for no other."""

from dataclasses import replace

import pytest

from handlers.upload import Upload


def test_a_digest_is_64_hex_characters_for_ever(upload: Upload) -> None:
    """The digest is written into jobs: it never changes, and any character of a key goes in."""
    assert "b8de2217ebe0be88147c2c04d9b2deae6144fefe3ad03605408bd1f3daf0997f" == upload.digest


def test_a_second_notice_of_an_upload_has_its_digest(upload: Upload) -> None:
    """With a version, what only a notice knows (sequencer) does not make another upload."""
    assert upload.digest == replace(upload, sequencer=None).digest


@pytest.mark.parametrize(
    "change",
    [{"bucket": "other"}, {"key": "trips/b.mp4"}, {"version_id": "2"}, {"version_id": None}],
)
def test_another_object_or_version_is_another_upload(
    change: dict[str, str | None], upload: Upload
) -> None:
    """Bucket, key and version each make an upload another one."""
    assert upload.digest != replace(upload, **change).digest  # type: ignore[arg-type] # the four fields of `change` are texts


@pytest.mark.parametrize("change", [{"etag": "e"}, {"sequencer": "2"}])
def test_without_versions_a_second_write_is_another_upload(
    change: dict[str, str], upload: Upload
) -> None:
    """In a bucket without versioning ETag and sequencer tell uploads of one key apart."""
    unversioned = replace(upload, version_id=None)

    assert unversioned.digest != replace(unversioned, **change).digest  # type: ignore[arg-type] # both fields are texts
