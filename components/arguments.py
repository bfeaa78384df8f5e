"""Which arguments a fan-out accepts, and how a stack's configuration becomes arguments.

What AWS would refuse, or would take and then lose messages, is refused while the program runs.
"""

import inspect
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import pulumi
from pulumi.output import Unknown
from pulumi.runtime import get_config_env
from pulumi.runtime.config import CONFIG

from components import defaults
from components.presets.metadata_rules import broken_metadata_rules
from components.suffixes import suffix_problems
from components.wording import did_you_mean, shown
from handlers.time_limits import SHORTEST_FUNCTION_TIMEOUT

LONGEST_FUNCTION_TIMEOUT: Final = 60
"""Seconds. CreateJob answers in about one; what takes longer than this hangs, and its messages wait
for several times as long."""

SHORTEST_LEDGER_RETENTION_DAYS: Final = (
    2 * defaults.MESSAGE_RETENTION_SECONDS // defaults.DAY_SECONDS
)
"""A message, and the dead letter that it becomes on its last day."""

SHORTEST_ALARM: Final = 3_600
"""Seconds: `reconcile` measures every quarter of an hour, and an encode may take that long."""

LONGEST_ALARM: Final = 10 * defaults.DAY_SECONDS
"""Seconds: four days before a message expires."""

LARGEST_OBJECT: Final = 50 * 1024**4
"""Bytes: S3's limit for an object."""

LOG_RETENTIONS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922),
    *(3288, 3653),
)
"""Days that CloudWatch Logs accepts."""

MOST_ALARM_ACTIONS: Final = 5
"""CloudWatch's limit for an alarm: the model of PutMetricAlarm."""

MOST_TAGS: Final = 45
"""AWS allows 50 for a resource; the fan-out sets some itself."""

MOST_PIPELINES: Final = 1_000
"""Far beyond any quota of MediaConvert queues; a larger number is a slip."""

RANGES: Final[dict[str, tuple[int, int, str]]] = {
    "function_timeout": (SHORTEST_FUNCTION_TIMEOUT, LONGEST_FUNCTION_TIMEOUT, "seconds"),
    "maximum_concurrency": (2, 1_000, "invocations"),
    "max_upload_bytes": (0, LARGEST_OBJECT, "bytes"),
    "max_upload_seconds": (0, 7 * defaults.DAY_SECONDS, "seconds"),
    "alarm_after_seconds": (SHORTEST_ALARM, LONGEST_ALARM, "seconds"),
    "ledger_retention_days": (SHORTEST_LEDGER_RETENTION_DAYS + 1, 3_650, "days"),
    "pipeline_quota": (0, MOST_PIPELINES, "pipelines"),
}
"""Least and most of each number, and what is counted."""

INPUTS: Final = (
    *("alarm_actions", "alarm_after_seconds", "deletion_protection", "input_kms_key_arns"),
    *("ledger_retention_days", "log_retention_days", "max_upload_bytes", "maximum_concurrency"),
    *("permissions_boundary", "tags"),
)
"""Arguments that decide nothing but properties of resources, and so may be Outputs, or hold some.
Whether there are `input_kms_key_arns` has to be known, not what they are."""

_SWITCHES: Final = ("force_destroy", "deletion_protection", "create_key", "dashboard")

_ARN: Final = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:\S+")
_KEY_ARN: Final = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+")


_POLICY_ARN: Final = re.compile(r"arn:[a-z-]+:iam::(aws|\d{12}):policy/\S+")
_PATH: Final = re.compile(r"/([!-.0-~]+/){1,255}")
"""IAM's model: printable ASCII between slashes."""

_A_KEY: Final = (
    "the ARN of a key, such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-"
    "1234567890ab"
)


class ArgumentError(ValueError):
    """Arguments of the fan-out cannot work; the message lists everything that is wrong."""


def from_config(config: pulumi.Config) -> dict[str, Any]:
    """Read every value that a stack's configuration has for the project.

    A key that is no argument is read too: `check` then refuses it.

    Args:
        config: the project's own.
    """
    own = f"{config.name}:"
    # The engine hands the configuration over in the environment, whoever runs without one sets it.
    keys = sorted(key for key in {*get_config_env(), *CONFIG.get()} if key.startswith(own))
    return {key.removeprefix(own): _value(config.require(key.removeprefix(own))) for key in keys}


def _value(text: str) -> Any:
    """Pulumi hands a program text as it is, and anything else as JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def read(arguments: Any, names: Collection[str]) -> dict[str, Any]:
    """Look at every argument, `presets` only for whether it is there, and known.

    What is an Output cannot be looked at, and need not be known: AWS looks at it.

    Args:
        arguments: of the component, by name.
        names: which arguments there are.

    Returns:
        The arguments with whole numbers as such. Other languages hand over 10 as 10.0.

    Raises:
        ArgumentError: one or more cannot work.
    """
    if not isinstance(arguments, Mapping):
        refuse([f"args is {shown(arguments)}; write TranscodeFanoutArgs(presets=[...])"])
    given = {name: _with_whole_numbers(value) for name, value in arguments.items()}
    later = [name for name, value in given.items() if _is_too_late(name, value)]
    known = {
        name: value
        for name, value in given.items()
        if value is not None and name not in later and not is_later(value)
    }
    refuse([*_unknown(given, names), *_missing(given), *_later(later), *_problems(known)])
    return given


def is_later(value: Any) -> bool:
    """Whether a value is only known when other resources are: an Output, for example."""
    return isinstance(value, pulumi.Output | Unknown) or inspect.isawaitable(value)


def as_text(number: pulumi.Input[int]) -> pulumi.Input[str]:
    """Write a number that may be known later as a function's environment has it."""
    if isinstance(number, int):
        return str(number)
    return pulumi.Output.all(number).apply(lambda known: str(int(known[0])))


