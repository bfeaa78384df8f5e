"""The command that says what a stack will cost."""

import json
from pathlib import Path

import pytest
import yaml

from components.estimate import report
from components.estimate_text import text
from components.presets import resolve
from operate import stack_file
from operate.__main__ import main
from operate.errors import UsageError
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
    assert "there is no stack 'prod'" in (error := capsys.readouterr().err)
    assert "Stacks that do: dev." in error


def _project(folder: Path, stack: str) -> Path:
    (folder / "Pulumi.yaml").write_text("name: films\n")
    (folder / "Pulumi.test.yaml").write_text(stack)
    return folder


def test_presets_are_found_under_the_project_s_name(tmp_path: Path) -> None:
    """Pulumi puts the project in front of each key."""
    folder = _project(tmp_path, "config:\n  films:presets: [{name: 480p}]\n")

    assert [{"name": "480p"}] == stack_file.presets("test", folder)


@pytest.mark.parametrize(
    "stack", ["", "text", "config:\n", "config: {}\n", "config:\n  other:presets: []\n"]
)
def test_a_stack_without_presets(tmp_path: Path, stack: str) -> None:
    """The message says which key is missing in which file."""
    with pytest.raises(UsageError, match=r"Pulumi\.test\.yaml has no films:presets"):
        stack_file.presets("test", _project(tmp_path, stack))


def test_a_stack_file_that_is_not_yaml(tmp_path: Path) -> None:
    """The message names the file, and holds the parser's own, which names the line."""
    with pytest.raises(UsageError, match=r"Pulumi\.test\.yaml is not YAML: (?s:.*)line 2"):
        stack_file.presets("test", _project(tmp_path, "config: [\n"))


def test_presets_that_cannot_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stack is not estimated; the message lists what is wrong with it."""
    monkeypatch.setattr(stack_file, "presets", lambda _: [{"name": "721p"}, {"name": "tall"}])

    with pytest.raises(SystemExit) as exit_:
        main(["estimate"])

    assert 1 == exit_.value.code
    assert "stack 'dev': the presets cannot work" in (error := capsys.readouterr().err)
    assert all(name in error for name in ("721p", "tall"))
