"""Upgrade of a live stack: today's functions understand what those of earlier releases wrote.

The samples are messages, letters, events, items of the ledger and jobs that the releases' own
functions left behind, one file per moment; `record.py` says how a release records its own.

The environment: one update of a function changes its configuration first and its code second.
Terraform's provider for AWS, on which Pulumi's is built, calls UpdateFunctionConfiguration, waits,
and then calls UpdateFunctionCode (`internal/service/lambda/function.go`). So new code finds every
new key, which needs no default. But old code runs with the new environment for some seconds: what
it reads has to stay.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from handlers.names import Environment
from handlers.settings import SubmitJobSettings
from operate import hold
from operate.redrive import Fate
from tests.handlers.conftest import document, settings  # noqa: F401 -- fixtures, by their names
from tests.handlers.world import World
from tests.upgrade.live_stack import SAMPLES, LiveStack, Sample

EVERY_SAMPLE = Sample.all()


@pytest.fixture
def deploy(
    settings: SubmitJobSettings,  # noqa: F811 -- pytest gives the fixtures
    document: dict[str, Any],  # noqa: F811 -- the same
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., LiveStack]]:
    """Deploy today's functions into a stack that samples are of."""

    def deploy(*samples: Sample) -> LiveStack:
        presets = set[str]().union(*(sample.presets for sample in samples))
        stack = LiveStack(World(settings, document, *sorted(presets)))
        for sample in samples:
            stack.install(sample)
        return stack

    monkeypatch.setattr(hold, "WAIT_SECONDS", 0)
    with mock_aws():
        yield deploy


def check_ends(stack: LiveStack, sample: Sample) -> None:
    """Compare the end of each rendition with the one that the sample expects."""
    for upload, preset, end in sample.renditions():
        assert end == stack.world.rendition(upload, preset).state, (upload.version_id, preset)


def check_announcements(stack: LiveStack, samples: Iterable[Sample]) -> None:
    """Compare the ids of announcements that the release made and that are made again."""
    ids = {
        _what(each): each["announcement_id"]
        for sample in samples
        for each in sample.content["announced"]
    }
    for each in stack.world.announcements():
        assert each["announcement_id"] == ids.get(_what(each), each["announcement_id"])


def _what(announcement: Mapping[str, Any]) -> tuple[Any, ...]:
    source = announcement["source"]
    parts = (announcement.get(name) for name in ("preset", "state", "attempt", "revision"))
    return (announcement["type"], source["key"], source["version_id"], *parts)


def letters(stack: LiveStack) -> int:
    """How many dead letters there are."""
    return sum(len(branch.dead_letters()) for branch in stack.world.branches.values())


@pytest.mark.parametrize(
    "sample", EVERY_SAMPLE, ids=lambda sample: f"{sample.release}-{sample.moment}"
)
def test_what_a_release_left_behind_comes_to_its_proper_end(
    sample: Sample, deploy: Callable[..., LiveStack], tmp_path: Path
) -> None:
    """Every upload ends as a rendition or with a letter, and no attempt is paid twice.

    Reconcile helps only where something was lost: it would make up for what is not understood.
    """
    stack = deploy(sample)
    if sample.content["input_bucket"]:
        assert sample.content["expected"]["still_listed"] == stack.go_on_listing()

    stack.come_to_rest(reconciles=sample.content["expected"]["is_lost"])
    redriven = stack.redrive(tmp_path)
    stack.come_to_rest(reconciles=False)

    assert Fate.FAILED not in {each.fate for each in redriven}
    check_ends(stack, sample)
    assert sample.content["expected"]["jobs"] == len(stack.world.mediaconvert.jobs)
    assert set() == stack.paid_twice()
    assert sample.content["expected"]["letters"] == letters(stack)
    check_announcements(stack, [sample])


@pytest.mark.parametrize("release", sorted({sample.release for sample in EVERY_SAMPLE}))
def test_all_that_a_release_left_behind_comes_to_rest_together(
    release: str, deploy: Callable[..., LiveStack], tmp_path: Path
) -> None:
    """One stack with all of it: reconcile goes through every item without an error."""
    samples = [
        sample
        for sample in EVERY_SAMPLE
        if sample.release == release and not sample.content["input_bucket"]
    ]
    stack = deploy(*samples)

    stack.world.reconcile(dry_run=True, patience=0)
    stack.come_to_rest(reconciles=True)
    stack.redrive(tmp_path)
    stack.come_to_rest(reconciles=True)

    for sample in samples:
        check_ends(stack, sample)
    expected = [sample.content["expected"] for sample in samples]
    assert sum(each["jobs"] for each in expected) == len(stack.world.mediaconvert.jobs)
    assert sum(each["letters"] for each in expected) == letters(stack)


@pytest.mark.parametrize(
    "file", sorted(SAMPLES.glob("*/environments.json")), ids=lambda file: file.parent.name
)
def test_what_the_functions_of_a_release_read_stays_in_their_environment(file: Path) -> None:
    """They run with the new environment until their code is replaced, some seconds later."""
    environments = json.loads(file.read_text("utf-8"))

    assert set().union(*environments.values()) <= set(Environment)
