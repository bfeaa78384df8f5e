"""Whether the books add up: each check yields a sentence for whatever does not."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from handlers.ledger.rendition import State
from tests.chaos.books import Books

JOB_STATUS: Final = {State.COMPLETE: "COMPLETE", State.SUPERSEDED: "COMPLETE", State.DEAD: "ERROR"}
"""How the last job of a rendition in a state has ended."""


def lost(books: Books) -> Iterator[str]:
    """Each slot is a rendition, or dead with a letter that says why, or superseded for a reason."""
    newest = {upload.key: upload.digest for upload in books.uploads}
    replaced = {u.digest for u in books.uploads if newest[u.key] != u.digest}
    letters = {
        (letter.slot, letter.attributes.get("attempt"))
        for letter in books.letters
        if letter.has_reason
    }
    for slot in books.slots:
        rendition = books.renditions.get(slot)
        if rendition is None:
            yield f"{slot} is not in the ledger"
        elif rendition.state is State.DEAD:
            if (slot, str(rendition.attempt)) not in letters:
                yield f"{slot} is dead, and no dead letter says why"
        elif rendition.state is State.SUPERSEDED:
            if slot[0] not in replaced:
                yield f"{slot} is superseded, and its key was not uploaded again"
        elif rendition.state is not State.COMPLETE:
            yield f"{slot} is {rendition.state}"
    for letter in books.letters:
        rendition = books.renditions.get(letter.slot)
        if rendition is None or rendition.state is not State.DEAD:
            yield f"{letter} is of what is {rendition and rendition.state}"


def paid_twice(books: Books) -> Iterator[str]:
    """Each slot has one job, one more for each failure that can pass, and no others."""
    for slot, jobs in books.jobs_of.items():
        if slot not in books.slots:
            yield f"nobody asked for {jobs}"
        if [job.attempt for job in jobs] != list(range(1, len(jobs) + 1)):
            yield f"{slot} has the jobs {jobs}"
        yield from (f"{job} was tried again" for job in jobs[:-1] if not job.can_pass)
    for slot, rendition in books.renditions.items():
        jobs = books.jobs_of.get(slot, [])
        if not jobs or jobs[-1].id != rendition.job_id:
            yield f"{slot} is by the job {rendition.job_id}, and there are {jobs}"
        elif jobs[-1].status != JOB_STATUS.get(rendition.state):
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
    yield from (f"{subject} was announced" for subject in ids.keys() - expected)


def misplaced(books: Books) -> Iterator[str]:
    """Each rendition is in its bucket under a key of its own, and nothing else is there."""
    sources: dict[tuple[str, str], set[str]] = defaultdict(set)
    for slot, rendition in books.renditions.items():
        places = {(output.bucket, output.key) for output in rendition.outputs}
        if rendition.state in {State.COMPLETE, State.SUPERSEDED} and len(places) != 1:
            yield f"{slot} is {rendition.state} with the outputs {places}"
        for place in places:
            sources[place].add(rendition.upload.key)
    for place, keys in sources.items():
        if len(keys) > 1:
            yield f"{place} is the output of {sorted(keys)}"
    yield from (f"{place} does not exist" for place in sources.keys() - books.objects)
    yield from (f"{place} is nobody's output" for place in books.objects - sources.keys())


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
            yield "asset", upload.version_id, len(books.presets)
