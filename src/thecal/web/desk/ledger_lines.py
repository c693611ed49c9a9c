"""What an entry of the ledger says happened, in a line; and the groups of kinds that a reader can choose."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from thecal.web.ui.templatetags.written import readable_name

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "orders": (
            "Orders",
            (
                "prescription.signed",
                "order.withdrawn",
                "order.overtaken",
                "order.not-sent",
                "command.sent",
                "program.verified",
                "program.unchanged",
                "program.uncertain",
            ),
        ),
        "stops": ("STOP", ("stop.ordered", "stop.verified", "stop.unverified")),
        "readings": ("Readings of the pump", ("pump.interrogated", "pump.not-read")),
        "signing": ("Keys and signatures", ("key.made", "signature.refused")),
        "demonstration": (
            "Demonstration",
            ("demonstration.started", "demonstration.ended", "time.advanced", "link.arranged"),
        ),
    }
)

_LINES: Mapping[str, str] = MappingProxyType(
    {
        "ledger.opened": "Ledger opened",
        "key.made": "Signing key created",
        "signature.refused": "Signature refused: {reason}",
        "prescription.signed": "Dose signed: {change}",
        "order.withdrawn": "Order withdrawn: {reason}",
        "order.overtaken": "Order cancelled by a STOP",
        "order.not-sent": "Order not sent: {reason}",
        "command.sent": "Order sent to the pump",
        "program.verified": "Program verified: {reason}",
        "program.unchanged": "Program unchanged: {reason}",
        "program.uncertain": "Program not confirmed: {reason}",
        "stop.ordered": "STOP ordered",
        "stop.verified": "STOP verified: {reason}",
        "stop.unverified": "STOP not confirmed: {reason}",
        "pump.interrogated": "Pump interrogated: revision {revision}, stopped: {stopped}",
        "pump.not-read": "Pump could not be read: {reason}",
        "demonstration.started": "Demonstration {demonstration} started",
        "demonstration.ended": "Demonstration {demonstration} ended",
        "time.advanced": "Demonstration time advanced by {by}",
        "link.arranged": "Link set: {link}",
    }
)


def what_happened(kind: str, facts: Mapping[str, str]) -> str:
    """Return what an entry says in one line; its kind in words where it holds no more, or is not known."""
    try:
        return _LINES[kind].format_map(facts)
    except KeyError:
        return readable_name(kind)
