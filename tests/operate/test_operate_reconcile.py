"""Reconcile and backfill: invoked until all is done, and no faster than branches can take."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest

from operate.__main__ import main
from operate.clients import Clients
from operate.errors import OperateError
from operate.reconciliation import Summary, reconcile
from tests.operate.cloud import Cloud

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

DONE: dict[str, Any] = {"finished": True}
UPLOADS = {"task": "uploads", "place": "", "dry_run": False}
LEDGER = {"task": "ledger", "patience": 0, "dry_run": False}


@dataclass
class Clock:
    """Time that passes in sleep, and while the function works."""

    seconds: float = 5000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        """Read the time."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.seconds += seconds


@dataclass
class FakeLambda:
    """The function, with what it answers one time after the other."""

    answers: list[dict[str, Any]]
    error: str | None = None
    works: Callable[[], None] = lambda: None
    events: list[dict[str, Any]] = field(default_factory=list)

    def invoke(self, **request: Any) -> dict[str, Any]:
        """Answer the next answer."""
        assert "reconcile" == request["FunctionName"]
        self.events.append(json.loads(request["Payload"]))
        self.works()
        payload = io.BytesIO(json.dumps(self.answers.pop(0)).encode())
        return {"Payload": payload} | ({"FunctionError": self.error} if self.error else {})

    def as_client(self) -> "LambdaClient":
        """The fake, to whoever expects boto3's client."""
        return cast("LambdaClient", self)


def run(fake: FakeLambda, request: dict[str, Any], clock: Clock | None = None) -> Summary:
    """Reconcile in time that need not be waited for."""
    clock = clock or Clock()
    return reconcile(fake.as_client(), "reconcile", request, clock=clock, sleep=clock.sleep)


def test_one_invocation_may_be_all() -> None:
    """What it counted is the summary; nothing is waited for."""
    clock = Clock()
    fake = FakeLambda([{**DONE, "place": "", "looked_at": 7, "asked_for": 2}])

    summary = run(fake, UPLOADS, clock)

    assert [UPLOADS] == fake.events
    assert {"looked_at": 7, "asked_for": 2} == summary.counts
    assert summary.finished
    assert [] == clock.slept


def test_a_listing_goes_on_where_it_stopped() -> None:
    """Until it is finished; the counts are added up."""
    fake = FakeLambda(
        [
            {"finished": False, "place": "m", "looked_at": 5, "asked_for": 3},
            {"finished": False, "place": "t", "looked_at": 5},
            {"finished": True, "place": "", "looked_at": 1, "asked_for": 1},
        ]
    )

    summary = run(fake, UPLOADS)

    assert ["", "m", "t"] == [event["place"] for event in fake.events]
    assert {"looked_at": 11, "asked_for": 4} == summary.counts


def test_no_more_is_sent_than_passes_meanwhile() -> None:
    """Two invocations begin as far apart as the messages of the first one take to pass."""
    clock = Clock()
    fake = FakeLambda(
        [
            {"finished": False, "place": "m", "asked_for": 1},
            {"finished": False, "place": "t", "asked_for": 1},
            dict(DONE),
        ],
        works=lambda: clock.sleep(100),
    )

    run(fake, UPLOADS, clock)

    assert [100, 800, 100, 800, 100] == clock.slept


def test_nothing_that_was_sent_is_nothing_to_wait_for() -> None:
    """A large bucket in which nothing is missing is gone through without a pause."""
    clock = Clock()
    fake = FakeLambda([{"finished": False, "place": "m", "looked_at": 9}, dict(DONE)])

    run(fake, UPLOADS, clock)

    assert [] == clock.slept


def test_the_ledger_is_not_swept_in_circles() -> None:
    """What one invocation has helped on has not stood still since the command began."""
    clock = Clock()
    fake = FakeLambda(
        [{"finished": False}, {"finished": False}, dict(DONE)],
        works=lambda: clock.sleep(10.5),
    )

    run(fake, LEDGER, clock)

    assert [0, 901, 1801] == [event["patience"] for event in fake.events]


