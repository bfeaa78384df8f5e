"""The validator of MediaConvert jobs: the service's model, then the rules between its fields."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from components.presets.service_model import check_job

_DOCUMENTS = Path(__file__).parent / "job_documents"
_720P = json.loads((_DOCUMENTS / "720p.json").read_text(encoding="utf-8"))

Job = Any


@pytest.fixture
def job() -> Job:
    """Return a complete request without a fault, free to be spoilt."""
    return deepcopy(_720P)


def _input(job: Job) -> Job:
    return job["Settings"]["Inputs"][0]


def _group(job: Job) -> Job:
    return job["Settings"]["OutputGroups"][0]


def _output(job: Job) -> Job:
    return _group(job)["Outputs"][0]


def _video(job: Job) -> Job:
    return _output(job)["VideoDescription"]


def _h264(job: Job) -> Job:
    return _video(job)["CodecSettings"]["H264Settings"]


def _audio(job: Job) -> Job:
    return _output(job)["AudioDescriptions"][0]


def _aac(job: Job) -> Job:
    return _audio(job)["CodecSettings"]["AacSettings"]


def _set(part: Callable[[Job], Job], **changes: Any) -> Callable[[Job], None]:
    return lambda job: part(job).update(changes)


def _drop(part: Callable[[Job], Job], *names: str) -> Callable[[Job], None]:
    def drop(job: Job) -> None:
        for name in names:
            del part(job)[name]

    return drop


def _all(*changes: Callable[[Job], None]) -> Callable[[Job], None]:
    def change(job: Job) -> None:
        for each in changes:
            each(job)

    return change


def _stream(job: Job) -> None:
    """Turn the file of a job into an HLS playlist."""
    _group(job)["OutputGroupSettings"] = {
        "Type": "HLS_GROUP_SETTINGS",
        "HlsGroupSettings": {"Destination": "s3://out/hls"},
    }
    _output(job)["ContainerSettings"] = {"Container": "M3U8"}
    del _output(job)["Extension"]


def _segment(job: Job) -> None:
    _stream(job)
    _drop(_h264, "GopSize", "GopSizeUnits")(job)


def _automate(job: Job) -> None:
    _segment(job)
    _group(job)["AutomatedEncodingSettings"] = {"AbrSettings": {}}
    _h264(job)["QualityTuningLevel"] = "MULTI_PASS_HQ"
    del _video(job)["ScalingBehavior"]


def _automate_one_of_two(job: Job) -> None:
    _automate(job)
    other = {name: part for name, part in _group(job).items() if "Automated" not in name}
    job["Settings"]["OutputGroups"].append(other)


def _top(job: Job) -> Job:
    return job


_FILE_GROUP = "Settings.OutputGroups[0]"
_OUTPUT = f"{_FILE_GROUP}.Outputs[0]"
_VIDEO = f"{_OUTPUT}.VideoDescription"
_H264 = f"{_VIDEO}.CodecSettings.H264Settings"
_AUDIO = f"{_OUTPUT}.AudioDescriptions[0]"
_AAC = f"{_AUDIO}.CodecSettings.AacSettings"


@pytest.mark.parametrize("name", ["720p", "1080p"])
def test_a_valid_request_has_no_problems(name: str) -> None:
    """A request as MediaConvert documents it is accepted."""
    document = json.loads((_DOCUMENTS / f"{name}.json").read_text(encoding="utf-8"))

    assert [] == check_job(document)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        pytest.param(
            _set(_h264, QvbrSetings={}),
            f'{_H264}.QvbrSetings does not exist in MediaConvert (did you mean "QvbrSettings"?).',
            id="misspelt member",
        ),
        pytest.param(
            _set(_top, settings={}),
            'settings does not exist in MediaConvert (did you mean "Settings"?).',
            id="member in the wrong case",
        ),
        pytest.param(
            _drop(_top, "Role"), "Role is missing; MediaConvert requires it.", id="required member"
        ),
        pytest.param(
            _set(_top, AccelerationSettings={}),
            "AccelerationSettings.Mode is missing; MediaConvert requires it.",
            id="required member of an optional block",
        ),
        pytest.param(
            _set(_h264, MaxBitrate="4M"),
            f'{_H264}.MaxBitrate is "4M"; it must be a whole number.',
            id="text for a number",
        ),
        pytest.param(
            _set(_h264, GopClosedCadence=True),
            f"{_H264}.GopClosedCadence is true; it must be a whole number.",
            id="a truth value is no number",
        ),
        pytest.param(
            _set(_h264, MaxBitrate=4000000.0),
            f"{_H264}.MaxBitrate is 4000000.0; it must be a whole number.",
            id="botocore refuses a float for an integer",
        ),
        pytest.param(
            _set(_video, Width=None),
            f"{_VIDEO}.Width is null; it must be a whole number.",
            id="null is not the same as absent",
        ),
        pytest.param(
            _set(_group, Outputs={}),
            f"{_FILE_GROUP}.Outputs is {{}}; it must be a list.",
            id="object for a list",
        ),
        pytest.param(
            _set(_input, AudioSelectors=[]),
            "Settings.Inputs[0].AudioSelectors is []; it must be an object.",
            id="list for a map",
        ),
        pytest.param(
            _set(_video, Width=30),
            f"{_VIDEO}.Width is 30; it must be from 32 to 8192.",
            id="below the minimum",
        ),
        pytest.param(
            _set(_top, Priority=51), "Priority is 51; it must be from -50 to 50.", id="above"
        ),
        pytest.param(
            _set(_h264, GopSize=-0.5),
            f"{_H264}.GopSize is -0.5; it must be at least 0.",
            id="a double's minimum, which only its shape's name gives",
        ),
        pytest.param(
            _set(_h264, QvbrSettings={"QvbrQualityLevelFineTune": 1.5}),
            f"{_H264}.QvbrSettings.QvbrQualityLevelFineTune is 1.5; it must be from 0 to 1.",
            id="a double's maximum, which only its shape's name gives",
        ),
        pytest.param(
            _set(_output, NameModifier=""),
            f"{_OUTPUT}.NameModifier is 0 characters long; it must be from 1 to 256 characters.",
            id="text too short",
        ),
        pytest.param(
            _set(_h264, QualityTuningLevel="SINGEL_PASS"),
            f'{_H264}.QualityTuningLevel is "SINGEL_PASS" (did you mean "SINGLE_PASS"?); '
            "allowed: SINGLE_PASS, SINGLE_PASS_HQ, MULTI_PASS_HQ.",
            id="value that is not in the enum",
        ),
        pytest.param(
            _set(_input, FileInput="s3://bucket-alone"),
            'Settings.Inputs[0].FileInput is "s3://bucket-alone"; it must match the pattern '
            r"^s3://([^\/]+\/+)+((([^\/]*)))|^https?://[^\/].*[^&]$.",
            id="text that does not match the pattern",
        ),
        pytest.param(
            lambda job: _input(job)["AudioSelectors"]["Audio Selector 1"].update(Tracks=["1"]),
            'Settings.Inputs[0].AudioSelectors["Audio Selector 1"].Tracks[0] is "1"; '
            "it must be a whole number.",
            id="the path leads through maps and lists",
        ),
    ],
)
def test_what_the_model_refuses_is_named(
    job: Job, spoil: Callable[[Job], None], sentence: str
) -> None:
    """A member, type, bound, enum or pattern that MediaConvert refuses is told with its path."""
    spoil(job)

    assert [sentence] == check_job(job)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        pytest.param(
            _set(_top, ClientRequestToken="ü"),
            'ClientRequestToken is "ü"; it must be 1 to 64 ASCII characters.',
            id="1 token is ASCII",
        ),
        pytest.param(
            _set(_top, ClientRequestToken="x" * 65),
            f'ClientRequestToken is "{"x" * 65}"; it must be 1 to 64 ASCII characters.',
            id="1 token is short",
        ),
        pytest.param(
            _set(_top, UserMetadata={f"key{n}": "" for n in range(11)}),
            "UserMetadata has 11 entries; there may be at most 10.",
            id="2 metadata has few entries",
        ),
        pytest.param(
            _set(_top, UserMetadata={"key": "a&b"}),
            'the value of UserMetadata["key"] is "a&b"; allowed are letters, digits, spaces and '
            "_.:/=+-@",
            id="2 metadata has few kinds of characters",
        ),
        pytest.param(
            _set(_top, UserMetadata={"k" * 129: "v"}),
            f'the key of UserMetadata["{"k" * 78}…] has 129 characters; there may be at most 128.',
            id="2 metadata keys are short",
        ),
        pytest.param(
            _set(_top, Tags={"team": "v" * 257}),
            'the value of Tags["team"] has 257 characters; there may be at most 256.',
            id="2 tag values are short",
        ),
        pytest.param(
            _set(_top, Tags={"aws:team": "video"}),
            'Tags["aws:team"] begins with aws:, which is reserved for AWS.',
            id="2 aws: is reserved",
        ),
        pytest.param(
            lambda job: job["Settings"].update(Inputs=[]),
            "Settings.Inputs is empty; a job without a JobTemplate needs at least one input.",
            id="3 a job needs an input",
        ),
        pytest.param(
            lambda job: job["Settings"].update(OutputGroups=[]),
            "Settings.OutputGroups is empty; a job without a JobTemplate needs at least one.",
            id="3 a job needs an output group",
        ),
        pytest.param(
            _set(_video, CodecSettings={"Codec": "FRAME_CAPTURE", "FrameCaptureSettings": {}}),
            "Settings.OutputGroups has only FRAME_CAPTURE outputs; MediaConvert captures frames "
            "beside another output only.",
            id="3 stills are not made alone",
        ),
        pytest.param(
            _set(_video, CodecSettings={"Codec": "H_265"}),
            f"{_VIDEO}.CodecSettings.H265Settings is missing; Codec H_265 needs it.",
            id="4 the video codec's settings are there",
        ),
        pytest.param(
            _set(_audio, CodecSettings={"Codec": "OPUS"}),
            f"{_AUDIO}.CodecSettings.OpusSettings is missing; Codec OPUS needs it.",
            id="4 the audio codec's settings are there",
        ),
        pytest.param(
            _set(_group, OutputGroupSettings={"Type": "FILE_GROUP_SETTINGS"}),
            f"{_FILE_GROUP}.OutputGroupSettings.FileGroupSettings is missing; "
            "Type FILE_GROUP_SETTINGS needs it.",
            id="5 the group's settings are there",
        ),
        pytest.param(
            _set(_output, Preset="System-Generic_Hd"),
            f"{_OUTPUT} has both Preset and ContainerSettings; keep one of them.",
            id="7 an output preset excludes container settings",
        ),
        pytest.param(
            _set(_video, Height=719),
            f"{_VIDEO}.Height is 719; it must be even.",
            id="8 sizes are even",
        ),
        pytest.param(
            _set(_video, Width=2162, Height=4098),
            f"{_VIDEO} is 2162x4098; codec H_264 takes at most 4096x2160, lying or upright.",
            id="8 a codec has a largest picture",
        ),
        pytest.param(
            _drop(_h264, "MaxBitrate"),
            f"{_H264}.MaxBitrate is missing; RateControlMode QVBR needs it.",
            id="9 QVBR needs a ceiling",
        ),
        pytest.param(
            _set(_h264, Bitrate=4_000_000),
            f"{_H264}.Bitrate is 4000000; RateControlMode QVBR takes MaxBitrate instead.",
            id="9 QVBR takes no bitrate",
        ),
        pytest.param(
            _set(_h264, RateControlMode="VBR", Bitrate=4_000_000),
            f'{_H264}.QvbrSettings needs RateControlMode QVBR, not "VBR".',
            id="10 a quality level needs QVBR",
        ),
        pytest.param(
            _all(_set(_h264, RateControlMode="CBR"), _drop(_h264, "QvbrSettings")),
            f"{_H264}.Bitrate is missing; RateControlMode CBR needs it.",
            id="11 CBR needs a bitrate",
        ),
        pytest.param(
            _set(_h264, QvbrSettings={"MaxAverageBitrate": 3_000_000}),
            f"{_H264}.QvbrSettings.MaxAverageBitrate needs QualityTuningLevel MULTI_PASS_HQ, "
            'not "SINGLE_PASS_HQ".',
            id="12 an average bitrate needs two passes",
        ),
        pytest.param(
            _drop(_h264, "GopSizeUnits"),
            f"{_H264}.GopSize needs GopSizeUnits FRAMES or SECONDS, not AUTO.",
            id="13 a GOP size needs units",
        ),
        pytest.param(
            _drop(_h264, "GopSize"),
            f"{_H264}.GopSize is missing; GopSizeUnits SECONDS needs it.",
            id="13 GOP units need a size",
        ),
        pytest.param(
            _set(_h264, FramerateControl="SPECIFIED", FramerateNumerator=30),
            f"{_H264}.FramerateDenominator is missing; FramerateControl SPECIFIED needs it.",
            id="14 a frame rate is a whole fraction",
        ),
        pytest.param(
            _set(_h264, ParControl="SPECIFIED", ParDenominator=1),
            f"{_H264}.ParNumerator is missing; ParControl SPECIFIED needs it.",
            id="14 a pixel aspect ratio is a whole fraction",
        ),
        pytest.param(
            _set(_h264, CodecProfile="BASELINE", NumberBFramesBetweenReferenceFrames=0),
            f'{_H264}.EntropyEncoding is "CABAC"; CodecProfile BASELINE needs CAVLC.',
            id="15 baseline needs CAVLC",
        ),
        pytest.param(
            _set(_h264, CodecProfile="BASELINE", EntropyEncoding="CAVLC"),
            f"{_H264}.NumberBFramesBetweenReferenceFrames is null; CodecProfile BASELINE needs 0.",
            id="15 baseline has no B-frames",
        ),
        pytest.param(
            _set(_h264, SpatialAdaptiveQuantization="ENABLED"),
            f'{_H264}.SpatialAdaptiveQuantization is "ENABLED"; AdaptiveQuantization AUTO, which '
            "is the default, chooses it: leave it out or choose another level.",
            id="16 automatic quantization excludes its parts",
        ),
        pytest.param(
            _all(
                _set(_h264, BandwidthReductionFilter={}),
                _set(_video, VideoPreprocessors={"NoiseReducer": {}}),
            ),
            f"{_H264}.BandwidthReductionFilter and {_VIDEO}.VideoPreprocessors.NoiseReducer "
            "exclude each other; keep one of them.",
            id="17 one filter of two",
        ),
        pytest.param(
            _set(_aac, RateControlMode="VBR"),
            f"{_AAC}.Bitrate is 128000; RateControlMode VBR takes VbrQuality instead.",
            id="18 variable AAC takes no bitrate",
        ),
        pytest.param(
            _set(_aac, CodecProfile="HEV1", Bitrate=100_000),
            f"{_AAC}.Bitrate is 100000; allowed: 6000, 8000, 10000, 12000, 14000, 16000, 20000, "
            "24000, 28000, 32000, 40000, 48000, 56000, 64000, 80000, 96000, 112000, 128000, "
            "160000, 192000, 224000, 256000, 288000, 320000, 384000, 448000, 512000, 576000, "
            "640000, 768000, 896000, 1024000.",
            id="18 AAC has a set of bitrates",
        ),
        pytest.param(
            _set(_aac, CodingMode="CODING_MODE_1_0", SampleRate=32_000, Bitrate=224_000),
            f"{_AAC}.Bitrate is 224000; allowed with CODING_MODE_1_0 at 32000 Hz: 32000, 40000, "
            "48000, 56000, 64000, 80000, 96000, 112000, 128000, 160000, 192000.",
            id="18 AAC LC has fewer, by channels and sample rate",
        ),
        pytest.param(
            _set(_audio, AudioSourceName="Audio Selector 2"),
            f'{_AUDIO}.AudioSourceName is "Audio Selector 2"; '
            'Settings.Inputs[0] has ["Audio Selector 1"].',
            id="19 the audio source exists",
        ),
        pytest.param(
            _all(_drop(_audio, "AudioSourceName"), _set(_input, AudioSelectors={"Other": {}})),
            f'{_AUDIO}.AudioSourceName is "Audio Selector 1"; Settings.Inputs[0] has ["Other"].',
            id="19 the default audio source exists",
        ),
        pytest.param(
            _set(_output, Extension="mov"),
            f'{_OUTPUT}.Extension is "mov"; container MP4 takes mp4, m4v, m4a.',
            id="20 the extension suits the container",
        ),
        pytest.param(
            _stream,
            f"{_H264} sets GopSizeUnits SECONDS and GopSize; an output of an HLS, DASH or CMAF "
            "group needs GopSizeUnits AUTO and no GopSize.",
            id="21 segments choose their own GOP",
        ),
        pytest.param(
            _all(_segment, _set(_h264, GopClosedCadence=0)),
            f"{_H264}.GopClosedCadence is 0; a segment needs closed GOPs: leave it out or set 1.",
            id="a segment begins with a closed GOP",
        ),
        pytest.param(
            _all(_segment, _set(_output, ContainerSettings={"Container": "MP4"})),
            f"{_OUTPUT}.ContainerSettings.Container is MP4; a group of Type HLS_GROUP_SETTINGS "
            "takes M3U8, RAW.",
            id="a streamed group has its own container",
        ),
        pytest.param(
            _drop(_output, "ContainerSettings"),
            f"{_OUTPUT}.ContainerSettings.Container is missing; CreateJob requires it.",
            id="an output has a container",
        ),
        pytest.param(
            _set(
                _video,
                Width=2160,
                Height=4096,
                CodecSettings={"Codec": "AV1", "Av1Settings": {}},
            ),
            f"{_VIDEO} is 2160x4096; codec AV1 takes at most 4096x2160.",
            id="not every codec makes upright pictures of its largest size",
        ),
        pytest.param(
            _all(_automate, _set(_video, ScalingBehavior="FIT_NO_UPSCALE")),
            f"{_VIDEO}.ScalingBehavior FIT_NO_UPSCALE does not go with AutomatedEncodingSettings.",
            id="automated renditions choose their size",
        ),
        pytest.param(
            _all(_automate, _set(_h264, QualityTuningLevel="SINGLE_PASS_HQ")),
            f'{_H264}.QualityTuningLevel is "SINGLE_PASS_HQ"; AutomatedEncodingSettings needs '
            "MULTI_PASS_HQ.",
            id="automated renditions take two passes",
        ),
        pytest.param(
            _all(
                _automate,
                _set(_video, CodecSettings={"Codec": "AV1", "Av1Settings": {}}),
            ),
            f'{_VIDEO}.CodecSettings.Codec is "AV1"; AutomatedEncodingSettings takes H_264, H_265.',
            id="automated renditions have two codecs",
        ),
        pytest.param(
            _automate_one_of_two,
            "Settings.OutputGroups[1] has no AutomatedEncodingSettings, and another group has; in "
            "one job all HLS, DASH and CMAF groups have them or none.",
            id="one automated group wants all of them to be",
        ),
        pytest.param(
            _set(lambda job: job["Settings"], FollowSource=2),
            "Settings.FollowSource is 2; it must be the number of one of the 1 inputs.",
            id="the input to follow exists",
        ),
        pytest.param(
            lambda job: _group(job)["OutputGroupSettings"]["FileGroupSettings"].update(
                Destination="s3://out-720p/a$t$b"
            ),
            f"{_FILE_GROUP}.OutputGroupSettings.FileGroupSettings.Destination is "
            '"s3://out-720p/a$t$b"; MediaConvert expands $...$ in a destination, so it must not '
            "hold a $.",
            id="22 a destination holds no dollar sign",
        ),
        pytest.param(
            lambda job: _group(job)["OutputGroupSettings"]["FileGroupSettings"].update(
                Destination="s3://in/renditions/a"
            ),
            f"{_FILE_GROUP}.OutputGroupSettings.FileGroupSettings.Destination is in "
            '"in", the bucket of Settings.Inputs[0].FileInput; write to another bucket, or a '
            "rendition could be taken for an upload.",
            id="22 renditions go to another bucket",
        ),
    ],
)
def test_what_the_rules_between_fields_refuse_is_named(
    job: Job, spoil: Callable[[Job], None], sentence: str
) -> None:
    """A combination that MediaConvert's engine refuses is told, although its model allows it."""
    spoil(job)

    assert [sentence] == check_job(job)


