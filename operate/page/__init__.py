"""`python -m operate page`: a page that shows what a stack does; the local cloud serves it too."""

from operate.page.command import SUMMARY, add_arguments, run

__all__ = ["SUMMARY", "add_arguments", "run"]
