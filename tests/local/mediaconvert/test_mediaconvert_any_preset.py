"""Whatever preset is valid, the local service takes its job and encodes it."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from components.presets import PresetArgs
from components.presets.service_model import check_job
from local.mediaconvert.implemented import not_implemented
from tests.components.presets.entries import ENTRIES
from tests.local.mediaconvert import clips
from tests.local.mediaconvert.presets import preset_job
from tests.local.mediaconvert.studio import Studio, open_studio

ROLE = "arn:aws:iam::123456789012:role/any"

FEW = 8
"""Encodes; each takes a fraction of a second."""


@given(ENTRIES)
def test_every_valid_preset_is_taken(entry: PresetArgs) -> None:
    """No setting that a preset can lead to is refused, by the service model or by name."""
    job = preset_job({**entry, "allow_professional_tier": True}, ROLE)

    assert [] == [*check_job(job), *not_implemented(job)]


@pytest.fixture(scope="module")
def loaded_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One service with a tiny upload, for all examples."""
    clip = clips.make(
        tmp_path_factory.mktemp("clips") / "tiny.mp4",
        *(*clips.picture(size="96x54", rate="10", seconds=0.5), *clips.SOUND, "-shortest"),
        *clips.H264,
    )
    with open_studio(tmp_path_factory.mktemp("any")) as studio:
        studio.upload(clip)
        yield studio


@settings(
    max_examples=FEW, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # An encode takes longer than the usual example.
@given(ENTRIES)
def test_every_valid_preset_is_encoded(loaded_studio: Studio, entry: PresetArgs) -> None:
    """The job of any preset ends well."""
    job = loaded_studio.run(
        preset_job({**entry, "allow_professional_tier": True}, loaded_studio.role)
    )

    assert ("COMPLETE", None) == (job["Status"], job.get("ErrorMessage"))
