"""Every write of the orders: each act commits its rows and its ledger entry together, or neither.

What goes out to the pump is written down as sent, and committed, before its first byte; what came of it is
committed with the pump's memory afterwards. A crash between the two leaves an order that is *sent*, which
counts as uncertain until the pump has been interrogated.
"""

from thecal.clinic.orders.services.demonstration import advance, arrange_link, open_bench, start_over
from thecal.clinic.orders.services.interrogating import interrogate, settle
from thecal.clinic.orders.services.proposing import Preview, preview
from thecal.clinic.orders.services.sending import send_order
from thecal.clinic.orders.services.signing import sign_prescription, withdraw_order
from thecal.clinic.orders.services.stopping import StopResult, record_waiting_stops, stop_pump

__all__ = [
    "Preview",
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
