"""The command that says what a stack will cost."""

import json
from pathlib import Path

import pytest
import yaml

from components.estimate import report
from components.estimate.passes import passes, passes_text
from components.estimate.text import text
from components.presets import resolve
from operate import estimate
from operate.__main__ import main
from tests.engine import ROOT

DEV = yaml.safe_load((ROOT / "Pulumi.dev.yaml").read_text())["config"]["videoconverter:presets"]


def test_it_prints_tables_of_the_dev_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """Without options it is the dev stack, and uploads of ten minutes."""
    assert 0 == main(["estimate"])

    assert f"{text(report(resolve(DEV), seconds=600))}\n" == capsys.readouterr().out


def test_it_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    """With `--json` it is one line, the same as what the stack exports."""
    assert 0 == main(["estimate", "--json", "--minutes", "1.5"])

    [line] = capsys.readouterr().out.splitlines()
    assert report(resolve(DEV), seconds=90) == json.loads(line)


def test_it_tells_what_passes_over_a_bucket_cost(capsys: pytest.CaptureFixture[str]) -> None:
    """For people below the tables, and for programs as a member of its own."""
    assert 0 == main(["estimate", "--bucket-objects", "1000000"])
    assert 0 == main(["estimate", "--bucket-objects", "1000000", "--json"])

    *_, first, second, line = capsys.readouterr().out.splitlines()
    assert f"{first}\n{second}" == passes_text(passes(1_000_000))
    assert {**report(resolve(DEV)), "passes": passes(1_000_000)} == json.loads(line)


@pytest.mark.parametrize("size", ["0", "-3", "1.5", "many"])
def test_a_bucket_holds_a_whole_number(capsys: pytest.CaptureFixture[str], size: str) -> None:
    """A number that cannot be is wrong usage, and the message repeats it."""
    with pytest.raises(SystemExit) as exit_:
        main(["estimate", "--bucket-objects", size])

    assert 2 == exit_.value.code
    assert size in capsys.readouterr().err


@pytest.mark.parametrize("length", ["0", "-3", "nan", "inf", "long"])
def test_a_length_is_a_positive_number(capsys: pytest.CaptureFixture[str], length: str) -> None:
    """A length that cannot be is wrong usage, and the message repeats it."""
    with pytest.raises(SystemExit) as exit_:
        main(["estimate", "--minutes", length])

    assert 2 == exit_.value.code
    assert length in capsys.readouterr().err


def test_a_stack_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the stacks that are."""
    with pytest.raises(SystemExit) as exit_:
        main(["estimate", "--stack", "prod"])

    assert 2 == exit_.value.code
    assert "There is no stack 'prod'" in (error := capsys.readouterr().err)
    assert "Stacks that exist: dev." in error


def test_presets_that_cannot_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stack is not estimated; the message lists what is wrong with it."""
    (tmp_path / "Pulumi.yaml").write_text(
        "name: films\nconfig: {presets: {type: array, items: {type: object}}}\n"
    )
    (tmp_path / "Pulumi.dev.yaml").write_text(
        "config: {films:presets: [{name: 721p}, {name: tall}]}\n"
    )
    monkeypatch.setattr(estimate, "PROJECT_FOLDER", tmp_path)

    with pytest.raises(SystemExit) as exit_:
        main(["estimate"])

    assert 1 == exit_.value.code
    assert "Stack 'dev' cannot work: the presets cannot work" in (error := capsys.readouterr().err)
    assert all(name in error for name in ("721p", "tall"))
