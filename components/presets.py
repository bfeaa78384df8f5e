"""Which presets a fan-out has: everything that is wrong with them is told at once.

A wrong preset stops the program while it runs, in `pulumi preview`, before anything exists.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

from components.catalogue import CATALOGUE, for_size
from components.job_settings import AUDIO_BITRATES, complete_for_check, job_document
from components.preset import Preset, PresetArgs
from components.service_model import check_job
from components.wording import did_you_mean, shown

__all__ = ["CATALOGUE", "Preset", "PresetArgs", "PresetError", "resolve"]

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_NAME_RULE = "lower case letters, digits and hyphens, with a letter or digit at both ends"

_RESERVED = ("completed", "input", "ledger", "outcome", "output", "reconcile", "topic", "upload")
"""First words of the names of the fan-out's own resources, which stand where a preset's would."""

_DEAD_LETTER_SUFFIX = "-dlq"
"""What a preset's dead-letter queue has behind the preset's own name."""

_AUTO_NAME_LENGTH = 8
"""Characters that Pulumi adds to make a physical name unique: a hyphen and seven hex digits."""

_PHYSICAL_NAMES = (
    ("S3 bucket", "{fanout}-output-{preset}", 63),
    ("IAM role", "{fanout}-{preset}-pipeline", 64),
    ("Lambda function", "{fanout}-{preset}", 64),
    ("SQS queue", "{fanout}-{preset}-dlq", 80),
)
"""The longest name of each kind that a preset goes into, and the most characters AWS allows it."""


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


class _Range(NamedTuple):
    low: int
    high: int
    unit: str
    step: int = 1

    def refuses(self, value: int) -> bool:
        return not self.low <= value <= self.high or value % self.step != 0

    def __str__(self) -> str:
        even = "even, " if self.step == 2 else ""  # noqa: PLR2004 -- a step of two means even
        return f"{even}from {self.low:,} to {self.high:,}{self.unit}"


# MediaConvert's own limits, with two of H.264: 4,096 pixels for the longer side, and 150 Mbit/s,
# because the buffer of two seconds then fills what level 5.2 allows the High profile, 300 Mbit.
_RANGES = {
    "width": _Range(32, 4096, " pixels", step=2),
    "height": _Range(32, 4096, " pixels", step=2),
    "quality": _Range(1, 10, ""),
    "max_bitrate": _Range(1_000, 150_000_000, " bit/s"),
    "audio_bitrate": _Range(min(AUDIO_BITRATES), max(AUDIO_BITRATES), " bit/s"),
}
_SIZE = ("width", "height")


def resolve(
    entries: Sequence[PresetArgs], *, component_name: str = "videoconverter"
) -> tuple[Preset, ...]:
    """Turn what the user wrote into presets that work.

    An entry whose name is in the catalogue starts from the catalogue's preset. A new name has to
    say its size, and starts from the smallest catalogue preset that holds as many pixels.

    Args:
        entries: the presets of the configuration.
        component_name: the fan-out's name, which goes in front of every resource's name.

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
        label = _label(index, entry)
        wrong = list(_entry_problems(entry, component_name))
        if not wrong:
            preset = _preset(entry)
            wrong = check_job(complete_for_check(job_document(preset)))
            presets.append(preset)
        problems.extend(f"{label}: {problem}" for problem in wrong)
    problems.extend(_duplicates(entries))
    if problems:
        raise PresetError(problems)
    return tuple(presets)


def _label(index: int, entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else None
    return f"presets[{index}]" if name is None else f"presets[{index}] {shown(name)}"


def _preset(entry: Mapping[str, Any]) -> Preset:
    base = CATALOGUE.get(entry["name"]) or for_size(*(int(entry[side]) for side in _SIZE))
    numbers = {key: int(value) for key, value in entry.items() if key != "name"}
    return replace(base, name=entry["name"], **numbers)


def _entry_problems(entry: Any, component_name: str) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"{shown(entry)} is not an object; write `name: 720p`, for example."
        return
    yield from _name_problems(entry, component_name)
    known = [field.name for field in fields(Preset)]
    for key, value in entry.items():
        if key not in known:
            guess = did_you_mean(str(key), known)
            yield f"{key} is not a field{guess}; the fields are {', '.join(known)}."
        elif key != "name":
            yield from _number_problems(key, value)


def _number_problems(field: str, value: Any) -> Iterator[str]:
    # Configuration is JSON, where 720 and 720.0 are the same number, but true is none.
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
    if not is_whole:
        yield f"{field} is {shown(value)}; it must be a whole number, {_RANGES[field]}."
    elif _RANGES[field].refuses(int(value)):
        yield f"{field} is {shown(value)}; it must be {_RANGES[field]}."
    elif field == "audio_bitrate" and value not in AUDIO_BITRATES:
        allowed = ", ".join(map(str, AUDIO_BITRATES))
        yield f"audio_bitrate is {shown(value)}; stereo AAC takes {allowed}."


def _name_problems(entry: Mapping[str, Any], component_name: str) -> Iterator[str]:
    name = entry.get("name")
    if name is None or name == "":
        yield f"name is missing; the catalogue has {', '.join(CATALOGUE)}."
        return
    if not isinstance(name, str):
        yield f"name is {shown(name)}; it must be text, such as {shown(f'{name}p')}."
        return
    if name not in CATALOGUE:
        missing = [side for side in _SIZE if side not in entry]
        if missing:
            yield (
                f"{' and '.join(missing)} missing; {shown(name)} is not in the catalogue"
                f"{did_you_mean(name, CATALOGUE)}, which has {', '.join(CATALOGUE)}, "
                "and a new name needs a width and a height."
            )
    if not _NAME.fullmatch(name):
        yield f"the name must be {_NAME_RULE}; S3 takes nothing else in the name of a bucket."
    if name.split("-")[0] in _RESERVED or name.endswith(_DEAD_LETTER_SUFFIX):
        yield (
            "the name is taken by the fan-out's own resources; it must not begin with "
            f"{', '.join(_RESERVED)} or end with {_DEAD_LETTER_SUFFIX}."
        )
    yield from _length_problems(name, component_name)


def _length_problems(name: str, component_name: str) -> Iterator[str]:
    for kind, pattern, longest in _PHYSICAL_NAMES:
        physical = pattern.format(fanout=component_name, preset=name)
        excess = len(physical) + _AUTO_NAME_LENGTH - longest
        if excess > 0:
            yield (
                f"the name is {excess} characters too long: the {kind} {physical}-xxxxxxx would "
                f"have more than {longest}."
            )


def _duplicates(entries: Sequence[Any]) -> Iterator[str]:
    names = [
        entry["name"]
        for entry in entries
        if isinstance(entry, Mapping) and isinstance(entry.get("name"), str)
    ]
    # Bucket names have one case only, so names that differ in nothing else are the same.
    for name, count in Counter(map(str.lower, names)).items():
        if count > 1:
            spelled = ", ".join(shown(written) for written in names if written.lower() == name)
            yield f"{count} entries have the same name, {spelled}; every preset needs its own."
