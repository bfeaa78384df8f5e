"""What an operator asks and does: `python -m operate`, one module for each command."""
