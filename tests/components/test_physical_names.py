"""Every name that a resource will have is checked before any resource is made."""

import inspect
from typing import Any

import pulumi_aws
import pytest

from components import ArgumentError, TranscodeFanout, TranscodeFanoutArgs
from components.physical_names import AUTO_NAME_ENDING, name_problems, names
from components.presets import PresetArgs, resolve
from tests.components.conftest import DEFAULTS
from tests.engine import PHYSICAL_SUFFIX, Program, run, run_main

LONG = "f" * 40

NAMED_BY_SNS = {"videoconverter-topic-deliveries", "videoconverter-topic-failures"}
"""Log groups called after the topic, whose 256 characters leave room below the 512 of a group."""

UNLIMITED = {"aws:mediaconvert/queue:Queue"}
"""AWS documents no limit for these."""

EVERYTHING: dict[str, Any] = {
    **DEFAULTS,
    "max_upload_seconds": 60,
    "input_kms_key_arns": ["arn:aws:kms:eu-central-1:111122223333:key/1234abcd"],
}
"""What makes the program ask for every resource that it can ask for."""


def _entries(count: int) -> list[PresetArgs]:
    return [{"name": f"p{number}", "width": 640, "height": 360} for number in range(count)]


def _is_named(token: str) -> bool:
    """Whether Pulumi makes a name for resources of this type: they take one, or their bucket's."""
    _, module, kind = token.split(":")
    package = getattr(pulumi_aws, module.split("/")[0].replace("lambda", "lambda_"))
    takes = inspect.signature(getattr(package, kind)._internal_init).parameters  # noqa: SLF001 -- its arguments are nowhere else
    return bool({"name", "statement_id"} & takes.keys()) or kind == "Bucket"


@pytest.mark.parametrize("count", [1, 7])
def test_every_resource_with_a_name_is_checked(count: int) -> None:
    """The names that are checked are those that the program asks for, none more, none fewer."""
    entries = _entries(count)
    program: Program = run_main({**EVERYTHING, "presets": entries})
    asked = {
        (resource.type, resource.name)
        for resource in program.resources
        if resource.type.startswith("aws:") and _is_named(resource.type)
        if resource.name not in NAMED_BY_SNS and resource.type not in UNLIMITED
    }

    assert asked == {(n.type, n.logical) for n in names("videoconverter", resolve(entries))}


def test_an_ending_has_the_length_of_pulumi_s() -> None:
    """Eight characters: the length of what the provider appends."""
    assert len(PHYSICAL_SUFFIX) == len(AUTO_NAME_ENDING)


def _problems(fanout: str, *presets: PresetArgs) -> list[str]:
    return name_problems(fanout, resolve(presets))


def test_a_name_that_is_too_long_is_told_with_what_to_shorten() -> None:
    """Which resource, which name, how many characters too many, and which part is the user's."""
    problems = _problems(LONG, {"name": "1080p"})

    assert (
        f"the IAM role {LONG}-reconcile-function-xxxxxxx would have 67 characters, 3 more than the "
        f'64 that AWS allows; shorten the fan-out\'s name "{LONG}"'
    ) == problems[0]


def test_all_names_are_told_at_once_the_longest_first() -> None:
    """One preview is enough to find a name that fits."""
    problems = _problems(LONG, {"name": "a-long-preset", "width": 640, "height": 360})

    assert 1 < len(problems)
    assert any("or the preset's name" in problem for problem in problems)
    excess = [int(problem.split(" characters, ")[1].split()[0]) for problem in problems]
    assert sorted(excess, reverse=True) == excess


@pytest.mark.parametrize("preset", [1, 5, 33])
def test_the_longest_name_that_fits_is_accepted(preset: int) -> None:
    """A name may be as long as AWS's limits leave room for, and not a character longer."""
    entry: PresetArgs = {"name": "n" * preset, "width": 640, "height": 360}
    fitting = next(n for n in range(64, 0, -1) if not _problems("f" * n, entry))

    assert _problems("f" * (fitting + 1), entry)
    assert [] == _problems("f" * (fitting - 1), entry)


@pytest.mark.parametrize("fanout", ["My.Films!", "films_", "-films", "fi lms"])
def test_a_character_that_aws_refuses_is_told(fanout: str) -> None:
    """A bucket, a queue and a role each have characters of their own."""
    problems = _problems(fanout, {"name": "720p"})

    assert any("the S3 bucket" in problem for problem in problems)
    assert all(f'the fan-out\'s name "{fanout}"' in problem for problem in problems)


def test_upper_case_is_accepted() -> None:
    """The provider writes the names of buckets in lower case, everything else may have both."""
    assert [] == _problems("Films", {"name": "720p"})


def test_nothing_is_made_under_a_name_that_does_not_fit() -> None:
    """`pulumi preview` fails before the engine has heard of a resource."""
    made: list[str] = []

    def program() -> None:
        try:
            TranscodeFanout(LONG, TranscodeFanoutArgs(presets=[{"name": "720p"}]))
        except ArgumentError as error:
            made.append(str(error))

    result = run(program)

    assert "the IAM role" in made[0]
    assert [] == [r.name for r in result.resources if r.type.startswith("aws:")]
