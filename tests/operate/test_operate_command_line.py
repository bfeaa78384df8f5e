"""How a command ends: the exit code, and what is printed where."""

import argparse
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from operate.__main__ import COMMANDS, main
from operate.errors import OperateError, UsageError

DENIED: Any = {"Error": {"Code": "AccessDenied", "Message": "Not yours"}}


@dataclass
class Ending:
    """A command that ends in a certain way."""

    error: BaseException
    SUMMARY: str = "ends"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take nothing."""

    def run(self, options: argparse.Namespace) -> int:  # noqa: ARG002 -- it is how commands are called
        """End."""
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (UsageError("No such preset."), 2, "error: No such preset."),
        (OperateError("It failed."), 1, "error: It failed."),
        (ClientError(DENIED, "ReceiveMessage"), 1, "error: AWS refused ReceiveMessage"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_an_error_is_a_sentence(
    error: BaseException,
    code: int,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On standard error, without a traceback, with an exit code that says whose fault it is."""
    monkeypatch.setitem(COMMANDS, "redrive", Ending(error))

    with pytest.raises(SystemExit) as end:
        main(["redrive"])

    printed = capsys.readouterr()
    assert (code, "") == (end.value.code, printed.out)
    assert message in printed.err


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - {"estimate"}))
def test_every_command_on_a_stack_asks_which(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """None of them guesses, and each says how to tell it."""
    arguments = {
        "status": ["a.mp4"],
        "backfill": ["720p"],
        "drained": ["720p"],
        "render-again": ["720p"],
    }
    argument = arguments.get(command, [])

    with pytest.raises(SystemExit) as end:
        main([command, *argument])

    assert 2 == end.value.code
    assert "--outputs FILE is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "COMMAND"),
        (["fly"], "fly"),
        (["status"], "KEY"),
        (["backfill"], "PRESET"),
        (["render-again"], "PRESET"),
        (["render-again", "720p", "--key", "a", "--prefix", "a"], "not allowed with"),
        (["reconcile", "--task", "backfill"], "backfill"),
    ],
)
def test_wrong_usage(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and a sentence that names what is wrong."""
    with pytest.raises(SystemExit) as end:
        main(arguments)

    assert 2 == end.value.code
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["estimate", "--minutes", "ten"], "--minutes: ten is not a positive number"),
        (["estimate", "--minutes", "inf"], "--minutes: inf is not a positive number"),
        (["estimate", "--bucket-objects", "1.5"], "--bucket-objects: 1.5 is not a positive whole"),
        (["estimate", "--bucket-objects", "0"], "--bucket-objects: 0 is not a positive whole"),
        (["verify", "--timeout", "soon"], "--timeout: soon is not a number from 0"),
        (["verify", "--settle", "-1"], "--settle: -1 is not a number from 0"),
    ],
)
def test_a_wrong_number_is_told_by_its_option(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operator has written an option, and no function of this project."""
    with pytest.raises(SystemExit) as end:
        main(arguments)

    assert 2 == end.value.code
    printed = capsys.readouterr().err
    assert f"error: argument {complaint}" in printed
    assert "such as" in printed
