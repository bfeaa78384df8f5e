"""A MediaConvert job that the user wrote, made ready to be filled in for each upload."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from components.presets.job_rules import GROUP_SETTINGS
from components.wording import did_you_mean, shown

_KEPT = ("AccelerationSettings", "Settings", "StatusUpdateInterval")
_REPLACED = (
    *("BillingTagsSource", "ClientRequestToken", "Priority", "Queue", "Role", "Tags"),
    "UserMetadata",
)
"""Members of an exported job that are the fan-out's to say."""

_REFUSED = {
    "HopDestinations": (
        "the fan-out looks for its jobs in one pipeline and would pay for one that hopped twice"
    ),
    "JobTemplate": (
        "it is kept outside of the document, where nobody can check it; write its settings out"
    ),
}
"""Members of an exported job that a preset's job cannot have, and why. The console exports them
empty where they are not used."""

_EXTENSIONS = {"MP4": "mp4", "MOV": "mov", "MXF": "mxf", "WEBM": "webm", "M2TS": "m2ts"}
"""What MediaConvert puts behind the dot of a container when an output does not say it."""


def own_job(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the job without what the fan-out says itself, and with a name for every output.

    Args:
        settings: a job as the console exports it, or its `Settings`, without problems.
        name: the preset's; an output that has no name modifier is called after it.
    """
    job = _as_job(settings)
    kept = {member: job[member] for member in _KEPT if member in job}
    (source,) = job["Settings"]["Inputs"]
    groups = [_group(group, name) for group in job["Settings"]["OutputGroups"]]
    source = {member: value for member, value in source.items() if member != "FileInput"}
    return {**kept, "Settings": {**job["Settings"], "Inputs": [source], "OutputGroups": groups}}


def own_job_problems(settings: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield a sentence for each reason why a job cannot be filled in for each upload.

    What MediaConvert's model says about the job is not looked at here.

    Args:
        settings: a job as the console exports it, or its `Settings`.
        name: the preset's.
    """
    job = _as_job(settings)
    for member, value in job.items():
        if member in _REFUSED:
            if value:
                yield f"settings has {member}; {_REFUSED[member]}."
        elif member not in (*_KEPT, *_REPLACED):
            guess = did_you_mean(str(member), _KEPT)
            yield f"settings has {member}{guess}, which a preset's job cannot have."
    inner = job["Settings"]
    if not isinstance(inner, Mapping):
        yield f"settings.Settings is {shown(inner)}; it must be an object."
        return
    inputs, groups = inner.get("Inputs"), inner.get("OutputGroups")
    if not (isinstance(inputs, list) and len(inputs) == 1 and isinstance(inputs[0], Mapping)):
        yield "settings must have one entry in Inputs, which stands for the upload."
    if not (isinstance(groups, list) and groups and all(map(_is_readable, groups))):
        yield (
            "settings must have OutputGroups, each with Outputs and with OutputGroupSettings that "
            f"have a Type ({', '.join(GROUP_SETTINGS)}) and the settings that belong to it."
        )
        return
    yield from _clashes(groups, name)


def _as_job(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return settings if "Settings" in settings else {"Settings": settings}


def _is_readable(group: Any) -> bool:
    match group:
        case {
            "OutputGroupSettings": {"Type": str(kind), **settings},
            "Outputs": [_, *_] as outputs,
        }:
            known = isinstance(settings.get(GROUP_SETTINGS.get(kind, "")), Mapping)
            return known and all(isinstance(output, Mapping) for output in outputs)
    return False


def _clashes(groups: list[Mapping[str, Any]], name: str) -> Iterator[str]:
    """All groups write beside the same stem, so no ending may be the end of another one."""
    endings = [
        f"{_tail(group, name)}{output['NameModifier']}.{output.get('Extension', '')}"
        for group in groups
        for output in _group(group, name)["Outputs"]
    ]
    for one, other in combinations(endings, 2):
        if one.endswith(other) or other.endswith(one):
            yield (
                f"settings has outputs that end in {one} and {other}, so that two uploads could "
                "overwrite each other's; give them other NameModifiers."
            )


def _tail(group: Mapping[str, Any], name: str) -> str:
    """What follows the stem in a destination: a folder where a group writes many files."""
    kind = group["OutputGroupSettings"]["Type"]
    return "" if kind == "FILE_GROUP_SETTINGS" else f"-{name}/index"


def _group(group: Mapping[str, Any], name: str) -> dict[str, Any]:
    settings = group["OutputGroupSettings"]
    member = GROUP_SETTINGS[settings["Type"]]
    own = {key: value for key, value in settings[member].items() if key != "Destination"}
    tail = {"Destination": _tail(group, name)} if _tail(group, name) else {}
    return {
        **group,
        "OutputGroupSettings": {**settings, member: own | tail},
        "Outputs": [_output(output, name) for output in group["Outputs"]],
    }


def _output(output: Mapping[str, Any], name: str) -> dict[str, Any]:
    container = output.get("ContainerSettings")
    kind = container.get("Container") if isinstance(container, Mapping) else None
    extension = {"Extension": _EXTENSIONS[kind]} if kind in _EXTENSIONS else {}
    return {"NameModifier": f"-{name}", **extension, **output}
