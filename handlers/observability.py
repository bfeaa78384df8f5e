"""The logger of all functions; a line's `function_name` says whose it is."""

from typing import Final

from aws_lambda_powertools import Logger

logger: Final = Logger(service="videoconverter")