def test_outputs_of_a_group_have_names_of_their_own(job: Job) -> None:
    """Several outputs in a group need name modifiers, and different ones."""
    same, nameless = deepcopy(_output(job)), deepcopy(_output(job))
    del nameless["NameModifier"]
    _group(job)["Outputs"] += [same, nameless]

    taken = 'NameModifier is "-720p"; another output of the group has it too.'
    missing = "NameModifier is missing; each of several outputs in a group needs its own."
    assert [
        f"{_FILE_GROUP}.Outputs[0].{taken}",
        f"{_FILE_GROUP}.Outputs[1].{taken}",
        f"{_FILE_GROUP}.Outputs[2].{missing}",
    ] == check_job(job)


def test_a_job_template_may_bring_inputs_and_outputs(job: Job) -> None:
    """A request with a JobTemplate may leave its inputs and output groups to the template."""
    job["JobTemplate"] = "template"
    job["Settings"] = {}

    assert [] == check_job(job)


def test_automated_renditions_need_no_ceiling(job: Job) -> None:
    """QVBR takes its ceiling from AutomatedEncodingSettings where a group has them."""
    _automate(job)
    del _h264(job)["MaxBitrate"]

    assert [] == check_job(job)


def test_automated_renditions_are_streamed(job: Job) -> None:
    """A file has one rendition."""
    _automate(job)
    _group(job)["OutputGroupSettings"] = {
        "Type": "FILE_GROUP_SETTINGS",
        "FileGroupSettings": {"Destination": "s3://out/file"},
    }

    sentence = (
        "Settings.OutputGroups[0].AutomatedEncodingSettings goes with HLS, DASH and CMAF groups, "
        "not with FILE_GROUP_SETTINGS."
    )

    assert [sentence] == check_job(job)


