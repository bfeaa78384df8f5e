"""`python -m operate verify`: does AWS do what the project assumes? A sample shows it."""

from operate.verify.command import SUMMARY, add_arguments, run

__all__ = ["SUMMARY", "add_arguments", "run"]
