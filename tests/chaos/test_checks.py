"""The checks find what does not add up, so that their silence means something."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest

from handlers.ledger.rendition import Output, Rendition, State
from handlers.upload import Upload
from tests.chaos.books import Books, Job, Letter, Object, Slot
from tests.chaos.checks import by_name, lost, misplaced, overwritten, paid_twice, untold

OLD = Upload(bucket="in", key="a.mp4", version_id="1", etag="e", sequencer=None, size=1)
NEW = replace(OLD, version_id="2")
BAD = replace(OLD, key="b.mp4", version_id="3")
OFF = replace(OLD, key="c.mp4", version_id="4")

A, B, C = (("out", f"{key}.mp4-tiny") for key in "abc")

FAILED = Job("bad-1", (BAD.digest, "tiny"), 1, "ERROR", B, "1999")
BURIED = Job("bad-2", (BAD.digest, "tiny"), 2, "ERROR", B, "1010")
LATE = Job("old", (OLD.digest, "tiny"), 1, "CANCELED", A)
FIRST = Job("new-1", (NEW.digest, "tiny"), 1, "COMPLETE", A)
AGAIN = Job("new", (NEW.digest, "tiny"), 2, "COMPLETE", A)
STOPPED = Job("off", (OFF.digest, "tiny"), 1, "CANCELED", C)
LETTER = Letter(BURIED.slot, {"code": "1010", "reason": "No.", "attempt": "2"})

Check = Callable[[Books], Iterable[str]]


def rendition(
    upload: Upload,
    state: State,
    job_id: str | None,
    *,
    attempt: int = 1,
    late_jobs: frozenset[str] = frozenset(),
) -> Rendition:
    """A rendition at its end."""
    outputs = (Output(bucket="out", key=f"{upload.key}-tiny"),) if state is State.COMPLETE else ()
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
        is_overtaken=False,
        late_jobs=late_jobs,
        ended_jobs=frozenset(),
    )


def told(
    upload: Upload, kind: str, *, attempt: int = 1, state: str = "", revision: int = 1
) -> dict[str, Any]:
    """An announcement."""
    body = {
        "type": kind,
        "source": {"version_id": upload.version_id},
        "announcement_id": f"{kind} {upload.version_id} {attempt} {revision}",
    }
    details = {"preset": "tiny", "attempt": attempt, "state": state}
    return body | ({"revision": revision} if kind == "asset" else details)


@pytest.fixture
def books() -> Books:
    """Books that add up.

    One upload was overtaken, and the next one of its key made again. One is dead at its second
    attempt. Of one the job was canceled.
    """
    renditions = [
        rendition(OLD, State.SUPERSEDED, "old"),
        rendition(NEW, State.COMPLETE, "new", attempt=2, late_jobs=frozenset({"old"})),
        rendition(BAD, State.DEAD, "bad-2", attempt=2),
        rendition(OFF, State.CANCELED, "off"),
    ]
    return Books(
        uploads=[OLD, NEW, BAD, OFF],
        presets=["tiny"],
        pictures={OLD.digest: 3, NEW.digest: 4, BAD.digest: 0, OFF.digest: 3},
        renditions={(each.upload.digest, "tiny"): each for each in renditions},
        revisions={OLD.digest: 1, NEW.digest: 2, BAD.digest: 1, OFF.digest: 1},
        jobs=[LATE, FIRST, AGAIN, FAILED, BURIED, STOPPED],
        letters=[LETTER],
        announcements=[
            told(NEW, "rendition", attempt=2, state="complete"),
            told(NEW, "asset", revision=2),
            told(BAD, "rendition", attempt=2, state="dead"),
            told(BAD, "asset"),
            told(OFF, "rendition", state="canceled"),
            told(OFF, "asset"),
            told(NEW, "rendition", state="complete"),
            told(NEW, "asset"),
        ],
        objects={A: Object(100, 4)},
        canceled=frozenset({"off"}),
    )


def with_rendition(books: Books, slot: Slot, **changes: Any) -> Books:
    """The same books, with one rendition changed."""
    changed = {slot: replace(books.renditions[slot], **changes)}
    return replace(books, renditions={**books.renditions, **changed})


def redriven(books: Books, upload: Upload, attempt: int) -> Books:
    """The same books, with one letter taken by an operator."""
    return replace(books, redriven=frozenset({(upload.key, "tiny", attempt)}))


@pytest.mark.parametrize("check", [lost, paid_twice, untold, misplaced, overwritten])
def test_books_that_add_up(check: Check, books: Books) -> None:
    """Nothing is found where everything is right, however often it was told."""
    twice = replace(
        books,
        letters=[*books.letters, *books.letters],
        announcements=[*books.announcements, *books.announcements],
    )

    assert [] == list(check(books))
    assert [] == list(check(twice))


def test_an_obsolete_letter_may_be_gone(books: Books) -> None:
    """Who was given up, then overwritten, then redriven, has no letter and is superseded."""
    dead = with_rendition(books, LATE.slot, state=State.DEAD)
    gone = redriven(dead, OLD, 1)

    assert "no dead letter says why" in "\n".join(lost(dead))
    assert [] == list(lost(gone))
    assert (0, 1) == (dead.superseded, gone.superseded)


def test_a_redriven_attempt_is_no_job_too_many(books: Books) -> None:
    """An operator may ask for what fails again; nobody else may."""
    third = replace(BURIED, id="bad-3", attempt=3)
    more = with_rendition(
        replace(books, jobs=[*books.jobs, third]), BURIED.slot, job_id="bad-3", attempt=3
    )

    assert "was tried again" in "\n".join(paid_twice(more))
    assert [] == list(paid_twice(redriven(more, BAD, 2)))
    assert (0, 1) == (more.redrives, redriven(more, BAD, 2).redrives)


def test_an_upload_may_be_overwritten_before_it_has_a_job(books: Books) -> None:
    """It is superseded without one; nothing else is without a job."""
    none = with_rendition(replace(books, jobs=books.jobs[1:]), LATE.slot, job_id=None)

    assert 1 == none.without_job
    assert f"{LATE.slot}" not in "\n".join(paid_twice(with_rendition(none, FIRST.slot)))
    assert "canceled without a job" in "\n".join(
        paid_twice(with_rendition(books, STOPPED.slot, job_id=None))
    )


def test_the_sums(books: Books) -> None:
    """Slots are counted once, and each further job under its reason."""
    assert (1, 1, 1, 1) == (
        books.complete,
        books.dead,
        books.superseded,
        books.canceled_slots,
    )
    assert (1, 0, 1) == (books.retries, books.redrives, books.made_again)
    assert (4, 6, 0) == (len(books.slots), len(books.jobs), books.without_job)


def test_a_key_without_a_rendition_is_named(books: Books) -> None:
    """Its newest version, why it has none, and what lies in its place."""
    failed = with_rendition(books, FIRST.slot, state=State.DEAD)
    older = replace(failed, objects={A: Object(100, 3)})

    assert ["b.mp4 (tiny): version 1 is dead (?); there is nothing"] == [
        line for line in by_name(books) if line.startswith("b")
    ]
    assert "a.mp4 (tiny): version 2 is dead (?); there is that of version 1" in by_name(older)
    assert [] == [line for line in by_name(books) if line.startswith("a")]


def test_bytes_of_an_older_version_are_counted(books: Books) -> None:
    """What is not of the newest version is, where that one is complete, counted in bytes."""
    assert 0 == books.stale_bytes
    assert 100 == replace(books, objects={A: Object(100, 3)}).stale_bytes


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda b: replace(b, objects={A: Object(100, 3)}), "is that of version 1"),
        (lambda b: replace(b, objects={A: Object(100, 9)}), "is Object("),
        (lambda b: replace(b, objects={}), "is nothing"),
        (lambda b: replace(b, objects={**b.objects, B: Object(9, 3)}), "which no version of b.mp4"),
        (
            lambda b: replace(b, objects={**b.objects, B: Object(9, 0)}),
            "does not say that an older one is in its place",
        ),
    ],
)
def test_what_an_older_version_has_overwritten_is_found(
    spoil: Callable[[Books], Books], found: str, books: Books
) -> None:
    """What is of an older version, or of none, is found, and so is a letter that hides it."""
    assert found in "\n".join(overwritten(spoil(books)))


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
            lambda b: replace(b, letters=[LETTER, replace(LETTER, slot=FIRST.slot)]),
            "is of what is complete",
        ),
        (lambda b: redriven(replace(b, letters=[]), BAD, 2), "no dead letter says why"),
        (lambda b: with_rendition(b, FIRST.slot, state=State.SUBMITTED), "is submitted"),
        (lambda b: with_rendition(b, FIRST.slot, state=State.SUPERSEDED), "was not uploaded again"),
        (lambda b: replace(b, canceled=frozenset()), "nobody canceled its job"),
    ],
)
def test_what_is_lost_is_found(spoil: Callable[[Books], Books], found: str, books: Books) -> None:
    """A slot without an end, or with one that nobody can see, is a loss."""
    assert found in "\n".join(lost(spoil(books)))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda b: replace(b, jobs=[*b.jobs, replace(FAILED, id="twice")]), "has the jobs"),
        (lambda b: replace(b, jobs=[job for job in b.jobs if job != FAILED]), "has the jobs"),
        (
            lambda b: replace(b, jobs=[*b.jobs[:3], replace(FAILED, error="1010"), BURIED]),
            "was tried again",
        ),
        (lambda b: with_rendition(b, FIRST.slot, late_jobs=frozenset()), "was tried again"),
        (lambda b: with_rendition(b, FIRST.slot, late_jobs=frozenset({"off"})), "was tried again"),
        (
            lambda b: replace(b, jobs=[*b.jobs, replace(FAILED, slot=("nobody", "tiny"))]),
            "nobody asked for",
        ),
        (lambda b: replace(b, jobs=[]), "and there are []"),
        (lambda b: with_rendition(b, FIRST.slot, job_id="another"), "is by the job another"),
        (lambda b: with_rendition(b, FIRST.slot, state=State.DEAD), "and its job is"),
        (
            lambda b: replace(b, jobs=[replace(LATE, status="PROGRESSING"), *b.jobs[1:]]),
            "is superseded, and its job is",
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
        (lambda told: told[:1], "('asset', '2', 2) was not announced"),
        (lambda told: [*told, {**told[0], "announcement_id": "another"}], "under 2 ids"),
        (lambda told: [*told, {**told[0], "outputs": []}], "different words"),
        (
            lambda told: [*told, {**told[6], "source": {"version_id": "1"}}],
            "'complete') was announced",
        ),
        (
            lambda told: [*told, {**told[4], "source": {"version_id": "1"}}],
            "'canceled') was announced",
        ),
        (lambda told: [*told, {**told[6], "state": "dead"}], "'dead') was announced"),
        (lambda told: [*told, {**told[7], "revision": 3}], "('asset', '2', 3) was announced"),
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
        (lambda b: replace(b, objects={}), "does not exist"),
        (lambda b: replace(b, objects={**b.objects, ("out", "x"): Object(1, 1)}), "nobody's"),
        (lambda b: with_rendition(b, FIRST.slot, outputs=()), "with the outputs []"),
        (
            lambda b: replace(b, jobs=[*b.jobs[:3], replace(FAILED, place=A)]),
            "is the output of ['a.mp4', 'b.mp4']",
        ),
    ],
)
def test_what_is_misplaced_is_found(
    spoil: Callable[[Books], Books], found: str, books: Books
) -> None:
    """Missing, surplus and shared objects are found."""
    assert found in "\n".join(misplaced(spoil(books)))