def test_metadata_may_hold_letters_of_any_language(job: Job) -> None:
    """User metadata is not limited to ASCII."""
    job["UserMetadata"] = {"titel": "Käse 漢字 _.:/=+-@"}

    assert [] == check_job(job)


def test_every_problem_is_listed(job: Job) -> None:
    """One run tells everything, from the model as well as from the rules between fields."""
    job["Priority"] = 99
    del _h264(job)["MaxBitrate"]

    assert [
        "Priority is 99; it must be from -50 to 50.",
        f"{_H264}.MaxBitrate is missing; RateControlMode QVBR needs it.",
    ] == check_job(job)


def test_rules_between_fields_wait_for_the_types(job: Job) -> None:
    """While a type is wrong only that is told, since the rules could not read the document."""
    job["Settings"]["OutputGroups"] = "none"
    job["ClientRequestToken"] = ""

    assert ['Settings.OutputGroups is "none"; it must be a list.'] == check_job(job)


def test_a_document_that_is_no_object_is_refused() -> None:
    """Anything but an object is told, not raised."""
    assert ["the request is []; it must be an object."] == check_job([])  # type: ignore[arg-type]  # the fault under test


@pytest.mark.parametrize("allowed", ["mp4", "m4v", "m4a"])
def test_mp4_has_three_extensions(job: Job, allowed: str) -> None:
    """The MP4 container takes each of its extensions."""
    _output(job)["Extension"] = allowed

    assert [] == check_job(job)
