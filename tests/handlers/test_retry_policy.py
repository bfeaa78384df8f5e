"""How long a job error that can pass is given."""

import pytest

from handlers.ledger.rendition import State
from handlers.retry_policy import RETRIES, ROLE_WINDOW, delay
from handlers.upload import Upload
from tests.handlers.world import World


@pytest.mark.parametrize("code", ["1432", "1433", "1434"])
def test_a_young_role_has_the_window_of_create_job_s_refusals(
    code: str, world: World, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last attempt comes fifteen minutes after the first failure, and no other after it."""
    branch = world["720p"]
    delays: list[int] = []
    send_message = world.sqs.send_message

    def send_at_once(**request: object) -> object:
        if request["QueueUrl"] == branch.branch.queue_url:
            delays.append(int(str(request["DelaySeconds"])))
            request["DelaySeconds"] = 0
        return send_message(**request)  # type: ignore[arg-type]  # the request of the function

    branch.notify(upload)
    monkeypatch.setattr(world.sqs, "send_message", send_at_once)
    while not branch.dead_letters():
        branch.invoke()
        world.tell(world.mediaconvert.jobs[-1], "ERROR", errorCode=int(code), errorMessage="No.")
        world.outcomes.invoke()

    assert State.DEAD == world.rendition(upload).state
    assert [delay(number) for number in range(1, RETRIES[code] + 1)] == delays
    assert sum(delays[:-1]) < ROLE_WINDOW <= sum(delays)
