"""The wand: it reads a pump, sends one signed order or a STOP, and reports what may be claimed afterwards."""

from thecal.programmer.freshness import doubt_about
from thecal.programmer.interrogate import interrogate
from thecal.programmer.link import LinkLostError, PumpLink
from thecal.programmer.pending import PendingCommand
from thecal.programmer.report import session_report
from thecal.programmer.transaction import STILL_INFUSING, send_and_verify, settle, stop

__all__ = [
    "STILL_INFUSING",
    "LinkLostError",
    "PendingCommand",
    "PumpLink",
    "doubt_about",
    "interrogate",
    "send_and_verify",
    "session_report",
    "settle",
    "stop",
]
