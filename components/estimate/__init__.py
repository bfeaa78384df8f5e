"""What presets will cost."""

from components.estimate.report import report
from components.estimate.text import text

__all__ = ["report", "text"]
