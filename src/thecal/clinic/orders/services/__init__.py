"""Every write of the orders: each act commits its rows and its ledger entry together, or neither.

An order is exported as a sealed document, and what came of it is received as a session report. In between,
no transaction is open. That an order was exported is committed before its first byte can go out; a crash
after it leaves an order that is *sent*, which counts as uncertain until the pump has been read.
"""

from thecal.clinic.orders.services.exporting import export_order
from thecal.clinic.orders.services.proposing import Preview, preview
from thecal.clinic.orders.services.receiving import (
    note_failed_reading,
    note_reading,
    receive_report,
    stop_state_of,
)
from thecal.clinic.orders.services.signing import sign_prescription, withdraw_order
from thecal.clinic.orders.services.stopping import order_stop
from thecal.clinic.orders.signing import enrol

__all__ = [
    "Preview",
    "enrol",
    "export_order",
    "note_failed_reading",
    "note_reading",
    "order_stop",
    "preview",
    "receive_report",
    "sign_prescription",
    "stop_state_of",
    "withdraw_order",
]