def _is_too_late(name: str, value: Any) -> bool:
    if name == "input_kms_key_arns":  # whether there are any decides about a policy
        return is_later(value)
    return name not in INPUTS and _has_later(value)


def _has_later(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_later, value.values()))
    return any(map(_has_later, value)) if isinstance(value, list | tuple) else is_later(value)


def _with_whole_numbers(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_whole_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_with_whole_numbers(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def refuse(problems: Sequence[str]) -> None:
    """Stop the program when there are problems.

    Args:
        problems: sentences, each naming what is wrong.

    Raises:
        ArgumentError: there is one or more; the message lists all of them.
    """
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ArgumentError(f"the arguments cannot work:\n{listed}")


def _unknown(arguments: Mapping[str, Any], names: Collection[str]) -> Iterator[str]:
    for name in arguments:
        if name not in names:
            yield f"{name} does not exist{did_you_mean(name, names)}; there are {', '.join(names)}"


def _missing(arguments: Mapping[str, Any]) -> Iterator[str]:
    if "presets" not in arguments:
        yield "presets is missing; it must be a list with an entry such as `name: 720p`"
    for name, value in arguments.items():
        if value is None:
            yield f"{name} is null; give it a value, or leave it out"


def _later(names: Collection[str]) -> Iterator[str]:
    for name in names:
        yield (
            f"{name} holds an Output, whose value is known too late: it decides what is created. "
            f"Give it a plain value; Outputs go with {', '.join(INPUTS)}"
        )


def _problems(arguments: Mapping[str, Any]) -> Iterator[str]:
    for name, (low, high, unit) in RANGES.items():
        value = arguments.get(name, low)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            yield (
                f"{name} is {shown(value)}; it must be a whole number of {unit} "
                f"from {low} to {high:,}"
            )
    retention = arguments.get("log_retention_days", defaults.LOG_RETENTION_DAYS)
    if isinstance(retention, bool) or retention not in LOG_RETENTIONS:
        yield (
            f"log_retention_days is {shown(retention)}; CloudWatch keeps logs for one of "
            f"{', '.join(map(str, LOG_RETENTIONS))} days"
        )
    for name in _SWITCHES:
        value = arguments.get(name, False)
        if not isinstance(value, bool):
            yield f"{name} is {shown(value)}; it must be true or false"
    yield from suffix_problems(arguments.get("suffixes", defaults.SUFFIXES))
    yield from _list_problems(
        *("alarm_actions", arguments.get("alarm_actions", []), _ARN),
        "ARNs, such as arn:aws:sns:eu-central-1:111122223333:alarms",
        most=MOST_ALARM_ACTIONS,
    )
    yield from _list_problems(
        *("input_kms_key_arns", arguments.get("input_kms_key_arns", []), _KEY_ARN),
        f"ARNs of keys: {_A_KEY}; in a policy an alias stands for no key",
    )
    yield from _key_problems(arguments)
    yield from _role_problems(arguments)
    yield from _tag_problems(arguments.get("tags", {}))


def _list_problems(
    name: str, value: Any, pattern: re.Pattern[str], words: str, *, most: int | None = None
) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        yield f"{name} is {shown(value)}; it must be a list of {words}"
        return
    for index, item in enumerate(value):
        if is_later(item):
            continue
        if not isinstance(item, str) or not pattern.fullmatch(item):
            yield f"{name}[{index}] is {shown(item)}; it must be a list of {words}"
    if most is not None and len(value) > most:
        yield f"{name} has {len(value)} entries; there may be at most {most}"


def _key_problems(arguments: Mapping[str, Any]) -> Iterator[str]:
    key = arguments.get("kms_key", "")
    if not isinstance(key, str) or (key and not _KEY_ARN.fullmatch(key)):
        yield (
            f"kms_key is {shown(key)}; it must be {_A_KEY}, because SQS and S3 would take an alias "
            "and policies do not"
        )
    elif key and arguments.get("create_key", False):
        yield f"kms_key is {shown(key)} and create_key is true; leave one of the two out"


def _role_problems(arguments: Mapping[str, Any]) -> Iterator[str]:
    for name, pattern, words in (
        ("iam_path", _PATH, "a path that starts and ends with a slash, such as /media/"),
        (
            *("permissions_boundary", _POLICY_ARN),
            "the ARN of a policy, such as arn:aws:iam::111122223333:policy/boundary",
        ),
    ):
        value = arguments.get(name, "")
        if not isinstance(value, str) or (value and not pattern.fullmatch(value)):
            yield f"{name} is {shown(value)}; it must be {words}"


def _tag_problems(tags: Any) -> Iterator[str]:
    if not isinstance(tags, Mapping) or not all(
        isinstance(value, str) or is_later(value) for value in tags.values()
    ):
        yield f"tags is {shown(tags)}; it must be an object whose values are text"
    else:
        known = {key: "" if is_later(value) else value for key, value in tags.items()}
        yield from broken_metadata_rules(known, "tags", most=MOST_TAGS)
