"""A redrive sends on what was asked for, leaves the rest, and loses nothing on the way."""

import json

import pytest

from handlers.events import write_notice
from handlers.upload import Upload
from operate.__main__ import main
from operate.hold import Hold
from operate.redrive import Fate, redrive
from tests.operate.cloud import Cloud, upload_of
from tests.operate.unlucky import KilledError, Unlucky


def run(cloud: Cloud, *arguments: str) -> int:
    """Run the command against the cloud."""
    return main(["redrive", "--outputs", cloud.outputs_file, *arguments])


def test_all_letters_go_back_as_a_new_attempt(cloud: Cloud) -> None:
    """Into their own branch's queue, with the same body, the next attempt and the reason."""
    cloud.bury("a.mp4", "720p", attempt=3)
    cloud.bury("b.mp4", "1080p", code="1999")

    assert 0 == run(cloud)

    [first], [second] = cloud.messages("720p"), cloud.messages("1080p")
    assert {
        "id": first["id"],
        "body": write_notice(upload_of("a.mp4")),
        "attempt": "4",
        "code": "1010",
        "reason": "Error 1010.",
    } == first
    assert {
        "id": second["id"],
        "body": write_notice(upload_of("b.mp4")),
        "attempt": "2",
        "code": "1999",
        "reason": "Error 1999.",
    } == second
    assert {"720p": (1, 0), "1080p": (1, 0), "720p-dlq": (0, 0), "1080p-dlq": (0, 0)} == (
        cloud.sizes()
    )


def test_300_letters_go_back(busy_cloud: Cloud) -> None:
    """Each once."""
    for number in range(300):
        busy_cloud.bury(f"{number}.mp4")

    with Hold(busy_cloud.sqs) as hold:
        redrive(busy_cloud.sqs, hold, hold.take(busy_cloud.branches))

    assert ((300, 0), (0, 0)) == (busy_cloud.sizes()["720p"], busy_cloud.sizes()["720p-dlq"])
    assert {write_notice(upload_of(f"{number}.mp4")) for number in range(300)} == {
        each["body"] for each in busy_cloud.messages()
    }


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (["--preset", "1080p"], {"c.mp4 1080p"}),
        (["--code", "1999"], {"b.mp4 720p"}),
        (["--key", "a.mp4"], {"a.mp4 720p"}),
        (["--key", "a.mp4", "--code", "1999"], set()),
        (["--code", "none"], {"d.mp4 720p"}),
    ],
)
def test_some_letters_go_back_and_the_others_are_untouched(
    cloud: Cloud, arguments: list[str], sent: set[str]
) -> None:
    """What was not asked for is in its queue as before, visible at once."""
    cloud.bury("a.mp4")
    cloud.bury("b.mp4", code="1999")
    cloud.bury("c.mp4", "1080p")
    cloud.sqs.send_message(
        QueueUrl=cloud.outputs["dead_letter_queue_urls"]["720p"],
        MessageBody=write_notice(upload_of("d.mp4")),
    )
    keys = {write_notice(upload_of(f"{name}.mp4")): f"{name}.mp4" for name in "abcd"}
    before = {preset: cloud.letters(preset) for preset in ("720p", "1080p")}

    assert 0 == run(cloud, *arguments)

    for preset, letters in before.items():
        messages = cloud.messages(preset)
        assert {each for each in sent if each.endswith(preset)} == {
            f"{keys[each['body']]} {preset}" for each in messages
        }
        assert [
            each for each in letters if f"{keys[each['body']]} {preset}" not in sent
        ] == cloud.letters(preset)


