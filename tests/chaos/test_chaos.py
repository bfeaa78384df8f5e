"""Whatever fails, every upload is accounted for, and nothing is paid twice.

The seed fixes what is uploaded and what goes wrong, in which order; which of the cloud's threads
comes first it does not.
"""

import sys

import pytest

from tests.chaos import checks, storm
from tests.chaos.aftermath import Aftermath


@pytest.fixture(scope="module")
def aftermath(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Aftermath:
    """Run it once, and print what came of it."""
    seed: int = pytestconfig.getoption("chaos_seed")
    count: int = pytestconfig.getoption("chaos_uploads")
    aftermath = storm.run(seed, count, tmp_path_factory.mktemp("files"))
    sys.stdout.write(f"\nChaos with seed {seed}\n{aftermath.report()}\n")
    return aftermath


def test_the_sums_are_right(aftermath: Aftermath) -> None:
    """Each upload with each preset has one end, and each job has a reason."""
    books = aftermath.books

    ends = books.complete + books.dead + books.canceled_slots + books.superseded
    assert len(books.slots) == ends
    reasons = books.retries + books.redrives + books.made_again
    assert len(books.slots) - books.without_job + reasons == len(books.jobs)


def test_nothing_is_lost(aftermath: Aftermath) -> None:
    """Each upload with each preset is a rendition, a dead letter, canceled, or superseded."""
    assert [] == list(checks.lost(aftermath.books))


def test_nothing_is_paid_twice(aftermath: Aftermath) -> None:
    """Each further job of an upload follows a failure that can pass, a late job, or a redrive."""
    assert [] == list(checks.paid_twice(aftermath.books))


def test_everything_is_told(aftermath: Aftermath) -> None:
    """Each end and each asset was announced, each time under the same id."""
    assert [] == list(checks.untold(aftermath.books))


def test_every_rendition_is_in_its_place(aftermath: Aftermath) -> None:
    """Each rendition is in its bucket, under a key that no other upload's has."""
    assert [] == list(checks.misplaced(aftermath.books))


def test_the_latest_version_wins(aftermath: Aftermath) -> None:
    """What lies in the output buckets is of the latest version, or the letter says that it is not.

    A key whose latest version has no rendition is in the report by its name.
    """
    assert 0 == aftermath.books.stale_bytes
    assert [] == list(checks.overwritten(aftermath.books))


def test_nothing_is_left_to_reconcile(aftermath: Aftermath) -> None:
    """When nothing is in flight any more, reconcile finds nothing to do."""
    uploads = aftermath.books.uploads
    keys = {upload.key for upload in uploads}

    assert {
        "finished": True,
        "place": "",
        "looked_at": len(keys),
        "known": len(keys),
        "not_latest": len(uploads) - len(keys),
    } == aftermath.last_words


def test_there_was_trouble(aftermath: Aftermath) -> None:
    """Every kind of trouble came, and somebody noticed."""
    assert [] == [kind for kind, count in aftermath.trouble.items() if not count]
