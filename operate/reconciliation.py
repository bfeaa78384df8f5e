"""Invokes the function `reconcile` until it has finished."""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from handlers.names import Count
from handlers.pace import LONGEST_DELAY
from operate.errors import OperateError
from operate.progress import say, waiting
from operate.report import print_json, print_table

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

LEDGER: Final = "ledger"
UPLOADS: Final = "uploads"
BACKFILL: Final = "backfill"
RENDER_AGAIN: Final = "render-again"
"""The tasks that the function knows."""

FAILED: Final = "failed"
"""The name of the count of what AWS refused."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What the function did in all its invocations."""

    request: Mapping[str, Any]
    finished: bool
    counts: Mapping[str, int]

    @property
    def exit_code(self) -> int:
        """0 when everything was done, 1 when AWS refused something or the time was too short."""
        return 0 if self.finished and not self.counts.get(FAILED) else 1

    def as_json(self) -> dict[str, Any]:
        """Its line of `--json`. The members are an interface: other tools read them."""
        names = ("task", "preset", "key", "prefix", "dry_run")
        return {
            **{name: self.request[name] for name in names if name in self.request},
            "finished": self.finished,
            **self.counts,
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The rows of the table."""
        task = self.request["task"]
        return [(task, _words(name), str(n)) for name, n in self.counts.items()]


def print_summary(summary: Summary, *, as_json: bool, **more: object) -> None:
    """Print what was done, or in a dry run what would be done.

    Args:
        summary: What the function did.
        as_json: Whether to print a line of JSON.
        more: Further members of that line.
    """
    if as_json:
        print_json([{**summary.as_json(), **more}])
    else:
        print_table(("task", "count of", "number"), summary.rows())
    end = (
        "finished"
        if summary.finished
        else "not finished, because the function's time was too short"
    )
    nothing = "" if summary.counts else "; there was nothing to do"
    dry = " (dry run)" if summary.request["dry_run"] else ""
    say(f"{summary.request['task']}: {end}{nothing}{dry}.")


def reconcile(
    functions: "LambdaClient",
    function: str,
    request: Mapping[str, Any],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Summary:
    """Invoke the function again and again until it has finished.

    One invocation sends a queue only as many messages as it delivers in a quarter of an hour, so
    that new uploads do not wait behind them. The next invocation begins when that time is over.

    Args:
        functions: The client.
        function: The function's name.
        request: Its event: `task`, `dry_run`, and for `ledger` a `patience` of 0, for the others
            the `place` to begin at and what else they need.
        clock: Seconds since any moment.
        sleep: Waits for a number of seconds.

    Raises:
        OperateError: The function failed.
        ClientError, BotoCoreError: Lambda refused, or there was no answer.
    """
    began = clock()
    counts: Counter[str] = Counter()
    event = dict(request)
    while True:
        invoked = clock()
        answer = _invoke(functions, function, event)
        finished = answer.pop("finished")
        place = answer.pop("place", None)
        counts.update(answer)
        # A dry run of the ledger changes nothing: another invocation would count the same again.
        if finished or (place is None and request["dry_run"]):
            return Summary(request=request, finished=finished, counts=counts)
        # An invocation that asked for nothing has filled no queue.
        may_have_sent = place is None or Count.ASKED_FOR in answer
        if may_have_sent and not request["dry_run"]:
            pause = max(0.0, LONGEST_DELAY - (clock() - invoked))
            so_far = ", ".join(f"{number:,} {_words(name)}" for name, number in counts.items())
            say(f"{event['task']}: {so_far} so far. The next part begins in {pause:.0f} s.")
            sleep(pause)
        if place is None:
            # Skip what this command has sent on already: it changed less than this time ago. One
            # second more, because the ledger's times are whole seconds.
            event["patience"] = math.ceil(clock() - began) + 1
        else:
            event["place"] = place


def _words(name: str) -> str:
    return name.replace("_", " ")


def _invoke(functions: "LambdaClient", function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    with waiting(f"{event['task']}: the function {function} is running"):
        response = functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        answer: dict[str, Any] = json.loads(response["Payload"].read())
    if response.get("FunctionError"):
        message = str(answer.get("errorMessage")).rstrip(".")
        raise OperateError(
            f"The function {function} failed: {answer.get('errorType')}: {message}. Its log "
            "has the details. It is safe to run the command again."
        )
    return answer
