"""Record what a release leaves behind in a live stack, for `test_upgrade.py`: one file per moment.

A release records its own samples before it is tagged, into a folder of its version:

    PYTHONPATH=. python tests/upgrade/record.py tests/upgrade/samples/1.2
    PYTHONPATH=. python tests/upgrade/urns.py tests/upgrade/samples/1.2/urns.json

The functions run in the tests' world of the checkout that is first in `PYTHONPATH`, which is how
the samples of a release without this script were made:

    git worktree add /tmp/release <commit>
    PYTHONPATH=/tmp/release:. python tests/upgrade/record.py tests/upgrade/samples/before-0.1

Samples are never edited by hand and never recorded anew: a release that was deployed stays as it
was. What a moment `expected` is what later functions have to make of it.
"""

import json
import os
import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from moto import mock_aws

from handlers.settings import SubmitJobSettings
from tests.components.conftest import stack as deploy
from tests.handlers.world import World
from tests.upgrade.moments import MOMENTS, PRESET, Stage, removed_branch

CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
}
SETTINGS: Final = SubmitJobSettings(
    fanout="videoconverter-dev",
    ledger_table="ledger",
    ledger_retention_days=90,
    completed_topic_arn="",
    preset=PRESET,
    pipeline_arn="",
    pipeline_role_arn="arn:aws:iam::111122223333:role/720p",
    output_bucket="",
    queue_url="",
    dead_letter_queue_url="",
    claim_seconds=120,
    max_upload_bytes=0,
    max_upload_seconds=0,
)


def record(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """Take a release's world to a moment, and write down all that it holds."""
    with mock_aws(), ExitStack() as stack:
        presets = (PRESET, "480p") if MOMENTS[name] is removed_branch else (PRESET,)
        world = World(SETTINGS, document, *presets)
        send = world.sqs.send_message
        # What is hidden for now could not be read back.
        stack.enter_context(
            patch.object(
                world.sqs, "send_message", lambda **request: send(**{**request, "DelaySeconds": 0})
            )
        )
        stage = Stage(name, world)
        jobs = MOMENTS[name](stage)
        for mapping in (*(branch.mapping for branch in world.branches.values()), world.outcomes):
            mapping.end_back_off()
        return {
            "moment": " ".join((MOMENTS[name].__doc__ or "").split("\n")[0].split()),
            "expected": {
                "renditions": stage.expected,
                "jobs": jobs,
                "letters": stage.letters,
                "is_lost": stage.is_lost,
                "still_listed": stage.still_listed,
            },
            "clock": world.clock(),
            "ledger": sorted(
                world.dynamodb.scan(TableName=SETTINGS.ledger_table)["Items"],
                key=lambda item: (item["pk"]["S"], item["sk"]["S"]),
            ),
            "queues": _queues(world),
            "jobs": [
                {**job, "CreatedAt": job["CreatedAt"].isoformat()}
                for job in world.mediaconvert.jobs
            ],
            "input_bucket": _versions(world),
            "output_bucket": stage.rendered,
            "announced": world.announcements(),
        }


def _queues(world: World) -> dict[str, list[dict[str, Any]]]:
    names = [url.rpartition("/")[2] for url in world.sqs.list_queues().get("QueueUrls", [])]
    return {
        name: [
            {"body": body, "attributes": attributes}
            for body, attributes in world.take(world.sqs.get_queue_url(QueueName=name)["QueueUrl"])
        ]
        for name in sorted(names)
        if name != "announcements"
    }


def _versions(world: World) -> dict[str, str]:
    """The versions in the input bucket by key, where a listing of it was interrupted; else none."""
    if not any(item["place"]["S"] for item in _places(world)):
        return {}
    listed = world.s3.list_object_versions(Bucket="input")["Versions"]
    return {each["Key"]: each["VersionId"] for each in listed}


def _places(world: World) -> list[dict[str, Any]]:
    items = world.dynamodb.scan(TableName=SETTINGS.ledger_table)["Items"]
    return [item for item in items if item["pk"]["S"] == "reconcile"]


def environments() -> dict[str, dict[str, str]]:
    """The environments of the functions, by handler, as the deployment of the release sets them."""
    functions = deploy(PRESET).of_type("aws:lambda/function:Function")
    return {
        function.inputs["handler"]: function.inputs["environment"]["variables"]
        for function in functions.values()
    }


def main(folder: Path) -> None:
    """Record every moment of which there is no sample yet."""
    os.environ |= CREDENTIALS
    release = Path(sys.modules[World.__module__].__file__ or "").parent
    document = json.loads((release / "job.json").read_text("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    for name in MOMENTS:
        text = json.dumps(record(name, document), indent=1, default=sorted)
        # Jobs of several samples in one world have different ids.
        _write(folder / f"{name}.json", text.replace('"job-', f'"{name}-job-'))
    _write(folder / "environments.json", json.dumps(environments(), indent=1, sort_keys=True))


def _write(path: Path, text: str) -> None:
    with suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
        file.write(f"{text}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
