"""Jobs that users wrote: what is kept, what the fan-out replaces, and what is refused."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from components.presets import Preset, PresetError, resolve
from components.presets.job_settings import job_document

_EXPORTED = json.loads(
    (Path(__file__).parent / "job_documents" / "720p.json").read_text(encoding="utf-8")
)


@pytest.fixture
def exported() -> Any:
    """Return a job as the console exports it, with queue, role, input and destination in it."""
    return deepcopy(_EXPORTED)


def _preset(settings: Any, **fields: Any) -> Preset:
    (preset,) = resolve([{"name": "own", "settings": settings, **fields}])  # type: ignore[typeddict-item]  # any fields
    return preset


def _problems(settings: Any, **fields: Any) -> list[str]:
    with pytest.raises(PresetError) as caught:
        _preset(settings, **fields)
    return [problem.removeprefix('presets[0] "own": ') for problem in caught.value.problems]


def test_the_renditions_are_the_users(exported: Any) -> None:
    """The encode is taken from the user's job as it stands."""
    document = job_document(_preset(exported))

    assert (
        exported["Settings"]["OutputGroups"][0]["Outputs"]
        == (document["Settings"]["OutputGroups"][0]["Outputs"])
    )


def test_the_fan_out_says_what_an_upload_decides(exported: Any) -> None:
    """Queue, role, metadata, tags, input and destination of an exported job are left out."""
    document = job_document(_preset(exported))
    group = document["Settings"]["OutputGroups"][0]["OutputGroupSettings"]

    assert {
        "StatusUpdateInterval": "SECONDS_60",
        "AccelerationSettings": {"Mode": "DISABLED"},
        "BillingTagsSource": "QUEUE",
    } == {name: value for name, value in document.items() if name != "Settings"}
    assert "FileInput" not in document["Settings"]["Inputs"][0]
    assert "Destination" not in group["FileGroupSettings"]


def test_the_settings_of_a_job_are_enough(exported: Any) -> None:
    """The object under `Settings` means the same as the whole job around it."""
    assert job_document(_preset(exported)) == job_document(_preset(exported["Settings"]))


def test_an_output_without_a_name_is_called_after_the_preset(exported: Any) -> None:
    """A lone output needs neither a name modifier nor an extension."""
    output = exported["Settings"]["OutputGroups"][0]["Outputs"][0]
    del output["NameModifier"], output["Extension"]
    (group,) = job_document(_preset(exported))["Settings"]["OutputGroups"]

    assert ("-own", "mp4") == (
        group["Outputs"][0]["NameModifier"],
        group["Outputs"][0]["Extension"],
    )


def test_a_job_can_be_queued_with_a_priority(exported: Any) -> None:
    """What the preset says about its pipeline counts for a job of the user's own too."""
    assert 5 == job_document(_preset(exported, priority=5))["Priority"]


@pytest.mark.parametrize("modifier", ["-720p", "-hd-720p"])
def test_outputs_do_not_overwrite_each_other(exported: Any, modifier: str) -> None:
    """No ending is the end of another one: `a-hd.mp4` with one would be `a.mp4` with the other."""
    groups = exported["Settings"]["OutputGroups"]
    groups.append(deepcopy(groups[0]))
    groups[1]["Outputs"][0]["NameModifier"] = modifier
    problem = (
        f"settings has outputs that end in -720p.mp4 and {modifier}.mp4, so that two uploads could "
        "overwrite each other's; give them other NameModifiers."
    )

    assert [problem] == _problems(exported)


def test_a_playlist_has_a_folder_of_its_own(exported: Any) -> None:
    """What a group of many files writes stands in a folder named after the preset."""
    group = exported["Settings"]["OutputGroups"][0]
    group["OutputGroupSettings"] = {
        "Type": "HLS_GROUP_SETTINGS",
        "HlsGroupSettings": {"Destination": "s3://mine/live", "SegmentLength": 4},
    }
    output = group["Outputs"][0]
    output["ContainerSettings"] = {"Container": "M3U8"}
    for name in ("GopSize", "GopSizeUnits"):
        del output["VideoDescription"]["CodecSettings"]["H264Settings"][name]
    (ours,) = job_document(_preset(exported))["Settings"]["OutputGroups"]

    assert {"Destination": "-own/index", "SegmentLength": 4} == ours["OutputGroupSettings"][
        "HlsGroupSettings"
    ]


