"""An operator's commands, `python -m operate`: one module each, and what they share."""
