"""Whether the books add up: each check yields a sentence for whatever does not."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from handlers.duties import OLDER_ONE_STAYS
from handlers.ledger.rendition import Rendition, State
from tests.chaos.books import Books, Letter, Slot

JOB_STATUS: Final = {
    State.COMPLETE: {"COMPLETE"},
    State.SUPERSEDED: {"COMPLETE", "ERROR", "CANCELED"},
    State.DEAD: {"ERROR"},
    State.CANCELED: {"CANCELED"},
}
"""How the last job of a rendition in a state may have ended."""

END_OF_JOB: Final = {"COMPLETE": "complete", "ERROR": "dead", "CANCELED": "canceled"}
"""As what the end of a job is announced."""

LONGEST_NAME: Final = 40
"""Characters of a key that are printed: its end."""


def lost(books: Books) -> Iterator[str]:
    """Each slot is a rendition, or dead with a letter, or canceled or superseded for a reason."""
    letters = {(letter.slot, letter.attempt) for letter in books.letters if letter.has_reason}
    for slot in books.slots:
        rendition = books.renditions.get(slot)
        if rendition is None:
            yield f"{slot} is not in the ledger"
        elif rendition.state is State.DEAD:
            if (slot, rendition.attempt) not in letters and not books.is_obsolete(slot):
                yield f"{slot} is dead, and no dead letter says why"
        else:
            yield from _unfounded(books, slot, rendition)
    for letter in books.letters:
        rendition = books.renditions.get(letter.slot)
        if not _is_of(letter, rendition) and not books.was_redriven(letter.slot, letter.attempt):
            yield f"{letter} is of what is {rendition and rendition.state}"


def paid_twice(books: Books) -> Iterator[str]:
    """Each job has a reason: an upload, a failure that can pass, a late job, or a redrive."""
    for slot, jobs in books.jobs_of.items():
        if slot not in books.slots:
            yield f"nobody asked for {jobs}"
            continue
        if [job.attempt for job in jobs] != list(range(1, len(jobs) + 1)):
            yield f"{slot} has the jobs {jobs}"
        again, late = books.unexplained(slot), books.late_jobs(slot)
        if len(again) > len(late):
            yield f"{slot} was tried again with {again}, after the late jobs {sorted(late)}"
    for slot, rendition in books.renditions.items():
        jobs = books.jobs_of.get(slot, [])
        if rendition.job_id is None:
            if rendition.state is not State.SUPERSEDED:
                yield f"{slot} is {rendition.state} without a job"
        elif not jobs or jobs[-1].id != rendition.job_id:
            yield f"{slot} is by the job {rendition.job_id}, and there are {jobs}"
        elif jobs[-1].status not in JOB_STATUS.get(rendition.state, set()):
            yield f"{slot} is {rendition.state}, and its job is {jobs[-1]}"


def untold(books: Books) -> Iterator[str]:
    """Each end and each asset is announced, each time in the same words, and nothing else is."""
    ids: dict[object, set[str]] = defaultdict(set)
    words: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for body in books.announcements:
        ids[_subject(body)].add(body["announcement_id"])
        words[body["announcement_id"]].append(body)
    for subject, several in ids.items():
        if len(several) > 1:
            yield f"{subject} was announced under {len(several)} ids"
    for bodies in words.values():
        if any(body != bodies[0] for body in bodies):
            yield f"one id was given to different words: {bodies}"
    expected = set(_subjects(books))
    yield from (f"{subject} was not announced" for subject in expected - ids.keys())
    passed = set(_passed(books))
    yield from (f"{subject} was announced" for subject in ids.keys() - expected - passed)


def misplaced(books: Books) -> Iterator[str]:
    """Each rendition is in its bucket under a key of its own, and nothing else is there."""
    keys: dict[tuple[str, str], set[str]] = defaultdict(set)
    for job in books.jobs:
        if job.slot[0] in books.upload_of:
            keys[job.place].add(books.upload_of[job.slot[0]].key)
    for slot, rendition in books.renditions.items():
        places = [(output.bucket, output.key) for output in rendition.outputs]
        if rendition.state is State.COMPLETE:
            if places != [books.place(rendition.upload.key, slot[1])]:
                yield f"{slot} is complete with the outputs {places}"
            yield from (f"{place} does not exist" for place in places if place not in books.objects)
    for place, several in keys.items():
        if len(several) > 1:
            yield f"{place} is the output of {sorted(several)}"
    yield from (f"{place} is nobody's output" for place in books.objects.keys() - keys.keys())


def overwritten(books: Books) -> Iterator[str]:
    """What lies in the output buckets is of the newest version; where that has none, it is said."""
    for slot, place in books.stale:
        there = books.objects.get(place)
        yield f"{slot} is complete, and in {place} is {_origin(books, slot, there)}"
    letters = {letter.slot: letter for letter in books.letters if letter.has_reason}
    for slot, there in books.without_rendition:
        if there is None:
            continue
        key = books.upload_of[slot[0]].key
        if books.origin(key, there) is None:
            yield f"{slot} has none, and in its place is {there}, which no version of {key} is"
        letter = letters.get(slot)
        if letter is not None and OLDER_ONE_STAYS not in letter.attributes["reason"]:
            yield f"{slot} is dead, and {letter} does not say that an older one is in its place"


def by_name(books: Books) -> Iterator[str]:
    """Name each key and preset whose newest version has no rendition; say why, and what is there.

    Nothing is found wrong here: this is to be read.
    """
    for slot, there in books.without_rendition:
        rendition = books.renditions[slot]
        versions = books.versions[rendition.upload.key]
        why = rendition.failure.code if rendition.failure else "?"
        yield (
            f"{_short(rendition.upload.key)} ({slot[1]}): version {len(versions)} is "
            f"{rendition.state} ({why}); there is {_origin(books, slot, there)}"
        )


def _unfounded(books: Books, slot: Slot, rendition: Rendition) -> Iterator[str]:
    match rendition.state:
        case State.COMPLETE:
            pass
        case State.CANCELED:
            if rendition.job_id not in books.canceled:
                yield f"{slot} is canceled, and nobody canceled its job"
        case State.SUPERSEDED:
            if books.is_newest(slot[0]):
                yield f"{slot} is superseded, and its key was not uploaded again"
        case _:
            yield f"{slot} is {rendition.state}"


def _is_of(letter: Letter, rendition: Rendition | None) -> bool:
    return (
        rendition is not None
        and rendition.state is State.DEAD
        and rendition.attempt == letter.attempt
    )


def _short(key: str) -> str:
    return key if len(key) <= LONGEST_NAME else f"...{key[-LONGEST_NAME:]}"


def _origin(books: Books, slot: Slot, there: Any) -> str:
    """Say of which version something is."""
    key = books.upload_of[slot[0]].key
    made_of = books.origin(key, there) if there else None
    if made_of is None:
        return f"{there or 'nothing'}"
    return f"that of version {books.versions[key].index(made_of) + 1}"


def _subject(body: Mapping[str, Any]) -> tuple[object, ...]:
    """What an announcement is about."""
    version = body["source"]["version_id"]
    if body["type"] == "asset":
        return "asset", version, body["revision"]
    return "rendition", version, body["preset"], body["attempt"], body["state"]


def _subjects(books: Books) -> Iterator[tuple[object, ...]]:
    """What there is to tell; nobody is told of a superseded rendition, nor of its asset."""
    for upload in books.uploads:
        renditions = [books.renditions.get((upload.digest, preset)) for preset in books.presets]
        told = [each for each in renditions if each and each.state is not State.SUPERSEDED]
        for each in told:
            yield "rendition", upload.version_id, each.preset, each.attempt, str(each.state)
        if len(told) == len(books.presets):
            yield "asset", upload.version_id, books.revisions.get(upload.digest)


def _passed(books: Books) -> Iterator[tuple[object, ...]]:
    """What may have been told in its time: the ends of earlier attempts, and the assets then."""
    for slot, jobs in books.jobs_of.items():
        rendition = books.renditions.get(slot)
        if rendition is None:
            continue
        version = rendition.upload.version_id
        for job in jobs:
            if job.attempt < rendition.attempt and job.status in END_OF_JOB:
                yield "rendition", version, slot[1], job.attempt, END_OF_JOB[job.status]
        revisions = range(len(books.presets), books.revisions.get(slot[0], 0))
        yield from (("asset", version, revision) for revision in revisions)