def test_a_dry_run_changes_nothing(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """The letters that would be sent are named; every queue holds what it held."""
    cloud.bury("a.mp4")
    cloud.bury("b.mp4", "1080p")
    sizes, letters = cloud.sizes(), (cloud.letters("720p"), cloud.letters("1080p"))

    assert 0 == run(cloud, "--dry-run", "--json")

    assert ["would be sent", "would be sent"] == [
        json.loads(line)["status"] for line in capsys.readouterr().out.splitlines()
    ]
    assert sizes == cloud.sizes()
    assert letters == (cloud.letters("720p"), cloud.letters("1080p"))


def test_a_crash_between_sending_and_deleting_leaves_a_duplicate(cloud: Cloud) -> None:
    """The letter stays, and running again asks for the same attempt again."""
    cloud.bury("a.mp4", attempt=1)
    unlucky = Unlucky(cloud.sqs, killed_before_delete=True).as_client()

    with pytest.raises(KilledError), Hold(unlucky) as hold:
        redrive(unlucky, hold, hold.take(cloud.branches))
    assert (1, 0) == cloud.sizes()["720p-dlq"]
    assert 0 == run(cloud)

    first, second = cloud.messages()
    assert "2" == first["attempt"]
    assert {**first, "id": second["id"]} == second
    assert (0, 0) == cloud.sizes()["720p-dlq"]


def test_what_fails_again_at_once_is_not_sent_round_and_round(cloud: Cloud) -> None:
    """Its new letter stays for the operator to see."""
    cloud.bury("a.mp4", attempt=1)
    unlucky = Unlucky(cloud.sqs, fails_again=cloud).as_client()

    with Hold(unlucky) as hold:
        redriven = redrive(unlucky, hold, hold.take(cloud.branches))

    assert [Fate.SENT] == [each.fate for each in redriven]
    assert ["2"] == [each["attempt"] for each in cloud.letters()]


def test_a_letter_that_cannot_be_sent_stays_and_the_others_go(cloud: Cloud) -> None:
    """What is refused is named with the reason, and is in its queue as before."""
    cloud.bury("a.mp4")
    cloud.bury("b.mp4")
    unlucky = Unlucky(cloud.sqs, refused_body="a.mp4").as_client()

    with Hold(unlucky) as hold:
        redriven = redrive(unlucky, hold, hold.take(cloud.branches))

    errors = {each.letter.keys: each.error for each in redriven}
    assert errors.pop(("b.mp4",)) is None
    assert "AWS refused SendMessage: AccessDenied: Not yours." in str(errors.pop(("a.mp4",)))
    assert [write_notice(upload_of("a.mp4"))] == [each["body"] for each in cloud.letters()]
    assert [write_notice(upload_of("b.mp4"))] == [each["body"] for each in cloud.messages()]


def test_a_letter_that_failed_makes_the_exit_code_1(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its line says why."""
    cloud.bury("a.mp4", attempt="two")

    assert 1 == run(cloud, "--json")

    line = json.loads(capsys.readouterr().out)
    assert ("failed", None) == (line["status"], line["attempt"])
    assert "attempt is 'two'" in line["error"]


def test_what_came_back_meanwhile_is_not_sent(cloud: Cloud) -> None:
    """Somebody else may have it by now; it is left for the next run."""
    cloud.bury("a.mp4")
    time = [0.0]

    with Hold(cloud.sqs, clock=lambda: time[0]) as hold:
        letters = hold.take(cloud.branches)
        time[0] = 121.0
        [redriven] = redrive(cloud.sqs, hold, letters)

    assert Fate.FAILED is redriven.fate
    assert "Run the command again." in str(redriven.error)
    assert [] == cloud.messages()


def test_nothing_to_do_is_no_failure(cloud: Cloud, capsys: pytest.CaptureFixture[str]) -> None:
    """Twice in a row: the second time there is nothing left."""
    cloud.bury("a.mp4")

    assert [0, 0] == [run(cloud), run(cloud)]

    assert "0 sent, 0 obsolete, 0 failed; 0 other letters not selected." in capsys.readouterr().err
    assert 1 == len(cloud.messages())


FIRST, NEWEST = upload_of("a.mp4"), upload_of("a.mp4", "v2", "0055AED6DCD90281E6")


def test_an_obsolete_letter_is_removed_and_not_sent(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """A newer upload took the place of what it tells of; the newest one's letter goes back."""
    cloud.note(FIRST, NEWEST)
    cloud.bury_uploads(FIRST)
    cloud.bury_uploads(NEWEST)

    assert 0 == run(cloud, "--json")

    printed = capsys.readouterr()
    assert {"v1": "obsolete", "v2": "sent"} == {
        line["version_ids"][0]: line["status"] for line in map(json.loads, printed.out.splitlines())
    }
    assert "1 sent, 1 obsolete, 0 failed; 0 other letters not selected." in printed.err
    assert [write_notice(NEWEST)] == [each["body"] for each in cloud.messages()]
    assert [] == cloud.letters()


def test_a_dry_run_says_which_letters_would_be_removed(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """And leaves them where they are."""
    cloud.note(FIRST, NEWEST)
    cloud.bury_uploads(FIRST)

    assert 0 == run(cloud, "--dry-run")

    printed = capsys.readouterr()
    assert printed.out.splitlines()[1].endswith("\twould be removed")
    assert "0 would be sent, 1 would be removed, 0 failed" in printed.err
    assert 1 == len(cloud.letters())


@pytest.mark.parametrize(
    ("known", "told", "is_removed"),
    [
        ([FIRST, NEWEST], [FIRST, FIRST], True),
        ([FIRST, NEWEST], [FIRST, NEWEST], False),
        ([FIRST, NEWEST], [FIRST, upload_of("b.mp4")], False),
        ([NEWEST], [FIRST], True),
        ([FIRST], [NEWEST], False),
        ([], [FIRST], False),
    ],
    ids=["all", "not-all", "another-key", "never-heard-of", "newer-than-known", "nothing-known"],
)
def test_a_letter_is_obsolete_when_all_of_its_uploads_are(
    cloud: Cloud, known: list[Upload], told: list[Upload], *, is_removed: bool
) -> None:
    """An upload that the ledger has not heard of is compared by S3's order of events."""
    cloud.note(*known)
    cloud.bury_uploads(*told)

    assert 0 == run(cloud)

    assert (0 if is_removed else 1) == len(cloud.messages())
    assert [] == cloud.letters()


def test_an_obsolete_letter_that_came_back_meanwhile_is_left_alone(cloud: Cloud) -> None:
    """Somebody else may have it by now."""
    cloud.bury("a.mp4")
    time = [0.0]

    with Hold(cloud.sqs, clock=lambda: time[0]) as hold:
        [letter] = hold.take(cloud.branches)
        time[0] = 121.0
        [redriven] = redrive(cloud.sqs, hold, [letter], {letter.message_id})

    assert Fate.FAILED is redriven.fate


def test_a_ledger_that_refuses_stops_it_before_anything_is_done(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is obsolete is not known then; the letters are where they were."""
    cloud.bury("a.mp4")
    cloud.outputs["ledger_table"] = "another"

    with pytest.raises(SystemExit) as end:
        run(cloud)

    assert 1 == end.value.code
    assert "AWS refused BatchGetItem" in capsys.readouterr().err
    assert ((0, 0), (1, 0)) == (cloud.sizes()["720p"], cloud.sizes()["720p-dlq"])
