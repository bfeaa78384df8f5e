"""No setting is ever ignored in silence."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape

from local.mediaconvert.implemented import IMPLEMENTED, Each, not_implemented
from tests.local.mediaconvert.documents import (
    aac_of,
    file_group_of,
    h264_of,
    job_document,
    output_of,
    source_of,
)

MODEL = ServiceModel(Loader().load_service_model("mediaconvert", "service-2"), "mediaconvert")


def create_job_shape() -> StructureShape:
    """Return the shape of a CreateJob request."""
    shape = MODEL.operation_model("CreateJob").input_shape
    assert isinstance(shape, StructureShape)
    return shape


def rules(
    rule: Any, shape: Shape, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any, Shape]]:
    """Walk the table and the service model side by side; yield each path with what both say."""
    yield path, rule, shape
    if isinstance(rule, Mapping):
        assert isinstance(shape, StructureShape), path
        for name, member in rule.items():
            assert name in shape.members, f"{path} has no {name}"
            yield from rules(member, shape.members[name], (*path, name))
    elif isinstance(rule, Each) and isinstance(shape, ListShape):
        yield from rules(rule.entry, shape.member, (*path, 0))
    elif isinstance(rule, Each):
        assert isinstance(shape, MapShape), path
        yield from rules(rule.entry, shape.value, (*path, "entry"))


def nested(path: tuple[str | int, ...], value: Any) -> Any:
    """Return a document that has a value at a path and nothing else."""
    for key in reversed(path):
        value = [value] if key == 0 else {key: value}
    return value


def test_the_table_names_only_what_the_service_has() -> None:
    """Every member of the table exists in the service model, and every value in its enum."""
    for path, rule, shape in rules(IMPLEMENTED, create_job_shape()):
        if isinstance(rule, tuple) and isinstance(shape, StringShape) and shape.enum:
            assert set(rule) <= set(shape.enum), path


def test_every_other_member_of_the_service_is_refused_by_name() -> None:
    """Each member that the service model has and the table has not is refused by its name."""
    for path, rule, shape in rules(IMPLEMENTED, create_job_shape()):
        if isinstance(rule, Mapping) and isinstance(shape, StructureShape):
            for name in shape.members.keys() - rule.keys():
                (sentence,) = not_implemented(nested((*path, name), {}))
                assert f"{name} is not implemented" in sentence, path


def test_the_sample_document_is_implemented() -> None:
    """What a preset of the program says is implemented in full."""
    assert [] == not_implemented(job_document())


@pytest.mark.parametrize(
    ("part", "name", "value", "path"),
    [
        (h264_of, "QualityTuningLevel", "MULTI_PASS_HQ", "H264Settings.QualityTuningLevel"),
        (h264_of, "BandwidthReductionFilter", {}, "H264Settings.BandwidthReductionFilter"),
        (h264_of, "InterlaceMode", "TOP_FIELD", "H264Settings.InterlaceMode"),
        (output_of, "CaptionDescriptions", [], "Outputs[0].CaptionDescriptions"),
        (aac_of, "CodecProfile", "HEV1", "AacSettings.CodecProfile"),
        (source_of, "InputClippings", [{}], "Settings.Inputs[0].InputClippings"),
        (source_of, "DenoiseFilter", "ENABLED", "Settings.Inputs[0].DenoiseFilter"),
    ],
)
def test_what_is_not_implemented_is_named_in_full(
    part: Any, name: str, value: Any, path: str
) -> None:
    """A setting or a value that is not implemented is refused with its path."""
    document = job_document()
    part(document)[name] = value
    (sentence,) = not_implemented(document)
    assert path in sentence
    assert "this local service" in sentence


def test_a_refused_value_says_what_is_implemented() -> None:
    """The refusal of a value lists the values that work."""
    document = job_document()
    output_of(document)["VideoDescription"]["Sharpness"] = 90
    (sentence,) = not_implemented(document)
    assert sentence.endswith("Sharpness is 90; this local service implements: 50.")


def test_a_second_input_is_refused() -> None:
    """Stitching is not implemented, and a job with two inputs is told so."""
    document = job_document()
    document["Settings"]["Inputs"] *= 2
    (sentence,) = not_implemented(document)
    assert "Settings.Inputs has 2 entries" in sentence


@pytest.mark.parametrize("where", ["destination", "modifier"])
def test_format_identifiers_are_refused(where: str) -> None:
    """MediaConvert rewrites `$...$` in names; here such a name is refused, not used as it is."""
    document = job_document()
    if where == "destination":
        file_group_of(document)["Destination"] = "s3://out/a$dt$b"
    else:
        output_of(document)["NameModifier"] = "-$w$"
    (sentence,) = not_implemented(document)
    assert "$" in sentence


@pytest.mark.parametrize(("container", "codec"), [("RAW", "H_264"), ("MP4", "FRAME_CAPTURE")])
def test_frames_are_captured_without_a_container_only(container: str, codec: str) -> None:
    """RAW and FRAME_CAPTURE go together; one of them alone is refused with both names."""
    document = job_document()
    output_of(document)["ContainerSettings"] = {"Container": container}
    output_of(document)["VideoDescription"]["CodecSettings"]["Codec"] = codec
    (sentence,) = not_implemented(document)
    assert f"Container {container!r} and Codec {codec!r}" in sentence


def test_segments_are_for_playlists_only() -> None:
    """A transport stream as a plain file is refused, with what a file group may hold."""
    document = job_document()
    output_of(document)["ContainerSettings"] = {"Container": "M3U8"}
    (sentence,) = not_implemented(document)
    assert "FILE_GROUP_SETTINGS: MP4, RAW" in sentence
