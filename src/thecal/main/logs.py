"""What the log looks like: one JSON object a line, constant messages, facts beside them, nobody's data.

The log is for the person on call. Names, doses, PINs and keys stay out of it; the ledger is the record.
"""

from __future__ import annotations

import logging
import sys
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_for(*, debug: bool) -> dict[str, Any]:  # Any: the standard library's own form
    """Return the standard library's configuration, and set structlog up to write through it."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO" if debug else "WARNING", "propagate": True},
            # Its messages hold the values of every statement.
            "django.db.backends": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }


LARGEST_LOG = 5_000_000
"""Bytes of one log file; three older ones are kept."""


class _LogFile(RotatingFileHandler):
    """A log file that says once, in one line, that it cannot be written."""

    _has_complained = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's own method
        """Say so once; the act that was logged goes on."""
        if not self._has_complained:
            self._has_complained = True
            sys.stderr.write(f"thecal: the log {self.baseFilename} cannot be written: {sys.exc_info()[1]}\n")


class _OneLine(logging.Formatter):
    """What a person at the terminal reads of an error: that there was one, and where it is described."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def format(self, record: logging.LogRecord) -> str:  # noqa: ARG002 - facts stay in the log
        """Return the line."""
        return f"thecal: something went wrong; the log describes it: {self._path}"


def log_to_file(path: Path) -> None:
    """Send the log to a file of limited size, so that it does not hide the lines for people.

    Raises:
        OSError: the file cannot be opened.
    """
    root = logging.getLogger()
    file = _LogFile(path, maxBytes=LARGEST_LOG, backupCount=3, encoding="utf-8")
    file.setFormatter(root.handlers[0].formatter)
    at_once = logging.StreamHandler()
    at_once.setLevel(logging.ERROR)
    at_once.setFormatter(_OneLine(path))
    root.handlers = [file, at_once]
