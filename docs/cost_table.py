"""What the dev stack will cost."""

import io
from contextlib import redirect_stdout

from docs.markdown import fence
from operate.__main__ import main


def estimate() -> str:
    """The command that says so, and what it prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        main(["estimate"])
    return fence("console", f"$ .venv/bin/python -m operate estimate\n{printed.getvalue()}")
