"""Fixtures of the component's tests: the program, run once for each number of presets."""

import pytest

from tests.engine import Program, run_main

ONE = ["720p"]
TWO = ["720p", "1080p"]
SEVEN = ["240p", "360p", "480p", "720p", "1080p", "1440p", "2160p"]

DEFAULTS = {
    "suffixes": [".mp4"],
    "function_timeout": 10,
    "maximum_concurrency": 2,
    "max_upload_bytes": 0,
    "max_upload_seconds": 0,
    "log_retention_days": 30,
    "force_destroy": False,
    "alarm_actions": [],
    "alarm_after_seconds": 14_400,
    "ledger_retention_days": 90,
    "deletion_protection": False,
    "pipeline_quota": 0,
    "input_kms_key_arns": [],
    "kms_key": "",
    "create_key": False,
    "dashboard": False,
    "iam_path": "",
    "permissions_boundary": "",
    "tags": {},
}


def stack(*names: str, **config: object) -> Program:
    """The program with these presets, and otherwise Pulumi.yaml's defaults unless told."""
    return run_main({"presets": [{"name": name} for name in names], **DEFAULTS, **config})


@pytest.fixture(scope="session")
def program() -> Program:
    """The stack of Pulumi.dev.yaml: two presets."""
    return stack(*TWO)


@pytest.fixture(scope="session", params=[ONE, TWO, SEVEN], ids=["1", "2", "7"])
def any_program(request: pytest.FixtureRequest) -> Program:
    """Stacks of one, two and seven presets: what holds for one has to hold for all."""
    return stack(*request.param)
