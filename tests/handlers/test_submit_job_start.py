"""How the function starts: its archive, its environment, its entry point."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

import handlers
from handlers import submit_job
from handlers.names import Environment
from tests.handlers.scenarios import body

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass
class Context:
    """What Powertools reads of Lambda's context."""

    function_name: str = "videoconverter-720p"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:111122223333:function:720p"
    aws_request_id: str = "request"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The function's archive as it is deployed: the package, and the job document beside it."""
    shutil.copytree(Path(handlers.__file__).parent, tmp_path / "handlers")
    shutil.copy(Path(__file__).parent / "job.json", tmp_path / "job.json")
    return tmp_path


@pytest.fixture
def environment() -> dict[str, str]:
    """A complete environment of the function."""
    return {str(key): f"value-of-{key}" for key in Environment} | {"LEDGER_RETENTION_DAYS": "90"}


def start(
    archive: Path, environment: dict[str, str], code: str
) -> subprocess.CompletedProcess[str]:
    """Run code in a process that has the archive and this environment, and nothing else of ours."""
    return subprocess.run(  # noqa: S603 the command is this interpreter and literals
        [sys.executable, "-c", code],
        env={"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "AWS_DEFAULT_REGION": "eu-central-1"}
        | environment,
        cwd=archive,
        capture_output=True,
        text=True,
        check=False,
    )


def test_lambda_gets_its_answer(
    archive: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry point answers an event as the mapping sends it, with the failures by id."""
    monkeypatch.setattr(submit_job, "ARCHIVE_ROOT", archive)
    monkeypatch.setattr(submit_job, "cold_start", submit_job.cold_start.__wrapped__)
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    record = {
        "messageId": "m",
        "receiptHandle": "r",
        "attributes": {"ApproximateReceiveCount": "1"},
    }

    answer = submit_job.lambda_handler(
        {"Records": [{**record, "body": body("test_event")}, {"messageId": "broken"}]},
        cast("LambdaContext", Context()),
    )

    assert {"batchItemFailures": [{"itemIdentifier": "broken"}]} == answer


def test_the_archive_starts_before_the_first_event(
    archive: Path, environment: dict[str, str]
) -> None:
    """In Lambda, importing the archive's handler reads environment and job document."""
    started = start(
        archive,
        environment,
        "from handlers.submit_job import cold_start\n"
        "assert cold_start.cache_info().currsize == 1\n"
        "print(cold_start().submission.document['BillingTagsSource'])",
    )

    assert ("QUEUE\n", "") == (started.stdout, started.stderr)


def test_an_incomplete_environment_is_told_at_the_start(
    archive: Path, environment: dict[str, str]
) -> None:
    """A function that was deployed without a variable fails with its name, not at some upload."""
    del environment["OUTPUT_BUCKET"]

    started = start(archive, environment, "import handlers.submit_job")

    assert 1 == started.returncode
    assert "SettingsError: Environment variable(s) missing or empty: OUTPUT_BUCKET." in (
        started.stderr
    )


def test_the_functions_import_nothing_that_lambda_lacks(
    archive: Path, environment: dict[str, str]
) -> None:
    """The functions stand on boto3 and Powertools: the program's packages are not in Lambda."""
    started = start(
        archive,
        environment,
        "import sys, handlers.submit_job\n"
        "print({'pulumi', 'pulumi_aws', 'components', 'local', 'pydantic'} & set(sys.modules))",
    )

    assert ("set()\n", "") == (started.stdout, started.stderr)
