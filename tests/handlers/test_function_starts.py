"""How the functions start: their archives, their environments, their entry points."""

import gzip
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

import handlers
from components.presets.service_model import model_file
from handlers import job_outcome, reconcile, submit_job
from handlers.names import (
    API_MODELS,
    JOB_DOCUMENT_FILE,
    JOB_OUTCOME_HANDLER,
    RECONCILE_HANDLER,
    SUBMIT_JOB_HANDLER,
    Environment,
)
from tests.handlers.scenarios import body
from tests.handlers.world import World

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

HANDLERS = [SUBMIT_JOB_HANDLER, JOB_OUTCOME_HANDLER, RECONCILE_HANDLER]


@dataclass
class Context:
    """What is read of Lambda's context."""

    function_name: str = "videoconverter-720p"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:111122223333:function:720p"
    aws_request_id: str = "request"

    def get_remaining_time_in_millis(self) -> int:
        """Tell that there is time."""
        return 900_000


@pytest.fixture
def context() -> "LambdaContext":
    """Lambda's context."""
    return cast("LambdaContext", Context())


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The archive of the functions that need no job document."""
    shutil.copytree(Path(handlers.__file__).parent, tmp_path / "handlers")
    return tmp_path


@pytest.fixture
def branch_archive(archive: Path) -> Path:
    """The archive of submit_job, which has its branch's job document beside the package."""
    shutil.copy(Path(__file__).parent / "job.json", archive / JOB_DOCUMENT_FILE)
    return archive


@pytest.fixture
def environment() -> dict[str, str]:
    """A complete environment of any function."""
    return {str(key): f"value-of-{key}" for key in Environment} | {
        "CLAIM_SECONDS": "120",
        "MAX_UPLOAD_BYTES": "0",
        "MAX_UPLOAD_SECONDS": "0",
        "LEDGER_RETENTION_DAYS": "90",
    }


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


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_starts_before_its_first_event(
    handler: str, branch_archive: Path, environment: dict[str, str]
) -> None:
    """In Lambda importing a handler makes all that it takes, with what Lambda has and no more."""
    module, function = handler.rsplit(".", 1)

    started = start(
        branch_archive,
        environment,
        f"import sys, {module} as module\n"
        "assert module.cold_start.cache_info().currsize == 1\n"
        f"assert callable(module.{function})\n"
        "print({'pulumi', 'pulumi_aws', 'components', 'local', 'pydantic'} & set(sys.modules))",
    )

    assert ("set()\n", "") == (started.stdout, started.stderr)


def test_a_function_speaks_the_api_that_its_documents_were_checked_against(
    branch_archive: Path, environment: dict[str, str]
) -> None:
    """The model in the archive counts, not the older one of Lambda's runtime."""
    path, file = model_file()
    model = json.loads(gzip.decompress(file.read_bytes()))
    model["shapes"]["CreateJobRequest"]["members"]["Newest"] = {"shape": "__string"}
    newest = branch_archive / API_MODELS / path
    newest.parent.mkdir(parents=True)
    newest.write_bytes(gzip.compress(json.dumps(model).encode()))

    started = start(
        branch_archive,
        environment,
        "from handlers.submit_job import cold_start\n"
        "client = cold_start().submission.mediaconvert\n"
        "shape = client.meta.service_model.operation_model('CreateJob').input_shape\n"
        "print('Newest' in shape.members)",
    )

    assert ("True\n", "") == (started.stdout, started.stderr)


@pytest.mark.parametrize("handler", [JOB_OUTCOME_HANDLER, RECONCILE_HANDLER])
def test_the_shared_functions_need_no_job_document(
    handler: str, archive: Path, environment: dict[str, str]
) -> None:
    """Only submit_job's archive has a job document."""
    assert 0 == start(archive, environment, f"import {handler.rsplit('.', 1)[0]}").returncode


def test_submit_job_needs_its_job_document(archive: Path, environment: dict[str, str]) -> None:
    """A branch's archive without its job document fails at the start and names the file."""
    started = start(archive, environment, "import handlers.submit_job")

    assert 1 == started.returncode
    assert f"FileNotFoundError: [Errno 2] No such file or directory: '{archive}/job.json'" in (
        started.stderr
    )


@pytest.mark.parametrize("handler", HANDLERS)
def test_an_incomplete_environment_is_told_at_the_start(
    handler: str, branch_archive: Path, environment: dict[str, str]
) -> None:
    """A function that was deployed without a variable fails with its name, not at some event."""
    del environment["LEDGER_TABLE"]

    started = start(branch_archive, environment, f"import {handler.rsplit('.', 1)[0]}")

    assert 1 == started.returncode
    assert "SettingsError: Environment variable(s) missing or empty: LEDGER_TABLE." in (
        started.stderr
    )


def test_submit_job_answers_lambda(
    world: World, context: "LambdaContext", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry point answers an event as the mapping sends it, with the failures by id."""
    monkeypatch.setattr(submit_job, "cold_start", lambda: world["720p"].runtime)
    readable = {
        "messageId": "readable",
        "receiptHandle": "r",
        "body": body("test_event"),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1800000000000",
            "ApproximateFirstReceiveTimestamp": "1800000000000",
        },
    }

    answer = submit_job.lambda_handler({"Records": [readable, {"messageId": "broken"}]}, context)

    assert {"batchItemFailures": [{"itemIdentifier": "broken"}]} == answer


def test_job_outcome_answers_lambda(
    world: World, context: "LambdaContext", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry point answers an event as the mapping sends it, with the failures by id."""
    monkeypatch.setattr(job_outcome, "cold_start", lambda: world.outcome)
    goes_on: dict[str, Any] = {"detail": {"status": "PROGRESSING"}}
    records = [
        {"messageId": "goes on", "body": json.dumps(goes_on)},
        {"messageId": "broken", "body": "{}"},
    ]

    answer = job_outcome.lambda_handler({"Records": records}, context)

    assert {"batchItemFailures": [{"itemIdentifier": "broken"}]} == answer


def test_reconcile_answers_lambda(
    world: World, context: "LambdaContext", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry point answers what was done, as JSON."""
    monkeypatch.setattr(reconcile, "cold_start", lambda: world.reconcile_runtime)

    answer = reconcile.lambda_handler({"task": "ledger"}, context)

    assert '{"finished": true}' == json.dumps(answer)
