"""What the page shows: read while somebody looks, and handed to everybody who does."""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from operate.explain import explain

SILENCE_SECONDS: Final = 15.0
"""After which a line without news tells whether the browser is still there."""

END_SECONDS: Final = 5.0
"""How long `close` waits for a look that is under way; it may wait for AWS."""

_log = logging.getLogger(__name__)


class Feed:
    """Reads in a thread of its own; nothing is read while nobody looks."""

    def __init__(self, read: Callable[[], Mapping[str, Any]], seconds: float) -> None:
        """Start the thread.

        Args:
            read: reads what is shown.
            seconds: between two reads.
        """
        self._read = read
        self._seconds = seconds
        self._news = threading.Condition()
        self._version = 0
        self._text = ""
        self._viewers = 0
        self._is_stale = threading.Event()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="page-feed", daemon=True)
        self._thread.start()

    def hurry(self) -> None:
        """Read now: somebody has just changed something."""
        self._is_stale.set()

    def events(self) -> Iterator[str | None]:
        """Each new text, from the present one on; None for a while without any."""
        with self._looking():
            seen = 0
            while True:
                with self._news:
                    self._news.wait_for(partial(self._is_news, seen), SILENCE_SECONDS)
                    if self._is_closed:
                        return
                    is_new, seen, text = self._version > seen, self._version, self._text
                yield text if is_new else None

    def _is_news(self, seen: int) -> bool:
        return self._is_closed or self._version > seen

    @contextmanager
    def _looking(self) -> Iterator[None]:
        with self._news:
            self._viewers += 1
        self.hurry()
        try:
            yield
        finally:
            with self._news:
                self._viewers -= 1

    def close(self) -> None:
        """End the thread and everybody's events. Calling this twice does no harm."""
        with self._news:
            self._is_closed = True
            self._news.notify_all()
        self._is_stale.set()
        self._thread.join(END_SECONDS)

    def _run(self) -> None:
        while not self._is_closed:
            if self._viewers:
                self._publish(self._text_now())
            self._is_stale.wait(self._seconds)
            self._is_stale.clear()

    def _text_now(self) -> str:
        try:
            return json.dumps(self._read())
        except (BotoCoreError, ClientError) as error:
            if self._is_closed:
                return self._text
            return json.dumps({"trouble": explain(error)})
        except Exception as error:  # noqa: BLE001 -- the page says so, and the thread goes on
            text = json.dumps({"trouble": repr(error)})
            if text != self._text:
                _log.exception("The page could not be read")
            return text

    def _publish(self, text: str) -> None:
        with self._news:
            if text != self._text:
                self._text = text
                self._version += 1
                self._news.notify_all()
