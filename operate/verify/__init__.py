"""`python -m operate verify`: check with a sample that AWS does what the project assumes."""

from operate.verify.command import SUMMARY, add_arguments, run

__all__ = ["SUMMARY", "add_arguments", "run"]
