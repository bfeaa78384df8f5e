"""How dead letters are listed for people."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from handlers.events import write_notice
from handlers.ledger.branches import Branch
from operate.letter import Letter
from operate.letter_list import print_lines, shortened
from tests.operate.cloud import upload_of

if TYPE_CHECKING:
    from types_boto3_sqs.type_defs import MessageTypeDef

NOW = datetime.fromtimestamp(1_800_000_000, UTC) + timedelta(hours=3)
VERSION = "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY"


def letter(
    number: int, preset: str = "720p", code: str = "1010", reason: str = "No.", key: str = "a.mp4"
) -> Letter:
    """A dead letter of a function; without a code it is one that SQS set aside."""
    attributes = {"code": code, "reason": reason} if code else {}
    message: Any = {
        "MessageId": f"m{number}",
        "ReceiptHandle": "r",
        "Body": write_notice(upload_of(key, VERSION)),
        "Attributes": {"SentTimestamp": "1800000000000"},
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()
        },
    }
    received: MessageTypeDef = message
    branch = Branch(preset=preset, queue_url="queue", dead_letter_queue_url="dlq")
    return Letter.from_message(branch, received)


def printed(*letters: Letter, width: int = 80, notes: dict[str, str] | None = None) -> list[str]:
    """The lines that a terminal of this width shows, without the blank ones."""
    console = Console(file=StringIO(), width=width, highlight=False, markup=False)
    print_lines(console, letters, NOW, notes or {})
    text: str = console.file.getvalue()  # type: ignore[attr-defined]  # it is the one above
    return [line for line in text.splitlines() if line]


def test_letters_are_grouped_by_code_and_preset_and_the_most_frequent_code_is_first() -> None:
    """The same fault of two presets stands together."""
    lines = printed(
        letter(1, code="1404"), letter(2, "1080p"), letter(3), letter(4, code=""), letter(5)
    )

    assert [
        "1080p, 1010: 1 letter",
        "720p, 1010: 2 letters",
        "720p, 1404: 1 letter",
        "720p, none (no code): 1 letter",
    ] == [line for line in lines if not line.startswith(" ")]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("key", ["a.mp4", f"{'folder/' * 40}a.mp4", f"{'長い' * 60}.mp4"])
def test_a_letter_takes_one_line(width: int, key: str) -> None:
    """Whatever its key, its version and what else there is to say."""
    lines = printed(letter(1, key=key), width=width, notes={"m1": "obsolete"})

    heading, reason, line = lines
    assert ("720p, 1010: 1 letter", "  No.") == (heading, reason)
    assert line.endswith("  3sL4kqt…     3 h  obsolete")
    assert cell_len(line) <= width


def test_a_long_key_keeps_its_folder_and_its_name() -> None:
    """A person knows an upload by both."""
    [_, _, line] = printed(letter(1, key=f"trips/{'2026/' * 30}berlin.mp4"))

    assert line.startswith("  trips/2026/")
    assert "/berlin.mp4  3sL4kqt…" in line


def test_nothing_in_a_letter_acts_on_a_terminal() -> None:
    """Code, reason and key may hold control characters: whoever may send to a queue writes them."""
    heading, reason, line = printed(letter(1, code="a\x1b[2J", reason="b\x07", key="c\x1b]0;d\n"))

    assert ("720p, a�[2J: 1 letter", "  b�") == (heading, reason)
    assert line.startswith("  c�]0;d�  ")


def test_letters_with_several_reasons_show_the_most_frequent_one_and_its_share() -> None:
    """Reasons with sizes or names in them would make every letter a group of its own."""
    lines = printed(letter(1, reason="A."), letter(2, reason="B."), letter(3, reason="B."))

    assert "  B. (2 of 3; --details shows every reason)" == lines[1]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "ab…ef"),
        ("abcdef", 4, "ab…f"),
        ("長い映像", 6, "長…像"),
    ],
)
def test_a_text_is_cut_in_the_middle(text: str, width: int, expected: str) -> None:
    """Wide characters take two columns."""
    assert expected == shortened(text, width)