@pytest.mark.parametrize("count", [0, 2])
def test_the_upload_is_the_only_input(exported: Any, count: int) -> None:
    """A job has one input, for the upload to stand in."""
    exported["Settings"]["Inputs"] *= count

    assert ["settings must have one entry in Inputs, which stands for the upload."] == _problems(
        exported
    )


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [{}],
        "none",
        [{"OutputGroupSettings": {"Type": "FILE_GROUP_SETTINGS"}, "Outputs": [{}]}],
        [{"OutputGroupSettings": {"Type": "NEW", "FileGroupSettings": {}}, "Outputs": [{}]}],
        [
            {
                "OutputGroupSettings": {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {}},
                "Outputs": [],
            }
        ],
        [
            {
                "OutputGroupSettings": {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": {}},
                "Outputs": ["mp4"],
            }
        ],
    ],
)
def test_output_groups_can_be_filled_in(exported: Any, groups: Any) -> None:
    """A job has output groups with a type, its settings and outputs."""
    exported["Settings"]["OutputGroups"] = groups

    problem = (
        "settings must have OutputGroups, each with Outputs and with OutputGroupSettings that have "
        "a Type (FILE_GROUP_SETTINGS, HLS_GROUP_SETTINGS, DASH_ISO_GROUP_SETTINGS, "
        "CMAF_GROUP_SETTINGS, MS_SMOOTH_GROUP_SETTINGS) and the settings that belong to it."
    )

    assert [problem] == _problems(exported)


def test_a_job_cannot_hide_behind_a_template(exported: Any) -> None:
    """A job template would bring settings that nobody could check."""
    exported["JobTemplate"] = "mine"

    problem = (
        "settings has JobTemplate; it is kept outside of the document, where nobody can check it; "
        "write its settings out."
    )

    assert [problem] == _problems(exported)


def test_a_job_stays_in_its_pipeline(exported: Any) -> None:
    """A job that hops to another queue would not be found after a lost answer, and paid again."""
    exported["HopDestinations"] = [{"Queue": "fast", "WaitMinutes": 15}]

    problem = (
        "settings has HopDestinations; the fan-out looks for its jobs in one pipeline and would "
        "pay for one that hopped twice."
    )

    assert [problem] == _problems(exported)


def test_what_the_console_exports_empty_says_nothing(exported: Any) -> None:
    """An empty list of queues to hop to is left out."""
    assert job_document(_preset(exported)) == job_document(
        _preset({**exported, "HopDestinations": []})
    )


def test_the_job_is_checked(exported: Any) -> None:
    """MediaConvert's model and rules hold for a job of the user's own."""
    exported["Settings"]["OutputGroups"][0]["Outputs"][0]["VideoDescription"]["Width"] = 1281

    assert [
        "Settings.OutputGroups[0].Outputs[0].VideoDescription.Width is 1281; it must be even."
    ] == _problems(exported)


def test_the_job_stays_in_the_basic_tier(exported: Any) -> None:
    """A setting of the professional tier is refused in a job of the user's own too."""
    exported["AccelerationSettings"] = {"Mode": "PREFERRED"}

    problem = (
        "AccelerationSettings.Mode PREFERRED leaves MediaConvert's basic price tier; take it out "
        "or set allow_professional_tier: true."
    )

    assert [problem] == _problems(exported)


def test_settings_say_everything(exported: Any) -> None:
    """A field of the rendition beside a job of the user's own is refused, not ignored."""
    assert [
        "width does not go with settings; beside it there may be extra_read_buckets."
    ] == _problems(exported, width=640)


def test_settings_are_an_object() -> None:
    """Anything else is told with its value."""
    assert ['settings is "job.json"; it must be an object.'] == _problems("job.json")


def test_the_whole_job_is_an_object() -> None:
    """A job whose Settings are no object is told with their value."""
    assert ["settings.Settings is []; it must be an object."] == _problems({"Settings": []})
