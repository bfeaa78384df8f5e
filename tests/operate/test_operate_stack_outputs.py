"""Which stack a command works on."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from operate.errors import UsageError
from operate.stack_outputs import Stack
from tests.operate.outputs import ENVIRONMENT, OUTPUTS, load


def test_outputs_of_a_deployed_stack(tmp_path: Path) -> None:
    """What `pulumi stack output --json` prints; the region is that of its topic."""
    stack = load(tmp_path, json.dumps(OUTPUTS, indent=2))

    assert ("eu-west-1", "input", "ledger", "reconcile") == (
        stack.region,
        stack.input_bucket,
        stack.ledger_table,
        stack.reconcile_function,
    )
    assert ["1080p", "720p"] == [branch.preset for branch in stack.chosen(None)]
    assert ("q", "q-dlq") == (
        stack.branch("720p").queue_url,
        stack.branch("720p").dead_letter_queue_url,
    )
    assert {} == stack.environment


def test_the_line_of_a_local_cloud(tmp_path: Path) -> None:
    """What `python -m local up --json` prints, with the way there."""
    line = {"endpoint": "e", "environment": ENVIRONMENT, "outputs": OUTPUTS}

    stack = load(tmp_path, json.dumps(line) + "\n")

    assert ENVIRONMENT == stack.environment
    assert "ledger" == stack.ledger_table


class _Endless:
    """Standard input behind a command that prints one thing and stays."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __iter__(self) -> Iterator[str]:
        yield from self._text.splitlines(keepends=True)
        pytest.fail("read on, and would have waited for ever")


@pytest.mark.parametrize("indent", [None, 2])
def test_standard_input_is_read_no_further_than_needed(
    indent: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`python -m local up --json` does not end by itself."""
    monkeypatch.setattr("sys.stdin", _Endless(json.dumps(OUTPUTS, indent=indent) + "\n"))

    assert "ledger" == Stack.load("-").ledger_table


def _without(name: str) -> str:
    return json.dumps({key: value for key, value in OUTPUTS.items() if key != name})


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "does not begin with a JSON object"),
        ("input_bucket  input\n", "does not begin with a JSON object"),
        ("[]", "does not begin with a JSON object"),
        ("{}", "missing or wrong: input_bucket, topic_arn, ledger_table"),
        (_without("ledger_table"), "missing or wrong: ledger_table"),
        (json.dumps({**OUTPUTS, "queue_urls": ["q"]}), "missing or wrong: queue_urls"),
        (json.dumps({**OUTPUTS, "queue_urls": {"720p": ""}}), "missing or wrong: queue_urls"),
        (json.dumps({**OUTPUTS, "queue_urls": {"720p": "q"}}), "name different presets"),
        (json.dumps({**OUTPUTS, "topic_arn": "topic"}), "topic_arn is 'topic'"),
        (json.dumps({"outputs": [], "environment": {}}), "outputs is not an object"),
        (
            json.dumps({"outputs": OUTPUTS, "environment": {"AWS_ENDPOINT_URL": "e"}}),
            "missing or wrong: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_CA_BUNDLE",
        ),
    ],
)
def test_a_file_that_holds_something_else(tmp_path: Path, text: str, complaint: str) -> None:
    """The message names the file, what is wrong with it, and how to get the right one."""
    with pytest.raises(UsageError) as error:
        load(tmp_path, text)

    assert complaint in str(error.value)
    assert "outputs.json" in str(error.value)
    assert "`pulumi stack output --json" in str(error.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    """A video, for example."""
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\x00\xff\xfe")

    with pytest.raises(UsageError, match=r"a\.mp4: this is not a text file"):
        Stack.load(str(path))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The message says how to get one."""
    with pytest.raises(UsageError, match=r"nowhere\.json: No such file.*python -m local up"):
        Stack.load(str(tmp_path / "nowhere.json"))


def test_no_file() -> None:
    """No stack is guessed."""
    with pytest.raises(UsageError, match="--outputs FILE is missing"):
        Stack.load(None)


@pytest.mark.parametrize(
    ("preset", "hint"),
    [
        ("1081p", r"Did you mean '1080p'\?$"),
        ("HD", r"only 1080p, 720p\. Did you mean '720p'\?$"),
        ("x", r"only 1080p, 720p\. If it was added after these outputs were taken"),
    ],
)
def test_an_unknown_preset(tmp_path: Path, preset: str, hint: str) -> None:
    """The message lists the presets, and names the one that is meant, if there is one."""
    with pytest.raises(UsageError, match=hint):
        load(tmp_path, json.dumps(OUTPUTS)).chosen(preset)