def test_a_dry_run_of_a_listing_goes_through_all_of_it_at_once() -> None:
    """It sends nothing, so there is nothing to wait for."""
    clock = Clock()
    fake = FakeLambda([{"finished": False, "place": "m", "asked_for": 3}, {**DONE, "asked_for": 1}])

    summary = run(fake, {**UPLOADS, "dry_run": True}, clock)

    assert {"asked_for": 4} == summary.counts
    assert [] == clock.slept
    assert [True, True] == [event["dry_run"] for event in fake.events]


def test_a_dry_run_of_the_ledger_counts_nothing_twice() -> None:
    """It leaves everything in line, so another invocation would begin with the same."""
    fake = FakeLambda([{"finished": False, "asked_again": 3}])

    summary = run(fake, {**LEDGER, "dry_run": True})

    assert (False, {"asked_again": 3}, 1) == (
        summary.finished,
        summary.counts,
        summary.exit_code,
    )


def test_what_aws_refused_the_function_makes_the_exit_code_1() -> None:
    """The next run tries it again."""
    assert 1 == run(FakeLambda([{**DONE, "failed": 1}]), LEDGER).exit_code
    assert 0 == run(FakeLambda([{**DONE, "asked_again": 1}]), LEDGER).exit_code


def test_a_function_that_fails_is_told() -> None:
    """With what it said, and that running it again is safe."""
    fake = FakeLambda([{"errorType": "RequestError", "errorMessage": "No."}], error="Unhandled")

    with pytest.raises(
        OperateError,
        match=r"reconcile failed: RequestError: No\..* is safe to run the command again\.",
    ):
        run(fake, UPLOADS)


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> FakeLambda:
    """The function of the stack that a command line names; moto runs none."""
    fake = FakeLambda([])
    monkeypatch.setattr(Clients, "functions", fake)
    return fake


def test_both_tasks_from_the_beginning_without_patience(
    cloud: Cloud, function: FakeLambda, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line of JSON for each, which says what was done."""
    function.answers = [{**DONE, "place": "", "asked_for": 2}, {**DONE, "settled_assets": 1}]

    assert 0 == main(["reconcile", "--json", "--outputs", cloud.outputs_file])

    assert [UPLOADS, LEDGER] == function.events
    assert [
        {"task": "uploads", "dry_run": False, "finished": True, "asked_for": 2},
        {"task": "ledger", "dry_run": False, "finished": True, "settled_assets": 1},
    ] == [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(("task", "event"), [("uploads", UPLOADS), ("ledger", LEDGER)])
def test_one_task(cloud: Cloud, function: FakeLambda, task: str, event: dict[str, Any]) -> None:
    """The other one is left to its schedule."""
    function.answers = [dict(DONE)]

    assert 0 == main(["reconcile", "--task", task, "--dry-run", "--outputs", cloud.outputs_file])

    assert [{**event, "dry_run": True}] == function.events


def test_the_worst_of_both_tasks_counts(cloud: Cloud, function: FakeLambda) -> None:
    """One that failed is not hidden by one that did not."""
    function.answers = [{**DONE, "failed": 1}, dict(DONE)]

    assert 1 == main(["reconcile", "--outputs", cloud.outputs_file])


def test_a_backfill_asks_for_one_preset(
    cloud: Cloud, function: FakeLambda, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the beginning of the bucket; without `--json` there is a table of the counts."""
    function.answers = [{**DONE, "place": "", "looked_at": 9, "asked_for": 4}]

    assert 0 == main(["backfill", "1080p", "--outputs", cloud.outputs_file])

    assert [{"task": "backfill", "preset": "1080p", "place": "", "dry_run": False}] == (
        function.events
    )
    printed = capsys.readouterr()
    assert ["task\tcount of\tnumber", "backfill\tlooked at\t9", "backfill\tasked for\t4"] == (
        printed.out.splitlines()
    )
    assert "backfill: finished." in printed.err


def test_a_backfill_of_no_preset_of_the_stack(
    cloud: Cloud, function: FakeLambda, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is invoked, and the nearest name is offered."""
    with pytest.raises(SystemExit) as end:
        main(["backfill", "1081p", "--outputs", cloud.outputs_file])

    assert 2 == end.value.code
    assert "Did you mean '1080p'?" in capsys.readouterr().err
    assert [] == function.events
