"""Which presets a fan-out has: everything that is wrong with them is told at once.

A wrong preset stops the program while it runs, in `pulumi preview`, before anything exists.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.presets.catalogue import CATALOGUE
from components.presets.codec_rules import aac_bitrates
from components.presets.elastic_transcoder import SYSTEM_PRESETS, id_problems
from components.presets.encodes import CODING_MODES
from components.presets.fields import FIELDS, field_problems
from components.presets.job_settings import complete_for_check, job_document
from components.presets.metadata_rules import broken_metadata_rules
from components.presets.names import duplicate_names, name_problems
from components.presets.outside_needs import outside_needs
from components.presets.own_job import own_job_problems
from components.presets.preset import OwnJob, Preset, PresetArgs, Thumbnails
from components.presets.professional_tier import Tier, costly_settings
from components.presets.renditions import FIELDS_OF_KIND, RENDITION_FIELDS, fields_beside, rendition
from components.presets.service_model import check_job
from components.wording import did_you_mean, shown

__all__ = ["CATALOGUE", "Preset", "PresetArgs", "PresetError", "resolve"]

_SIZE = ("width", "height")
_SAYS_SIZE = {"elastic_transcoder_preset", "settings"}
_PIPELINE = ("paused", "priority", "concurrent_jobs", "pipeline", "tags")
_FIELD_NAMES = ("name", *FIELDS)

_SHARED = ("paused", "concurrent_jobs", "tags")
"""What presets that share a pipeline have to agree on."""

_MOST_TAGS = 45
"""AWS allows 50 for a resource; the fan-out sets some itself."""


class PresetError(ValueError):
    """The presets cannot work; `problems` and the message list everything that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Join the problems to one message.

        Args:
            problems: sentences, each naming its entry.
        """
        self.problems = tuple(problems)
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"the presets cannot work:\n{listed}")


def resolve(entries: Sequence[PresetArgs], *, pipeline_quota: int = 0) -> tuple[Preset, ...]:
    """Turn what the user wrote into presets that work.

    An entry whose name is in the catalogue starts from the catalogue's rendition. A new name has to
    say its size, and starts from the smallest rendition that holds as many pixels.

    Args:
        entries: the presets of the configuration.
        pipeline_quota: MediaConvert queues that the account has left for this fan-out. Default: 0,
            not checked.

    Returns:
        The presets, in the order of the entries.

    Raises:
        PresetError: something is wrong; every problem of every entry is in it.
    """
    if not isinstance(entries, list | tuple) or not entries:
        raise PresetError(
            [f"presets is {shown(entries)}; it must be a list with an entry such as `name: 720p`."]
        )
    problems: list[str] = []
    presets: list[Preset] = []
    for index, entry in enumerate(entries):
        wrong = list(_entry_problems(entry))
        if not wrong:
            preset = _preset(entry)
            presets.append(preset)
            professional = entry.get("allow_professional_tier", False)
            wrong = list(_job_problems(preset, allow_professional_tier=professional))
        problems.extend(f"{_label(index, entry)}: {problem}" for problem in wrong)
    problems.extend(duplicate_names([e.get("name") for e in entries if isinstance(e, Mapping)]))
    problems.extend(_pipeline_problems(presets, pipeline_quota))
    if problems:
        raise PresetError(problems)
    return tuple(presets)


def _label(index: int, entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return f"presets[{index}]" if name is None else f"presets[{index}] {shown(name)}"


def _entry_problems(entry: Any) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"{shown(entry)} is not an object; write `name: 720p`, for example."
        return
    for name, value in entry.items():
        if name in FIELDS:
            yield from field_problems(name, value)
        elif name != "name":
            guess = did_you_mean(str(name), _FIELD_NAMES)
            yield f"{name} is not a field{guess}; the fields are {', '.join(_FIELD_NAMES)}."
    yield from _kind_problems(entry)
    yield from _name_problems(entry)
    yield from _value_problems(entry)


def _kind_problems(entry: Mapping[str, Any]) -> Iterator[str]:
    kind, preset_id = entry.get("kind", "mp4"), entry.get("elastic_transcoder_preset")
    is_known = kind in tuple(FIELDS_OF_KIND) and preset_id in (None, *SYSTEM_PRESETS)
    if not is_known and "settings" not in entry:
        return
    decider, allowed = fields_beside(entry)
    beside = f"beside it there may be {', '.join(allowed)}"
    for name in entry:
        if name in RENDITION_FIELDS and name not in (decider, *allowed):
            value = "" if decider == "settings" else f" {entry.get(decider, 'mp4')}"
            yield f"{name} does not go with {decider}{value}; {beside}."


def _name_problems(entry: Mapping[str, Any]) -> Iterator[str]:
    name = entry.get("name")
    if name is None or name == "":
        yield f"name is missing; the catalogue has {', '.join(CATALOGUE)}."
    elif not isinstance(name, str):
        yield f"name is {shown(name)}; it must be text, such as {shown(f'{name}p')}."
    else:
        missing = [side for side in _SIZE if side not in entry]
        says_size = _SAYS_SIZE & entry.keys() or entry.get("kind", "mp4") != "mp4"
        if missing and not says_size and name not in CATALOGUE:
            yield (
                f"{' and '.join(missing)} missing; {shown(name)} is not in the catalogue"
                f"{did_you_mean(name, CATALOGUE)}, which has {', '.join(CATALOGUE)}, "
                "and a new name needs a width and a height."
            )
        yield from name_problems(name)


def _value_problems(entry: Mapping[str, Any]) -> Iterator[str]:
    """Look at the fields that need more than `FIELDS`; what is wrong there is left out here."""
    names = ("settings", "tags", "pipeline", "elastic_transcoder_preset")
    settings, tags, pipeline, preset_id = (entry.get(name) for name in names)
    if isinstance(settings, Mapping):
        yield from own_job_problems(settings, str(entry.get("name")))
    if isinstance(tags, Mapping) and all(isinstance(value, str) for value in tags.values()):
        yield from broken_metadata_rules(tags, "tags", most=_MOST_TAGS)
    if isinstance(pipeline, str) and pipeline:
        for problem in name_problems(pipeline):
            yield f"pipeline: {problem}"
    if isinstance(preset_id, str) and preset_id:
        yield from id_problems(preset_id)


def _preset(entry: Mapping[str, Any]) -> Preset:
    values = {name: FIELDS[name].read(value) for name, value in entry.items() if name != "name"}
    pipeline = {name: values[name] for name in _PIPELINE if name in values}
    return Preset(
        **{"name": entry["name"], "pipeline": entry["name"], **pipeline},
        rendition=rendition(entry["name"], values),
    )


def _job_problems(preset: Preset, *, allow_professional_tier: bool) -> Iterator[str]:
    if not isinstance(preset.rendition, OwnJob | Thumbnails):
        sound = preset.rendition.sound
        allowed = aac_bitrates(CODING_MODES[sound.channels], sound.sample_rate)
        if sound.bitrate not in allowed:
            yield (
                f"audio_bitrate is {sound.bitrate}; AAC with {sound.channels} channels at "
                f"{sound.sample_rate} Hz takes {', '.join(map(str, allowed))}."
            )
            return
    document = job_document(preset)
    wrong = check_job(complete_for_check(document))
    if not wrong and isinstance(preset.rendition, OwnJob):
        wrong = list(outside_needs(document, preset.read_buckets))
    yield from wrong
    if wrong or allow_professional_tier:
        return
    for setting, tier in costly_settings(document):
        leaves = "leaves" if tier is Tier.PROFESSIONAL else "may leave, AWS does not say,"
        yield (
            f"{setting} {leaves} MediaConvert's basic price tier; take it out or set "
            "allow_professional_tier: true."
        )


def _pipeline_problems(presets: Sequence[Preset], quota: int) -> Iterator[str]:
    first: dict[str, Preset] = {}
    for preset in presets:
        other = first.setdefault(preset.pipeline, preset)
        for name in _SHARED:
            ours, theirs = getattr(preset, name), getattr(other, name)
            if ours != theirs:
                yield (
                    f"the presets {shown(other.name)} and {shown(preset.name)} share the pipeline "
                    f"{shown(preset.pipeline)}, but {name} is {shown(theirs)} and {shown(ours)}."
                )
    if quota and len(first) > quota:
        yield (
            f"{len(presets)} presets need {len(first)} pipelines, and the quota is {quota}; "
            "let some share one with the field pipeline, or have the quota raised."
        )
