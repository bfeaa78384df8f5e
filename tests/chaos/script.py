"""What is done to the cloud, in which order: uploads, and trouble between them."""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random

from botocore.exceptions import ConnectionClosedError

from tests.chaos.agenda import Action, Agenda
from tests.chaos.by_hand import Operator
from tests.chaos.chance import chance
from tests.chaos.plan import Plan, Planned
from tests.chaos.trouble import Trouble

ROUND = 200
"""Uploads among which each kind of trouble comes once, or a few times."""

OFFLINE_SECONDS = 5
PAUSED_SECONDS = 8
LOOKS = 60
"""How often a paused pipeline is looked at, each second, until a job waits for it."""

SLOW_SECONDS = 6
"""How much longer a slow job takes: it still runs when its key is uploaded again."""

Step = tuple[float, Action]
"""An action, and after how many uploads it comes."""


def write_script(
    seed: int,
    count: int,
    *,
    upload: Callable[[Planned], object],
    trouble: Trouble,
    operator: Operator,
    agenda: Agenda,
    pipelines: Mapping[str, str],
) -> list[Action]:
    """Write down what is done, in its order.

    Args:
        seed: of the run.
        count: how many uploads.
        upload: makes one.
        trouble: makes it.
        operator: redrives and cancels.
        agenda: where the end of what lasts is put down.
        pipelines: ARNs by preset.
    """
    steps: list[Step] = []
    for number, planned in enumerate(Plan(seed).uploads(count)):
        if planned.is_slow:
            slow = partial(trouble.slow_down, planned.key, SLOW_SECONDS, len(pipelines))
            steps.append((number, slow))
        if planned.is_spared:
            steps.append((number, partial(trouble.refuse_cancels, len(pipelines))))
        steps.append((number, partial(upload, planned)))
        if planned.cancels_older:
            steps.append((number, partial(operator.cancel_older, planned.key)))
    for start in range(0, count, ROUND):
        random = chance(seed, "round", start)
        steps += [
            (start + share * min(ROUND, count), action)
            for share, action in _round(random, trouble, operator, agenda, pipelines)
        ]
    return [action for _, action in sorted(steps, key=lambda step: step[0])]


def _round(
    random: Random,
    trouble: Trouble,
    operator: Operator,
    agenda: Agenda,
    pipelines: Mapping[str, str],
) -> list[Step]:
    """Write down the trouble of a round, each with its place between 0 and 1."""
    presets = sorted(pipelines)
    pipeline = pipelines[random.choice(presets)]

    def offline() -> None:
        trouble.go_offline()
        agenda.after(OFFLINE_SECONDS, trouble.lift)

    def paused() -> None:
        trouble.pause(pipeline)
        agenda.after(PAUSED_SECONDS, partial(resume, LOOKS))

    def resume(looks: int) -> None:
        try:
            runs = trouble.resume(pipeline, when_idle=looks <= 0)
        except ConnectionClosedError:
            runs = False  # MediaConvert is offline just now.
        if not runs:
            agenda.after(1, partial(resume, looks - 1))

    throttled = partial(trouble.refuse_jobs, "TooManyRequestsException", 15)
    broken = partial(trouble.refuse_jobs, "InternalServerErrorException", 5)
    failing = [partial(trouble.fail_jobs, random.choice(presets), 3) for _ in range(5)]
    kills = [trouble.kill_a_function] * 10 + [trouble.restart_the_functions]
    # To come back ends all that was ordered of MediaConvert, so to be offline comes last. Towards
    # the end it is quiet, so that what waits the longest does so while others are uploaded.
    early: list[Action] = [paused, throttled, throttled, broken, broken, *failing]
    return [
        *((random.uniform(0.02, 0.35), action) for action in early),
        (random.uniform(0.5, 0.6), offline),
        *((random.uniform(0.02, 0.6), kill) for kill in kills),
        *((random.uniform(0.2, 0.8), trouble.reconcile_in_the_middle) for _ in range(2)),
        *((random.uniform(0.05, 0.5), operator.cancel_a_job) for _ in range(5)),
        *((random.uniform(0.3, 0.95), operator.redrive) for _ in range(3)),
    ]
