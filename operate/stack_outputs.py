"""The stack that a command works on, read from the stack's outputs."""

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from handlers.ledger.branches import Branch
from operate.errors import UsageError
from operate.preset_meaning import meant

STANDARD_INPUT: Final = "-"

HOW_TO_GET_OUTPUTS: Final = (
    "For a deployed stack, run `pulumi stack output --json > outputs.json`; "
    "for the local cloud, `python -m local up --json > outputs.json`."
)

NEWER_PRESET: Final = "If it was added after these outputs were taken, take them again."

TEXTS: Final = ("input_bucket", "topic_arn", "ledger_table", "reconcile_function")
TEXTS_BY_PRESET: Final = ("queue_urls", "dead_letter_queue_urls")
"""The outputs that every command needs."""

ENVIRONMENT: Final = (
    "AWS_ENDPOINT_URL",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_CA_BUNDLE",
)
"""The variables without which a local cloud cannot be reached."""


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack of the program, deployed to AWS or into a local cloud."""

    region: str
    input_bucket: str
    ledger_table: str
    reconcile_function: str
    branches: Mapping[str, Branch]
    """By preset."""
    estimate: Mapping[str, Any] = field(default_factory=dict)
    """What the presets cost, as the stack exports it."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """How to reach a local cloud; empty for AWS, which the caller's own settings reach."""
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """All outputs, for a command that needs more than the others."""

    @classmethod
    def load(cls, source: str | None) -> Self:
        """Read the outputs of a stack.

        Args:
            source: A file, or `-` for standard input. It holds what `pulumi stack output --json`
                or `python -m local up --json` prints.

        Raises:
            UsageError: The file does not exist, or holds something else.
        """
        if source is None:
            raise UsageError(f"--outputs FILE is missing. {HOW_TO_GET_OUTPUTS}")
        return cls.from_document(_read(source), source)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], source: str) -> Self:
        """Read what was printed.

        Args:
            document: The outputs, or those of a local cloud with the way there.
            source: Where it is from, for the error's message.

        Raises:
            UsageError: The document holds something else.
        """
        if "outputs" in document and "environment" in document:
            outputs = _object(document, "outputs", source)
            environment = _object(document, "environment", source)
        else:
            outputs, environment = document, {}
        _check(outputs, environment, source)
        return cls(
            region=_region(outputs["topic_arn"], source),
            input_bucket=outputs["input_bucket"],
            ledger_table=outputs["ledger_table"],
            reconcile_function=outputs["reconcile_function"],
            branches={
                preset: Branch(
                    preset=preset,
                    queue_url=outputs["queue_urls"][preset],
                    dead_letter_queue_url=url,
                )
                for preset, url in outputs["dead_letter_queue_urls"].items()
            },
            estimate=outputs.get("estimate", {}),
            environment=environment,
            outputs=outputs,
        )

    @property
    def fanout(self) -> str:
        """The fan-out's name in job metadata: the topic's name, which is unique in its account."""
        topic_arn: str = self.outputs["topic_arn"]
        return topic_arn.rpartition(":")[2]

    def arn(self, service: str, resource: str) -> str:
        """Build the ARN of a resource in the topic's partition, region and account."""
        _, partition, _, region, account, _ = self.outputs["topic_arn"].split(":")
        return f"arn:{partition}:{service}:{region}:{account}:{resource}"

    def branch(self, preset: str) -> Branch:
        """Find the branch of a preset.

        Raises:
            UsageError: the stack has no such preset.
        """
        if preset not in self.branches:
            guesses = " or ".join(map(repr, meant(preset, self.branches)))
            hint = f"Did you mean {guesses}?" if guesses else NEWER_PRESET
            known = ", ".join(sorted(self.branches))
            raise UsageError(f"The stack has no preset {preset!r}, only {known}. {hint}")
        return self.branches[preset]

    def chosen(self, preset: str | None) -> list[Branch]:
        """Return the branch of a preset, or all branches for None.

        Raises:
            UsageError: the stack has no such preset.
        """
        if preset is not None:
            return [self.branch(preset)]
        return [branch for _, branch in sorted(self.branches.items())]


def _read(source: str) -> Mapping[str, Any]:
    if source == STANDARD_INPUT:
        return _first_object(sys.stdin, "standard input")
    try:
        with Path(source).open(encoding="utf-8") as lines:
            return _first_object(lines, source)
    except OSError as error:
        raise UsageError(f"--outputs {source}: {error.strerror}. {HOW_TO_GET_OUTPUTS}") from error
    except UnicodeDecodeError as error:
        raise UsageError(
            f"--outputs {source}: this is not a text file. {HOW_TO_GET_OUTPUTS}"
        ) from error


def _first_object(lines: Iterable[str], source: str) -> Mapping[str, Any]:
    """Read the first JSON object and no more: `local up` does not close its end of a pipe."""
    text = ""
    for line in lines:
        text += line
        try:
            document = json.loads(text)
        except ValueError:
            continue
        if isinstance(document, dict):
            return document
        break
    raise UsageError(f"--outputs: {source} does not begin with a JSON object. {HOW_TO_GET_OUTPUTS}")


def _object(document: Mapping[str, Any], name: str, source: str) -> Mapping[str, Any]:
    value = document[name]
    if not isinstance(value, dict):
        raise UsageError(f"--outputs {source}: {name} is not an object. {HOW_TO_GET_OUTPUTS}")
    return value


def _check(outputs: Mapping[str, Any], environment: Mapping[str, Any], source: str) -> None:
    wrong = [name for name in TEXTS if not _is_text(outputs.get(name))]
    wrong += [name for name in TEXTS_BY_PRESET if not _is_by_preset(outputs.get(name))]
    if environment:
        wrong += [name for name in ENVIRONMENT if not _is_text(environment.get(name))]
    if wrong:
        raise UsageError(
            f"--outputs {source}: these are not the outputs of a fan-out of this version; missing "
            f"or wrong: {', '.join(wrong)}. {HOW_TO_GET_OUTPUTS}"
        )
    if outputs["queue_urls"].keys() != outputs["dead_letter_queue_urls"].keys():
        raise UsageError(
            f"--outputs {source}: queue_urls and dead_letter_queue_urls name different presets. "
            f"{HOW_TO_GET_OUTPUTS}"
        )


def _region(topic_arn: str, source: str) -> str:
    match topic_arn.split(":"):
        case ["arn", _, "sns", region, _, _]:
            return region
    raise UsageError(
        f"--outputs {source}: topic_arn is {topic_arn!r}, not the ARN of a topic. "
        f"{HOW_TO_GET_OUTPUTS}"
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_by_preset(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))
