"""What `verify` says and asks before it spends anything."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from components.estimate import report
from components.presets import PresetArgs, resolve
from operate.__main__ import main
from operate.verify.command import price
from tests.operate.outputs import OUTPUTS

STACK: dict[str, Any] = {
    **OUTPUTS,
    "queue_urls": {"720p": "https://sqs/1/q"},
    "dead_letter_queue_urls": {"720p": "https://sqs/1/q-dlq"},
    "completed_topic_arn": "arn:aws:sns:eu-west-1:111122223333:completed",
    "estimate": report(resolve([{"name": "720p"}])),
}


class Terminal(io.StringIO):
    """A person who has typed something."""

    def isatty(self) -> bool:
        """Is one."""
        return True


@pytest.fixture
def outputs(tmp_path: Path) -> str:
    """A file with the outputs of a stack."""
    path = tmp_path / "outputs.json"
    path.write_text(json.dumps(STACK))
    return str(path)


def ended(*arguments: str) -> int:
    """Run the command to its end, and return the exit code."""
    with pytest.raises(SystemExit) as end:
        main(["verify", *arguments])
    assert isinstance(end.value.code, int)
    return end.value.code


def test_without_a_terminal_it_has_to_be_told_yes(
    outputs: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can be asked, so nothing is spent: wrong usage."""
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))

    assert 2 == ended("--outputs", outputs)
    assert "--yes" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "what?\n"])
def test_anything_but_yes_is_no(
    answer: str,
    outputs: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The price stands before the question, and nothing is done."""
    monkeypatch.setattr("sys.stdin", Terminal(answer))

    assert 1 == ended("--outputs", outputs)
    told = capsys.readouterr()
    assert "" == told.out
    assert told.err.index("US cents") < told.err.index("Go on?") < told.err.index("Nothing was")


def test_that_alarms_ring_is_said_before(
    outputs: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken file is only sent when it is asked for, and then it is said what it does."""
    monkeypatch.setattr("sys.stdin", Terminal(""))

    ended("--outputs", outputs)
    assert "alarm" not in capsys.readouterr().err
    ended("--outputs", outputs, "--with-failure")
    assert "trigger the stack's alarms" in capsys.readouterr().err


def test_the_price_is_that_of_ten_seconds_of_every_preset() -> None:
    """A sixth of a minute, twice because 720 lines are HD: 0.25 cents each."""
    both = report(resolve([{"name": "720p"}, {"name": "1080p"}]))

    assert 2 * 10 / 60 * 2 * 0.0075 * 100 == pytest.approx(0.5)
    assert "0.50 US cents" in price(both)


@pytest.mark.parametrize(
    ("preset", "told"),
    [
        ({"name": "720p"}, "about 0.25 US cents"),
        ({"name": "upright", "width": 720, "height": 1280}, "0.25 to 0.50 US cents"),
        ({"name": "720p", "deinterlace": True, "allow_professional_tier": True}, "at least 0.25"),
    ],
)
def test_a_price_that_is_not_known_is_not_told_as_one(preset: PresetArgs, told: str) -> None:
    """The estimate's reservations are repeated: at least, or from and to."""
    assert price(report(resolve([preset]))).startswith(told)


def test_outputs_of_an_older_version_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is missing is named."""
    path = tmp_path / "old.json"
    path.write_text(json.dumps({**OUTPUTS, "estimate": {}}))

    assert 2 == ended("--outputs", str(path), "--yes")
    assert "completed_topic_arn" in capsys.readouterr().err


def test_the_policy_is_only_printed(outputs: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It names this stack's things; only what is listed, or knows no resource, is of all."""
    assert 0 == main(["verify", "--outputs", outputs, "--policy"])

    statements = json.loads(capsys.readouterr().out)["Statement"]
    of_all = {
        action
        for statement in statements
        if statement["Resource"] == ["*"]
        for action in statement["Action"]
    }
    assert {
        "sns:Unsubscribe",
        "lambda:ListEventSourceMappings",
        "mediaconvert:GetJob",
        "mediaconvert:ListJobs",
        "mediaconvert:SearchJobs",
    } == of_all
    [queue] = next(each for each in statements if each["Sid"] == "ReadDeadLetters")["Resource"]
    assert "arn:aws:sqs:eu-west-1:111122223333:q-dlq" == queue
