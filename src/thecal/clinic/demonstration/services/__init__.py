"""Every act at the bench.

The demonstration stands in for the programmer at the bedside: it takes an order that the clinic exported,
gives it to the simulated pump, and hands the session report in. No database transaction is open while
something is sent.
"""

from thecal.clinic.demonstration.services.controls import (
    ADVANCES,
    advance,
    arrange_link,
    open_bench,
    start_over,
)
from thecal.clinic.demonstration.services.interrogating import interrogate, settle
from thecal.clinic.demonstration.services.ordering import preview, sign_prescription, withdraw_order
from thecal.clinic.demonstration.services.sending import send_order
from thecal.clinic.demonstration.services.stopping import StopResult, record_waiting_stops, stop_pump

__all__ = [
    "ADVANCES",
    "StopResult",
    "advance",
    "arrange_link",
    "interrogate",
    "open_bench",
    "preview",
    "record_waiting_stops",
    "send_order",
    "settle",
    "sign_prescription",
    "start_over",
    "stop_pump",
    "withdraw_order",
]
