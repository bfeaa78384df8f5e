"""The checks find what does not add up, so that their silence means something."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from handlers.ledger.rendition import Output, Rendition, State
from handlers.upload import Upload
from tests.chaos.books import Books, Job, Letter, Slot
from tests.chaos.checks import lost, misplaced, paid_twice, untold

OLD = Upload(bucket="in", key="a.mp4", version_id="1", etag="e", sequencer=None, size=1)
NEW = replace(OLD, version_id="2")
BAD = replace(OLD, key="b.mp4", version_id="3")

FAILED = Job("bad-1", (BAD.digest, "tiny"), 1, "ERROR", "1999")
BURIED = Job("bad-2", (BAD.digest, "tiny"), 2, "ERROR", "1010")
LETTER = Letter(BURIED.slot, {"code": "1010", "reason": "No.", "attempt": "2"})

Check = Callable[[Books], Iterable[str]]


def rendition(upload: Upload, state: State, job_id: str, *, attempt: int = 1) -> Rendition:
    """A rendition at its end."""
    outputs = (Output(bucket="out", key=f"{upload.key}-tiny"),) if state is not State.DEAD else ()
    return Rendition(
        upload=upload,
        preset="tiny",
        state=state,
        attempt=attempt,
        claimed_at=0,
        ended_at=0,
        unresolved_since=None,
        deliveries=0,
        retries=0,
        job_id=job_id,
        failure=None,
        outputs=outputs,
        owed=frozenset(),
        since=None,
        looks=0,
    )


def told(upload: Upload, kind: str, *, attempt: int = 1, state: str = "") -> dict[str, Any]:
    """An announcement."""
    body = {
        "type": kind,
        "source": {"version_id": upload.version_id},
        "announcement_id": f"{kind} {upload.version_id} {attempt}",
    }
    details = {"preset": "tiny", "attempt": attempt, "state": state}
    return body | ({"revision": 1} if kind == "asset" else details)


@pytest.fixture
def books() -> Books:
    """Books that add up: one superseded, one complete, one dead at its second attempt."""
    renditions = [
        rendition(OLD, State.SUPERSEDED, "old"),
        rendition(NEW, State.COMPLETE, "new"),
        rendition(BAD, State.DEAD, "bad-2", attempt=2),
    ]
    return Books(
        uploads=[OLD, NEW, BAD],
        presets=["tiny"],
        renditions={(each.upload.digest, "tiny"): each for each in renditions},
        jobs=[
            Job("old", (OLD.digest, "tiny"), 1, "COMPLETE"),
            Job("new", (NEW.digest, "tiny"), 1, "COMPLETE"),
            FAILED,
            BURIED,
        ],
        letters=[LETTER],
        announcements=[
            told(NEW, "rendition", state="complete"),
            told(NEW, "asset"),
            told(BAD, "rendition", attempt=2, state="dead"),
            told(BAD, "asset"),
        ],
        objects=frozenset({("out", "a.mp4-tiny")}),
    )


def with_rendition(books: Books, slot: Slot, **changes: Any) -> Books:
    """The same books, with one rendition changed."""
    changed = {slot: replace(books.renditions[slot], **changes)}
    return replace(books, renditions={**books.renditions, **changed})


@pytest.mark.parametrize("check", [lost, paid_twice, untold, misplaced])
def test_books_that_add_up(check: Check, books: Books) -> None:
    """Nothing is found where everything is right, however often it was told."""
    twice = replace(
        books,
        letters=[*books.letters, *books.letters],
        announcements=[*books.announcements, *books.announcements],
    )

    assert [] == list(check(books))
    assert [] == list(check(twice))


def test_the_sums(books: Books) -> None:
    """Slots are counted once, and only what failed in a way that can pass is a retry."""
    assert (1, 1, 1, 1) == (books.complete, books.dead, books.superseded, books.retries)
    assert (3, 4) == (len(books.slots), len(books.jobs))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda b: replace(b, renditions={}), "not in the ledger"),
        (lambda b: replace(b, letters=[]), "no dead letter says why"),
        (
            lambda b: replace(b, letters=[replace(LETTER, attributes={"attempt": "2"})]),
            "no dead letter says why",
        ),
        (
            lambda b: replace(
                b, letters=[replace(LETTER, attributes={**LETTER.attributes, "attempt": "1"})]
            ),
            "no dead letter says why",
        ),
        (
            lambda b: replace(b, letters=[LETTER, replace(LETTER, slot=(NEW.digest, "tiny"))]),
            "is of what is complete",
        ),
        (
            lambda b: with_rendition(b, (NEW.digest, "tiny"), state=State.SUBMITTED),
            "is submitted",
        ),
        (
            lambda b: with_rendition(b, (NEW.digest, "tiny"), state=State.SUPERSEDED),
            "was not uploaded again",
        ),
    ],
)
def test_what_is_lost_is_found(spoil: Callable[[Books], Books], found: str, books: Books) -> None:
    """A slot without an end, or with one that nobody can see, is a loss."""
    assert found in "\n".join(lost(spoil(books)))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda b: replace(b, jobs=[*b.jobs, replace(FAILED, id="twice")]), "has the jobs"),
        (lambda b: replace(b, jobs=[*b.jobs[:2], BURIED]), "has the jobs"),
        (
            lambda b: replace(b, jobs=[*b.jobs[:2], replace(FAILED, error="1010"), BURIED]),
            "was tried again",
        ),
        (
            lambda b: replace(b, jobs=[*b.jobs, replace(FAILED, slot=("nobody", "tiny"))]),
            "nobody asked for",
        ),
        (lambda b: replace(b, jobs=[]), "and there are []"),
        (
            lambda b: with_rendition(b, (NEW.digest, "tiny"), job_id="another"),
            "is by the job another",
        ),
        (
            lambda b: with_rendition(b, (NEW.digest, "tiny"), state=State.DEAD),
            "and its job is",
        ),
    ],
)
def test_what_is_paid_twice_is_found(
    spoil: Callable[[Books], Books], found: str, books: Books
) -> None:
    """A job too many, or one that does not fit its rendition, is found."""
    assert found in "\n".join(paid_twice(spoil(books)))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda told: told[1:], "'complete') was not announced"),
        (lambda told: told[:3], "('asset', '3', 1) was not announced"),
        (lambda told: [*told, {**told[0], "announcement_id": "another"}], "under 2 ids"),
        (lambda told: [*told, {**told[0], "outputs": []}], "different words"),
        (
            lambda told: [*told, {**told[0], "source": {"version_id": "1"}}],
            "'complete') was announced",
        ),
    ],
)
def test_what_is_not_told_is_found(
    spoil: Callable[[list[Any]], list[Any]], found: str, books: Books
) -> None:
    """Silence, two names for one thing, one name for two, and news of what is old are found."""
    spoilt = replace(books, announcements=spoil(list(books.announcements)))

    assert found in "\n".join(untold(spoilt))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda b: replace(b, objects=frozenset()), "does not exist"),
        (lambda b: replace(b, objects=b.objects | {("out", "x")}), "is nobody's output"),
        (lambda b: with_rendition(b, (NEW.digest, "tiny"), outputs=()), "with the outputs set()"),
        (
            lambda b: with_rendition(b, (NEW.digest, "tiny"), upload=BAD),
            "is the output of ['a.mp4', 'b.mp4']",
        ),
    ],
)
def test_what_is_misplaced_is_found(
    spoil: Callable[[Books], Books], found: str, books: Books
) -> None:
    """Missing, surplus and shared objects are found."""
    assert found in "\n".join(misplaced(spoil(books)))
